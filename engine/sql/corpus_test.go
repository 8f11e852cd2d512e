package sql

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared finds test data beside the repository, in ../shared, or skips the test.
func shared(t *testing.T, path ...string) string {
	t.Helper()
	p := filepath.Join(append([]string{"..", "..", "..", "shared"}, path...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("skipped: no ../shared/%s beside the repository", filepath.Join(path...))
	}
	return p
}

// Every query whose answer another engine has given is Spark SQL and parses.
func TestOracleQueriesParse(t *testing.T) {
	data, err := os.ReadFile(shared(t, "taxi", "oracle.json"))
	if err != nil {
		t.Fatal(err)
	}
	var oracle struct {
		Queries []struct{ Name, SQL string }
	}
	data = bytes.ReplaceAll(data, []byte("NaN"), []byte("null")) // which is no JSON, but is there
	if err := json.Unmarshal(data, &oracle); err != nil {
		t.Fatal(err)
	}
	if len(oracle.Queries) == 0 {
		t.Fatal("the oracle has no queries")
	}
	for _, q := range oracle.Queries {
		if all, err := Parse(q.SQL); err != nil || len(all) != 1 {
			t.Errorf("%s: %d statements, %v", q.Name, len(all), err)
		}
	}
}

// Every statement of the suite that Spark was measured with parses.
func TestSuiteParses(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "baselines", "suite"), "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatal("the suite is empty", err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".duckdb.sql") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if all, err := Parse(string(text)); err != nil || len(all) == 0 {
			t.Errorf("%s: %d statements, %v", filepath.Base(file), len(all), err)
		}
	}
}
