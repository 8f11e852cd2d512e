package operator

import (
	"fmt"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// ranking is the functions that are given by a row's place alone.
type ranking struct {
	fn    string
	n     int // of ntile
	ints  []int32
	reals []float64
	out   expr.Column
}

func newRanking(f *plan.WindowFunc) (windowFunction, error) {
	r := &ranking{fn: f.Fn, n: 1}
	if f.Fn == "ntile" && len(f.Args) > 0 {
		v, err := expr.Constant(f.Args[0])
		if err != nil {
			return nil, err
		}
		if v.IsNull || v.I < 1 {
			return nil, fmt.Errorf("ntile(%s): the number of buckets must be 1 or more", f.Args[0])
		}
		r.n = int(v.I)
	}
	return r, nil
}

func (r *ranking) reach() reach {
	if r.fn == "row_number" || r.fn == "rank" || r.fn == "dense_rank" {
		return toRow
	}
	return toPartition
}
func (r *ranking) begin(*span) error { return nil }
func (r *ranking) end(*span) error   { return nil }

func (r *ranking) compute(p *slice) (*expr.Column, error) {
	n := p.batch.Rows
	if r.fn != "row_number" && r.fn != "ntile" {
		if err := p.peers(); err != nil {
			return nil, err
		}
	}
	switch r.fn {
	case "percent_rank", "cume_dist":
		r.reals = resized(r.reals, n)
		for i := range r.reals {
			if rows := p.end[i] - p.start[i]; r.fn == "cume_dist" {
				r.reals[i] = float64(p.past[i]-p.start[i]) / float64(rows)
			} else if rows == 1 {
				r.reals[i] = 0
			} else {
				r.reals[i] = float64(p.peer[i]-p.start[i]) / float64(rows-1)
			}
		}
		r.out = expr.Column{Type: expr.Float64, Len: n, F64: r.reals}
		return &r.out, nil
	}
	r.ints = resized(r.ints, n)
	switch r.fn {
	case "row_number":
		for i, start := range p.start {
			r.ints[i] = int32(p.from+i) - start + 1
		}
	case "rank":
		for i, start := range p.start {
			r.ints[i] = p.peer[i] - start + 1
		}
	case "dense_rank":
		copy(r.ints, p.dense)
	case "ntile":
		for i, start := range p.start {
			r.ints[i] = int32(bucket(p.from+i-int(start), int(p.end[i]-start), r.n))
		}
	}
	r.out = expr.Column{Type: expr.Int32, Len: n, I32: r.ints}
	return &r.out, nil
}

// bucket is the number, from 1, of the bucket that row i of n is in; the first
// n%buckets of them have a row more.
func bucket(i, n, buckets int) int {
	size, larger := n/buckets, n%buckets
	if i < larger*(size+1) {
		return i/(size+1) + 1
	}
	return larger + (i-larger*(size+1))/size + 1
}
