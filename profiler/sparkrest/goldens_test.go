package sparkrest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/profiler/sparkrest"
)

// goldens is the folder of Spark's own answers beside the repository.
func goldens(t *testing.T) string {
	dir, err := filepath.Abs("../../../shared/eventlogs/apache-spark")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "endpoints.tsv")); err != nil {
		t.Skip("the collection of real logs is not beside the repository")
	}
	return dir
}

func table(t *testing.T, path string) (rows [][]string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "endpoint\t") {
			rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), "\t"))
		}
	}
	return rows
}

func get(t *testing.T, s http.Handler, endpoint string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/"+endpoint, nil))
	return w
}

// normal blanks the times at which a log was written, as Spark's own test does,
// sorts the jobs of SQL executions, whose order is that of a hash table there, and
// spells the tree anew.
func normal(t *testing.T, text []byte) string {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				switch k {
				case "lastUpdated":
					v[k] = ""
				case "lastUpdatedEpoch":
					v[k] = json.Number("0")
				case "successJobIds", "failedJobIds", "runningJobIds":
					slices.SortFunc(x.([]any), func(a, b any) int { return strings.Compare(string(a.(json.Number)), string(b.(json.Number))) })
				default:
					walk(x)
				}
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(tree)
	out, err := json.MarshalIndent(tree, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// The server answers with what Spark's test suite expects of its History Server.
func TestGoldens(t *testing.T) {
	dir := goldens(t)
	s := sparkrest.NewServer(filepath.Join(dir, "spark-events"), 64<<20, "4.1.2")
	for _, row := range table(t, filepath.Join(dir, "endpoints.tsv")) {
		golden, err := os.ReadFile(filepath.Join(dir, "HistoryServerExpectations", row[1]))
		if err != nil {
			t.Errorf("%s: %v", row[0], err)
			continue
		}
		t.Run(row[3], func(t *testing.T) {
			w := get(t, s, row[0])
			if w.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", row[0], w.Code, w.Body)
			}
			if diff := cmp.Diff(normal(t, golden), normal(t, w.Body.Bytes())); diff != "" {
				t.Errorf("%s: %.3000s", row[0], diff)
			}
		})
	}
}

// Errors have Spark's status and words.
func TestErrors(t *testing.T) {
	dir := goldens(t)
	s := sparkrest.NewServer(filepath.Join(dir, "spark-events"), 64<<20, "4.1.2")
	for _, row := range table(t, filepath.Join(dir, "endpoints_errors.tsv")) {
		endpoint := strings.NewReplacer("{id}", "local-1422981780767", "{unknown}", "99", "{attempt-unknown}", "77", "{e}", "driver").Replace(row[0])
		if strings.ContainsAny(endpoint, "{ (") {
			continue
		}
		want := strings.NewReplacer("{id}", "local-1422981780767", "{n}", "99", "{a}", "77", "<version>", "4.1.2").Replace(row[2])
		w := get(t, s, endpoint)
		got := strings.TrimSpace(w.Body.String())
		if row[1] == "200" {
			got, want = normal(t, []byte(got)), normal(t, []byte(want))
		}
		if strconv.Itoa(w.Code) != row[1] || want != "(any)" && got != want {
			t.Errorf("%s: %d %q, want %s %q", endpoint, w.Code, got, row[1], want)
		}
	}
}
