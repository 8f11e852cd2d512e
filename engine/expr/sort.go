package expr

import (
	"bytes"
	"math"
	"slices"
)

// An Order is one key of a sort.
type Order struct {
	Col        int // position in the batch
	Desc       bool
	NullsFirst bool
}

// SortIndex returns the positions of the batch's rows in sorted order; equal
// rows keep their order. The first key is sorted by radix on a 64-bit image
// that keeps the order; runs that are equal there are settled by comparing.
// (Sorting positions by a comparator alone took five times as long on ten
// million rows.)
func SortIndex(b *Batch, keys []Order) []int32 {
	index := make([]int32, b.Rows)
	for i := range index {
		index[i] = int32(i)
	}
	if len(keys) == 0 || b.Rows < 2 {
		return index
	}
	if b.Rows < 256 {
		slices.SortStableFunc(index, func(x, y int32) int { return CompareRows(b, int(x), b, int(y), keys) })
		return index
	}
	image, exact := orderImage(&b.Cols[keys[0].Col], keys[0])
	radixSort(index, image)
	if exact && len(keys) == 1 && b.Cols[keys[0].Col].Valid == nil {
		return index
	}
	rest := keys
	if exact && b.Cols[keys[0].Col].Valid == nil {
		rest = keys[1:]
	}
	for from := 0; from < len(index); {
		to := from + 1
		for to < len(index) && image[index[to]] == image[index[from]] {
			to++
		}
		if to-from > 1 {
			slices.SortStableFunc(index[from:to], func(x, y int32) int { return CompareRows(b, int(x), b, int(y), rest) })
		}
		from = to
	}
	return index
}

// orderImage maps values to integers of the same order. exact says that equal
// images mean equal values; strings map by their first eight bytes, long
// decimals to the ends, arrays and structs all to one, and nulls share the image of the least or greatest value.
func orderImage(c *Column, o Order) (image []uint64, exact bool) {
	image = make([]uint64, c.Len)
	exact = true
	const sign = 1 << 63
	layout := c.Type.Layout()
	for i := range image {
		switch layout {
		case Bool:
			image[i] = uint64(c.Bools[i])
		case Int32:
			image[i] = uint64(int64(c.I32[i])) ^ sign
		case Int64:
			image[i] = uint64(c.I64[i]) ^ sign
		case Float64:
			v := doubleBits(c.F64[i])
			if v&sign != 0 {
				v = ^v
			} else {
				v |= sign
			}
			image[i] = v
		case Decimal:
			exact = false
			v, fits := c.Wide[i].Int64()
			if !fits {
				v = math.MaxInt64 ^ c.Wide[i].Hi>>63
			}
			image[i] = uint64(v) ^ sign
		case Array, Struct:
			exact = false
		case String:
			exact = false
			var v uint64
			s := c.Str(i)
			for j := range 8 {
				v <<= 8
				if j < len(s) {
					v |= uint64(s[j])
				}
			}
			image[i] = v
		}
	}
	if o.Desc {
		for i := range image {
			image[i] = ^image[i]
		}
	}
	if c.Valid != nil {
		null := uint64(math.MaxUint64)
		if o.NullsFirst {
			null = 0
		}
		for i := range image {
			if c.IsNull(i) {
				image[i] = null
			}
		}
	}
	return image, exact
}

// radixSort sorts index by image, least significant byte first; bytes that are
// equal in all images are passed over.
func radixSort(index []int32, image []uint64) {
	var differ uint64
	for _, v := range image {
		differ |= v ^ image[0]
	}
	other := make([]int32, len(index))
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xff == 0 {
			continue
		}
		var count [257]int32
		for _, x := range index {
			count[(image[x]>>shift&0xff)+1]++
		}
		for i := 1; i < 256; i++ {
			count[i] += count[i-1]
		}
		for _, x := range index {
			k := image[x] >> shift & 0xff
			other[count[k]] = x
			count[k]++
		}
		copy(index, other)
	}
}

// CompareRows compares row i of a with row j of b by the keys: negative when
// the first comes first.
func CompareRows(a *Batch, i int, b *Batch, j int, keys []Order) int {
	for _, k := range keys {
		x, y := &a.Cols[k.Col], &b.Cols[k.Col]
		xn, yn := x.IsNull(i), y.IsNull(j)
		if xn || yn {
			if xn == yn {
				continue
			}
			if xn == k.NullsFirst {
				return -1
			}
			return 1
		}
		c := compareValues(x, i, y, j)
		if c == 0 {
			continue
		}
		if k.Desc {
			return -c
		}
		return c
	}
	return 0
}

// compareValues orders two values that are not null; NaN is greater than any
// other double, as in Spark.
func compareValues(x *Column, i int, y *Column, j int) int {
	switch x.Type.Layout() {
	case Bool:
		return int(x.Bools[i]) - int(y.Bools[j])
	case Int32:
		return order(x.I32[i], y.I32[j])
	case Int64:
		return order(x.I64[i], y.I64[j])
	case Float64:
		a, b := x.F64[i], y.F64[j]
		if a != a || b != b {
			return int(b2u(a != a)) - int(b2u(b != b))
		}
		return order(a, b)
	case Decimal:
		return x.Wide[i].Cmp(y.Wide[j])
	case String:
		return bytes.Compare(x.Str(i), y.Str(j))
	case Array:
		n, m := int(x.Offsets[i+1]-x.Offsets[i]), int(y.Offsets[j+1]-y.Offsets[j])
		for k := range min(n, m) {
			if c := compareNullable(&x.Items[0], int(x.Offsets[i])+k, &y.Items[0], int(y.Offsets[j])+k); c != 0 {
				return c
			}
		}
		return n - m
	case Struct:
		for f := range x.Items {
			if c := compareNullable(&x.Items[f], i, &y.Items[f], j); c != 0 {
				return c
			}
		}
	}
	return 0
}

// compareNullable orders values inside arrays and structs: nulls first.
func compareNullable(x *Column, i int, y *Column, j int) int {
	if xn, yn := x.IsNull(i), y.IsNull(j); xn || yn {
		return int(b2u(yn)) - int(b2u(xn))
	}
	return compareValues(x, i, y, j)
}

func order[T number](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
