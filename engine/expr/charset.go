package expr

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// toBase64 breaks lines after 76 characters as MIME wants and Spark does.
func toBase64(args []*Column, i int, to *Builder) error {
	text := base64.StdEncoding.EncodeToString(args[0].Str(i))
	var out []byte
	for ; len(text) > 76; text = text[76:] {
		out = append(append(out, text[:76]...), "\r\n"...)
	}
	to.AppendBytes(append(out, text...))
	return nil
}

// fromBase64 passes over characters that base 64 does not use.
func fromBase64(args []*Column, i int, to *Builder) error {
	var kept []byte
	for _, c := range args[0].Str(i) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
			kept = append(kept, c)
		}
	}
	data, err := base64.RawStdEncoding.DecodeString(string(kept))
	if err != nil {
		return fmt.Errorf("%q is not base 64: %w", args[0].Str(i), err)
	}
	to.AppendBytes(data)
	return nil
}

func unknownCharset(name []byte) error {
	return &Error{"INVALID_PARAMETER_VALUE.CHARSET", fmt.Sprintf("expects one of the charsets UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE and UTF-16LE, but got %s.", name), "22023"}
}

func errMalformed(what string) error {
	return &Error{"MALFORMED_CHARACTER_CODING", "Invalid value found: " + what + ".", "22000"}
}

func encode(args []*Column, i int, to *Builder) error {
	text, charset := args[0].Str(i), args[1].Str(i)
	var out []byte
	single := func(limit rune) error {
		for _, r := range string(text) {
			if r >= limit {
				return errMalformed(fmt.Sprintf("%q has no code in %s", r, charset))
			}
			out = append(out, byte(r))
		}
		return nil
	}
	var err error
	switch strings.ToUpper(string(charset)) {
	case "UTF-8":
		out = text
	case "US-ASCII":
		err = single(0x80)
	case "ISO-8859-1":
		err = single(0x100)
	case "UTF-16":
		out = appendUTF16([]byte{0xfe, 0xff}, text, binary.BigEndian)
	case "UTF-16BE":
		out = appendUTF16(nil, text, binary.BigEndian)
	case "UTF-16LE":
		out = appendUTF16(nil, text, binary.LittleEndian)
	default:
		err = unknownCharset(charset)
	}
	if err == nil {
		to.AppendBytes(out)
	}
	return err
}

func appendUTF16(dst, text []byte, order binary.AppendByteOrder) []byte {
	for _, unit := range utf16.Encode([]rune(string(text))) {
		dst = order.AppendUint16(dst, unit)
	}
	return dst
}

func decode(args []*Column, i int, to *Builder) error {
	data, charset := args[0].Str(i), args[1].Str(i)
	var out []byte
	ok := true
	switch strings.ToUpper(string(charset)) {
	case "UTF-8":
		out, ok = data, utf8.Valid(data)
	case "US-ASCII", "ISO-8859-1":
		for _, c := range data {
			ok = ok && (c < 0x80 || strings.EqualFold(string(charset), "ISO-8859-1"))
			out = utf8.AppendRune(out, rune(c))
		}
	case "UTF-16":
		out, ok = fromUTF16(data, binary.BigEndian)
		if len(data) >= 2 && data[0] == 0xfe && data[1] == 0xff {
			out, ok = fromUTF16(data[2:], binary.BigEndian)
		} else if len(data) >= 2 && data[0] == 0xff && data[1] == 0xfe {
			out, ok = fromUTF16(data[2:], binary.LittleEndian)
		}
	case "UTF-16BE":
		out, ok = fromUTF16(data, binary.BigEndian)
	case "UTF-16LE":
		out, ok = fromUTF16(data, binary.LittleEndian)
	default:
		return unknownCharset(charset)
	}
	if !ok {
		return errMalformed(fmt.Sprintf("bytes %X are not %s", data, charset))
	}
	to.AppendBytes(out)
	return nil
}

func fromUTF16(data []byte, order binary.ByteOrder) (text []byte, ok bool) {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	for _, r := range utf16.Decode(units) {
		if r == utf8.RuneError {
			return nil, false
		}
		text = utf8.AppendRune(text, r)
	}
	return text, len(data)%2 == 0
}
