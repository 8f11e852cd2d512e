package expr

import "encoding/binary"

// Booleans are bytes of 0 and 1, validity is bits: the loops here go from one to
// the other eight rows at a time.

// spread has the bits of a byte as the bytes of a word, the first in the lowest.
var spread = func() (t [256]uint64) {
	for v := range t {
		for i := range 8 {
			t[v] |= uint64(v) >> i & 1 << (8 * i)
		}
	}
	return t
}()

// squeeze is the inverse of spread.
func squeeze(flags uint64) byte { return byte(flags * 0x0102040810204080 >> 56) }

// Conjoin leaves of the flags those where a condition is true too; where it is
// null it counts as false.
func Conjoin(flags []uint8, cond *Column) {
	if cond.Type == Null {
		clear(flags)
		return
	}
	bools, valid := cond.Bools[:len(flags)], cond.Valid
	whole := len(flags) &^ 7
	for i := 0; i < whole; i += 8 {
		to := flags[i : i+8]
		both := binary.LittleEndian.Uint64(to) & binary.LittleEndian.Uint64(bools[i:])
		if valid != nil {
			both &= spread[valid[i>>3]]
		}
		binary.LittleEndian.PutUint64(to, both)
	}
	for i := whole; i < len(flags); i++ {
		flags[i] &= bools[i]
		if valid != nil {
			flags[i] &= valid[i>>3] >> (i & 7)
		}
	}
}

// dropTrue clears the bits of the rows for which a condition is true.
func dropTrue(bitmap []byte, bools []uint8, valid []byte) {
	whole := len(bools) &^ 7
	for i := 0; i < whole; i += 8 {
		drop := squeeze(binary.LittleEndian.Uint64(bools[i:]))
		if valid != nil {
			drop &= valid[i>>3]
		}
		bitmap[i>>3] &^= drop
	}
	for i := whole; i < len(bools); i++ {
		if bools[i] != 0 && (valid == nil || valid[i>>3]>>(i&7)&1 != 0) {
			clearBit(bitmap, i)
		}
	}
}
