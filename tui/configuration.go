package tui

import (
	"maps"
	"slices"

	"stagecoach/engine/config"
)

// configuration lists the parameters in force, and those that advice would
// change.
func configuration() screen {
	return screen{
		id: configScreen, key: "0", title: "Config", short: "Conf",
		doc:   "the parameters of the run. * marks values that differ from the default; the advice column holds what findings propose.",
		grid:  func(m *model, _ place) grid { return tableOf(m.settingsInForce(), configColumns(max(14, m.width/4))) },
		empty: nothing("No parameters were recorded.", "They come with the environment event at the start of an application."),
		copy: func(m *model, _ place, row int) string {
			if row < 0 {
				return ""
			}
			s := m.settingsInForce()[row]
			return "--conf " + s.key + "=" + first(s.advice, s.value)
		},
	}
}

// A setting is one parameter.
type setting struct {
	key, value, standard, advice string
	known                        bool // standard is the default
	differs                      bool // from it, however both are spelled
}

func (m *model) settingsInForce() []setting {
	values := m.profile().Properties
	advice := map[string]string{}
	if m.report != nil {
		for _, c := range m.report.Changes() {
			advice[c.Key] = c.To
		}
	}
	keys := slices.Collect(maps.Keys(values))
	for k := range advice {
		if _, set := values[k]; !set {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	out := make([]setting, len(keys))
	for i, k := range keys {
		p, known := config.Lookup(k)
		s := setting{key: k, value: clean(values[k]), advice: clean(advice[k]), standard: p.Default, known: known && !p.Prefix}
		s.differs = s.known && s.value != "" && !same(p, s.value)
		out[i] = s
	}
	return out
}

// same reports whether value means the default of p: 10485760 is 10m.
func same(p config.Param, value string) bool {
	numeric := p.Kind == config.Int || p.Kind == config.Bytes || p.Kind == config.Millis
	if c, err := (config.Config{}).With(p.Key, value); numeric && err == nil && p.Default != "" {
		return c.Int(p.Key) == config.Config{}.Int(p.Key)
	}
	return value == p.Default
}

func configColumns(most int) []column[setting] {
	type S = setting
	return []column[S]{
		{heading{name: "key", title: "parameter", left: true, flex: true, least: 34}, func(s S) value { return text(s.key) }, nil},
		{heading{name: "set", title: "*", left: true, least: 1}, func(s S) value { return text(map[bool]string{true: "*"}[s.differs]) }, nil},
		{heading{name: "value", title: "value", left: true}, func(s S) value { return some(text(short(s.value, most)), s.value != "") }, func(s S) role {
			if s.differs {
				return accent
			}
			return plain
		}},
		{heading{name: "advice", title: "advice", left: true, rank: 1}, func(s S) value { return text(short(s.advice, most)) }, func(S) role { return good }},
		{heading{name: "default", title: "default", left: true, rank: 2}, func(s S) value { return some(text(short(s.standard, most)), s.known && s.standard != "") }, func(S) role { return dim }},
	}
}
