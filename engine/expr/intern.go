package expr

import "math"

// An interner gives every distinct string an id, from 1; 0 stands for null.
type interner struct {
	ids   map[string]uint32
	text  Builder
	size  int64
	seen  *Column  // dictionary whose ids are known
	known []uint32 // id of each of its values; 0 is not looked up yet
	given *Column  // last dictionary handed out
}

const missing = math.MaxUint32 // id that no interned string has

func newInterner() *interner {
	return &interner{ids: map[string]uint32{}, text: Builder{col: Column{Type: String}}}
}

func (in *interner) id(s []byte, add bool) uint32 {
	if id, ok := in.ids[string(s)]; ok {
		return id
	}
	if !add {
		return missing
	}
	id := uint32(len(in.ids) + 1)
	in.ids[string(s)] = id
	in.text.AppendBytes(s)
	in.size += int64(2*len(s)) + 48 // text twice, and a map entry
	return id
}

// encode adds the id of every row's string to words, which has one word of
// interest every step.
func (in *interner) encode(col *Column, rows int, add bool, words []uint64, step, shift int) {
	if col.Type == Null {
		return
	}
	if col.Dict != nil {
		if in.seen != col.Dict {
			in.seen = col.Dict
			in.known = grow(in.known, col.Dict.Len)
			clear(in.known)
		}
		for i, code := range col.Codes[:rows] {
			if col.Valid != nil && col.IsNull(i) {
				continue
			}
			id := in.known[code]
			if id == 0 || add && id == missing {
				id = in.id(col.Dict.Str(int(code)), add)
				in.known[code] = id
			}
			words[i*step] |= uint64(id) << shift
		}
		return
	}
	for i := range rows {
		if !col.IsNull(i) {
			words[i*step] |= uint64(in.id(col.Str(i), add)) << shift
		}
	}
}

// dict returns the strings by id-1. It stays valid when more are interned.
func (in *interner) dict() *Column {
	if in.given == nil || in.given.Len != in.text.Len() {
		if in.text.Len() == 0 {
			in.given = &Column{Type: String, Len: 1, Offsets: []int32{0, 0}}
		} else {
			c := *in.text.Column()
			in.given = &c
		}
	}
	return in.given
}

func floatFromBits(b uint64) float64 { return math.Float64frombits(b) }
