package expr

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// A function is one row of the function table: its names (the first is the one
// it is printed under), how many arguments, how to make the loop that computes
// it, and what it does.
type function struct {
	names       string // "ceil ceiling"
	least, most int    // arguments; most -1 means any number
	bind        binder
	doc         string
}

// A binder makes the loop that computes a function of bound arguments.
type binder func(m Mode, args []*Bound) (*Bound, error)

// anyMode is a binder that no mode changes.
func anyMode(bind func([]*Bound) (*Bound, error)) binder {
	return func(_ Mode, args []*Bound) (*Bound, error) { return bind(args) }
}

// A section is a part of the function table.
type section struct {
	title string
	rows  []function
}

var (
	sections  []section
	functions map[string]*function
)

// The table refers to functions that bind further functions, which Go does not
// allow in a variable's initializer; this assignment is all that init does.
func init() {
	sections = []section{
		{"Comparisons, logic and choice", comparisonFunctions()},
		{"Numbers", numberFunctions()},
		{"Dates and times", timeFunctions()},
		{"Texts", textFunctions()},
		{"Arrays and structs", arrayFunctions()},
		{"Hashes", digestFunctions()},
		{"Conversions", castFunctions()},
		{"Mistakes on purpose", raiseFunctions()},
	}
	functions = map[string]*function{}
	for _, s := range sections {
		for i := range s.rows {
			for name := range strings.FieldsSeq(s.rows[i].names) {
				functions[name] = &s.rows[i]
			}
		}
	}
}

func arity(least, most int) string {
	switch {
	case most < 0:
		return fmt.Sprintf("at least %d arguments", least)
	case least == most && least == 1:
		return "1 argument"
	case least == most:
		return fmt.Sprintf("%d arguments", least)
	}
	return fmt.Sprintf("%d to %d arguments", least, most)
}

// Functions returns the sections of the function table in order, that of the
// aggregates last, each with the names (the first one counts, the others mean the
// same) and descriptions of its functions.
func Functions(yield func(title string, rows iter.Seq2[string, string]) bool) {
	for _, s := range sections {
		rows := func(yield func(names, doc string) bool) {
			for _, f := range s.rows {
				if !yield(f.names, f.doc) {
					return
				}
			}
		}
		if !yield(s.title, rows) {
			return
		}
	}
	yield(aggregateSection, func(yield func(names, doc string) bool) {
		for _, a := range aggregateRows {
			if !yield(a.names, a.doc) {
				return
			}
		}
	})
}

// IsFunction reports whether there is a function called name.
func IsFunction(name string) bool { return functions[name] != nil }

func functionNames() []string { return slices.Sorted(maps.Keys(functions)) }
