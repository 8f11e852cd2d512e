package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/expr"
)

// table writes text files below a new folder, which it returns.
func table(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The type of a partition column is the narrowest that all folders fit.
func TestPartitionTypes(t *testing.T) {
	for texts, want := range map[string]expr.Type{
		"1 02": expr.Int32, "1 9999999999": expr.Int64, "1 2.5": expr.Float64, "2020-01-31 2021-02-28": expr.Date,
		"2020-01-31 2020-01-31%2010%3A00%3A00": expr.Timestamp, "2020-01-31%2010%3A00%3A00.25": expr.String,
		"9999999999 2.5": expr.String, "99999999999999999999": expr.DecimalOf(20, 0), "1 nan": expr.String, "2 NaN": expr.Float64, "2020-1-31": expr.String, "1 x": expr.String, "2020-01-31 1": expr.String,
		"__HIVE_DEFAULT_PARTITION__": expr.String, "__HIVE_DEFAULT_PARTITION__ 7": expr.Int32,
	} {
		files := map[string]string{}
		for _, text := range strings.Fields(texts) {
			files["k="+text+"/a.csv"] = "v\n1\n"
		}
		s, err := CSV(CSVOptions{}, table(t, files))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Schema()[1].Type; got != want {
			t.Errorf("%s: %v, want %v", texts, got, want)
		}
	}
}

// Folders become columns behind those of the files; percent signs are undone,
// hidden files are passed over, and a column that files have too is the folder's.
func TestPartitionColumns(t *testing.T) {
	dir := table(t, map[string]string{
		"a=1/b=x%2Fy/part-0.csv":                      "v,a\n10,7\n",
		"a=2/b=__HIVE_DEFAULT_PARTITION__/part-0.csv": "v,a\n20,7\n21,7\n",
		"_temporary/a=9/b=z/part-0.csv":               "v,a\n99,7\n",
		"_SUCCESS":                                    "",
		"a=1/b=x%2Fy/.part-0.csv.crc":                 "x",
	})
	s, err := CSV(CSVOptions{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("v int, a int, b string", s.Schema().String()); diff != "" {
		t.Error(diff)
	}
	for _, columns := range [][]string{{"v", "a", "b"}, {"b"}, {"a", "v"}} {
		want := map[int]string{3: "v a b\n20|2|null\n21|2|null\n10|1|x/y\n", 1: "b\nnull\nnull\nx/y\n", 2: "a v\n2|20\n2|21\n1|10\n"}[len(columns)]
		if diff := cmp.Diff(want, text(t, s, 10, columns...)); diff != "" {
			t.Error(diff)
		}
	}
}

// Files whose folder cannot meet a condition are neither listed nor opened.
func TestPartitionPruning(t *testing.T) {
	dir := table(t, map[string]string{"k=1/a.csv": "v\n1\n", "k=2/a.csv": "v\n2\n", "k=__HIVE_DEFAULT_PARTITION__/a.csv": "v\n3\n"})
	s, err := CSV(CSVOptions{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	k := expr.Col("K")
	for want, conditions := range map[int64][]expr.Expr{
		0: {expr.Gt(k, 2)},
		1: {expr.IsNotNull(k), expr.Fn("in", k, 2, 7)},
		2: {expr.Or(expr.IsNull(k), expr.Eq(expr.Add(k, 1), 2))},
		3: {expr.Gt(expr.Div(expr.CastTo{X: k, To: expr.Float64}, 0), 1)},
	} {
		for i := range conditions {
			conditions[i] = expr.In(conditions[i], expr.Mode{ANSI: true})
		}
		o := spark
		o.Folders = conditions
		if c := scanAll(t, s, o, Read{Columns: []string{"v"}}, nil); c.Files != want {
			t.Errorf("%v: splits with %d files, want %d", conditions, c.Files, want)
		}
	}
}

// Folders that do not agree on the columns are an error that names two files.
func TestPartitionConflict(t *testing.T) {
	_, err := CSV(CSVOptions{}, table(t, map[string]string{"k=1/a.csv": "v\n1\n", "j=2/b.csv": "v\n2\n"}))
	if err == nil || !strings.Contains(err.Error(), "a.csv") || !strings.Contains(err.Error(), "b.csv") {
		t.Error(err)
	}
}
