package source

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/expr"
)

func csvFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each case is a file, the schema found and the rows.
func TestCSV(t *testing.T) {
	for _, c := range []struct{ name, file, schema, rows string }{
		{"types are inferred, also with line ends of the other kind",
			"a,b,c,d,e,f\r\n1,2.5,true,2020-02-29,2020-01-01 00:00:01,x\r\n5000000000,3,FALSE,1969-12-31,1/2/2020 1:05:00 PM,7\r\n",
			"a bigint, b double, c boolean, d date, e timestamp_ntz, f string",
			"1|2.5|true|18321|1577836801000000|x\n5000000000|3|false|-1|1577970300000000|7\n"},
		{"empty is null, quoted empty text is text", "a,b\n,\n1,\"\"\n", "a int, b string", "null|null\n1|\n"},
		{"quotes hold separators and quotes", "a,b\n\"x,\"\"y\"\"\",1\n\"open,2\n", "a string, b int", "x,\"y\"|1\nopen,2|null\n"},
		{"missing and surplus fields, blank lines, no end of line", "a,b\n1\n\n2,3,4\n5,6", "a int, b int", "1|null\n2|3\n5|6\n"},
		{"names that are missing or taken", ",a,a\n1,2,3\n", "_c0 int, a1 int, a2 int", "1|2|3\n"},
		{"a mark of byte order", "\xef\xbb\xbfa\n1\n", "a int", "1\n"},
		{"a column of empty fields is text", "a,b\n1,\n", "a int, b string", "1|null\n"},
		{"only a header", "a,b\n", "a string, b string", ""},
	} {
		s, err := CSV(CSVOptions{}, csvFile(t, "t.csv", c.file))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.schema, s.Schema().String()); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		for _, batch := range []int{0, 1} {
			_, rows, _ := strings.Cut(text(t, s, batch), "\n")
			if diff := cmp.Diff(c.rows, rows); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		}
	}
}

// With a schema given, what does not fit is null and counted, or an error that
// names file and line.
func TestCSVFaults(t *testing.T) {
	path := csvFile(t, "t.csv", "a,b\n1,2\nx,3\n4\n")
	schema := expr.Schema{{Name: "a", Type: expr.Int64}}
	s, err := CSV(CSVOptions{Schema: schema}, path)
	if err != nil {
		t.Fatal(err)
	}
	splits, _ := s.Splits(spark)
	r := Read{Columns: []string{"a", "b"}}
	var out strings.Builder
	for b, err := range s.Read(t.Context(), splits[0], &r) {
		if err != nil {
			t.Fatal(err)
		}
		writeRows(&out, b)
	}
	if diff := cmp.Diff("1|2\nnull|3\n4|null\n", out.String()); diff != "" || r.Counters.Malformed != 2 {
		t.Error(diff, r.Counters.Malformed)
	}
	if s, err = CSV(CSVOptions{Schema: schema, Malformed: Fail}, path); err != nil {
		t.Fatal(err)
	}
	_, err = readOnce(s, Read{Columns: []string{"a"}})
	var data *Error
	if !errors.As(err, &data) || err.Error() != path+`: line 3: column a: "x" is no bigint` {
		t.Error(err)
	}
	if _, err = CSV(CSVOptions{Schema: expr.Schema{{Name: "z"}}}, path); err == nil || !strings.Contains(err.Error(), "no column z") {
		t.Error(err)
	}
	if _, err = CSV(CSVOptions{}, csvFile(t, "e.csv", "")); err == nil || !strings.Contains(err.Error(), "the file is empty") {
		t.Error(err)
	}
}

// A compressed file and files that disagree are one table.
func TestCSVUnion(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	fmt.Fprint(w, "b,a\n1.5,2\n")
	w.Close()
	s, err := CSV(CSVOptions{}, csvFile(t, "1.csv", "a,c\n1,x\n"), csvFile(t, "2.csv", z.String()), csvFile(t, "3.csv", "c\n7\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("a int, c string, b double", s.Schema().String()); diff != "" {
		t.Error(diff)
	}
	rows, err := readOnce(s, Read{Columns: []string{"a", "b", "c"}})
	if err != nil || len(rows) != len("1|null|x\n2|1.5|null\nnull|null|7\n") || !strings.Contains(rows, "2|1.5|null\n") {
		t.Error(rows, err)
	}
}

// An empty file beside others has no rows, and no columns of its own.
func TestCSVEmptyFile(t *testing.T) {
	s, err := CSV(CSVOptions{}, csvFile(t, "1.csv", ""), csvFile(t, "2.csv", "a\n1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Schema().String() + " " + text(t, s, 10); got != "a int a\n1\n" {
		t.Error(got)
	}
}

// Pieces cut anywhere give every line once.
func TestCSVSplits(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	var file strings.Builder
	file.WriteString("id,text\n")
	for i := range 500 {
		fmt.Fprintf(&file, "%d,%s\n", i, strings.Repeat("é", random.IntN(30)))
	}
	s, err := CSV(CSVOptions{}, csvFile(t, "t.csv", file.String()))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		seen := make([]bool, 500)
		scanAll(t, s, SplitOptions{MaxPartitionBytes: 1 + random.Int64N(3000), Parallelism: 1 + random.IntN(50)}, Read{Columns: []string{"id"}, BatchRows: 64}, func(b *expr.Batch) {
			for _, id := range b.Cols[0].I32[:b.Rows] {
				if seen[id] {
					t.Fatalf("row %d twice", id)
				}
				seen[id] = true
			}
		})
		for id, ok := range seen {
			if !ok {
				t.Fatalf("row %d is missing", id)
			}
		}
	}
}

// Numbers come out as strconv reads them.
func TestParseNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(10, 11))
	for range 20000 {
		f := random.NormFloat64() * math.Pow(10, float64(random.IntN(30)-12))
		for _, s := range []string{strconv.FormatFloat(f, 'g', -1, 64), strconv.FormatFloat(f, 'f', random.IntN(6), 64), strconv.FormatFloat(f, 'f', -1, 64)} {
			want, _ := strconv.ParseFloat(s, 64)
			if got, ok := parseFloat([]byte(s)); !ok || got != want {
				t.Fatalf("%s: %v %v", s, got, ok)
			}
		}
		i := random.Int64() >> random.IntN(64)
		if got, ok := parseInt([]byte(strconv.FormatInt(i, 10))); !ok || got != i {
			t.Fatalf("%d: %v %v", i, got, ok)
		}
	}
	// Those of 16 to 19 digits, and those right between two doubles and beside it.
	for range 200000 {
		digits := strconv.FormatUint(1e15+random.Uint64()>>random.IntN(14), 10)
		digits = digits[:min(len(digits), 19)]
		middle := (random.Uint64()>>11 | 1<<52) // 53 bits, and a half
		halves := strconv.FormatUint(middle<<1+1, 10)
		for _, text := range []string{digits, halves, strconv.FormatUint(middle<<2+2+random.Uint64()%3-1, 10)} {
			at := random.IntN(len(text) + 1)
			s := text[:at] + "." + text[at:]
			want, _ := strconv.ParseFloat(s, 64)
			if got, ok := parseFloat([]byte(s)); !ok || got != want {
				t.Fatalf("%s: %v %v, want %v", s, got, ok, want)
			}
		}
	}
	for _, s := range []string{"", "-", ".", "1-2", "1e", "0x10", "1_0", "--1", "1.2.3"} {
		if v, ok := parseFloat([]byte(s)); ok {
			t.Errorf("%q is %v", s, v)
		}
	}
}

func BenchmarkCSV(b *testing.B) {
	s, err := CSV(CSVOptions{}, shared(b, "taxi", "yellow", "samples_2018_2020"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(s.Stats().Bytes)
	for range b.N {
		scanAll(b, s, spark, Read{Columns: s.Schema().Names(), BatchRows: 16 << 10}, nil)
	}
}

// Fields come out as encoding/csv reads them, for any line that it accepts.
func FuzzFields(f *testing.F) {
	for _, line := range []string{"a,b", `"a,""b""",c,`, ",,", `"",x`, "é, ö"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		fields := fieldScanner{comma: ',', quotes: '"', escape: '"'}
		fields.start([]byte(line))
		var got []string
		for fields.next() {
			got = append(got, string(fields.value()))
		}
		if len(got) == 0 || strings.ContainsAny(line, "\r\n") || line == "" {
			return
		}
		r := csv.NewReader(strings.NewReader(line))
		want, err := r.Read()
		if err != nil {
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", line, diff)
		}
	})
}
