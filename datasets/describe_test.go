package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/source"
)

// A description has the bounds, nulls and most frequent values of each column,
// and gives up counting where there are too many.
func TestDescribe(t *testing.T) {
	var file strings.Builder
	file.WriteString("id,zone,fare,day,flag\n")
	for i := range 10_000 {
		fare := fmt.Sprint(float64(i%50) / 4)
		if i%10 == 0 {
			fare = ""
		}
		fmt.Fprintf(&file, "%d,%d,%s,2023-01-%02d,%c\n", i, max(i%10, 6), fare, 1+i%31, "YN"[i%2])
	}
	path := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(path, []byte(file.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := source.CSV(source.CSVOptions{}, path)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Describe(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	fmt.Fprintln(&out, d.Format, d.Files, d.Rows, d.Bytes == s.Stats().Bytes)
	for _, c := range d.Columns {
		fmt.Fprint(&out, c.Name, " ", c.Type, " nulls ", c.Nulls, " ", c.Min.I, c.Min.F, c.Min.S, " to ", c.Max.I, c.Max.F, c.Max.S, " distinct ", c.Distinct)
		for _, k := range c.Top[:min(len(c.Top), 2)] {
			fmt.Fprint(&out, ", ", k.Value.I, k.Value.F, k.Value.S, " ", k.Rows)
		}
		fmt.Fprintln(&out)
	}
	want := `csv 1 10000 true
id int nulls 0 0 0 to 9999 0 distinct -1
zone int nulls 0 6 0 to 9 0 distinct 4, 6 0 7000, 7 0 1000
fare double nulls 1000 0 0.25 to 0 12.25 distinct 45, 0 0.25 200, 0 0.5 200
day date nulls 0 19358 0 to 19388 0 distinct 31, 19358 0 323, 19359 0 323
flag string nulls 0 0 0N to 0 0Y distinct 2, 0 0N 5000, 0 0Y 5000
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
