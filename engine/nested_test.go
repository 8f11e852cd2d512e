package engine_test

import (
	"context"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/expr"
)

// Nested columns of Parquet files are left out of what * means; who names one, in
// SQL or a frame, hears the file, the column's type and that it cannot be read;
// DESCRIBE lists them with the reason.
func TestNestedColumns(t *testing.T) {
	const file = "source/testdata/nested.parquet"
	s := session(t, &recorder{}, "spark.master=local[1]")
	if got := rowsOf(t, s, "SELECT * FROM parquet.`"+file+"` WHERE id = 1"); got != "1|1.25|1\n" {
		t.Error(got)
	}
	const want = file + ": column st is struct<a:bigint>, which cannot be read: nested columns are not supported"
	for _, query := range []string{"SELECT st FROM parquet.`" + file + "`", "SELECT x.ST.a FROM parquet.`" + file + "` x", "SELECT id FROM (SELECT * FROM parquet.`" + file + "`) WHERE st.a > 1"} {
		if _, err := s.SQL(context.Background(), query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", query, err)
		}
	}
	if err := s.Open("parquet", nil, nil, file).Select(expr.Col("st")).Err(); err == nil || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
	if got := rowsOf(t, s, "DESCRIBE parquet.`"+file+"`"); !strings.Contains(got, "st|struct<a:bigint>|left out, as it cannot be read: nested columns are not supported\n") {
		t.Error(got)
	}
	// A file that has the column flat makes it readable in itself, and the two together a mistake.
	dir := t.TempDir()
	if _, err := s.SQL(context.Background(), "INSERT OVERWRITE DIRECTORY '"+dir+"/flat' USING parquet SELECT 1 id, 2 st"); err != nil {
		t.Fatal(err)
	}
	both := s.Open("parquet", nil, nil, dir+"/flat", file)
	if err := both.Err(); err == nil || !strings.Contains(err.Error(), "column st is int in "+dir) || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
}

// rowsOf are the rows of a statement, a line each.
func rowsOf(t *testing.T, s *engine.Session, statement string) string {
	t.Helper()
	f, err := s.SQL(context.Background(), statement)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Collect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, row := range r.Rows() {
		for i, v := range row {
			if i > 0 {
				out.WriteByte('|')
			}
			out.WriteString(v.String())
		}
		out.WriteByte('\n')
	}
	return out.String()
}
