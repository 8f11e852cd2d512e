package datasets

import (
	"sync"

	"stagecoach/engine/expr"
)

// chunkRows are made at a time, from a random stream of their own: the unit of
// work, and the reason that any number of goroutines makes the same rows.
const chunkRows = 1 << 16

// A model draws trips. It is made once and only read after that.
type model struct {
	*rides
	*tariff
}

var newModel = sync.OnceValue(func() *model { return &model{newRides(), newTariff()} })

// A monthFile is what one month's file will hold.
type monthFile struct {
	month  int // from firstMonth
	rows   int64
	nulls  int64 // the last of them: the null block
	seed   uint64
	era    era
	when   calendar
	schema expr.Schema
}

func newMonthFile(month int, rows int64, seed uint64) *monthFile {
	e := newEra(month)
	return &monthFile{month: month, rows: rows, nulls: rows * e.nulls / 1000, seed: seed,
		era: e, when: newCalendar(month), schema: e.schema()}
}

// chunks is the number of chunks.
func (f *monthFile) chunks() int { return int((f.rows + chunkRows - 1) / chunkRows) }

// newBatch is a batch that fill can use again and again.
func (f *monthFile) newBatch() *expr.Batch {
	b := &expr.Batch{Schema: f.schema, Cols: make([]expr.Column, len(f.schema))}
	for i, field := range f.schema {
		c := &b.Cols[i]
		c.Type = field.Type
		switch field.Type {
		case expr.Int32:
			c.I32 = make([]int32, chunkRows)
		case expr.Int64, expr.TimestampNTZ:
			c.I64 = make([]int64, chunkRows)
		case expr.Float64:
			c.F64 = make([]float64, chunkRows)
		case expr.String:
			c.Dict, c.Codes = dictionary(field.Name), make([]int32, chunkRows)
		}
	}
	return b
}

// fill makes chunk n of the file in b.
func (f *monthFile) fill(m *model, n int, b *expr.Batch) {
	first := int64(n) * chunkRows
	b.Rows = int(min(chunkRows, f.rows-first))
	for i := range b.Cols {
		b.Cols[i].Len, b.Cols[i].Valid = b.Rows, nil
	}
	r := seeded(f.seed, uint64(f.month), uint64(n))
	main := int(min(max(f.rows-f.nulls-first, 0), int64(b.Rows)))
	f.fillMain(m, b, main, first, &r)
	if main < b.Rows {
		f.fillNulls(m, b, main, first, &r)
	}
	for _, c := range f.era.blank {
		b.Cols[c].Valid = make([]byte, (b.Rows+7)/8)
	}
}

// fillMain makes the rows before the null block. A refund follows the trip that
// it takes back, unless the chunk ends between them.
func (f *monthFile) fillMain(m *model, b *expr.Batch, rows int, first int64, r *random) {
	when := pickups{c: &f.when, rows: uint64(f.rows - f.nulls)}
	var t trip
	for i := 0; i < rows; i++ {
		t.begin(when.at(uint64(first)+uint64(i), r))
		t.vendor = 2
		if r.happens(f.era.vendor1) {
			t.vendor = 1
		}
		m.drive(&t, &f.era, r)
		m.charge(&t, &f.era, r)
		taken := m.pay(&t, &f.era, r)
		t.misdate(&f.when, r)
		if f.era.layout <= layout2010 {
			t.locate(r)
		}
		f.era.layout.put(&t, b, i)
		if taken && i+1 < rows {
			i++
			t.negate()
			f.era.layout.put(&t, b, i)
		}
	}
}

// Vendors of the null block, in percent: 1, 2 (both counted from 0), else 6.
const vendor1Nulls, vendor2Nulls = 12, 98

// fillNulls makes rows of the null block, from one of the batch on.
func (f *monthFile) fillNulls(m *model, b *expr.Batch, from int, first int64, r *random) {
	when := pickups{c: &f.when, rows: uint64(f.nulls)}
	begin := f.rows - f.nulls // the block's first row in the file
	var t trip
	for i := from; i < b.Rows; i++ {
		t.begin(when.at(uint64(first+int64(i)-begin), r))
		switch v := r.below(100); {
		case v < vendor1Nulls:
			t.vendor = 1
		case v < vendor2Nulls:
			t.vendor = 2
		default:
			t.vendor = 6
		}
		m.drive(&t, &f.era, r)
		m.charge(&t, &f.era, r)
		m.agree(&t, &f.era, r)
		t.rate, t.riders, t.stored, t.crowding, t.airport = 0, 0, false, 0, 0
		f.era.layout.put(&t, b, i)
	}
	for _, c := range nullable {
		valid := make([]byte, (b.Rows+7)/8)
		for i := range from / 8 {
			valid[i] = 0xff
		}
		if from%8 > 0 {
			valid[from/8] = 1<<(from%8) - 1
		}
		b.Cols[c].Valid = valid
	}
}
