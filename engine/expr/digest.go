package expr

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash/crc32"
)

// digestFunctions are the rows of the function table on hashes.
func digestFunctions() []function {
	return []function{
		{"hash", 1, -1, anyMode(bindHash), "Murmur3 of the arguments as an int, that by which rows are spread over partitions"},
		{"xxhash64", 1, -1, anyMode(bindXXHash), "xxHash of the arguments as a bigint"},
		{"md5", 1, 1, bindDigest(func(b []byte) []byte { s := md5.Sum(b); return s[:] }), "MD5 of the bytes in hexadecimal"},
		{"sha1 sha", 1, 1, bindDigest(func(b []byte) []byte { s := sha1.Sum(b); return s[:] }), "SHA-1 of the bytes in hexadecimal"},
		{"sha2", 2, 2, bindSHA2, "SHA-2 of the bytes in hexadecimal with 224, 256 (or 0), 384 or 512 bits; else null"},
		{"crc32", 1, 1, bindCRC32, "cyclic redundancy check of the bytes as a bigint"},
	}
}

func bindHash(args []*Bound) (*Bound, error) {
	return hashing(Int32, args, func(out *Column, cols []*Column, n int) { out.I32 = HashRows(cols, n, out.I32) }), nil
}

func bindXXHash(args []*Bound) (*Bound, error) {
	return hashing(Int64, args, func(out *Column, cols []*Column, n int) {
		out.I64 = grow(out.I64, n)
		for i := range out.I64 {
			out.I64[i] = HashSeed
		}
		for _, c := range cols {
			xxHashColumn(c, out.I64)
		}
	}), nil
}

// hashing makes a Bound of all arguments at once, of which nulls are no obstacle.
func hashing(t Type, args []*Bound, loop func(out *Column, cols []*Column, n int)) *Bound {
	cols := make([]*Column, len(args))
	out := &Column{Type: t}
	return &Bound{Type: t, eval: func(b *Batch) (*Column, error) {
		for i, a := range args {
			var err error
			if cols[i], err = a.eval(b); err != nil {
				return nil, err
			}
		}
		out.Len = b.Rows
		loop(out, cols, b.Rows)
		return out, nil
	}}
}

func asBytes(m Mode, x *Bound) (*Bound, error) {
	if x.Type != String && x.Type != Binary && x.Type != Null {
		return nil, errArgument(1, `"BINARY"`, x.Type)
	}
	return m.cast(x, Binary)
}

func bindDigest(sum func([]byte) []byte) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		x, err := asBytes(m, args[0])
		if err != nil {
			return nil, err
		}
		return m.perRow(String, []*Bound{x}, func(b *Builder, cols []*Column, i int) error {
			b.AppendBytes(hex.AppendEncode(nil, sum(cols[0].Str(i))))
			return nil
		}), nil
	}
}

func bindSHA2(m Mode, args []*Bound) (*Bound, error) {
	x, err := asBytes(m, args[0])
	if err != nil {
		return nil, err
	}
	size, err := m.cast(args[1], Int32)
	if err != nil {
		return nil, err
	}
	return m.perRow(String, []*Bound{x, size}, func(b *Builder, cols []*Column, i int) error {
		if sum := sha2(cols[0].Str(i), cols[1].I32[i]); sum == nil {
			b.AppendNull()
		} else {
			b.AppendBytes(hex.AppendEncode(nil, sum))
		}
		return nil
	}), nil
}

func sha2(text []byte, size int32) []byte {
	switch size {
	case 224:
		s := sha256.Sum224(text)
		return s[:]
	case 256, 0:
		s := sha256.Sum256(text)
		return s[:]
	case 384:
		s := sha512.Sum384(text)
		return s[:]
	case 512:
		s := sha512.Sum512(text)
		return s[:]
	}
	return nil
}

func bindCRC32(m Mode, args []*Bound) (*Bound, error) {
	x, err := asBytes(m, args[0])
	if err != nil {
		return nil, err
	}
	return m.perRow(Int64, []*Bound{x}, func(b *Builder, cols []*Column, i int) error {
		b.AppendValue(Value{Type: Int64, I: int64(crc32.ChecksumIEEE(cols[0].Str(i)))})
		return nil
	}), nil
}
