package source

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/apache/arrow/go/v17/parquet/metadata"

	"stagecoach/engine/expr"
)

// bounds are what a footer says of the values of a column chunk.
type bounds struct {
	known    bool // min and max are
	min, max expr.Value
	nulls    int64 // negative: not known
}

// readBounds takes the statistics of a column chunk, leaving out those that
// cannot be trusted: INT96, NaN, and whatever has the wrong size.
func readBounds(cc *metadata.ColumnChunkMetaData, c leaf) (b bounds) {
	b.nulls = -1
	defer func() {
		if recover() != nil {
			b = bounds{nulls: -1}
		}
	}()
	stats, err := cc.Statistics()
	if err != nil || stats == nil {
		return b
	}
	if n := stats.NullCount(); stats.HasNullCount() && n >= 0 && n <= cc.NumValues() {
		b.nulls = n
	}
	if !stats.HasMinMax() {
		return b
	}
	low, okLow := c.bound(stats.EncodeMin())
	high, okHigh := c.bound(stats.EncodeMax())
	if okLow && okHigh && compareValues(low, high) <= 0 {
		b.known, b.min, b.max = true, low, high
	}
	return b
}

// bound is the value that PLAIN encoded bytes of a statistic stand for.
func (c leaf) bound(raw []byte) (v expr.Value, ok bool) {
	v = expr.Value{Type: c.field.Type}
	defer func() {
		if v.Type.Kind() == expr.Decimal {
			v.Wide, v.I = expr.Wide(v.I), 0
		}
	}()
	switch c.from {
	case formInt32, formUint32, formFloat:
		if len(raw) != 4 {
			return v, false
		}
		u := binary.LittleEndian.Uint32(raw)
		v.I = int64(int32(u))
		if c.from == formUint32 {
			v.I = int64(u)
		}
		if c.from == formFloat {
			v.F = float64(math.Float32frombits(u))
		}
		return v, v.F == v.F
	case formInt64, formMillis, formNanos, formDouble:
		if len(raw) != 8 {
			return v, false
		}
		u := binary.LittleEndian.Uint64(raw)
		if c.from == formDouble {
			v.F = math.Float64frombits(u)
			return v, v.F == v.F
		}
		v.I = toMicros(c.from, int64(u))
		return v, true
	case formBool:
		if len(raw) != 1 {
			return v, false
		}
		v.I = int64(raw[0] & 1)
		return v, true
	case formBytes:
		// Old writers order decimals in bytes as if they were text.
		v.S = string(raw)
		return v, c.field.Type.Kind() != expr.Decimal
	}
	return v, false
}

// excludes reports whether no row of a chunk of that many rows can meet p.
//
// Footers leave NaN out of minimum and maximum, and to Spark NaN is greater
// than every number, so that a maximum says nothing about doubles that ought to
// be greater than something.
func (b bounds) excludes(p Predicate, rows int64) bool {
	if b.nulls == rows {
		return true
	}
	if p.Op == IsNotNull || !b.known {
		return false
	}
	want := p.Value
	if want.IsNull {
		return true
	}
	low, lowOK := comparable(b.min, want)
	high, highOK := comparable(b.max, want)
	if !lowOK || !highOK {
		return false
	}
	mayBeNaN := b.min.Type.Layout() == expr.Float64
	if want.F != want.F {
		return false
	}
	switch p.Op {
	case Equal:
		return low > 0 || high < 0
	case Less:
		return low >= 0
	case LessEqual:
		return low > 0
	case Greater:
		return high <= 0 && !mayBeNaN
	case GreaterEqual:
		return high < 0 && !mayBeNaN
	}
	return false
}

// comparable compares values of one type or of two numeric ones.
func comparable(a, b expr.Value) (int, bool) {
	if a.Type == b.Type {
		return compareValues(a, b), true
	}
	wide, ok := promote(a.Type, b.Type)
	if !ok || wide == expr.Null || a.Type == expr.Null || b.Type == expr.Null {
		return 0, false
	}
	return compareValues(widen(a, wide), widen(b, wide)), true
}

func widen(v expr.Value, to expr.Type) expr.Value {
	switch {
	case to == expr.Float64 && v.Type.IsWhole():
		v.F = float64(v.I)
	case to.Kind() == expr.Decimal:
		v.Wide, _ = v.Wide.Rescale(v.Type.Scale(), to.Scale(), expr.MaxPrecision)
	case to == expr.TimestampNTZ && v.Type == expr.Date:
		v.I *= microsPerDay
	}
	v.Type = to
	return v
}

func compareValues(a, b expr.Value) int {
	switch a.Type.Layout() {
	case expr.Decimal:
		return a.Wide.Cmp(b.Wide)
	case expr.Float64:
		switch {
		case a.F < b.F:
			return -1
		case a.F > b.F:
			return 1
		}
		return 0
	case expr.String:
		return strings.Compare(a.S, b.S)
	}
	switch {
	case a.I < b.I:
		return -1
	case a.I > b.I:
		return 1
	}
	return 0
}
