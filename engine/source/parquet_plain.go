package source

import (
	"encoding/binary"
	"errors"
	"math"
	"unsafe"
)

// A form is how a file stores the values of a column; together with the type
// wanted it says how to convert.
type form uint8

const (
	formNull form = iota
	formBool
	formInt32
	formUint32
	formDays // INT32 days, wanted as a timestamp
	formInt64
	formMillis
	formNanos
	formInt96
	formFloat
	formDouble
	formUint64
	formBytes
	formFixed // bytes, all of one length
)

const microsPerDay = 24 * 60 * 60 * 1_000_000

var errPlainEnd = errors.New("the plain values end too early")

// width is the size of a stored value in bytes; 0 where it varies.
func (c leaf) width() int {
	if c.from == formFixed {
		return c.size
	}
	return c.from.width()
}

// width is the size of a stored number in bytes.
func (f form) width() int {
	switch f {
	case formInt32, formUint32, formDays, formFloat:
		return 4
	case formInt64, formMillis, formNanos, formDouble, formUint64:
		return 8
	case formInt96:
		return 12
	}
	return 0
}

// toMicros converts a stored 64-bit value.
func toMicros(f form, v int64) int64 {
	switch f {
	case formMillis:
		return v * 1000
	case formNanos:
		micros := v / 1000
		if v%1000 < 0 {
			micros--
		}
		return micros
	}
	return v
}

// raw views a slice of numbers as its bytes. Parquet and every platform we
// build for are little-endian.
func raw[T int32 | int64 | float64](v []T) []byte {
	var z T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(z)))
}

// plain32 converts the first len(out) values of src to 32-bit integers.
func plain32(src []byte, out []int32) { copy(raw(out), src) }

// plain64 converts the first len(out) values of src to 64-bit integers.
func plain64(f form, src []byte, out []int64) {
	switch f {
	case formInt64:
		copy(raw(out), src)
	case formMillis, formNanos:
		for i := range out {
			out[i] = toMicros(f, int64(binary.LittleEndian.Uint64(src[i*8:])))
		}
	case formInt32:
		for i := range out {
			out[i] = int64(int32(binary.LittleEndian.Uint32(src[i*4:])))
		}
	case formUint32:
		for i := range out {
			out[i] = int64(binary.LittleEndian.Uint32(src[i*4:]))
		}
	case formDays:
		for i := range out {
			out[i] = int64(int32(binary.LittleEndian.Uint32(src[i*4:]))) * microsPerDay
		}
	case formInt96: // nanoseconds of the day, Julian day
		for i := range out {
			nanos := int64(binary.LittleEndian.Uint64(src[i*12:]))
			day := int64(binary.LittleEndian.Uint32(src[i*12+8:])) - 2440588
			out[i] = day*microsPerDay + toMicros(formNanos, nanos)
		}
	}
}

// plainF64 converts the first len(out) values of src to doubles.
func plainF64(f form, src []byte, out []float64) {
	switch f {
	case formDouble:
		copy(raw(out), src)
	case formFloat:
		for i := range out {
			out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(src[i*4:])))
		}
	case formInt32:
		for i := range out {
			out[i] = float64(int32(binary.LittleEndian.Uint32(src[i*4:])))
		}
	case formUint32:
		for i := range out {
			out[i] = float64(binary.LittleEndian.Uint32(src[i*4:]))
		}
	case formInt64:
		for i := range out {
			out[i] = float64(int64(binary.LittleEndian.Uint64(src[i*8:])))
		}
	}
}

// unsplit undoes BYTE_STREAM_SPLIT for n values from value from on: byte b of
// value i is src[b*total+i]. The result is plain.
func unsplit(src []byte, width, from, n int, out []byte) []byte {
	total := len(src) / width
	out = growSlice(out, n*width)
	for b := range width {
		stream := src[b*total+from:][:n]
		for i, v := range stream {
			out[i*width+b] = v
		}
	}
	return out
}

// growSlice is s with length n; its old content is lost when it has to grow.
func growSlice[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// growBytes is s with length n and padding behind.
func growBytes(s []byte, n int) []byte {
	return growSlice(s, n+padding)[:n]
}
