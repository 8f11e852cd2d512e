package optimize_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/optimize"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
	"stagecoach/engine/sql"
)

// tables are l(k, x, a), r(k, y, b), both of one row, and none(k, z) without any.
type tables struct{}

func (tables) Table(name []string) (plan.Node, error) {
	columns := map[string]expr.Schema{
		"l":    {{Name: "k", Type: expr.Int32}, {Name: "x", Type: expr.Int32}, {Name: "a", Type: expr.String}},
		"r":    {{Name: "k", Type: expr.Int32}, {Name: "y", Type: expr.Int32}, {Name: "b", Type: expr.String}},
		"none": {{Name: "k", Type: expr.Int32}, {Name: "z", Type: expr.Int32}},
	}[name[0]]
	if columns == nil {
		return nil, fmt.Errorf("no table %s", name[0])
	}
	if name[0] == "none" {
		return plan.NewScan(source.Memory(columns, nil)), nil
	}
	b := &expr.Batch{Schema: columns, Rows: 1}
	for _, c := range columns {
		column := expr.NewBuilder(c.Type)
		column.AppendValue(expr.Value{Type: c.Type})
		b.Cols = append(b.Cols, column.Take())
	}
	return plan.NewScan(source.Memory(columns, []*expr.Batch{b})), nil
}

var unique = regexp.MustCompile(`#\d+`)

// before is a query's plan after the rules before the named one, a node a line.
func before(t *testing.T, rule, text string) string {
	t.Helper()
	statements, err := sql.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	a := &sql.Analyzer{Text: text, Catalog: tables{}, Mode: expr.Mode{ANSI: true}, ShufflePartitions: 4}
	n, _, err := a.Query(statements[0].(*sql.Query))
	if err != nil {
		t.Fatal(err)
	}
	conf, err := config.Parse("spark.sql.shuffle.partitions=4")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range optimize.Rules {
		if r.Name == rule {
			break
		}
		n = r.Apply(n, &optimize.Context{Config: conf})
	}
	text = unique.ReplaceAllString(plan.Print(n), "")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "Scan memory ", ""), " [1 batches]", "")
	return strings.TrimSpace(text)
}

// Queries become the plans in testdata/rules.txt before joins are chosen: what
// stands above each says which claim it shows.
func TestRules(t *testing.T) {
	data, err := os.ReadFile("testdata/rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n\n") {
		for strings.HasPrefix(block, "#") {
			_, block, _ = strings.Cut(block, "\n")
		}
		query, want, _ := strings.Cut(block, "\n")
		if got := before(t, "choose-join", query); got != want {
			t.Errorf("%s\n%s\nwant\n%s", query, got, want)
		}
	}
}
