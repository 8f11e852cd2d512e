package source

import (
	"math"
	"testing"

	"stagecoach/engine/expr"
)

// Every month of green taxis in one table gives the row counts, sums and nulls
// that another engine found, though the months disagree on types and writers.
func TestGreenTaxis(t *testing.T) {
	s, err := Parquet(shared(t, "taxi", "green") + "/*.parquet")
	if err != nil {
		t.Fatal(err)
	}
	columns := []string{"improvement_surcharge", "trip_distance", "fare_amount", "tip_amount", "total_amount", "store_and_fwd_flag", "lpep_pickup_datetime", "PULocationID", "ehail_fee", "passenger_count"}
	for _, rows := range []int{0, 1000, 4096, 1 << 20} {
		var sums [5]float64
		var nulls [10]int
		low, high := int64(math.MaxInt64), int64(math.MinInt64)
		zones := map[int64]bool{}
		c := scanAll(t, s, spark, Read{Columns: columns, BatchRows: rows}, func(b *expr.Batch) {
			for i := range b.Cols {
				nulls[i] += b.Cols[i].Nulls()
			}
			for r := range b.Rows {
				for i := range 5 {
					if c := &b.Cols[i]; !c.IsNull(r) {
						if c.Type == expr.Float64 {
							sums[i] += c.F64[r]
						} else {
							sums[i] += float64(c.I64[r])
						}
					}
				}
				low, high = min(low, b.Cols[6].I64[r]), max(high, b.Cols[6].I64[r])
				zones[b.Cols[7].I64[r]] = true
			}
		})
		if c.RecordsRead != 2726629 {
			t.Errorf("%d rows, want 2726629", c.RecordsRead)
		}
		want := [5]float64{sums[0], 103745989.6399933, 46437571.12999453, 5899812.520001192, 59870851.46009666}
		for i := range want {
			if math.Abs(sums[i]-want[i]) > 1e-9*want[i] {
				t.Errorf("sum of %s is %v, want %v", columns[i], sums[i], want[i])
			}
		}
		if nulls[9] != 268393 || nulls[5] != 268393 || nulls[8] != 2726629 || nulls[1] != 0 {
			t.Errorf("nulls %v", nulls)
		}
		if low != 1230681600000000 || high != 1751402108000000 || len(zones) != 261 {
			t.Errorf("pickup from %d to %d, %d zones", low, high, len(zones))
		}
	}
}
