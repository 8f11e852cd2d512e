package engine_test

import (
	"slices"
	"strings"
	"testing"
)

// bloomed is joins of the tables of pruned, and whether a Bloom filter of the
// filtered side's keys drops rows of the other.
var bloomed = []struct {
	name, sql string
	filters   int
}{
	{"inner", "SELECT f.id, d.name FROM f JOIN d ON f.v = d.k WHERE d.c = 1", 1},
	{"the large side on the right", "SELECT f.id, d.name FROM d JOIN f ON f.v = d.k WHERE d.c = 1", 1},
	{"semi", "SELECT id FROM f WHERE v IN (SELECT k FROM d WHERE c = 1)", 1},
	{"right outer", "SELECT f.id, d.k FROM f RIGHT JOIN (SELECT * FROM d WHERE c = 1) d ON f.v = d.k", 1},
	{"left outer", "SELECT f.id, d.k FROM (SELECT * FROM d WHERE c = 1) d LEFT JOIN f ON f.v = d.k", 1},
	{"two keys", "SELECT f.id FROM f JOIN d ON f.v = d.k AND f.id = d.c WHERE d.c > 0", 2},
	{"texts", "SELECT f.id FROM f JOIN (SELECT name FROM d WHERE c = 1) d ON concat('n', f.v) = d.name", 1},
	{"doubles, and a decimal that might overflow", "SELECT f.id FROM (SELECT id, CAST(v AS DECIMAL(25, 2)) v, CAST(v AS DOUBLE) w FROM f) f JOIN (SELECT CAST(k AS DECIMAL(25, 2)) k, -CAST(k AS DOUBLE) l FROM d WHERE c = 0) d ON f.v = d.k AND -f.w = d.l", 2},
	{"a key that may be an error", "SELECT f.id FROM f JOIN (SELECT k FROM d WHERE c = 1) d ON 6 div (f.v + 1) = d.k", 1},
	{"null keys", "SELECT x.id, d.k FROM (SELECT id, nullif(v, 4) v FROM f) x JOIN (SELECT nullif(k, 1) k FROM d WHERE c = 1) d ON x.v = d.k", 1},
	{"no row with keys", "SELECT f.id, d.name FROM f JOIN d ON f.v = d.k WHERE d.c = 9", 1},
	{"an aggregation of the large side", "SELECT x.n, d.name FROM (SELECT v, count(*) n FROM f GROUP BY v) x JOIN d ON x.v = d.k WHERE d.c = 1", 1},
	{"keys below another join", "SELECT f.id, e.n FROM f JOIN (SELECT d.k, y.n FROM d JOIN (SELECT c, count(*) n FROM d GROUP BY c) y ON d.c = y.c WHERE d.name > 'n5') e ON f.v = e.k", 2},
	{"left outer, which keeps the large side's rows", "SELECT f.id, d.k FROM f LEFT JOIN (SELECT * FROM d WHERE c = 1) d ON f.v = d.k", 0},
	{"full outer", "SELECT f.id, d.k FROM f FULL JOIN (SELECT * FROM d WHERE c = 1) d ON f.v = d.k", 0},
	{"anti", "SELECT id FROM f LEFT ANTI JOIN (SELECT * FROM d WHERE c = 1) d ON f.v = d.k", 0},
	{"not in", "SELECT id FROM f WHERE v NOT IN (SELECT k FROM d WHERE c = 1)", 0},
	{"no condition on the small side", "SELECT f.id, d.name FROM f JOIN d ON f.v = d.k", 0},
	{"a broadcast", "SELECT /*+ BROADCAST(d) */ f.id, d.name FROM f JOIN d ON f.v = d.k WHERE d.c = 1", 0},
}

// A shuffled join with a filtered side drops rows of the other by a Bloom filter,
// where rows without a match come out of nothing; the rows are what they are
// without, with few bits that know little, little memory, and faults.
func TestRuntimeBloomFilter(t *testing.T) {
	root := t.TempDir()
	fillPartitioned(t, root)
	const key = "spark.sql.optimizer.runtime.bloomFilter."
	always := "spark.sql.autoBroadcastJoinThreshold=-1 " + key + "applicationSideScanSizeThreshold=0 "
	for _, c := range bloomed {
		t.Run(c.name, func(t *testing.T) {
			want := sortedRows(t, pruneSession(t, &recorder{}, root, strings.Fields(always+key+"enabled=false")...), c.sql)
			for _, settings := range []string{
				"",
				"spark.sql.adaptive.enabled=false",
				"spark.sql.exchange.reuse=false",
				key + "numBits=8",
				"spark.executor.memory=2m",
				"stagecoach.faults.corruptBlockRate=0.2 spark.stage.maxConsecutiveAttempts=99",
				"stagecoach.faults.loseAfterTasks.1=3",
			} {
				r := &recorder{}
				s := pruneSession(t, r, root, strings.Fields(always+settings)...)
				f, err := s.SQL(t.Context(), c.sql)
				if err != nil {
					t.Fatal(err)
				}
				text, err := f.Explain("simple")
				if n := strings.Count(text, "might_contain"); err != nil || n != c.filters {
					t.Errorf("%s: want %d filters, got %d, %v\n%s", settings, c.filters, n, err, text)
				}
				if got := sortedRows(t, s, c.sql); !slices.Equal(got, want) {
					t.Errorf("%s: want %d rows, got %d", settings, len(want), len(got))
				}
			}
		})
	}
}

// Both sides of what decides about a Bloom filter: the sizes of the two sides, and
// how many there are.
func TestBloomFilterThresholds(t *testing.T) {
	root := t.TempDir()
	fillPartitioned(t, root)
	const key = "spark.sql.optimizer."
	two := bloomed[5].sql
	for _, c := range []struct {
		settings string
		filters  int
	}{
		{"", 0},
		{key + "runtime.bloomFilter.applicationSideScanSizeThreshold=1", 2},
		{key + "runtime.bloomFilter.applicationSideScanSizeThreshold=1g", 0},
		{key + "runtime.bloomFilter.applicationSideScanSizeThreshold=1 " + key + "runtime.bloomFilter.creationSideThreshold=10", 0},
		{key + "runtime.bloomFilter.applicationSideScanSizeThreshold=1 " + key + "runtimeFilter.number.threshold=1", 1},
		{key + "runtime.bloomFilter.applicationSideScanSizeThreshold=1 " + key + "runtimeFilter.number.threshold=0", 0},
	} {
		f, err := pruneSession(t, &recorder{}, root, strings.Fields("spark.sql.autoBroadcastJoinThreshold=-1 "+c.settings)...).SQL(t.Context(), two)
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.Explain("simple")
		if n := strings.Count(text, "might_contain"); err != nil || n != c.filters {
			t.Errorf("%s: want %d filters, got %d, %v\n%s", c.settings, c.filters, n, err, text)
		}
	}
}
