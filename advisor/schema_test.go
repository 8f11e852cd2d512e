package advisor_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"stagecoach/advisor"
	"stagecoach/advisor/rules"
	"stagecoach/profiler/profiletest"
)

// Reports of runs with findings, with refused ones and with nothing keep to the
// schema.
func TestReportsKeepToTheSchema(t *testing.T) {
	schema := roundTrip(t, advisor.Schema())
	for name, text := range map[string]string{
		"spill":   spilled,
		"nothing": "app start=0 end=1s",
		"lint":    "app start=0 end=9s spark=3.5.0\nconf spark.sql.shufle.partitions=3\nstage 0 run=1s,1s,8s shuffleRead=1m,1m,90m",
	} {
		r := advisor.Advise(profiletest.Must(t, text), rules.All, advisor.Option{All: true})
		for _, problem := range breaches(schema, roundTrip(t, r), name) {
			t.Error(problem)
		}
	}
}

// A document that lacks a field, has another, or has one of another type does not.
func TestSchemaRefuses(t *testing.T) {
	schema := roundTrip(t, advisor.Schema())
	r := roundTrip(t, advisor.Advise(profiletest.Must(t, spilled), rules.All, advisor.Option{})).(map[string]any)
	for _, spoil := range []func(){func() { delete(r, "findings") }, func() { r["findings"] = []any{}; r["more"] = 1 }, func() { delete(r, "more"); r["small"] = "two" }} {
		spoil()
		if len(breaches(schema, r, "")) == 0 {
			t.Errorf("%v passes", r)
		}
	}
}

// Every field has a sentence.
func TestFieldsAreDescribed(t *testing.T) {
	n := 0
	for f := range advisor.Fields {
		if n++; f.Doc == "" || f.Type == "" {
			t.Errorf("%s has no description", f.Path)
		}
	}
	if n < 60 {
		t.Errorf("only %d fields", n)
	}
}

func roundTrip(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// breaches holds a value against the part of JSON Schema that is used here.
func breaches(schema, value any, path string) (out []string) {
	s := schema.(map[string]any)
	switch v := value.(type) {
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		for name, x := range v {
			if p, ok := properties[name]; ok {
				out = append(out, breaches(p, x, path+"."+name)...)
			} else {
				out = append(out, path+"."+name+" is not in the schema")
			}
		}
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := v[name.(string)]; !ok {
				out = append(out, path+" lacks "+name.(string))
			}
		}
		return append(out, wrongType(s, path, "object")...)
	case []any:
		for i, x := range v {
			out = append(out, breaches(s["items"], x, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return append(out, wrongType(s, path, "array")...)
	case string:
		return wrongType(s, path, "string")
	case bool:
		return wrongType(s, path, "boolean")
	case float64:
		if v == float64(int64(v)) {
			return wrongType(s, path, "integer", "number")
		}
		return wrongType(s, path, "number")
	}
	return []string{fmt.Sprintf("%s is %v", path, value)}
}

func wrongType(s map[string]any, path string, allowed ...string) []string {
	if slices.Contains(allowed, s["type"].(string)) {
		return nil
	}
	return []string{fmt.Sprintf("%s is one of %v, the schema has %v", path, allowed, s["type"])}
}
