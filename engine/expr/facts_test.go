package expr_test

import (
	_ "embed"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"stagecoach/engine/expr"
)

// What Spark 4.0.1 (on Java 17, in the zone America/New_York) answers: a line
// each of mode (ansi, off, both), expression, type and text of the result; the
// type ERROR means that it fails, with the message.
//
//go:embed testdata/facts.tsv
var factLines string

type fact struct{ mode, text, typ, want string }

func facts(yield func(f fact, m expr.Mode) bool) {
	zone, err := expr.Zone("America/New_York")
	if err != nil {
		panic(err)
	}
	for line := range strings.Lines(factLines) {
		part := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 4)
		f := fact{part[0], part[1], part[2], part[3]}
		for _, ansi := range []bool{true, false} {
			if ansi && f.mode == "off" || !ansi && f.mode == "ansi" {
				continue
			}
			if !yield(f, expr.Mode{ANSI: ansi, Zone: zone}) {
				return
			}
		}
	}
}

// Constants evaluate as in Spark 4.0.1, in both modes, down to the type of the
// result and the class of the error; errors in the data have Spark's words.
func TestFacts(t *testing.T) {
	for f, m := range facts {
		e, err := parse(f.text, m)
		if err != nil {
			t.Errorf("%s: %v", f.text, err)
			continue
		}
		typ, text, err := answer(e, m)
		if f.typ == "ERROR" {
			if !sameError(err, f.want) {
				t.Errorf("ansi=%v %s\n is %s %q, %v\nwant %s", m.ANSI, f.text, typ, text, err, f.want)
			}
			continue
		}
		if err != nil || typ != f.typ || text != f.want && !nearly(text, f.want) {
			t.Errorf("ansi=%v %s\n is %s %q, %v\nwant %s %q", m.ANSI, f.text, typ, text, err, f.typ, f.want)
		}
	}
}

// answer is the type of e and the text of its value: of bytes in hexadecimal.
func answer(e expr.Expr, m expr.Mode) (typ, text string, err error) {
	t, err := expr.TypeOf(e, nil)
	if err != nil {
		return "", "", err
	}
	shown := expr.Expr(expr.CastTo{X: e, To: expr.String, Mode: m})
	if t == expr.Binary {
		shown = expr.Fn("hex", e)
	}
	v, err := expr.Constant(shown)
	return t.String(), v.String(), err
}

func sameError(err error, want string) bool {
	var x *expr.Error
	if !errors.As(err, &x) {
		return err != nil && strings.HasPrefix(want, "[WRONG_NUM_ARGS")
	}
	class, _, _ := strings.Cut(strings.TrimPrefix(want, "["), "]")
	return x.Class == class && (strings.HasPrefix(class, "DATATYPE_MISMATCH") || x.Error() == want)
}

// nearly says whether two doubles differ in the last digits only, where Go's
// functions and Java's may.
func nearly(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && strings.Contains(a, ".") && len(a) > 14 && math.Abs(x-y) <= 4e-16*math.Abs(x)
}
