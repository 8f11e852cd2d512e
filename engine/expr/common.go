package expr

import "fmt"

// Common finds what several expressions compute alike: calls, casts and choices
// that occur at least twice and of which share says that they may be computed
// for all rows. It returns them under names of their own and the expressions
// with those names in their place; without any it returns the list itself.
func Common(list []Expr, share func(Expr) bool) (common, rest []Expr) {
	count := map[string]int{}
	for _, e := range list {
		countParts(e, count)
	}
	names := map[string]string{}
	var replace func(Expr) Expr
	replace = func(e Expr) Expr {
		children := e.Children()
		if len(children) == 0 {
			return e
		}
		if key := identity(e); key != "" && count[key] > 1 {
			name, known := names[key]
			if !known && share(e) {
				name = fmt.Sprintf("#common%d", len(common))
				common = append(common, As{X: e, Name: name})
				names[key] = name
			}
			if name != "" {
				return Ref{Name: name}
			}
		}
		changed := make([]Expr, len(children))
		for i, c := range children {
			changed[i] = replace(c)
		}
		return e.With(changed)
	}
	for _, e := range list {
		rest = append(rest, replace(e))
	}
	if len(common) == 0 {
		return nil, list
	}
	return common, rest
}

// countParts counts an expression and its parts; parts of one that has been met
// before are counted there.
func countParts(e Expr, count map[string]int) {
	children := e.Children()
	if len(children) == 0 {
		return
	}
	if key := identity(e); key != "" {
		if count[key]++; count[key] > 1 {
			return
		}
	}
	for _, c := range children {
		countParts(c, count)
	}
}

// identity is equal for expressions that compute the same; "" for a name, which
// computes nothing.
func identity(e Expr) string {
	if _, named := e.(As); named {
		return ""
	}
	return fmt.Sprintf("%#v", e)
}
