package metric

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
)

// A Set holds the values of the metrics that were recorded by one owner. A
// metric that was never recorded is absent, which is different from zero. The
// zero Set is empty and ready. A Set is not safe for concurrent use.
type Set struct {
	seen   uint64  // bit id is set when id was recorded
	values []int64 // one per bit of seen, in ID order
}

func (s *Set) rank(id ID) int { return bits.OnesCount64(s.seen & (1<<id - 1)) }

// Record folds v into the value of id, as its Desc says.
func (s *Set) Record(id ID, v int64) {
	i := s.rank(id)
	switch {
	case s.seen&(1<<id) == 0:
		s.seen |= 1 << id
		s.values = slices.Insert(s.values, i, v)
	case descs[id].Fold == Max:
		s.values[i] = max(s.values[i], v)
	default:
		s.values[i] += v
	}
}

// Get returns the value of id, and whether it was recorded.
func (s *Set) Get(id ID) (int64, bool) {
	if s.seen&(1<<id) == 0 {
		return 0, false
	}
	return s.values[s.rank(id)], true
}

// Value returns the value of id, or 0 when it is absent: for sums in which
// nothing recorded and zero mean the same.
func (s *Set) Value(id ID) int64 {
	v, _ := s.Get(id)
	return v
}

// Len returns the number of metrics recorded.
func (s *Set) Len() int { return len(s.values) }

// All yields the recorded metrics in ID order.
func (s *Set) All(yield func(ID, int64) bool) {
	i := 0
	for seen := s.seen; seen != 0; seen &= seen - 1 {
		if !yield(ID(bits.TrailingZeros64(seen)), s.values[i]) {
			return
		}
		i++
	}
}

// Merge folds every value of o into s.
func (s *Set) Merge(o *Set) {
	for id, v := range o.All {
		s.Record(id, v)
	}
}

// Clone returns a copy that shares nothing with s.
func (s *Set) Clone() Set { return Set{s.seen, slices.Clone(s.values)} }

// With returns a set of the same metrics with other values, in ID order, Len of
// them. The set owns them, and moves out of their memory when it grows.
func (s *Set) With(values []int64) Set {
	return Set{s.seen, values[:len(s.values):len(s.values)]}
}

// Equal reports whether both sets recorded the same metrics with the same values.
func (s *Set) Equal(o *Set) bool { return s.seen == o.seen && slices.Equal(s.values, o.values) }

// MarshalJSON writes the recorded metrics as an object, by name.
func (s Set) MarshalJSON() ([]byte, error) {
	m := make(map[string]int64, len(s.values))
	for id, v := range s.All {
		m[id.String()] = v
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads what MarshalJSON wrote; unknown names are skipped.
func (s *Set) UnmarshalJSON(p []byte) error {
	var m map[string]int64
	if err := json.Unmarshal(p, &m); err != nil {
		return fmt.Errorf("metric set: %w", err)
	}
	*s = Set{}
	for name, v := range m {
		if id, ok := Parse(name); ok {
			s.Record(id, v)
		}
	}
	return nil
}
