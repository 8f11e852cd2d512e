package datasets

import (
	"context"
	"strings"
	"testing"
	"time"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// eachRow generates a month in memory and shows its rows.
func eachRow(at time.Time, rows int64, show func(b *expr.Batch, i int)) *monthFile {
	f := newMonthFile(monthsSince(at), rows, 1)
	b := f.newBatch()
	for n := range f.chunks() {
		f.fill(newModel(), n, b)
		for i := range b.Rows {
			show(b, i)
		}
	}
	return f
}

// Every time has the columns of its official files, on both sides of a change.
func TestSchemaOfTheTime(t *testing.T) {
	const (
		y2009 = "vendor_name Trip_Pickup_DateTime Trip_Dropoff_DateTime Passenger_Count Trip_Distance Start_Lon Start_Lat Rate_Code store_and_forward End_Lon End_Lat Payment_Type Fare_Amt surcharge mta_tax Tip_Amt Tolls_Amt Total_Amt"
		y2010 = "vendor_id pickup_datetime dropoff_datetime passenger_count trip_distance pickup_longitude pickup_latitude rate_code store_and_fwd_flag dropoff_longitude dropoff_latitude payment_type fare_amount surcharge mta_tax tip_amount tolls_amount total_amount"
		zones = "VendorID tpep_pickup_datetime tpep_dropoff_datetime passenger_count trip_distance RatecodeID store_and_fwd_flag PULocationID DOLocationID payment_type fare_amount extra mta_tax tip_amount tolls_amount improvement_surcharge total_amount congestion_surcharge "
	)
	old := []expr.Type{expr.Int64, expr.Float64, expr.Float64, expr.Int64, expr.Int64}
	narrow := []expr.Type{expr.Int32, expr.Int64, expr.Int64, expr.Int32, expr.Int32}
	for _, c := range []struct {
		at    time.Time
		names string
		types []expr.Type // of vendor, passengers, rate, pickup and dropoff zone
	}{
		{month(2009, 1), y2009, nil}, {month(2009, 12), y2009, nil},
		{month(2010, 1), y2010, nil}, {month(2010, 12), y2010, nil},
		{month(2011, 1), zones + "airport_fee", old}, {month(2022, 12), zones + "airport_fee", old},
		{month(2023, 1), zones + "Airport_fee", narrow}, {month(2024, 12), zones + "Airport_fee", narrow},
		{month(2025, 1), zones + "Airport_fee cbd_congestion_fee", narrow},
	} {
		s := newMonthFile(monthsSince(c.at), 1, 1).schema
		if got := strings.Join(s.Names(), " "); got != c.names {
			t.Errorf("%s: want columns\n%s, got\n%s", c.at.Format("2006-01"), c.names, got)
		}
		for i, want := range c.types {
			if field := s[[]int{0, 3, 5, 7, 8}[i]]; field.Type != want {
				t.Errorf("%s, %s: want %v, got %v", c.at.Format("2006-01"), field.Name, want, field.Type)
			}
		}
	}
}

// The tariff changes with the first second of its day, and no month is without
// one.
func TestTariffOfTheDay(t *testing.T) {
	for _, c := range []struct {
		year                                  int
		month                                 time.Month
		day                                   int
		initial, unit, flat, tax, levy, crowd int64
	}{
		{2009, 10, 31, 250, 40, 4500, 0, 0, 0}, {2009, 11, 1, 250, 40, 4500, 50, 0, 0},
		{2012, 9, 3, 250, 40, 4500, 50, 0, 0}, {2012, 9, 4, 250, 50, 5200, 50, 0, 0},
		{2014, 12, 31, 250, 50, 5200, 50, 0, 0}, {2015, 1, 1, 250, 50, 5200, 50, 30, 0},
		{2019, 1, 31, 250, 50, 5200, 50, 30, 0}, {2019, 2, 1, 250, 50, 5200, 50, 30, 250},
		{2022, 12, 18, 250, 50, 5200, 50, 30, 250}, {2022, 12, 19, 300, 70, 7000, 50, 100, 250},
		{2026, 3, 1, 300, 70, 7000, 50, 100, 250},
	} {
		day := date(c.year, c.month, c.day)
		e := newEra(monthsSince(day))
		for _, at := range []time.Time{day, day.Add(24*time.Hour - time.Second)} {
			f := e.faresAt(at.Unix())
			if f.initial != c.initial || f.unit != c.unit || f.flat != c.flat || f.tax != c.tax || f.levy != c.levy || f.crowding != c.crowd {
				t.Errorf("%s: want %+v, got %+v", at, c, *f)
			}
		}
	}
}

// Rows pay what their month asks: the flat fare from JFK, the surcharges that
// were due, on the meter's grid; a fee that was not yet is null.
func TestRowsPayTheTariff(t *testing.T) {
	for _, c := range []struct {
		at             time.Time
		flat, levy     float64
		crowd, airport bool // there is such a fee
		block          int64
	}{
		{month(2011, 6), 45, 0, false, false, 0},
		{month(2014, 12), 52, 0, false, false, 0},
		{month(2015, 1), 52, 0.3, false, false, 0},
		{month(2019, 1), 52, 0.3, false, false, 2},
		{month(2019, 2), 52, 0.3, true, false, 2},
		{month(2020, 4), 52, 0.3, true, false, 77},
		{month(2022, 3), 52, 0.3, true, false, 41},
		{month(2022, 4), 52, 0.3, true, true, 41},
	} {
		name := c.at.Format("2006-01")
		var flat, fares, levied, nulls, crowded, airport int64
		const rows = 70_000
		eachRow(c.at, rows, func(b *expr.Batch, i int) {
			if col := b.Cols[crowdingColumn]; !col.IsNull(i) && col.F64[i] > 0 {
				crowded++
			}
			if col := b.Cols[airportColumn]; !col.IsNull(i) && col.F64[i] > 0 {
				airport++
			}
			if b.Cols[15].F64[i] == c.levy {
				levied++
			}
			if b.Cols[5].IsNull(i) {
				nulls++
				return
			}
			fare := b.Cols[10].F64[i]
			if b.Cols[5].F64[i] == 2 && fare > 0 {
				fares++
				if fare == c.flat {
					flat++
				}
			}
		})
		if fares < 500 || flat != fares {
			t.Errorf("%s: of %d trips at rate 2 %d pay %g", name, fares, flat, c.flat)
		}
		if levied < rows*98/100 {
			t.Errorf("%s: only %d of %d rows pay the improvement surcharge of %g", name, levied, rows, c.levy)
		}
		if nulls != rows*c.block/1000 {
			t.Errorf("%s: want %d rows in the null block, got %d", name, rows*c.block/1000, nulls)
		}
		if c.crowd != (crowded > rows/2) || c.airport != (airport > rows/50) || !c.crowd && crowded > 0 || !c.airport && airport > 0 {
			t.Errorf("%s: %d rows pay the congestion surcharge, %d the airport fee", name, crowded, airport)
		}
	}
}

// Odd rows are as many as in the samples of their time, in percent of all rows:
// 2018-01 to 2020-02, the rest of 2020, 2021 and 2022.
func TestDirtOfTheTime(t *testing.T) {
	for _, c := range []struct {
		at                             time.Time
		noMiles, short, allDay, refund float64
	}{
		{month(2019, 6), 0.80, 0.96, 0.20, 0.14},
		{month(2020, 6), 2.10, 1.40, 0.15, 0.47},
		{month(2021, 12), 1.43, 1.44, 0.08, 0.53},
	} {
		const rows = 200_000
		var noMiles, short, allDay, refund float64
		eachRow(c.at, rows, func(b *expr.Batch, i int) {
			seconds := (b.Cols[2].I64[i] - b.Cols[1].I64[i]) / 1e6
			for count, is := range map[*float64]bool{
				&noMiles: b.Cols[4].F64[i] == 0, &short: seconds < 60, &allDay: seconds >= 23*3600, &refund: b.Cols[16].F64[i] < 0,
			} {
				if is {
					*count += 100. / rows
				}
			}
		})
		for _, x := range []struct {
			what      string
			got, want float64
		}{{"no miles", noMiles, c.noMiles}, {"under a minute", short, c.short}, {"all day", allDay, c.allDay}, {"refunds", refund, c.refund}} {
			if x.got < 0.8*x.want-0.02 || x.got > 1.2*x.want+0.02 {
				t.Errorf("%s, %s: want %.2f %%, got %.2f", c.at.Format("2006-01"), x.what, x.want, x.got)
			}
		}
	}
}

// Coordinates lie in the city's box or are missing at both ends, as often as in
// the samples.
func TestCoordinates(t *testing.T) {
	for _, at := range []time.Time{month(2009, 5), month(2010, 5)} {
		missing := 0
		eachRow(at, 60_000, func(b *expr.Batch, i int) {
			c := b.Cols
			lon, lat := c[5].F64[i], c[6].F64[i]
			switch {
			case lon == 0 && lat == 0 && c[9].F64[i] == 0 && c[10].F64[i] == 0:
				missing++
			case lon < -74.3 || lon > -73.6 || lat < 40.45 || lat > 41:
				t.Fatalf("%s: a pickup at %g, %g", at.Format("2006-01"), lon, lat)
			}
		})
		if missing < 900 || missing > 1200 {
			t.Errorf("%s: want some 1,050 rows without coordinates, got %d", at.Format("2006-01"), missing)
		}
	}
}

// April of 2020 has a 27th of January's trips, and 2009 begins with its 14
// million.
func TestEarlierMonthsShareRows(t *testing.T) {
	files, err := planMonths(GenerateOptions{Rows: 24_648_499 - 24_648_499%1000, From: month(2020, 1), To: month(2020, 12)})
	if err != nil {
		t.Fatal(err)
	}
	if ratio := float64(files[0].rows) / float64(files[3].rows); ratio < 26.8 || ratio > 27 {
		t.Errorf("January over April 2020: want 26.9, got %.2f", ratio)
	}
	for at, want := range map[time.Time]int64{month(2009, 1): 14_092_413, month(2020, 4): 238_073, month(2022, 12): 3_399_549, month(2023, 1): 3_066_766} {
		if got := officialRows(monthsSince(at)); got != want {
			t.Errorf("%s: want %d rows, got %d", at.Format("2006-01"), want, got)
		}
	}
}

// Months of different times read as one table, with vendors and payments as
// numbers whatever the files hold.
func TestErasReadAsOneTable(t *testing.T) {
	for _, span := range []struct{ from, to time.Time }{
		{month(2009, 12), month(2010, 1)},
		{month(2010, 11), month(2011, 2)},
		{month(2018, 12), month(2019, 3)},
		{month(2022, 11), month(2023, 3)},
		{month(2024, 12), month(2025, 1)},
	} {
		dir, g := generate(t, GenerateOptions{Rows: 20_000, From: span.from, To: span.to, Seed: 4})
		tables, err := Dir(dir)
		if err != nil {
			t.Fatal(err)
		}
		splits, err := tables.Trips.Splits(source.SplitOptions{MaxPartitionBytes: 1 << 20, OpenCost: 1 << 12, Parallelism: 2})
		if err != nil {
			t.Fatal(err)
		}
		var rows int64
		for _, split := range splits {
			read := source.Read{Columns: []string{"vendor", "payment", "passengers", "ratecode", "pickup", "total", "airport", "pu", "pickup_latitude"}, BatchRows: 4096}
			for b, err := range tables.Trips.Read(context.Background(), split, &read) {
				if err != nil {
					t.Fatal(err)
				}
				for i := range b.Rows {
					rows++
					if v := b.Cols[0].Value(i); v.IsNull || v.I != 1 && v.I != 2 && v.I != 6 {
						t.Fatalf("%s: vendor %v", span.from.Format("2006-01"), v)
					}
					if v := b.Cols[1].Value(i); v.IsNull || v.I < 0 || v.I > 4 {
						t.Fatalf("%s: payment %v", span.from.Format("2006-01"), v)
					}
					if b.Cols[7].IsNull(i) == b.Cols[8].IsNull(i) {
						t.Fatalf("%s: a row with both or neither of zone and coordinates", span.from.Format("2006-01"))
					}
				}
			}
		}
		if rows != g.Rows {
			t.Errorf("%s: want %d rows, got %d", span.from.Format("2006-01"), g.Rows, rows)
		}
	}
}
