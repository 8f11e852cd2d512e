package expr

import (
	"fmt"
	"net/url"
	"strings"
)

// urlEncode is Java's URLEncoder: letters, digits and . - * _ stay.
func urlEncode(args []*Column, i int, to *Builder) error {
	var out []byte
	for _, c := range args[0].Str(i) {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(".-*_", c) >= 0:
			out = append(out, c)
		case c == ' ':
			out = append(out, '+')
		default:
			out = fmt.Appendf(out, "%%%02X", c)
		}
	}
	to.AppendBytes(out)
	return nil
}

func urlDecode(m Mode) rowFunc {
	return func(args []*Column, i int, to *Builder) error {
		text, err := url.QueryUnescape(string(args[0].Str(i)))
		switch {
		case err == nil:
			to.AppendBytes([]byte(text))
		case m.Try:
			to.AppendNull()
		default:
			return &Error{"CANNOT_DECODE_URL", fmt.Sprintf("The provided URL cannot be decoded: %s. Please ensure that the URL is properly formatted and try again.", args[0].Str(i)), "22546"}
		}
		return nil
	}
}

// parseURL takes a part of a URL as it is written, without decoding it. What is
// no URL is an error in ANSI mode, else null.
func parseURL(m Mode) rowFunc {
	return func(args []*Column, i int, to *Builder) error {
		text := string(args[0].Str(i))
		u, err := url.Parse(text)
		if err != nil || strings.ContainsAny(text, " <>\"{}|\\^`") {
			if m.fails() {
				return &Error{"INVALID_URL", fmt.Sprintf("The url is invalid: %s. Use `try_parse_url` to tolerate invalid URL and return NULL instead.", text), "22P02"}
			}
			to.AppendNull()
			return nil
		}
		part, ok := partOfURL(u, text, string(args[1].Str(i)))
		if ok && len(args) == 3 {
			if string(args[1].Str(i)) != "QUERY" {
				ok = false
			} else {
				part, ok = queryValue(part, string(args[2].Str(i)))
			}
		}
		if ok {
			to.AppendBytes([]byte(part))
		} else {
			to.AppendNull()
		}
		return nil
	}
}

func partOfURL(u *url.URL, text, part string) (string, bool) {
	authority := u.Host
	if u.User != nil {
		authority = u.User.String() + "@" + authority
	}
	_, fragment, hasFragment := strings.Cut(text, "#")
	switch part {
	case "HOST":
		return u.Hostname(), u.Host != ""
	case "PATH":
		return u.EscapedPath(), u.Opaque == ""
	case "QUERY":
		return u.RawQuery, u.RawQuery != "" || u.ForceQuery
	case "REF":
		return fragment, hasFragment
	case "PROTOCOL":
		return u.Scheme, u.Scheme != ""
	case "FILE":
		if u.RawQuery != "" || u.ForceQuery {
			return u.EscapedPath() + "?" + u.RawQuery, true
		}
		return u.EscapedPath(), true
	case "AUTHORITY":
		return authority, authority != ""
	case "USERINFO":
		return u.User.String(), u.User != nil
	}
	return "", false
}

func queryValue(query, key string) (string, bool) {
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok && name == key {
			return value, true
		}
	}
	return "", false
}
