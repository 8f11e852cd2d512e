package stage

import (
	"fmt"

	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// A Part says what one task reads at the leaves of its stage. It is shaped as
// the plan is where the plan branches: a join has the parts of both sides in
// In (nil for a broadcast side), a union the part of input Index in In[0], a
// sample that of its input, a coalesce those it joins; another step with one input
// shares its input's part.
type Part struct {
	Split source.Split // of a scan
	Range              // of an exchange
	Index int          // of a cached frame or a sample: the partition; of a union: the input
	In    []*Part
}

// A Range is neighbouring partitions [From, To) of an exchange that one task
// reads; with MapTo set only what the map tasks [MapFrom, MapTo) wrote of them.
type Range struct{ From, To, MapFrom, MapTo int }

// Inputs is what is known about a stage's leaves when it begins.
type Inputs struct {
	Split  source.SplitOptions
	Ranges map[*plan.Exchange][]Range            // where adaptive execution has joined partitions
	Cached func(*plan.Relation) ([]*Part, error) // the partitions of a cached frame
	// Folders sets the conditions on folders of a scan that is pruned by what other
	// steps found.
	Folders func(*plan.Scan, *source.SplitOptions)
}

// Parts lists the tasks of a stage.
func Parts(root plan.Node, in *Inputs) ([]*Part, error) {
	switch n := root.(type) {
	case *plan.Scan:
		options := in.Split
		options.Folders = n.Folders
		if len(n.Pruned) > 0 {
			in.Folders(n, &options)
		}
		splits, err := n.Source.Splits(options)
		if err != nil {
			return nil, err
		}
		if len(splits) == 0 {
			splits = []source.Split{{}} // one task finds that there is nothing
		}
		parts := make([]*Part, len(splits))
		for i, s := range splits {
			parts[i] = &Part{Split: s}
		}
		return parts, nil
	case *plan.Exchange:
		ranges, ok := in.Ranges[n]
		if !ok {
			for p := range n.N {
				ranges = append(ranges, Range{From: p, To: p + 1})
			}
		}
		parts := make([]*Part, len(ranges))
		for i, r := range ranges {
			parts[i] = &Part{Range: r}
		}
		return parts, nil
	case *plan.Cached:
		inner, err := in.Cached(n.Relation)
		return numbered(inner), err
	case *plan.Coalesce:
		inner, err := Parts(n.Input, in)
		var parts []*Part
		for _, r := range divide(len(inner), n.N) {
			parts = append(parts, &Part{In: inner[r[0]:r[1]]})
		}
		return parts, err
	case *plan.Sample:
		inner, err := Parts(n.Input, in)
		return numbered(inner), err
	case *plan.Union:
		var parts []*Part
		for i, input := range n.All {
			list, err := Parts(input, in)
			if err != nil {
				return nil, err
			}
			for _, p := range list {
				parts = append(parts, &Part{Index: i, In: []*Part{p}})
			}
		}
		return parts, nil
	case *plan.Join:
		return joinParts(n, in)
	}
	return Parts(root.Inputs()[0], in)
}

// numbered wraps parts in parts that say which partition each is.
func numbered(inner []*Part) []*Part {
	parts := make([]*Part, len(inner))
	for i, p := range inner {
		parts[i] = &Part{Index: i, In: []*Part{p}}
	}
	return parts
}

func joinParts(n *plan.Join, in *Inputs) ([]*Part, error) {
	if n.Strategy == plan.BroadcastHash || n.Strategy == plan.NestedLoop {
		streamed, side := n.Left, 0
		if n.BuildLeft {
			streamed, side = n.Right, 1
		}
		list, err := Parts(streamed, in)
		if err != nil {
			return nil, err
		}
		parts := make([]*Part, len(list))
		for i, p := range list {
			parts[i] = &Part{In: make([]*Part, 2)}
			parts[i].In[side] = p
		}
		return parts, nil
	}
	left, err := Parts(n.Left, in)
	if err != nil {
		return nil, err
	}
	right, err := Parts(n.Right, in)
	if err != nil {
		return nil, err
	}
	if n.Strategy == plan.Cartesian {
		var parts []*Part
		for _, l := range left {
			for _, r := range right {
				parts = append(parts, &Part{In: []*Part{l, r}})
			}
		}
		return parts, nil
	}
	if len(left) != len(right) {
		return nil, fmt.Errorf("stage: join of %d and %d partitions", len(left), len(right))
	}
	parts := make([]*Part, len(left))
	for i := range left {
		parts[i] = &Part{In: []*Part{left[i], right[i]}}
	}
	return parts, nil
}
