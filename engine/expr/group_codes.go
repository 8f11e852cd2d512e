package expr

import "slices"

// groupCodes remembers the groups of rows whose key columns are all named by the
// same codes: what a join with a small table hands on, or one column of texts. Such
// a row's group is known by its code alone.
type groupCodes struct {
	dicts []*Column // of the key columns
	group []int32   // group+1 by code; 0 is not known yet

	seen   []int32 // scratch: rows with a code that is new
	codes  []int32
	cols   []Column
	pieces []*Column
}

// sameCodes is the codes that all columns have in common, if they do.
func sameCodes(cols []*Column, rows int) []int32 {
	for _, c := range cols {
		if c.Dict == nil || c.Valid != nil || &c.Codes[0] != &cols[0].Codes[0] {
			return nil
		}
	}
	if len(cols) == 0 {
		return nil
	}
	return cols[0].Codes[:rows]
}

// assignCodes is Assign by codes.
func (g *Groups) assignCodes(cols []*Column, codes, out []int32) {
	k := &g.coded
	most := 0
	known := len(k.dicts) == len(cols)
	for i, c := range cols {
		most = max(most, c.Dict.Len)
		known = known && k.dicts[i] == c.Dict
	}
	if !known {
		k.dicts = k.dicts[:0]
		for _, c := range cols {
			k.dicts = append(k.dicts, c.Dict)
		}
		k.group = grow(k.group, most)
		clear(k.group)
	}
	group, fresh := k.group, false
	for i, c := range codes {
		out[i] = group[c] - 1
		fresh = fresh || out[i] < 0
	}
	if !fresh {
		return
	}
	k.seen, k.codes = k.seen[:0], k.codes[:0]
	for i, c := range codes {
		if group[c] == 0 {
			group[c] = -1
			k.seen, k.codes = append(k.seen, int32(i)), append(k.codes, c)
		}
	}
	k.cols, k.pieces = grow(k.cols, len(cols)), grow(k.pieces, len(cols))
	for i, c := range cols {
		k.cols[i] = Column{Type: c.Type, Len: len(k.seen), Dict: c.Dict, Codes: k.codes}
		k.pieces[i] = &k.cols[i]
	}
	for i, id := range g.assign(k.pieces, slices.Clone(k.seen)) {
		group[k.codes[i]] = id + 1
	}
	for i, c := range codes {
		out[i] = group[c] - 1
	}
}
