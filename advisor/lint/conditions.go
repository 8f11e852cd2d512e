package lint

import (
	"strconv"
	"strings"

	"stagecoach/engine/config"
)

// The conditions of the table, made of a few words. Each is asked with the key
// whose row it is.
type condition = func(s *Setup, key string) bool

func all(conditions ...condition) condition {
	return func(s *Setup, key string) bool {
		for _, c := range conditions {
			if !c(s, key) {
				return false
			}
		}
		return true
	}
}

func not(c condition) condition { return func(s *Setup, key string) bool { return !c(s, key) } }

// named: the row's key is this one; a family's row leaves out its own switch.
func named(name string) condition { return func(_ *Setup, key string) bool { return key == name } }

func isSet(other string) condition {
	return func(s *Setup, _ string) bool { _, ok := s.Settings[other]; return ok }
}

// has: another key has the value.
func has(other, value string) condition {
	return func(s *Setup, _ string) bool { return strings.EqualFold(s.Settings[other], value) }
}

// without: the row's key is not the switch itself, and the switch does not stand
// at the value.
func without(other, value string) condition { return not(either(named(other), has(other, value))) }

func either(a, b condition) condition {
	return func(s *Setup, key string) bool { return a(s, key) || b(s, key) }
}

// valued: the row's key has the value.
func valued(value string) condition {
	return func(s *Setup, key string) bool { return strings.EqualFold(strings.TrimSpace(s.Settings[key]), value) }
}

func isTrue(s *Setup, key string) bool { return valued("true")(s, key) }

func contains(text string) condition {
	return func(s *Setup, key string) bool { return strings.Contains(s.Settings[key], text) }
}

func isLocal(s *Setup, _ string) bool {
	m := s.Settings[config.Master]
	return m == "local" || strings.HasPrefix(m, "local[")
}

// until: the settings are read by an older version.
func until(version string) condition {
	return func(s *Setup, _ string) bool { return before(s.Version, version) }
}

// inFile: the settings are those of a file; of a run there is a log.
func inFile(s *Setup, _ string) bool { return s.Lines != nil }

func kryo(s *Setup, _ string) bool { return strings.Contains(s.Settings["spark.serializer"], "Kryo") }

func queries(s *Setup, _ string) bool { return s.SQL }

// adaptiveOff: by the setting, or by the default before 3.2.
func adaptiveOff(s *Setup, _ string) bool {
	v, set := s.Settings[config.AdaptiveEnabled]
	if set {
		return !strings.EqualFold(v, "true")
	}
	return before(s.Version, "3.2")
}

// nothingKeepsShuffles: Spark wants one of four, of which tracking is the default
// since 3.4. Managed platforms keep shuffles in ways of their own.
func nothingKeepsShuffles(s *Setup, key string) bool {
	for k := range s.Settings {
		if strings.HasPrefix(k, "spark.databricks.") || strings.HasPrefix(k, "spark.emr") || strings.HasPrefix(k, "spark.dataproc.") || strings.HasPrefix(k, "spark.shuffle.manager") || strings.HasPrefix(k, "spark.shuffle.sort.io.plugin") {
			return false
		}
	}
	tracking := has("spark.dynamicAllocation.shuffleTracking.enabled", "true")
	if !isSet("spark.dynamicAllocation.shuffleTracking.enabled")(s, key) && !before(s.Version, "3.4") {
		return false
	}
	return !tracking(s, key) && !has("spark.shuffle.service.enabled", "true")(s, key) && !has("spark.decommission.enabled", "true")(s, key) && !has("spark.storage.decommission.shuffleBlocks.enabled", "true")(s, key) && !has("spark.dynamicAllocation.testing", "true")(s, key)
}

// heartbeatTooSlow: the interval, in milliseconds, against the timeout, in seconds.
func heartbeatTooSlow(s *Setup, key string) bool {
	interval, ok := millis(s.Settings[key], 1)
	timeout, known := millis(s.Settings["spark.network.timeout"], 1000)
	if !known {
		timeout = 120_000
	}
	return ok && interval >= timeout
}

func noOffHeap(s *Setup, _ string) bool {
	n, ok := size("spark.memory.offHeap.size", s.Settings["spark.memory.offHeap.size"])
	return !ok || n <= 0
}

func above0(s *Setup, key string) bool { n, ok := size(key, s.Settings[key]); return ok && n > 0 }

// numbers of two settings

func greater(other string) condition {
	return compare(other, func(a, b float64) bool { return a > b })
}

func less(other string) condition {
	return compare(other, func(a, b float64) bool { return a < b })
}

func noMultiple(other string) condition {
	return compare(other, func(a, b float64) bool { return b >= 1 && int64(a)%int64(b) != 0 })
}

func compare(other string, holds func(a, b float64) bool) condition {
	return func(s *Setup, key string) bool {
		a, err1 := strconv.ParseFloat(s.Settings[key], 64)
		b, err2 := strconv.ParseFloat(s.Settings[other], 64)
		return err1 == nil && err2 == nil && holds(a, b)
	}
}

func number(holds func(float64) bool) condition {
	return func(s *Setup, key string) bool {
		n, err := strconv.ParseFloat(s.Settings[key], 64)
		return err == nil && holds(n)
	}
}

// fraction: the value lies between the two, both outside.
func fraction(low, high float64) condition {
	return number(func(n float64) bool { return n > low && n < high })
}

// sizes of two settings; of the other one its default where it is not set

func smaller(other, otherwise string) condition {
	return sizes(other, otherwise, func(a, b int64) bool { return a < b })
}

func larger(other, otherwise string) condition {
	return sizes(other, otherwise, func(a, b int64) bool { return a > b })
}

func sizes(other, otherwise string, holds func(a, b int64) bool) condition {
	return func(s *Setup, key string) bool {
		text, set := s.Settings[other]
		if !set {
			text = otherwise
		}
		a, ok := size(key, s.Settings[key])
		b, known := size(other, text)
		return ok && known && holds(a, b)
	}
}

func under(bound string) condition { return sizes("", bound, func(a, b int64) bool { return a < b }) }

func over(bound string) condition { return sizes("", bound, func(a, b int64) bool { return a > b }) }

// size reads a size as Spark writes it. Of heaps a bare number counts mebibytes.
func size(key, text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 32); err == nil && (key == config.ExecutorMemory || key == config.DriverMemory) {
		return n << 20, true
	}
	c, err := config.Config{}.With(config.AdvisoryPartitionSize, strings.TrimSpace(text))
	if err != nil {
		return 0, false
	}
	return c.Int(config.AdvisoryPartitionSize), true
}

// millis reads a time as Spark writes it; a bare number counts unit milliseconds.
func millis(text string, unit int64) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return n * unit, true
	}
	c, err := config.Config{}.With(config.LocalityWait, text)
	if err != nil {
		return 0, false
	}
	return c.Int(config.LocalityWait), true
}
