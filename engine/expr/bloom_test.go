package expr_test

import (
	"encoding/hex"
	"testing"

	"stagecoach/engine/expr"
)

// filled is a Bloom filter of numbers, made as two states that are merged.
func filled(t *testing.T, members, bits int64, numbers ...int64) expr.Bloom {
	t.Helper()
	schema := expr.Schema{{Name: "x", Type: expr.Int64}}
	a, err := expr.BindAggregate(expr.BloomOf(expr.Col("x"), members, bits, "bloom"), schema)
	if err != nil {
		t.Fatal(err)
	}
	all := a.NewState()
	all.Grow(1)
	for _, part := range [][]int64{numbers[:len(numbers)/2], numbers[len(numbers)/2:], nil} {
		b := &expr.Batch{Schema: schema, Rows: len(part), Cols: []expr.Column{{Type: expr.Int64, Len: len(part), I64: part}}}
		hash, err := a.Args[0].Eval(b)
		if err != nil {
			t.Fatal(err)
		}
		s := a.NewState()
		s.Grow(1)
		s.Update(make([]int32, len(part)), []*expr.Column{hash})
		exported := s.Export()
		all.Merge([]int32{0}, []*expr.Column{&exported[0]})
	}
	out := all.Final()
	if out.IsNull(0) {
		return nil
	}
	return out.Str(0)
}

// mights counts the numbers from and up to below to that a filter may contain.
func mights(t *testing.T, f expr.Bloom, from, to int64) int {
	t.Helper()
	schema := expr.Schema{{Name: "x", Type: expr.Int64}}
	cond, err := f.MightContain(expr.Col("x"), schema)
	if err != nil {
		t.Fatal(err)
	}
	var list []int64
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	v, err := cond.Eval(&expr.Batch{Schema: schema, Rows: len(list), Cols: []expr.Column{{Type: expr.Int64, Len: len(list), I64: list}}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, x := range v.Bools[:len(list)] {
		n += int(x)
	}
	return n
}

// A Bloom filter has the bytes that Spark's has of the same members: those of
// BloomFilter.create(10, 200) with the hashes of -3 to 3 (Spark 4.0.1).
func TestBloomBytes(t *testing.T) {
	const want = "000000010000000e0000000430d09382400713261f290152238900160798a90340a108004088922434158231"
	if got := hex.EncodeToString(filled(t, 10, 200, -3, -2, -1, 0, 1, 2, 3)); got != want {
		t.Errorf("want %s, got %s", want, got)
	}
}

// A Bloom filter contains all its members, and few others as long as it has bits
// for them; one without members contains nothing.
func TestBloomContains(t *testing.T) {
	var members []int64
	for i := range int64(1000) {
		members = append(members, i)
	}
	for _, c := range []struct {
		bits        int64
		least, most int // of 10,000 others
	}{
		{8, 10000, 10000},
		{2000, 3000, 9000},
		{8000, 100, 400},
		{80000, 0, 0},
	} {
		f := filled(t, 1000, c.bits, members...)
		if n := mights(t, f, 0, 1000); n != 1000 {
			t.Errorf("%d bits: %d of 1000 members are in it", c.bits, n)
		}
		if n := mights(t, f, 1000, 11000); n < c.least || n > c.most {
			t.Errorf("%d bits: want %d to %d of 10000 others, got %d", c.bits, c.least, c.most, n)
		}
	}
	if n := mights(t, filled(t, 10, 100), 0, 1000); n != 0 {
		t.Errorf("%d numbers are in an empty filter", n)
	}
}
