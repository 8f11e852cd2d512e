package expr

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// textFunctions are the rows of the function table on texts.
func textFunctions() []function {
	return []function{
		{"concat", 0, -1, bindConcat, "texts, binaries or arrays one after the other; null when one is null"},
		{"concat_ws", 1, -1, bindConcatWS, "texts and elements of arrays with the first argument between them, nulls left out"},
		{"upper ucase", 1, 1, typed(String, upper, String), "in upper case"},
		{"lower lcase", 1, 1, typed(String, lower, String), "in lower case"},
		{"initcap", 1, 1, typed(String, initcap, String), "every word with a capital first letter, the rest in lower case"},
		{"trim", 1, 2, bindTrim(bytes.Trim, true), "without blanks at both ends, or without the characters of the first of two arguments"},
		{"ltrim", 1, 2, bindTrim(bytes.TrimLeft, true), "without blanks at the start, or without the characters of the first of two arguments"},
		{"rtrim", 1, 2, bindTrim(bytes.TrimRight, true), "without blanks at the end, or without the characters of the first of two arguments"},
		{"btrim", 1, 2, bindTrim(bytes.Trim, false), "without blanks, or the characters of the second argument, at both ends"},
		{"lpad", 2, 3, typed(String, pad(true), String, Int32, String), "filled up on the left, with blanks or the third argument, or cut, to a length"},
		{"rpad", 2, 3, typed(String, pad(false), String, Int32, String), "filled up on the right, with blanks or the third argument, or cut, to a length"},
		{"length char_length character_length len", 1, 1, bindLength(1, utf8.RuneCount), "number of characters, of a binary its bytes"},
		{"octet_length", 1, 1, bindLength(1, nil), "number of bytes"},
		{"bit_length", 1, 1, bindLength(8, nil), "number of bits"},
		{"substring substr", 2, 3, bindSubstring, "part of a text from a position (1 is the first; negative counts from the end)"},
		{"left", 2, 2, typed(String, left, String, Int32), "the first characters"},
		{"right", 2, 2, typed(String, right, String, Int32), "the last characters"},
		{"substring_index", 3, 3, typed(String, substringIndex, String, String, Int32), "what is before the n-th delimiter; negative: after the n-th from the end"},
		{"split_part", 3, 3, typed(String, splitPart, String, String, Int32), "the n-th part between delimiters; negative counts from the end"},
		{"overlay", 3, 4, typed(String, overlay, String, String, Int32, Int32), "the second text over the first from a position, in place of as many characters as it has or the fourth argument says"},
		{"instr", 2, 2, typed(Int32, instr, String, String), "position of the second text in the first, 0 where it is not in it"},
		{"locate position", 2, 3, bindLocate, "position of the first text in the second, from a position on"},
		{"find_in_set", 2, 2, typed(Int32, findInSet, String), "position of a text in a list with commas"},
		{"contains", 2, 2, typed(Bool, holds(bytes.Contains), String), "the second text is in the first"},
		{"startswith", 2, 2, typed(Bool, holds(bytes.HasPrefix), String), "begins with the second text"},
		{"endswith", 2, 2, typed(Bool, holds(bytes.HasSuffix), String), "ends with the second text"},
		{"replace", 2, 3, typed(String, replace, String), "with the second text replaced by the third, or left out"},
		{"translate", 3, 3, typed(String, translate, String), "characters of the second text replaced by those at their places in the third, or left out"},
		{"repeat", 2, 2, typed(String, repeatText, String, Int32), "a text so many times"},
		{"reverse", 1, 1, bindReverse, "the characters, or the elements of an array, in reverse order"},
		{"space", 1, 1, typed(String, space, Int32), "so many blanks"},
		{"ascii", 1, 1, typed(Int32, ascii, String), "code of the first character"},
		{"chr char", 1, 1, typed(String, chr, Int64), "character of a code, modulo 256"},
		{"elt", 2, -1, bindElt, "the n-th of the other arguments"},
		{"typeof", 1, 1, bindTypeof, "name of the type"},
		{"like", 2, 3, bindLike(false), "matches a pattern; % is any text, _ one character, \\ or the third argument takes the next as it is"},
		{"ilike", 2, 3, bindLike(true), "as like, whatever the case"},
		{"rlike regexp regexp_like", 2, 2, bindRegex(Bool, rlike, String), "a regular expression is found in it"},
		{"regexp_replace", 3, 4, bindRegex(String, regexpReplace, String, String, String, Int32), "matches of a regular expression replaced; $1 is a group"},
		{"regexp_extract", 2, 3, bindRegex(String, regexpExtract, String, String, Int32), "a group (1) of the first match, empty where there is none"},
		{"regexp_extract_all", 2, 3, bindRegex(ArrayOf(String), regexpExtractAll, String, String, Int32), "a group (1) of every match"},
		{"regexp_count", 2, 2, bindRegex(Int32, regexpCount, String), "number of matches"},
		{"regexp_instr", 2, 3, bindRegex(Int32, regexpInstr, String, String, Int32), "position of the first match, 0 where there is none"},
		{"regexp_substr", 2, 2, bindRegex(String, regexpSubstr, String), "the first match, null where there is none"},
		{"split", 2, 3, bindSplit, "parts between matches of a regular expression, at most so many"},
		{"format_string printf", 1, -1, bindPrintf, "values in a format of Java: %s, %05d, %,.2f and so on"},
		{"format_number", 2, 2, bindFormatNumber, "with commas and so many decimals, or in a format like '#,##0.00'"},
		{"levenshtein", 2, 3, typed(Int32, levenshtein, String, String, Int32), "number of edits between texts; -1 above the third argument"},
		{"soundex", 1, 1, typed(String, soundex, String), "code of how a text sounds in English"},
		{"luhn_check", 1, 1, typed(Bool, luhnCheck, String), "digits that end in the right Luhn checksum"},
		{"mask", 1, 5, bindMask, "letters and digits replaced by X, x, n or the given characters"},
		{"base64", 1, 1, typed(String, toBase64, Binary), "binary in base 64"},
		{"unbase64", 1, 1, typed(Binary, fromBase64, String), "binary of a text in base 64"},
		{"encode", 2, 2, typed(Binary, encode, String), "binary of a text in a charset: UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE, UTF-16LE"},
		{"decode", 2, 2, typed(String, decode, Binary, String), "text of a binary in a charset"},
		{"is_valid_utf8", 1, 1, typed(Bool, isValidUTF8, String), "the bytes are UTF-8"},
		{"validate_utf8", 1, 1, moded(String, validUTF8, String), "the text, an error where its bytes are not UTF-8"},
		{"try_validate_utf8", 1, 1, trying(moded(String, validUTF8, String)), "the text, null where its bytes are not UTF-8"},
		{"url_encode", 1, 1, typed(String, urlEncode, String), "as a form sends it: blanks are +, others %XX"},
		{"url_decode", 1, 1, moded(String, urlDecode, String), "the inverse of url_encode"},
		{"try_url_decode", 1, 1, trying(moded(String, urlDecode, String)), "as url_decode, null where a text is not encoded so"},
		{"parse_url", 2, 3, moded(String, parseURL, String), "HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO of a URL, or a key of its query"},
		{"try_parse_url", 2, 3, trying(moded(String, parseURL, String)), "as parse_url, null where there is no URL"},
		{"get_json_object", 2, 2, typed(String, getJSON, String), "what is at a path like $.a[0].b in a JSON text"},
	}
}

// maxText bounds texts that a number in the arguments makes long.
const maxText = 1 << 28

func upper(args []*Column, i int, to *Builder) error {
	text := args[0].Str(i)
	if bytes.Contains(text, []byte("ß")) {
		text = bytes.ReplaceAll(text, []byte("ß"), []byte("ss")) // Java's one to two
	}
	to.AppendBytes(bytes.ToUpper(text))
	return nil
}

func lower(args []*Column, i int, to *Builder) error {
	to.AppendBytes(bytes.ToLower(args[0].Str(i)))
	return nil
}

func initcap(args []*Column, i int, to *Builder) error {
	text := bytes.ToLower(args[0].Str(i))
	start := true
	to.AppendBytes(bytes.Map(func(r rune) rune {
		if start {
			r = unicode.ToTitle(r)
		}
		start = r == ' '
		return r
	}, text))
	return nil
}

// bindTrim cuts blanks or given characters; which of two arguments holds the
// characters differs between Spark's functions.
func bindTrim(cut func([]byte, string) []byte, charactersFirst bool) binder {
	return typed(String, func(args []*Column, i int, to *Builder) error {
		text, characters := args[0].Str(i), " "
		if len(args) == 2 {
			other := args[1].Str(i)
			if charactersFirst {
				text, other = other, text
			}
			characters = string(other)
		}
		to.AppendBytes(cut(text, characters))
		return nil
	}, String)
}

func pad(onLeft bool) rowFunc {
	return func(args []*Column, i int, to *Builder) error {
		text, n, fill := args[0].Str(i), int(args[1].I32[i]), []byte(" ")
		if len(args) == 3 {
			fill = args[2].Str(i)
		}
		missing := n - utf8.RuneCount(text)
		if missing <= 0 || len(fill) == 0 {
			to.AppendBytes(substring(text, 1, int64(n)))
			return nil
		}
		if n > maxText {
			return fmt.Errorf("a text of %d characters is too long", n)
		}
		count := utf8.RuneCount(fill)
		filling := bytes.Repeat(fill, missing/count)
		filling = append(filling, substring(fill, 1, int64(missing%count))...)
		if onLeft {
			to.AppendBytes(append(filling, text...))
		} else {
			to.AppendBytes(append(bytes.Clone(text), filling...))
		}
		return nil
	}
}

// bindLength counts in units; characters counts those of a text, nil its bytes.
func bindLength(unit int64, characters func([]byte) int) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		binary := args[0].Type == Binary
		count := func(args []*Column, i int, to *Builder) error {
			text := args[0].Str(i)
			n := len(text)
			if characters != nil && !binary {
				n = characters(text)
			}
			to.appendInt(int64(n) * unit)
			return nil
		}
		if binary {
			return perRow(Int32, args, count), nil
		}
		return typed(Int32, count, String)(m, args)
	}
}

func replace(args []*Column, i int, to *Builder) error {
	text, old, with := args[0].Str(i), args[1].Str(i), []byte(nil)
	if len(args) == 3 {
		with = args[2].Str(i)
	}
	if len(old) > 0 {
		text = bytes.ReplaceAll(text, old, with)
	}
	to.AppendBytes(text)
	return nil
}

func translate(args []*Column, i int, to *Builder) error {
	from, with := []rune(string(args[1].Str(i))), []rune(string(args[2].Str(i)))
	to.AppendBytes(bytes.Map(func(r rune) rune {
		for k, f := range from {
			if f == r {
				if k < len(with) {
					return with[k]
				}
				return -1
			}
		}
		return r
	}, args[0].Str(i)))
	return nil
}

func repeatText(args []*Column, i int, to *Builder) error {
	text, n := args[0].Str(i), max(int(args[1].I32[i]), 0)
	if len(text)*n > maxText {
		return fmt.Errorf("%d times %d bytes is too long", n, len(text))
	}
	to.AppendBytes(bytes.Repeat(text, n))
	return nil
}

func space(args []*Column, i int, to *Builder) error {
	n := max(int(args[0].I32[i]), 0)
	if n > maxText {
		return fmt.Errorf("%d blanks are too long", n)
	}
	to.AppendBytes(bytes.Repeat([]byte(" "), n))
	return nil
}

func ascii(args []*Column, i int, to *Builder) error {
	text := args[0].Str(i)
	r, _ := utf8.DecodeRune(text)
	if len(text) == 0 {
		r = 0
	}
	to.appendInt(int64(r))
	return nil
}

func chr(args []*Column, i int, to *Builder) error {
	if code := args[0].I64[i]; code < 0 {
		to.AppendBytes(nil)
	} else {
		to.AppendBytes(utf8.AppendRune(nil, rune(code&0xff)))
	}
	return nil
}

func isValidUTF8(args []*Column, i int, to *Builder) error {
	to.appendBool(utf8.Valid(args[0].Str(i)))
	return nil
}

func validUTF8(m Mode) rowFunc {
	return func(args []*Column, i int, to *Builder) error {
		switch text := args[0].Str(i); {
		case utf8.Valid(text):
			to.AppendBytes(text)
		case m.Try:
			to.AppendNull()
		default:
			return &Error{"INVALID_UTF8_STRING", fmt.Sprintf("Invalid UTF8 byte sequence found in string: %q.", text), "22029"}
		}
		return nil
	}
}

func bindTypeof(_ Mode, args []*Bound) (*Bound, error) {
	return bindLiteral(Value{Type: String, S: args[0].Type.String()}), nil
}
