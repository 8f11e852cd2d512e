package config

import (
	_ "embed"
	"strings"
	"sync"

	"stagecoach/engine/internal/nearest"
)

// sparkKeys are the keys of Spark 4.0.1, one a line: what its registry of
// configurations lists (ConfigEntry.knownConfigs and SQLConf.getConfigEntries).
//
//go:embed spark_keys.txt
var sparkKeys string

// sparkFamilies are what keys of Spark begin with whose ends anybody may choose.
var sparkFamilies = []string{"spark.hadoop.", "spark.executorEnv.", "spark.yarn.", "spark.kubernetes.", "spark.mesos.", "spark.sql.catalog.",
	"spark.driver.resource.", "spark.executor.resource.", "spark.task.resource.", "spark.ssl.", "spark.metrics.conf.", "spark.ui.proxy", "spark.history.", "spark.shuffle.service."}

var isSparkKey = func() map[string]bool {
	keys := map[string]bool{}
	for key := range strings.FieldsSeq(sparkKeys) {
		keys[key] = true
	}
	return keys
}()

// Ignored reports whether a key is one that Spark knows and this engine, which has
// no JVM, no cluster manager and no Hadoop, has nothing to do with. Such a key may
// be set, is in the log's environment, and changes nothing.
func Ignored(key string) bool {
	if _, ours := Lookup(key); ours {
		return false
	}
	for _, family := range sparkFamilies {
		if strings.HasPrefix(key, family) {
			return true
		}
	}
	return isSparkKey[key]
}

// Ignored yields the keys that were set and change nothing here.
func (c Config) Ignored(yield func(key string) bool) {
	for key := range c.All {
		if Ignored(key) && !yield(key) {
			return
		}
	}
}

// Known reports whether a key is one of this table's or of Spark's.
func Known(key string) bool {
	_, ours := Lookup(key)
	return ours || Ignored(key)
}

// Listed reports whether the key itself stands in this table or in Spark's
// registry, and is not only one of a family's.
func Listed(key string) bool {
	_, ours := Lookup(key)
	return ours || isSparkKey[key]
}

// Nearest returns the key, of this table or of Spark's, that is most like the given
// one; "" when more letters differ in all of them than most.
func Nearest(key string, most int) (like string) {
	like, _ = nearest.Within(key, everyKey(), most)
	return like
}

// everyKey is what names are compared with: keys of this table, and Spark's.
var everyKey = sync.OnceValue(func() []string {
	keys := strings.Fields(sparkKeys)
	for _, p := range Params {
		if !p.Prefix {
			keys = append(keys, p.Key)
		}
	}
	return keys
})
