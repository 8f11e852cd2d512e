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

// encode adds the id of every row's string to the words of a part, of which
// there is one every step. With absent no string is interned: rows whose string
// is not known are marked there. Without, it returns false when ids no longer fit
// into the part.
func (in *interner) encode(col *Column, rows int, p keyPart, words []uint64, step int, absent []bool) (fits bool) {
	limit := uint32(p.limit())
	if col.Dict != nil && in.seen != col.Dict {
		in.seen = col.Dict
		in.known = grow(in.known, col.Dict.Len)
		clear(in.known)
	}
	for i := range rows {
		if col.Valid != nil && col.IsNull(i) {
			continue
		}
		var id uint32
		if col.Dict == nil {
			id = in.id(col.Str(i), absent == nil)
		} else if id = in.known[col.Codes[i]]; id == 0 || absent == nil && id == missing {
			id = in.id(col.Dict.Str(int(col.Codes[i])), absent == nil)
			in.known[col.Codes[i]] = id
		}
		if id > limit {
			if absent == nil {
				return false
			}
			absent[i] = true
			continue
		}
		words[i*step] |= uint64(id) << p.shift
	}
	return true
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
