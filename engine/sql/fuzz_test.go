package sql

import (
	"errors"
	"strings"
	"testing"
)

// No text makes the parser panic; a mistake has a place in the text; and an
// expression that parses has a canonical text that parses to the same.
func FuzzParse(f *testing.F) {
	for _, c := range statementCases {
		f.Add(c.text)
	}
	for _, c := range exprCases {
		f.Add(c.text)
	}
	for _, c := range errorCases {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Parse(text)
		var mistake *Error
		if err != nil && (!errors.As(err, &mistake) || mistake.Pos < 0 || int(mistake.Pos) > len(text) || mistake.Error() == "") {
			t.Fatalf("%q: %#v", text, err)
		}
		e, err := ParseExpr(text)
		if err != nil {
			return
		}
		Format(e)
		once := canonical(e)
		if strings.Contains(once, "(#") {
			return // a subquery is only its place
		}
		again, err := ParseExpr(once)
		if err != nil && strings.Contains(err.Error(), "levels of nesting") {
			return // parentheses spell out what precedence said
		}
		if err != nil {
			t.Fatalf("%q is %s, which does not parse: %v", text, once, err)
		}
		if twice := canonical(again); twice != once {
			t.Fatalf("%q is %s, which is %s", text, once, twice)
		}
	})
}
