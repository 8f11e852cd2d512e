package expr_test

import (
	"embed"
	"errors"
	"regexp"
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

// Functions answer as Spark does, in both modes and several zones.
func TestFactsOfSubjects(t *testing.T) {
	files, _ := subjects.ReadDir("testdata")
	for _, file := range files {
		lines, _ := subjects.ReadFile("testdata/" + file.Name())
		zone := "UTC"
		for line := range strings.Lines(string(lines)) {
			line = strings.TrimRight(line, "\n")
			if name, ok := strings.CutPrefix(line, "@"); ok {
				zone = name
				continue
			}
			parts := strings.Split(line, "\t")
			if len(parts) < 3 || strings.HasPrefix(line, "#") {
				continue
			}
			loc, err := expr.Zone(zone)
			if err != nil {
				t.Fatal(err)
			}
			for _, ansi := range []bool{false, true} {
				want := parts[2]
				if ansi {
					want = parts[len(parts)-1]
				}
				if got := fact1(parts[0], parts[1], expr.Mode{ANSI: ansi, Zone: loc}); got != want && !(strings.HasPrefix(got, "!") && (got == "!" || strings.HasPrefix(want, "!") && !class.MatchString(want))) {
					t.Errorf("%s: ansi=%t %s\nis   %s\nwant %s", file.Name(), ansi, parts[0], got, want)
				}
			}
		}
	}
}

// units are names that Spark takes for units of time where they are written
// without quotes.
var units = regexp.MustCompile(`^(timestampadd|timestampdiff)\((\w+),`)

// class is what errors in Spark have that it has given a class.
var class = regexp.MustCompile(`^![A-Z_0-9.]+$`)

// fact1 evaluates a fact in its notation; an error without a class is "!".
func fact1(text, typ string, m expr.Mode) string {
	e, err := parse(units.ReplaceAllString(text, "$1('$2',"), m)
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
	case gotType != typ:
		return "of type " + gotType
	case got == "NULL":
		return got
	}
	return `"` + strings.NewReplacer("\\", `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(got) + `"`
}
