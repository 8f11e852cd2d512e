package operator_test

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// naive computes the functions of a case by their definitions, row by row.
func (c *windowCase) naive() [][]expr.Value {
	out := make([][]expr.Value, len(c.rows))
	for start := 0; start < len(c.rows); {
		end := start + 1
		for end < len(c.rows) && c.partition(c.rows[start], c.rows[end]) == 0 {
			end++
		}
		part := c.rows[start:end]
		for i := range part {
			for _, f := range c.funcs {
				out[start+i] = append(out[start+i], c.one(&f, part, i))
			}
		}
		start = end
	}
	return out
}

func whole(n int) expr.Value       { return expr.Value{Type: expr.Int32, I: int64(n)} }
func fraction(a, b int) expr.Value { return expr.Value{Type: expr.Float64, F: float64(a) / float64(b)} }

var nothing = expr.Value{IsNull: true}

// one is a function's value for row i of a partition.
func (c *windowCase) one(f *plan.WindowFunc, part [][]expr.Value, i int) expr.Value {
	less, upTo, groups := 0, 0, 1
	for j, r := range part {
		d := c.compare(r, part[i])
		less += b2i(d < 0)
		upTo += b2i(d <= 0)
		groups += b2i(j > 0 && j <= i && c.compare(part[j-1], r) != 0)
	}
	value := func(j int) expr.Value { return part[j][c.schema.Index(expr.Name(f.Args[0]))] }
	switch f.Fn {
	case "row_number":
		return whole(i + 1)
	case "rank":
		return whole(less + 1)
	case "dense_rank":
		return whole(groups)
	case "percent_rank":
		if len(part) == 1 {
			return expr.Value{Type: expr.Float64}
		}
		return fraction(less, len(part)-1)
	case "cume_dist":
		return fraction(upTo, len(part))
	case "ntile":
		n := int(f.Args[0].(expr.Literal).Value.I)
		for bucket, at := 1, 0; ; bucket++ {
			at += len(part)/n + b2i(bucket <= len(part)%n)
			if i < at {
				return whole(bucket)
			}
		}
	case "lag", "lead":
		n := int(f.Args[1].(expr.Literal).Value.I)
		if f.Fn == "lag" {
			n = -n
		}
		step := 1
		if n < 0 {
			step, n = -1, -n
		}
		j := i
		for j >= 0 && j < len(part) && n > 0 {
			if j += step; j >= 0 && j < len(part) && !(f.IgnoreNulls && value(j).IsNull) {
				n--
			}
		}
		if j >= 0 && j < len(part) {
			return value(j)
		}
		if len(f.Args) > 2 {
			return value(i)
		}
		return nothing
	}
	var in []int
	for j := range part {
		if c.within(f.Frame, part, i, j) {
			in = append(in, j)
		}
	}
	if f.Agg != nil {
		return c.fold(f.Agg, part, in)
	}
	var known []int
	for _, j := range in {
		if !f.IgnoreNulls || !value(j).IsNull {
			known = append(known, j)
		}
	}
	at := 0
	switch f.Fn {
	case "nth_value":
		at = int(f.Args[1].(expr.Literal).Value.I) - 1
	case "last_value":
		at = len(known) - 1
	}
	if at < 0 || at >= len(known) {
		return nothing
	}
	return value(known[at])
}

// within reports whether row j is in the frame of row i.
func (c *windowCase) within(f plan.Frame, part [][]expr.Value, i, j int) bool {
	return c.side(f, f.From, part, i, j, 1) && c.side(f, f.To, part, i, j, -1)
}

// side reports whether row j is not outside of one end of row i's frame; sign is
// 1 for the beginning.
func (c *windowCase) side(f plan.Frame, b plan.Bound, part [][]expr.Value, i, j, sign int) bool {
	away := 0
	switch b.Kind {
	case plan.UnboundedPreceding, plan.UnboundedFollowing:
		return true
	case plan.Preceding:
		away = -1
	case plan.Following:
		away = 1
	}
	if f.Rows {
		return (j-i-away*int(b.Offset.I))*sign >= 0
	}
	if b.Kind == plan.CurrentRow {
		return c.compare(part[j], part[i])*sign >= 0
	}
	k := c.order[0]
	if k.Desc {
		away = -away
	}
	v, d := part[i][2], b.Offset
	if !v.IsNull {
		switch v.Type.Kind() {
		case expr.Float64:
			v.F += float64(away) * d.F
		case expr.Decimal:
			v.Wide = expr.Int128{Lo: v.Wide.Lo + uint64(int64(away)*int64(d.Wide.Lo)*10)}
			v.Wide.Hi = int64(v.Wide.Lo) >> 63
		case expr.Date:
			if d.Type == expr.DayTime {
				d.I /= 24 * 3600e6
			}
			v.I += int64(away) * d.I
		default:
			v.I += int64(away) * d.I
		}
	}
	return orderOf(part[j][2], v, k)*sign >= 0
}

// fold is an aggregate over some rows of a partition.
func (c *windowCase) fold(a *expr.Aggregate, part [][]expr.Value, in []int) expr.Value {
	if len(a.Args) == 0 {
		return expr.Value{Type: expr.Int64, I: int64(len(in))}
	}
	var list []expr.Value
	sum, least, most := expr.Value{}, nothing, nothing
	for _, j := range in {
		v := part[j][c.schema.Index(expr.Name(a.Args[0]))]
		if v.IsNull {
			continue
		}
		list = append(list, v)
		sum.I, sum.F = sum.I+v.I, sum.F+v.F
		if least.IsNull || orderOf(v, least, plan.SortKey{}) < 0 {
			least = v
		}
		if most.IsNull || orderOf(v, most, plan.SortKey{}) > 0 {
			most = v
		}
	}
	switch {
	case a.Fn == "count":
		return expr.Value{Type: expr.Int64, I: int64(len(list))}
	case a.Fn == "collect_list":
		return expr.Value{Type: expr.ArrayOf(c.schema[c.schema.Index(expr.Name(a.Args[0]))].Type), List: list}
	case len(list) == 0:
		return nothing
	case a.Fn == "min":
		return least
	case a.Fn == "max":
		return most
	case a.Fn == "avg":
		return expr.Value{Type: expr.Float64, F: (float64(sum.I) + sum.F) / float64(len(list))}
	}
	sum.Type = expr.Float64
	if list[0].Type == expr.Int32 {
		sum.Type = expr.Int64
	}
	return sum
}
