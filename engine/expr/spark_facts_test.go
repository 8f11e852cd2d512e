package expr_test

import (
	"embed"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"stagecoach/engine/expr"
)

// What Spark 4.0.1 answers, by subject: a line each of expression, type and
// text in quotes of the result, NULL, or ! and the class of the error; after it,
// where ANSI mode differs, what Spark answers there. @ sets the session's zone.
//
//go:embed testdata/*.facts
var subjects embed.FS

// subjectFacts yields the facts with the mode in which they hold.
func subjectFacts(yield func(f fact, m expr.Mode) bool) {
	files, _ := subjects.ReadDir("testdata")
	for _, file := range files {
		lines, _ := subjects.ReadFile("testdata/" + file.Name())
		zone, _ := expr.Zone("UTC")
		for line := range strings.Lines(string(lines)) {
			line = strings.TrimRight(line, "\n")
			if name, ok := strings.CutPrefix(line, "@"); ok {
				zone, _ = expr.Zone(name)
			}
			parts := strings.Split(line, "\t")
			if len(parts) < 3 || strings.HasPrefix(line, "#") {
				continue
			}
			f := fact{text: parts[0], typ: parts[1], want: parts[2]}
			if !yield(f, expr.Mode{Zone: zone}) {
				return
			}
			f.want = parts[len(parts)-1]
			if !yield(f, expr.Mode{ANSI: true, Zone: zone}) {
				return
			}
		}
	}
}

// Functions answer as Spark does, in both modes and several zones.
func TestFactsOfSubjects(t *testing.T) {
	for f, m := range subjectFacts {
		got := answerFact(f, m)
		// Some errors have no class, here or in Spark.
		if got != f.want && !(strings.HasPrefix(got, "!") && (got == "!" && strings.HasPrefix(f.want, "!") || strings.HasPrefix(f.want, "!") && !class.MatchString(f.want))) {
			t.Errorf("ansi=%t %s\nis   %s\nwant %s", m.ANSI, f.text, got, f.want)
		}
	}
}

// units are names that Spark takes for units of time where they are written
// without quotes.
var units = regexp.MustCompile(`\b(timestampadd|timestampdiff)\((\w+),`)

// class is what errors in Spark have that it has given a class.
var class = regexp.MustCompile(`^![A-Z_0-9.]+$`)

// answerFact is what a fact's expression gives, in the notation of facts; an
// error without a class is "!".
func answerFact(f fact, m expr.Mode) string {
	e, err := parse(units.ReplaceAllString(f.text, "$1('$2',"), m)
	if err != nil {
		return "unread: " + err.Error()
	}
	gotType, got, err := answer(e, m)
	var x *expr.Error
	switch {
	case errors.As(err, &x):
		return "!" + x.Class
	case err != nil:
		return "!"
	case gotType != f.typ:
		return "of type " + gotType
	case got == "NULL":
		return got
	}
	return `"` + strings.NewReplacer("\\", `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(got) + `"`
}

// asColumns moves the literals of e into columns of a batch of three rows.
func asColumns(e expr.Expr) (expr.Expr, *expr.Batch) {
	const rows = 3
	b := &expr.Batch{Rows: rows}
	e = expr.Rewrite(e, func(x expr.Expr) expr.Expr {
		l, ok := x.(expr.Literal)
		if !ok {
			return x
		}
		name := "c" + strconv.Itoa(len(b.Cols))
		b.Schema = append(b.Schema, expr.Field{Name: name, Type: l.Value.Type})
		b.Cols = append(b.Cols, expr.Constants(l.Value, rows))
		return expr.Col(name)
	})
	return e, b
}

// Columns answer as constants do, row by row, unless a constant is asked for.
func TestColumnsAnswerAsConstants(t *testing.T) {
	tried := 0
	for f, m := range subjectFacts {
		e, err := parse(units.ReplaceAllString(f.text, "$1('$2',"), m)
		if err != nil {
			continue
		}
		want, wantErr := expr.Constant(e)
		columns, b := asColumns(e)
		bound, err := expr.Bind(columns, b.Schema)
		if err != nil {
			continue
		}
		tried++
		got, err := bound.Eval(b)
		if (err != nil) != (wantErr != nil) {
			t.Errorf("ansi=%t %s: %v of columns, %v of constants", m.ANSI, f.text, err, wantErr)
		}
		if err != nil {
			continue
		}
		got.Check()
		for i := range b.Rows {
			if v := got.Value(i); v.Type == want.Type && !v.Equal(want) {
				t.Errorf("ansi=%t %s: row %d is %v, want %v", m.ANSI, f.text, i, v, want)
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d facts take columns", tried)
	}
}
