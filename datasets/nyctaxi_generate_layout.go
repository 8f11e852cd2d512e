package datasets

import "stagecoach/engine/expr"

// A layout is the columns of a time's official files (NYC TLC), where every
// column may hold nulls. Files of 2009 and 2010 have coordinates for zones.
type layout uint8

const (
	layout2009 layout = iota
	layout2010
	layout2011 // zones; 64-bit numbers, and passengers and rates with a fraction
	layout2023 // narrower whole numbers, and Airport_fee
)

// nullable are the columns that the null block leaves empty: passengers, rate,
// flag, congestion surcharge and airport fee. Zones and no coordinates are known
// where there is a null block.
var nullable = [...]int{3, 5, 6, crowdingColumn, airportColumn}

const crowdingColumn, airportColumn = 17, 18

// dictionary is the values of a column of text; every batch shares them.
func dictionary(name string) *expr.Column {
	switch name {
	case "vendor_name", "vendor_id":
		return vendors
	case "Payment_Type", "payment_type":
		return payTexts
	}
	return flags
}

var (
	flags    = &expr.Column{Type: expr.String, Len: 2, Offsets: []int32{0, 1, 2}, Bytes: []byte("NY")}
	vendors  = &expr.Column{Type: expr.String, Len: 2, Offsets: []int32{0, 3, 6}, Bytes: []byte("CMTVTS")}
	payTexts = &expr.Column{Type: expr.String, Len: 4, Offsets: []int32{0, 3, 6, 9, 12}, Bytes: []byte("CRDCSHNOCDIS")}
)

// columns makes a schema of names and a letter each for the type: i and l whole
// numbers of 32 and 64 bits, d a number with a fraction, t a time, s text.
func columns(types string, names ...string) expr.Schema {
	kinds := map[byte]expr.Type{'i': expr.Int32, 'l': expr.Int64, 'd': expr.Float64, 't': expr.TimestampNTZ, 's': expr.String}
	var s expr.Schema
	for i, name := range names {
		s = append(s, expr.Field{Name: name, Type: kinds[types[i]]})
	}
	return s
}

// schema is the columns of the era's files. The names of 2009 and 2010 are those
// of the official files; that their times are times, and the widths of their
// numbers, are assumed.
func (e *era) schema() expr.Schema {
	zones := []string{"VendorID", "tpep_pickup_datetime", "tpep_dropoff_datetime", "passenger_count", "trip_distance",
		"RatecodeID", "store_and_fwd_flag", "PULocationID", "DOLocationID", "payment_type", "fare_amount", "extra", "mta_tax",
		"tip_amount", "tolls_amount", "improvement_surcharge", "total_amount", "congestion_surcharge"}
	switch e.layout {
	case layout2009:
		return columns("sttlddddsddsdddddd", "vendor_name", "Trip_Pickup_DateTime", "Trip_Dropoff_DateTime", "Passenger_Count",
			"Trip_Distance", "Start_Lon", "Start_Lat", "Rate_Code", "store_and_forward", "End_Lon", "End_Lat", "Payment_Type",
			"Fare_Amt", "surcharge", "mta_tax", "Tip_Amt", "Tolls_Amt", "Total_Amt")
	case layout2010:
		return columns("sttldddlsddsdddddd", "vendor_id", "pickup_datetime", "dropoff_datetime", "passenger_count",
			"trip_distance", "pickup_longitude", "pickup_latitude", "rate_code", "store_and_fwd_flag", "dropoff_longitude",
			"dropoff_latitude", "payment_type", "fare_amount", "surcharge", "mta_tax", "tip_amount", "tolls_amount", "total_amount")
	case layout2011:
		return columns("lttdddslllddddddddd", append(zones, "airport_fee")...)
	}
	s := columns("ittldlsiilddddddddd", append(zones, "Airport_fee")...)
	if e.zoneFee {
		s = append(s, expr.Field{Name: "cbd_congestion_fee", Type: expr.Float64})
	}
	return s
}

// put writes the trip into row i.
func (l layout) put(t *trip, b *expr.Batch, i int) {
	c := b.Cols
	c[1].I64[i] = t.start * 1e6
	c[2].I64[i] = (t.start + t.seconds) * 1e6
	c[4].F64[i] = float64(t.miles) / 100
	var flag int32
	if t.stored {
		flag = 1
	}
	switch l {
	case layout2009, layout2010:
		t.putPlaces(b, i)
		c[0].Codes[i] = t.vendor - 1
		c[3].I64[i] = t.riders
		if l == layout2010 {
			c[7].I64[i] = t.rate
		}
		c[8].Codes[i] = flag
		return
	case layout2011:
		c[0].I64[i] = int64(t.vendor)
		c[3].F64[i] = float64(t.riders)
		c[5].F64[i] = float64(t.rate)
		c[7].I64[i] = int64(t.pu)
		c[8].I64[i] = int64(t.do)
	case layout2023:
		c[0].I32[i] = t.vendor
		c[3].I64[i] = t.riders
		c[5].I64[i] = t.rate
		c[7].I32[i] = t.pu
		c[8].I32[i] = t.do
	}
	c[6].Codes[i] = flag
	c[9].I64[i] = t.payment
	c[10].F64[i] = float64(t.fare) / 100
	c[11].F64[i] = float64(t.extra) / 100
	c[12].F64[i] = float64(t.tax) / 100
	c[13].F64[i] = float64(t.tip) / 100
	c[14].F64[i] = float64(t.tolls) / 100
	c[15].F64[i] = float64(t.levy) / 100
	c[16].F64[i] = float64(t.total) / 100
	c[crowdingColumn].F64[i] = float64(t.crowding) / 100
	c[airportColumn].F64[i] = float64(t.airport) / 100
	if len(c) > 19 {
		c[19].F64[i] = float64(t.zoneFee) / 100
	}
}

// putPlaces writes what the files of 2009 and 2010 have alike: coordinates, the
// way to pay and the money.
func (t *trip) putPlaces(b *expr.Batch, i int) {
	c := b.Cols
	for side, p := range t.places {
		c[5+4*side].F64[i] = float64(p.lon) / 1e6
		c[6+4*side].F64[i] = float64(p.lat) / 1e6
	}
	c[11].Codes[i] = int32(t.payment - 1)
	c[12].F64[i] = float64(t.fare) / 100
	c[13].F64[i] = float64(t.extra) / 100
	c[14].F64[i] = float64(t.tax) / 100
	c[15].F64[i] = float64(t.tip) / 100
	c[16].F64[i] = float64(t.tolls) / 100
	c[17].F64[i] = float64(t.total) / 100
}

// A place is a point in millionths of a degree.
type place struct{ lon, lat int64 }

// noFix are trips with both ends at 0, 0: no satellites in sight.
var noFix = chanceOf(0.0175)

// wandering is how far an end is from its zone's centroid along an axis at most:
// a third of a mile.
const wandering = 6000

// locate gives a trip's ends coordinates: the centroids of their zones, moved by
// a jitter that falls off from the middle. Missing coordinates are as many as in
// the samples of 2009 to 2016 (142,629 rows).
func (t *trip) locate(r *random) {
	if r.happens(noFix) {
		t.places = [2]place{}
		return
	}
	for side, id := range [2]int32{t.pu, t.do} {
		z := &taxiZones[id-1]
		stray := func() int64 { return r.below(wandering) + r.below(wandering) - wandering }
		t.places[side] = place{int64(z.lon*1e6) + stray(), int64(z.lat*1e6) + stray()}
	}
}
