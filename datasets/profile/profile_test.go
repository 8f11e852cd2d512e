package profile_test

import (
	"math"
	"strings"
	"testing"

	"stagecoach/datasets/profile"
	"stagecoach/engine"
	"stagecoach/engine/config"
)

// of profiles the rows of a query.
func of(t *testing.T, query string) *profile.Table {
	t.Helper()
	conf, err := config.Parse("spark.master=local[2]", "spark.sql.shuffle.partitions=2")
	if err != nil {
		t.Fatal(err)
	}
	s, err := engine.NewSession(conf)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f, err := s.SQL(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	p, err := profile.Of(t.Context(), s, f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The narrowest type is found that holds every value, and none where a single
// value needs the width; both sides of each bound.
func TestNarrowerTypes(t *testing.T) {
	for values, want := range map[string]string{
		"CAST(127 AS BIGINT), CAST(-128 AS BIGINT)":     "tinyint",
		"CAST(128 AS BIGINT), CAST(0 AS BIGINT)":        "smallint",
		"CAST(32768 AS BIGINT), CAST(0 AS BIGINT)":      "int",
		"CAST(2147483648 AS BIGINT), CAST(0 AS BIGINT)": "",
		"CAST(32768 AS INT), CAST(0 AS INT)":            "",
		"3D, -4D":                                       "int",
		"3.25D, -4.5D":                                  "decimal(9,2)",
		"3.125D, 0.5D":                                  "float",
		"3.1D, 0.001D":                                  "",
		"CAST('NaN' AS DOUBLE), 1D":                     "float",
		"1e300D, 1D":                                    "",
		"'7', '12'":                                     "int",
		"'007', '12'":                                   "",
		"'99999999999', '12'":                           "bigint",
		"'2024-01-31', '2024-02-01'":                    "date",
		"'2024-01-31', 'soon'":                          "",
		"'true', 'false'":                               "boolean",
		"TIMESTAMP'2024-01-31 00:00:00', TIMESTAMP'2024-02-01 00:00:00'":       "date",
		"TIMESTAMP'2024-01-31 00:00:00', TIMESTAMP'2024-02-01 00:00:01'":       "",
		"CAST(12345.67 AS DECIMAL(20,2)), CAST(1 AS DECIMAL(20,2))":            "decimal(7,2)",
		"CAST(12345678901234567.8 AS DECIMAL(38,2)), CAST(1 AS DECIMAL(38,2))": "",
		"CAST(NULL AS BIGINT), CAST(NULL AS BIGINT)":                           "",
		"CAST(NULL AS BIGINT), CAST(5 AS BIGINT)":                              "tinyint",
		"array(1, 2), array(3)":                                                "",
	} {
		a, b, _ := cutTop(values)
		got := ""
		if n := of(t, "SELECT "+a+" AS c UNION ALL SELECT "+b).Columns[0].Narrower; n != nil {
			got = n.To
		}
		if got != want {
			t.Errorf("%s: %q, want %q", values, got, want)
		}
	}
}

// cutTop parts two values at the comma between them.
func cutTop(s string) (a, b string, ok bool) {
	depth := 0
	for i, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// Keys are counted without nulls; one that fills more than twice a mean partition
// is skewed.
func TestKeys(t *testing.T) {
	p := of(t, "SELECT CASE WHEN id < 500 THEN 'hot' WHEN id < 900 THEN concat('k', CAST(id % 100 AS STRING)) END AS skewed, id % 100 AS even FROM range(1000)")
	skewed, even := p.Columns[0], p.Columns[1]
	if k := skewed.Keys; !k.Skewed || k.Distinct != 101 || k.Largest != 500 || k.Top != "hot" || k.Median != 4 || math.Abs(k.Share-500.0/900) > 1e-9 {
		t.Errorf("skewed: %+v", *k)
	}
	if skewed.Nulls != 100 || skewed.NullShare != 0.1 {
		t.Errorf("%d nulls, %g", skewed.Nulls, skewed.NullShare)
	}
	if k := even.Keys; k.Skewed || k.Distinct != 100 || k.Imbalance > 2 {
		t.Errorf("even: %+v", *k)
	}
}

// What narrower types save adds up, and a table without rows has nothing to save
// and no number that is none.
func TestWidthAndSaving(t *testing.T) {
	p := of(t, "SELECT id AS a, CAST(id AS DOUBLE) AS b, 'x' AS c FROM range(1000)")
	if p.Rows != 1000 || p.Width != 8+8+5 || p.Columns[0].Narrower.Saved != 6000 || p.Columns[1].Narrower.Saved != 4000 || p.Columns[2].Narrower.To != "dictionary" || p.Saved != 14_000 {
		t.Errorf("%+v", p)
	}
	empty := of(t, "SELECT id AS a, 'x' AS `odd ``name` FROM range(0)")
	if empty.Rows != 0 || empty.Saved != 0 || math.IsNaN(empty.Width) || !strings.Contains(empty.Columns[1].Name, "`") {
		t.Errorf("%+v", empty)
	}
}
