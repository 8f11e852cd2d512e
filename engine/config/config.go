package config

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/engine/internal/nearest"
)

// A Config is a set of parameters: those that were set, over the defaults.
// The zero Config holds the defaults. Setting copies, so a Config can be
// shared freely.
type Config struct{ set map[string]string }

// Parse builds a Config from texts of the form key=value. The first mistake is
// returned with the remedy; texts before it are in the Config.
func Parse(settings ...string) (Config, error) {
	var c Config
	for _, s := range settings {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return c, fmt.Errorf("setting %q has no '='; write key=value", s)
		}
		next, err := c.With(strings.TrimSpace(key), strings.TrimSpace(value))
		if err != nil {
			return c, err
		}
		c = next
	}
	return c, nil
}

// With returns a copy of c in which key has the value. It fails on an unknown
// key, naming the nearest one, and on a value that the key does not accept. Keys
// that only Spark knows are kept too; see Ignored.
func (c Config) With(key, value string) (Config, error) {
	p, ok := Lookup(key)
	if !ok && !Ignored(key) {
		known := make([]string, len(Params))
		for i := range Params {
			known[i] = Params[i].Key
		}
		like, _ := nearest.Name(key, known)
		return c, fmt.Errorf("unknown parameter %q; did you mean %q? (stagecoach docs params lists all)", key, like)
	}
	if err := p.check(value); ok && err != nil {
		return c, fmt.Errorf("%s=%s: %w", key, value, err)
	}
	set := maps.Clone(c.set)
	if set == nil {
		set = map[string]string{}
	}
	set[key] = value
	return Config{set}, nil
}

// Apply returns c with every change's To in force.
func (c Config) Apply(changes ...Change) (Config, error) {
	for _, ch := range changes {
		next, err := c.With(ch.Key, ch.To)
		if err != nil {
			return c, err
		}
		c = next
	}
	return c, nil
}

// Text returns the value of key as it was set, or its default.
func (c Config) Text(key string) string {
	if v, ok := c.set[key]; ok {
		return v
	}
	p, _ := Lookup(key)
	return p.Default
}

// IsSet reports whether key was set, to whatever value.
func (c Config) IsSet(key string) bool {
	_, ok := c.set[key]
	return ok
}

// Int returns the value of an Int, Bytes or Millis parameter. It panics on a
// key of another kind, which is a bug in the caller.
func (c Config) Int(key string) int64 {
	p, ok := Lookup(key)
	if !ok || (p.Kind != Int && p.Kind != Bytes && p.Kind != Millis) {
		panic("config: " + key + " is not a number")
	}
	v, err := p.number(c.Text(key))
	if err != nil {
		panic("config: default of " + key + ": " + err.Error())
	}
	return v
}

// Float returns the value of a Fraction or Number parameter.
func (c Config) Float(key string) float64 {
	v, err := strconv.ParseFloat(c.Text(key), 64)
	if err != nil {
		panic("config: " + key + " is not a number with a point")
	}
	return v
}

// Bool returns the value of a Bool parameter.
func (c Config) Bool(key string) bool { return c.Text(key) == "true" }

// All yields the parameters that were set, by key.
func (c Config) All(yield func(key, value string) bool) {
	for _, k := range slices.Sorted(maps.Keys(c.set)) {
		if !yield(k, c.set[k]) {
			return
		}
	}
}

// Family yields the members of a family of keys that were set: what stands in
// place of the '*', with the value.
func (c Config) Family(prefix string) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for k, v := range c.All {
			if name, ok := strings.CutPrefix(k, prefix); ok && !yield(name, v) {
				return
			}
		}
	}
}

// Map returns every parameter with its value in force, defaults included. Of
// families of keys only those that were set are there.
func (c Config) Map() map[string]string {
	m := maps.Clone(c.set)
	if m == nil {
		m = map[string]string{}
	}
	for _, p := range Params {
		if _, ok := m[p.Key]; !ok && !p.Prefix && p.Default != "" {
			m[p.Key] = p.Default
		}
	}
	return m
}

// Lookup returns the row of key: of the parameter itself or of its family.
func Lookup(key string) (Param, bool) {
	for _, p := range Params {
		if family, ok := strings.CutSuffix(p.Key, "*"); ok && p.Prefix {
			if len(key) > len(family) && strings.HasPrefix(key, family) {
				return p, true
			}
		} else if p.Key == key {
			return p, true
		}
	}
	return Param{}, false
}

func (p Param) check(value string) error {
	switch p.Kind {
	case Bool:
		if value != "true" && value != "false" {
			return fmt.Errorf("accepts true or false")
		}
	case Enum:
		if !slices.Contains(p.Values, value) {
			return fmt.Errorf("accepts %s", strings.Join(p.Values, ", "))
		}
	case Fraction:
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || !(v > 0 && v <= 1) {
			return fmt.Errorf("accepts a number above 0 and up to 1, such as 0.6")
		}
	case Number:
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return fmt.Errorf("accepts a number, such as 1.5")
		}
		if !(v >= float64(p.Min)) || p.Max != 0 && v > float64(p.Max) {
			return fmt.Errorf("is out of range: at least %d%s", p.Min, p.most())
		}
	case Int, Bytes, Millis:
		v, err := p.number(value)
		if err != nil {
			return err
		}
		if v < p.Min || p.Max != 0 && v > p.Max {
			return fmt.Errorf("is out of range: at least %d%s", p.Min, p.most())
		}
	}
	return nil
}

func (p Param) most() string {
	if p.Max == 0 {
		return ""
	}
	return fmt.Sprintf(", at most %d", p.Max)
}

var sizes = map[string]int64{
	"b": 1, "k": 1 << 10, "kb": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "g": 1 << 30, "gb": 1 << 30,
	"t": 1 << 40, "tb": 1 << 40, "p": 1 << 50, "pb": 1 << 50,
}

var times = map[string]time.Duration{
	"us": time.Microsecond, "ms": time.Millisecond, "s": time.Second, "m": time.Minute,
	"min": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
}

// number reads a whole number with the units that the kind accepts, as Spark's
// JavaUtils does: no fractions, no blanks, units in either case.
func (p Param) number(text string) (int64, error) {
	t := strings.ToLower(strings.TrimSpace(text))
	cut := len(t)
	for cut > 0 && (t[cut-1] < '0' || t[cut-1] > '9') {
		cut--
	}
	digits, unit := t[:cut], t[cut:]
	v, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, p.syntax()
	}
	scale := int64(1)
	switch {
	case unit == "" && p.Kind != Int && p.Unit != 0:
		scale = p.Unit
	case unit == "":
	case p.Kind == Bytes && sizes[unit] != 0:
		scale = sizes[unit]
	case p.Kind == Millis && times[unit] != 0:
		return int64(time.Duration(v) * times[unit] / time.Millisecond), nil
	default:
		return 0, p.syntax()
	}
	if v != 0 && (v > math.MaxInt64/scale || v < math.MinInt64/scale) {
		return 0, fmt.Errorf("does not fit 64 bits")
	}
	return v * scale, nil
}

func (p Param) syntax() error {
	switch p.Kind {
	case Bytes:
		return fmt.Errorf("accepts a whole number of bytes or with a unit: b, k, m, g, t, such as 64m")
	case Millis:
		bare := "milliseconds"
		if p.Unit == 1000 {
			bare = "seconds"
		}
		return fmt.Errorf("accepts a whole number of %s or with a unit: us, ms, s, m, h, d, such as 3s", bare)
	default:
		return fmt.Errorf("accepts a whole number")
	}
}
