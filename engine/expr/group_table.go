package expr

import (
	"math/bits"
	"sync"
)

// A groupSlot is a place of the open-addressing table: a single-word key, or the
// hash of a longer one, and group+1; 0 is free.
type groupSlot struct {
	key   uint64
	group int32
}

// directLimit bounds the keys that are looked up in an array: zones, hours, ids
// of names and what few of them make together.
const directLimit = 1 << 16

func mixWord(k uint64) uint64 {
	k *= 0x9e3779b97f4a7c15
	return k ^ k>>32
}

func hashWords(words []uint64) uint64 {
	h := uint64(0)
	for _, w := range words {
		h = bits.RotateLeft64(h, 29) ^ w
		h *= 0x9e3779b97f4a7c15
		h ^= h >> 32
	}
	return h
}

func (g *Groups) same(group int32, words []uint64) bool {
	at := int(group) * g.words
	for i, w := range words {
		if g.keys[at+i] != w {
			return false
		}
	}
	return true
}

func (g *Groups) assignOne(out []int32) {
	direct, slots := g.direct, g.slots
	for i, k := range g.row[:len(out)] {
		if k < uint64(len(direct)) {
			if group := direct[k]; group != 0 {
				out[i] = group - 1
				continue
			}
		} else if len(slots) > 0 {
			if s := &slots[mixWord(k)&uint64(len(slots)-1)]; s.key == k && s.group != 0 {
				out[i] = s.group - 1
				continue
			}
		}
		out[i] = g.addOne(k)
		direct, slots = g.direct, g.slots
	}
}

func (g *Groups) addOne(k uint64) int32 {
	if k >= uint64(len(g.direct)) && k < directLimit {
		// Few groups with large keys are not worth an array.
		if size := 1 << bits.Len64(k); size <= max(1024, 16*g.n) {
			g.rebuild(max(size, 64))
		}
	}
	if k < uint64(len(g.direct)) {
		if g.direct[k] == 0 {
			g.direct[k] = g.add(k)
		}
		return g.direct[k] - 1
	}
	g.reserveSlot()
	mask := uint64(len(g.slots) - 1)
	for at := mixWord(k) & mask; ; at = (at + 1) & mask {
		s := &g.slots[at]
		if s.group == 0 {
			s.key, s.group = k, g.add(k)
			g.used++
		}
		if s.key == k {
			return s.group - 1
		}
	}
}

// add makes a group and returns its number and one.
func (g *Groups) add(words ...uint64) int32 {
	g.keys = append(g.keys, words...)
	g.n++
	return int32(g.n)
}

func (g *Groups) assignMany(out []int32) {
	for i := range out {
		words := g.row[i*g.words : (i+1)*g.words]
		g.reserveSlot()
		h := hashWords(words)
		if s := &g.slots[mixWord(h)&uint64(len(g.slots)-1)]; s.key == h && s.group != 0 && g.same(s.group-1, words) {
			out[i] = s.group - 1
			continue
		}
		mask := uint64(len(g.slots) - 1)
		for at := mixWord(h) & mask; ; at = (at + 1) & mask {
			s := &g.slots[at]
			if s.group == 0 {
				s.key, s.group = h, g.add(words...)
				g.used++
			}
			if s.key == h && g.same(s.group-1, words) {
				out[i] = s.group - 1
				break
			}
		}
	}
}

func (g *Groups) findOne(out []int32) {
	mask := uint64(len(g.slots) - 1)
	for i, k := range g.row[:len(out)] {
		out[i] = -1
		switch {
		case k < uint64(len(g.direct)):
			out[i] = g.direct[k] - 1
		case len(g.slots) > 0:
			for at := mixWord(k) & mask; g.slots[at].group != 0; at = (at + 1) & mask {
				if s := &g.slots[at]; s.key == k {
					out[i] = s.group - 1
					break
				}
			}
		}
	}
}

func (g *Groups) findMany(out []int32) {
	mask := uint64(len(g.slots) - 1)
	for i := range out {
		out[i] = -1
		if len(g.slots) == 0 {
			continue
		}
		words := g.row[i*g.words : (i+1)*g.words]
		h := hashWords(words)
		for at := mixWord(h) & mask; g.slots[at].group != 0; at = (at + 1) & mask {
			if s := &g.slots[at]; s.key == h && g.same(s.group-1, words) {
				out[i] = s.group - 1
				break
			}
		}
	}
}

// reserveSlot keeps the table at most half full. A small one grows faster: most of
// those that grow at all become large.
func (g *Groups) reserveSlot() {
	if g.used*2 < len(g.slots) {
		return
	}
	times := 2
	if len(g.slots) < 1<<10 {
		times = 4
	}
	g.resize(max(64, times*len(g.slots)))
}

// Reserve makes room for that many groups, all of which may come at once.
func (g *Groups) Reserve(n int) {
	if size := 1 << bits.Len(uint(2*n)); size > max(len(g.slots), 63) {
		g.resize(size)
	}
}

func (g *Groups) resize(slots int) {
	old := g.slots
	g.slots = newSlots(slots)
	for _, s := range old {
		if s.group != 0 {
			g.occupy(s)
		}
	}
	freeSlots(old)
}

// Release gives the table's memory to the tables to come; it must not be used any
// more.
func (g *Groups) Release() {
	freeSlots(g.slots)
	g.slots = nil
}

// slotPools hold large tables by the logarithm of their size: memory that the
// system gives anew costs more than the filling of it.
var slotPools [40]sync.Pool

// pooledSlots is the size from which tables are kept.
const pooledSlots = 1 << 12

func newSlots(n int) []groupSlot {
	if n >= pooledSlots {
		if s, _ := slotPools[bits.Len(uint(n))].Get().(*[]groupSlot); s != nil {
			clear(*s)
			return *s
		}
	}
	return make([]groupSlot, n)
}

func freeSlots(s []groupSlot) {
	if len(s) >= pooledSlots {
		slotPools[bits.Len(uint(len(s)))].Put(&s)
	}
}

// occupy puts a slot of a key that is not there into the table.
func (g *Groups) occupy(s groupSlot) {
	mask := uint64(len(g.slots) - 1)
	at := mixWord(s.key) & mask
	for g.slots[at].group != 0 {
		at = (at + 1) & mask
	}
	g.slots[at] = s
}

// rebuild fills the table anew from the keys, with an array for those below
// direct.
func (g *Groups) rebuild(direct int) {
	freeSlots(g.slots)
	g.direct, g.slots, g.used = make([]int32, direct), nil, 0
	n := g.n
	g.n = 0
	keys := g.keys
	g.keys = g.keys[:0] // each is appended where it stands
	for i := range n {
		words := keys[i*g.words : (i+1)*g.words]
		if g.words == 1 {
			g.addOne(words[0])
			continue
		}
		g.reserveSlot()
		g.used++
		g.occupy(groupSlot{hashWords(words), g.add(words...)})
	}
}
