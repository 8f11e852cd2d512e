package expr

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A Bloom is a set of 64-bit hashes that knows of most others that they are not in
// it: of each member some bits are set, and what has one that is not is no member.
// Bits, hashes of hashes and bytes are those of Spark's BloomFilter: a version, the
// number of bits of a member and the number of words, four bytes each, then the
// words, all with the highest byte first.
type Bloom []byte

const bloomHeader = 12

// newBloom is an empty set for so many members.
func newBloom(members, size int64) Bloom {
	words := (size + 63) / 64
	b := make(Bloom, bloomHeader+8*words)
	binary.BigEndian.PutUint32(b, 1)
	binary.BigEndian.PutUint32(b[4:], uint32(max(1, math.Round(float64(size)/float64(members)*math.Ln2))))
	binary.BigEndian.PutUint32(b[8:], uint32(words))
	return b
}

// set returns the bits, eight a byte, and how many each member has. Bit i is in
// byte i/8 ^ 7, since words have their highest byte first.
func (b Bloom) set() (bits []byte, hashes int32) {
	return b[bloomHeader:], int32(binary.BigEndian.Uint32(b[4:]))
}

// bloomBit is bit i, from 1, of a member with the two hashes.
func bloomBit(h1, h2, i int32, size uint64) uint64 {
	at := h1 + i*h2
	if at < 0 {
		at = ^at
	}
	return uint64(at) % size
}

func (b Bloom) add(hash int64) {
	bits, hashes := b.set()
	h1 := hashLong(uint64(hash), 0)
	h2 := hashLong(uint64(hash), h1)
	for i := int32(1); i <= hashes; i++ {
		at := bloomBit(h1, h2, i, uint64(len(bits))*8)
		bits[at>>3^7] |= 1 << (at & 7)
	}
}

// MightContain is false for rows of which the xxHash of x is certainly not in b,
// and true for all others. A set that was never filled is nil and has no member.
func (b Bloom) MightContain(x Expr, schema Schema) (*Bound, error) {
	hash, err := Bind(Fn("xxhash64", x), schema)
	if err != nil {
		return nil, err
	}
	out := &Column{Type: Bool}
	return &Bound{Type: Bool, eval: func(batch *Batch) (*Column, error) {
		in, err := hash.eval(batch)
		if err != nil {
			return nil, err
		}
		out.Len, out.Bools = batch.Rows, grow(out.Bools, batch.Rows)
		if b == nil {
			clear(out.Bools)
			return out, nil
		}
		bits, hashes := b.set()
		size := uint64(len(bits)) * 8
		for row, v := range in.I64[:batch.Rows] {
			h1 := hashLong(uint64(v), 0)
			h2 := hashLong(uint64(v), h1)
			found := uint8(1)
			for i := int32(1); i <= hashes && found != 0; i++ {
				at := bloomBit(h1, h2, i, size)
				found = bits[at>>3^7] >> (at & 7) & 1
			}
			out.Bools[row] = found
		}
		return out, nil
	}}, nil
}

// bloomRow is the aggregate that makes such sets. It is no function of SQL.
var bloomRow = aggregate{"bloom_filter_agg", 3, 3, true, bindBloom, ""}

// BloomOf is a Bloom of the xxHashes of x in so many bits, for so many members:
// null of no row.
func BloomOf(x Expr, members, bits int64, name string) Aggregate {
	return Aggregate{Fn: bloomRow.names, Args: []Expr{Fn("xxhash64", x), Lit(members), Lit(bits)}, Name: name}
}

func bindBloom(c *aggregateCall) (*BoundAggregate, error) {
	hash, err := c.valueAs(c.Args[0], Int64)
	if err != nil {
		return nil, err
	}
	var numbers [2]int64
	for i := range numbers {
		v, err := c.constant(i + 1)
		if err != nil {
			return nil, err
		}
		if numbers[i] = v.I; v.I <= 0 {
			return nil, fmt.Errorf("a Bloom filter of %d members and bits", v.I)
		}
	}
	return &BoundAggregate{Type: Binary, StateTypes: []Type{Binary}, Args: []*Bound{hash},
		NewState: func() State { return &blooms{members: numbers[0], bits: numbers[1]} }}, nil
}

// blooms is a set for each group; nil while it has no member.
type blooms struct {
	failure
	members, bits int64
	sets          []Bloom
}

func (s *blooms) Grow(n int) { s.sets = extend(s.sets, n) }

// Size leaves out the bits: a parameter says how many they are, whatever the input,
// and a filter that saves work must not fail a query for want of memory.
func (s *blooms) Size() int64 { return int64(cap(s.sets)) * 24 }

// of is the set of a group, to be filled.
func (s *blooms) of(group int32) Bloom {
	if s.sets[group] == nil {
		s.sets[group] = newBloom(s.members, s.bits)
	}
	return s.sets[group]
}

func (s *blooms) Update(groups []int32, args []*Column) {
	for i, g := range groups {
		if !args[0].IsNull(i) {
			s.of(g).add(args[0].I64[i])
		}
	}
}

// Merge sets the bits that either has.
func (s *blooms) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		if state[0].IsNull(i) {
			continue
		}
		own, other := s.of(g), state[0].Str(i)
		for at := bloomHeader; at < len(own); at++ {
			own[at] |= other[at]
		}
	}
}

func (s *blooms) Export() []Column { return []Column{s.Final()} }

func (s *blooms) Final() Column {
	b := NewBuilder(Binary)
	for _, set := range s.sets {
		if set == nil {
			b.AppendNull()
		} else {
			b.AppendBytes(set)
		}
	}
	return b.Take()
}
