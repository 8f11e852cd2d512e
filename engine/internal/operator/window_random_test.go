package operator_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// windowCase is a random window over random rows, sorted as it asks for.
type windowCase struct {
	*rand.Rand
	schema  expr.Schema // p, q: partition; o, u: order; the rest: values
	rows    [][]expr.Value
	keys    []string
	order   []plan.SortKey
	funcs   []plan.WindowFunc
	batches []int // rows of each
	memory  int64
}

// text is the case as a person would write it down.
func (c *windowCase) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "partition by %v order by %v, batches %v, memory %d, %s\n", c.keys, c.order, c.batches, c.memory, c.schema)
	for _, f := range c.funcs {
		fmt.Fprintf(&b, "%v ignore nulls %t\n", f, f.IgnoreNulls)
	}
	for _, r := range c.rows[:min(len(c.rows), 40)] {
		fmt.Fprintln(&b, r)
	}
	return b.String()
}

var orderTypes = []expr.Type{expr.Int32, expr.Int64, expr.Float64, expr.String, expr.Date, expr.TimestampNTZ, expr.DecimalOf(9, 2)}

// value is random; few values, so that there are ties.
func (c *windowCase) value(t expr.Type) expr.Value {
	v := expr.Value{Type: t, IsNull: c.IntN(6) == 0}
	if v.IsNull {
		return v
	}
	n := int64(c.IntN(12)) - 4
	switch t.Kind() {
	case expr.Float64:
		v.F = float64(n) / 2
		switch c.IntN(20) {
		case 0:
			v.F = math.NaN()
		case 1:
			v.F = math.Inf(1)
		case 2:
			v.F = math.Copysign(0, -1)
		}
	case expr.String:
		v.S = []string{"", "a", "ab", "b", "zoë"}[c.IntN(5)]
	case expr.TimestampNTZ:
		v.I = n * 3600e6
	case expr.Decimal:
		v.Wide = expr.Int128{Lo: uint64(n * 50), Hi: n >> 63}
	default:
		v.I = n
	}
	return v
}

// distance is a random RANGE distance for an order column.
func (c *windowCase) distance(t expr.Type) expr.Value {
	n := int64(c.IntN(4))
	switch t.Kind() {
	case expr.Float64:
		return expr.Value{Type: t, F: float64(n) / 2}
	case expr.Date:
		return []expr.Value{{Type: expr.Int32, I: n}, {Type: expr.DayTime, I: n * 24 * 3600e6}, {Type: expr.YearMonth, I: 0}}[c.IntN(3)]
	case expr.TimestampNTZ:
		return expr.Value{Type: expr.DayTime, I: n * 1800e6}
	case expr.Decimal:
		return expr.Value{Type: expr.DecimalOf(3, 1), Wide: expr.Int128{Lo: uint64(n * 5)}}
	}
	return expr.Value{Type: t, I: n}
}

func newWindowCase(seed uint64) *windowCase {
	c := &windowCase{Rand: rand.New(rand.NewPCG(seed, 20))}
	o := orderTypes[c.IntN(len(orderTypes))]
	c.schema = expr.Schema{{Name: "p", Type: expr.String}, {Name: "q", Type: expr.Float64}, {Name: "o", Type: o}, {Name: "u", Type: expr.Int32},
		{Name: "i", Type: expr.Int32}, {Name: "f", Type: expr.Float64}, {Name: "s", Type: expr.String}}
	for range []int{0, 1, 5, 12, 30, 30, 60, 200}[c.IntN(8)] {
		row := make([]expr.Value, len(c.schema))
		for i, f := range c.schema {
			row[i] = c.value(f.Type)
		}
		if row[5].F != row[5].F || math.IsInf(row[5].F, 0) {
			row[5].F = 1.5
		}
		c.rows = append(c.rows, row)
	}
	c.keys = [][]string{{}, {"p"}, {"q"}, {"p", "q"}}[c.IntN(4)]
	key := func(name string) plan.SortKey {
		return plan.SortKey{Column: name, Desc: c.IntN(2) == 0, NullsFirst: c.IntN(2) == 0}
	}
	c.order = [][]plan.SortKey{{}, {key("o")}, {key("o")}, {key("u"), key("o")}}[c.IntN(4)]
	slices.SortStableFunc(c.rows, func(a, b []expr.Value) int { return cmp.Or(c.partition(a, b), c.compare(a, b)) })
	for n := 0; n < len(c.rows); {
		size := min(1+c.IntN(20), len(c.rows)-n)
		c.batches, n = append(c.batches, size), n+size
	}
	c.memory = []int64{1, 1 << 30}[c.IntN(2)]
	for i := range 1 + c.IntN(3) {
		c.funcs = append(c.funcs, c.function(fmt.Sprint("w", i)))
	}
	return c
}

func (c *windowCase) function(name string) plan.WindowFunc {
	f := plan.WindowFunc{Name: name, Frame: c.frame()}
	arg := expr.Col([]string{"i", "f", "s"}[c.IntN(3)])
	number := expr.Col([]string{"i", "f"}[c.IntN(2)])
	switch k := c.IntN(6); k {
	case 0, 1:
		f.Fn = []string{"row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile"}[c.IntN(6)]
		if f.Fn == "ntile" {
			f.Args = []expr.Expr{expr.Lit(1 + c.IntN(5))}
		}
	case 2:
		f.Fn = []string{"lag", "lead"}[c.IntN(2)]
		f.Args = []expr.Expr{arg, expr.Lit(c.IntN(5) - 1)}
		if c.IntN(2) == 0 {
			f.Args = append(f.Args, arg)
		}
		f.IgnoreNulls = c.IntN(2) == 0
	case 3:
		f.Fn = []string{"first_value", "last_value", "nth_value"}[c.IntN(3)]
		f.Args = []expr.Expr{arg}
		if f.Fn == "nth_value" {
			f.Args = append(f.Args, expr.Lit(1+c.IntN(3)))
		}
		f.IgnoreNulls = c.IntN(2) == 0
	default:
		a := []expr.Aggregate{expr.Count(name), expr.CountOf(arg, name), expr.Sum(number, name), expr.Avg(number, name),
			expr.Min(arg, name), expr.Max(arg, name), expr.Stat("collect_list", name, arg)}[c.IntN(7)]
		f.Agg = &a
	}
	return f
}

func (c *windowCase) frame() plan.Frame {
	f := plan.Frame{Rows: c.IntN(2) == 0}
	for {
		for _, b := range []*plan.Bound{&f.From, &f.To} {
			b.Kind = plan.BoundKind(c.IntN(5))
			switch {
			case f.Rows:
				b.Offset = expr.Value{Type: expr.Int32, I: int64([]int{0, 1, 2, 3, 50}[c.IntN(5)])}
			case len(c.order) == 1 && c.schema[2].Type != expr.String:
				b.Offset = c.distance(c.schema[2].Type)
			case b.Kind == plan.Preceding || b.Kind == plan.Following:
				b.Kind = plan.CurrentRow
			}
		}
		a, b := f.From.Offset, f.To.Offset
		backwards := f.From.Kind == f.To.Kind && (f.From.Kind == plan.Preceding || f.From.Kind == plan.Following) &&
			orderOf(a, b, plan.SortKey{Desc: f.From.Kind == plan.Preceding}) > 0
		if f.From.Kind <= f.To.Kind && !backwards && f.From.Kind != plan.UnboundedFollowing && f.To.Kind != plan.UnboundedPreceding {
			return f
		}
	}
}

func (c *windowCase) partition(a, b []expr.Value) int {
	for _, k := range c.keys {
		if d := orderOf(a[c.schema.Index(k)], b[c.schema.Index(k)], plan.SortKey{NullsFirst: true}); d != 0 {
			return d
		}
	}
	return 0
}

func (c *windowCase) compare(a, b []expr.Value) int {
	for _, k := range c.order {
		if d := orderOf(a[c.schema.Index(k.Column)], b[c.schema.Index(k.Column)], k); d != 0 {
			return d
		}
	}
	return 0
}

// orderOf compares two values as a sort does; NaN is greater than any number.
func orderOf(a, b expr.Value, k plan.SortKey) int {
	if a.IsNull || b.IsNull {
		switch {
		case a.IsNull && b.IsNull:
			return 0
		case a.IsNull == k.NullsFirst:
			return -1
		}
		return 1
	}
	d := cmp.Or(cmp.Compare(a.I, b.I), cmp.Compare(a.S, b.S), a.Wide.Cmp(b.Wide))
	if a.F != b.F {
		d = -cmp.Compare(b.F, a.F)
		if a.F != a.F || b.F != b.F {
			d = cmp.Compare(b2i(a.F != a.F), b2i(b.F != b.F))
		}
	}
	if k.Desc {
		return -d
	}
	return d
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// scan reads the case's rows in its batches.
func (c *windowCase) scan() plan.Node {
	var batches []*expr.Batch
	at := 0
	for _, n := range c.batches {
		b := &expr.Batch{Schema: c.schema, Rows: n}
		for i, f := range c.schema {
			col := expr.NewBuilder(f.Type)
			for _, r := range c.rows[at : at+n] {
				col.AppendValue(r[i])
			}
			b.Cols = append(b.Cols, col.Take())
		}
		batches, at = append(batches, b), at+n
	}
	return plan.NewScan(source.Memory(c.schema, batches))
}

// run computes the case with the operator.
func (c *windowCase) run(t testing.TB, dir *block.Dir) [][]expr.Value {
	w, err := plan.NewWindow(c.scan(), c.keys, c.order, c.funcs)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.text())
	}
	return rowsOf(runPlan(t, w, dir, c.memory, 8+c.IntN(3)*8))
}

func rowsOf(batches []*expr.Batch) (out [][]expr.Value) {
	for _, b := range batches {
		for i := range b.Rows {
			row := make([]expr.Value, len(b.Cols))
			for j := range row {
				row[j] = b.Cols[j].Value(i)
			}
			out = append(out, row)
		}
	}
	return out
}

// Any window over any rows gives what a row-at-a-time evaluation of SQL's words
// gives, in memory and spilling, in batches of any size.
func TestWindowRandom(t *testing.T) {
	cases := 3000
	if testing.Short() {
		cases = 1000
	}
	dir := tempDir(t)
	for seed := range uint64(cases) {
		c := newWindowCase(seed)
		got := c.run(t, dir)
		if len(got) != len(c.rows) {
			t.Fatalf("seed %d: %d rows of %d\n%s", seed, len(got), len(c.rows), c.text())
		}
		want := c.naive()
		for i := range got {
			for j := range c.funcs {
				if g, w := got[i][len(c.schema)+j], want[i][j]; !sameValue(g, w) {
					t.Fatalf("seed %d, row %d %v, %v ignore nulls %t: got %v, want %v\n%s", seed, i, c.rows[i], c.funcs[j], c.funcs[j].IgnoreNulls, g, w, c.text())
				}
			}
			if fmt.Sprint(got[i][:len(c.schema)]) != fmt.Sprint(c.rows[i]) {
				t.Fatalf("seed %d, row %d: input %v became %v", seed, i, c.rows[i], got[i])
			}
		}
	}
}

func sameValue(a, b expr.Value) bool {
	if a.IsNull || b.IsNull {
		return a.IsNull == b.IsNull
	}
	if a.Type == expr.Float64 {
		return math.Abs(a.F-b.F) <= 1e-9*max(math.Abs(a.F), 1) || a.F != a.F && b.F != b.F
	}
	return a.String() == b.String()
}

// A limit keeps the rows whose rank is at most so much, in batches of any size.
func TestWindowLimitRandom(t *testing.T) {
	dir := tempDir(t)
	for seed := range uint64(500) {
		c := newWindowCase(seed)
		rank := []string{"row_number", "rank", "dense_rank"}[c.IntN(3)]
		limit := 1 + c.IntN(4)
		c.funcs = []plan.WindowFunc{{Name: "r", Fn: rank}}
		var want [][]expr.Value
		for i, r := range c.naive() {
			if r[0].I <= int64(limit) {
				want = append(want, c.rows[i])
			}
		}
		n := &plan.WindowGroupLimit{Input: c.scan(), PartitionBy: c.keys, OrderBy: c.order, Rank: rank, Limit: limit}
		if got := rowsOf(runPlan(t, n, dir, 1<<20, 16)); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("seed %d, %s <= %d: got %v, want %v\n%s", seed, rank, limit, got, want, c.text())
		}
	}
}
