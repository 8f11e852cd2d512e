package expr_test

import (
	"testing"

	"stagecoach/engine/expr"
)

// Whatever stands in a text, reading it as any type does not panic; what can be
// read is printed so that it reads the same again.
func FuzzParseValue(f *testing.F) {
	for _, seed := range []string{"", "1", "-1.5e3", "+.5D", "NaN", "Infinity", "true", "2024-1-5T", "+12024-01-05 1:2:3.1234567 Europe/Berlin",
		"12:34", "T1:2:3", "-1-2", "INTERVAL '1 02:03:04.5' DAY TO SECOND", "1e-400", "0x1p3", "99999999999999999999999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, typ := range everyType {
			if k := typ.Kind(); k == expr.Array || k == expr.Struct {
				continue
			}
			v, ok := expr.ParseValue(text, typ)
			if !ok {
				continue
			}
			again, ok := expr.ParseValue(v.String(), typ)
			if !ok || !again.Equal(v) {
				t.Errorf("%q as %v is %v, which reads as %v", text, typ, v, again)
			}
		}
	})
}

// Whatever stands for a zone does not panic.
func FuzzZone(f *testing.F) {
	for _, seed := range []string{"UTC", "+1", "-18:00", "GMT+5:30", "Z", "America/New_York", "PST", "+1:2:3", "UT-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if loc, err := expr.Zone(name); (loc == nil) == (err == nil) {
			t.Errorf("%q: %v, %v", name, loc, err)
		}
	})
}
