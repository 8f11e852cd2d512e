package main

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/sparkrest"
)

// printProfile prints every field of profile --format json, as the types have
// them.
func printProfile(w io.Writer) {
	fmt.Fprint(w, "What `stagecoach profile LOG --format json` prints. Names and units are those of Spark's REST API: times are in\n"+
		"milliseconds, CPU and shuffle write times in nanoseconds, sizes in bytes, `...Time` fields of texts by Greenwich.\n\n"+
		"| Field | Type | Meaning |\n|---|---|---|\n")
	for _, t := range totals {
		fmt.Fprintf(w, "| `totals.%s` | number | %s |\n", t.name, t.doc)
	}
	for id := range metric.All {
		if inTotals(id) {
			fmt.Fprintf(w, "| `totals.%s` | number | %s, over all attempts that ended. %s |\n", id, sparkUnit(id), id.Desc().Doc)
		}
	}
	printFields(w, "", reflect.TypeFor[profileDocument]())
}

func sparkUnit(id metric.ID) string {
	switch {
	case id.Unit() == metric.Duration && sparkrest.InSparkUnit(id, 1_000_000) == 1:
		return "milliseconds"
	case id.Unit() == metric.Duration:
		return "nanoseconds"
	case id.Desc().Fold == metric.Max:
		return "greatest, bytes"
	}
	return id.Unit().String()
}

func printFields(w io.Writer, path string, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		of := f.Type
		list := ""
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Func {
			switch of.Kind() {
			case reflect.Slice:
				list += "[]"
			case reflect.Func:
				list += "[]"
				of = of.In(0) // what is called with each
				of = reflect.PointerTo(of.In(0))
			}
			of = of.Elem()
		}
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			printFields(w, path, of)
		case name == "" || name == "-" || slices.Contains(asked, path+name), f.Anonymous:
		default:
			fmt.Fprintf(w, "| `%s%s%s` | %s | %s |\n", path, name, list, kindName(of), f.Tag.Get("doc"))
			if of.Kind() == reflect.Struct {
				printFields(w, path+name+list+".", of)
			}
		}
	}
}

// asked are fields of Spark's types that profile does not fill.
var asked = []string{"totals", "stages[].tasks", "stages[].executorSummary", "stages[].executorMetricsDistributions",
	"stages[].peakExecutorMetrics", "stages[].accumulatorUpdates", "stages[].schedulingPool", "jobs[].jobTags", "executors[].executorLogs",
	"executors[].memoryMetrics", "executors[].peakMemoryMetrics", "executors[].attributes", "executors[].resources",
	"executors[].blacklistedInStages", "executors[].excludedInStages", "sql[].planDescription"}

func kindName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[sparkrest.Date]():
		return "time"
	case t == reflect.TypeFor[profiler.Bound]():
		return "object"
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Struct, reflect.Map:
		return "object"
	}
	return "number"
}
