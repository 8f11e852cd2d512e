package datasets

import (
	"context"
	"iter"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// joined is several sources of one schema as one table. The source a split
// belongs to is in the upper bits of its pieces' Index.
type joined struct{ parts []source.Source }

const partShift = 32

func (j *joined) Schema() expr.Schema { return j.parts[0].Schema() }

// Format is the parts' common format, or both: "csv+parquet".
func (j *joined) Format() string {
	var names []string
	for _, p := range j.parts {
		if f := p.Format(); !strings.Contains(strings.Join(names, "+"), f) {
			names = append(names, f)
		}
	}
	return strings.Join(names, "+")
}

func (j *joined) Location() string {
	var names []string
	for _, p := range j.parts {
		names = append(names, p.Location())
	}
	return strings.Join(names, " ")
}

func (j *joined) Stats() source.Stats {
	var sum source.Stats
	for _, p := range j.parts {
		s := p.Stats()
		if s.Rows < 0 || sum.Rows < 0 {
			sum.Rows = -1
		} else {
			sum.Rows += s.Rows
		}
		sum.Bytes += s.Bytes
		sum.Files += s.Files
	}
	return sum
}

func (j *joined) Splits(o source.SplitOptions) ([]source.Split, error) {
	var all []source.Split
	for i, p := range j.parts {
		splits, err := p.Splits(o)
		if err != nil {
			return nil, err
		}
		for _, s := range splits {
			pieces := make([]source.Piece, len(s.Pieces))
			for k, piece := range s.Pieces {
				piece.Index |= i << partShift
				pieces[k] = piece
			}
			all = append(all, source.Split{Pieces: pieces})
		}
	}
	return all, nil
}

func (j *joined) Read(ctx context.Context, s source.Split, r *source.Read) iter.Seq2[*expr.Batch, error] {
	if len(s.Pieces) == 0 {
		return func(func(*expr.Batch, error) bool) {}
	}
	part := s.Pieces[0].Index >> partShift
	pieces := make([]source.Piece, len(s.Pieces))
	for k, piece := range s.Pieces {
		piece.Index &= 1<<partShift - 1
		pieces[k] = piece
	}
	return j.parts[part].Read(ctx, source.Split{Pieces: pieces}, r)
}
