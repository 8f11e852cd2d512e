package advisor

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"stagecoach/engine/event"
)

// Schema is the JSON Schema (draft 2020-12) of a report, made from the types that
// are encoded, so that it cannot say anything else.
func Schema() map[string]any {
	s := schemaOf(reflect.TypeFor[document](), "")
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "stagecoach advise --format json"
	return s
}

// schemaOf describes a type; path is where in the document it stands.
func schemaOf(t reflect.Type, path string) map[string]any {
	switch t {
	case reflect.TypeFor[Evidence]():
		t = reflect.TypeFor[evidence]()
	case reflect.TypeFor[time.Duration](), reflect.TypeFor[event.Millis]():
		return map[string]any{"type": "integer"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), path)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), path+"[]")}
	case reflect.Struct:
		properties, required := map[string]any{}, []string{}
		for f, name := range encoded(t) {
			at := strings.TrimPrefix(path+"."+name, ".")
			p := schemaOf(f.Type, at)
			if doc := fieldDoc(at); doc != "" {
				p["description"] = doc
			}
			if _, there := properties[name]; there {
				continue // an outer field hides an embedded one's
			}
			properties[name] = p
			if !strings.Contains(f.Tag.Get("json"), ",omitempty") {
				required = append(required, name)
			}
		}
		slices.Sort(required)
		return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	}
	return map[string]any{"type": "integer"}
}

// encoded yields the fields of a struct by the names that JSON has for them, those
// of embedded structs after its own.
func encoded(t reflect.Type) func(yield func(reflect.StructField, string) bool) {
	return func(yield func(reflect.StructField, string) bool) {
		var inner []reflect.Type
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case name == "-", !f.IsExported() && !f.Anonymous:
			case f.Anonymous && name == "":
				inner = append(inner, f.Type)
			default:
				if name == "" {
					name = f.Name
				}
				if !yield(f, name) {
					return
				}
			}
		}
		for _, t := range inner {
			for f, name := range encoded(t) {
				if !yield(f, name) {
					return
				}
			}
		}
	}
}

// A Field is one field of a report as JSON has it.
type Field struct{ Path, Type, Doc string }

// Fields yields every field of a report, in the order of the encoding.
func Fields(yield func(Field) bool) {
	var walk func(t reflect.Type, path string) bool
	walk = func(t reflect.Type, path string) bool {
		seen := map[string]bool{}
		for f, name := range encoded(t) {
			at := strings.TrimPrefix(path+"."+name, ".")
			if seen[name] {
				continue
			}
			seen[name] = true
			s := schemaOf(f.Type, at)
			of := f.Type
			list := ""
			for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
				if of.Kind() == reflect.Slice {
					list += "[]"
				}
				of = of.Elem()
			}
			kind, _ := s["type"].(string)
			if !yield(Field{at + list, kind, fieldDoc(at)}) {
				return false
			}
			if of == reflect.TypeFor[Evidence]() {
				of = reflect.TypeFor[evidence]()
			}
			if of.Kind() == reflect.Struct && !walk(of, at+list) {
				return false
			}
		}
		return true
	}
	walk(reflect.TypeFor[document](), "")
}

// fieldDoc is what a field means. What stands at several places is described once,
// by the end of its path.
func fieldDoc(path string) string {
	for _, d := range fieldDocs {
		if path == d.path || strings.HasSuffix(path, "."+d.path) || strings.HasSuffix(path, "]."+d.path) {
			return d.doc
		}
	}
	return ""
}

var fieldDocs = []struct{ path, doc string }{
	{"app", "the application"},
	{"app.id", "of Spark"}, {"app.name", "as the job calls itself"}, {"app.sparkUser", "who ran it"}, {"app.attemptId", "of a cluster manager that tries again"},
	{"app.appSparkVersion", "empty where the log is too old to say"},
	{"app.startTimeEpoch", "milliseconds since 1970"}, {"app.endTimeEpoch", "milliseconds since 1970; 0: no end was seen"}, {"app.lastUpdatedEpoch", "greatest time seen"},
	{"wallNanos", "wall time of the run"},
	{"small", "findings left out because less than 2 % of the wall time is at stake"},
	{"selfError", "error of the replay on the run as it was, 0.05 is 5 %; above 0.15 nothing is predicted"},
	{"workload", "what kind of job it is"}, {"workload.type", "analytics, etl, ml, streaming or unknown"}, {"workload.why", "what shows that"},
	{"joint", "replay of the run with all changes together"}, {"prediction", "replay of the run with the finding's remedy"},
	{"beforeNanos", "measured"}, {"afterNanos", "predicted"}, {"lowNanos", "least that after may be"}, {"highNanos", "most that after may be"},
	{"coreSecondsSaved", "task time less"}, {"slots", "predicted, the most at once"}, {"slotNanos", "predicted, for how long each slot is there, summed"}, {"workNanos", "predicted, sum of all task times"},
	{"refused", "why nothing is predicted; after is then before"}, {"assumptions", "what is taken for granted"},
	{"prediction.stages", "by stage; from its first launch to its end"}, {"joint.stages", "by stage; from its first launch to its end"},
	{"stages[].stageId", "Spark's"}, {"stages[].attempt", "Spark's"}, {"stages[].name", "its call site"}, {"stages[].tasks", "predicted"},
	{"order", "the remedies in the order in which each saves most beside those before it; empty where there are not two"}, {"order[].id", "of the finding"},
	{"savesNanos", "beside those before it"},
	{"findings", "in the order in which to look at them"},
	{"findings[].id", "rule and place; never a measurement, so the same problem has it in every run"}, {"rank", "1 is first"},
	{"findings[].severity", "info, warning (from 5 % of the wall time) or critical (from 20 %)"}, {"stakeNanos", "wall time that it is about: predicted, or the rule's bound"},
	{"savingMs", "wall time saved by the remedy, milliseconds"}, {"low", "least"}, {"expected", "most likely"}, {"high", "most"},
	{"findings[].stages", "ids of the stages concerned"}, {"changes", "settings to make"}, {"changes[].key", "of Spark"}, {"changes[].from", "value in force; left out where unknown"}, {"changes[].to", "value to set"},
	{"rule", "stagecoach explain RULE tells about it"}, {"findings[].title", "the problem"}, {"cause", "stable id"},
	{"where", "its place; empty is the run as a whole"}, {"also", "further places of the same problem"},
	{"job", "id"}, {"stage", "id"}, {"execution", "id of a query"}, {"node", "id of a plan node"}, {"rdd", "id of a cached dataset"},
	{"where.stages", "that run what is at a place other than a stage"}, {"also[].stages", "that run what is at a place other than a stage"},
	{"where.name", "for people"}, {"also[].name", "for people"},
	{"summary", "one sentence with the numbers that matter"}, {"evidence", "the numbers it rests on"}, {"evidence[].name", "Spark's name of a metric, or words"},
	{"unit", "count, bytes or ns"}, {"evidence[].value", "in the unit"}, {"note", "about the number"},
	{"findings[].why", "why it costs time"}, {"confirm", "how to see it for oneself"}, {"codeChange", "the remedy as SQL or DataFrame code"},
	{"predicted", "the prediction was not refused"}, {"wasteNanos", "wall time that the problem costs, an upper bound"}, {"coreSeconds", "task time that the problem costs"},
	{"confidence", "low, medium or high: how directly the numbers show it"}, {"notice", "it is about the log: how far the others can be trusted"}, {"clocked", "a clock sets when the run ends, as of a stream: results come earlier, and the run is no shorter"},
	{"excludes", "settings that must not be changed for this place"},
	{"notRun", "rules that could not judge the run"}, {"reason", "what the log lacks"},
	{"configuration", "settings that do not do what they say; stagecoach lint has all"}, {"configuration[].key", "of the setting"}, {"configuration[].value", "as it was set"}, {"line", "of a file"},
	{"kind", "dangerous, contradictory, invalid, mistyped, obsolete, ineffective or unknown"}, {"configuration[].severity", "error, warning or info"}, {"says", "what is wrong"},
	{"instead", "key, or key=value, to write"}, {"since", "version of Spark in which it changed"}, {"source", "of the remark"},
}
