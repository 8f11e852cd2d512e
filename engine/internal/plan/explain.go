package plan

import (
	"fmt"
	"slices"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// Logical prints a plan under the names of what is to be computed, before it is
// settled how. note, where given, is what to say of each node at the line's end.
func Logical(root Node, note func(Node) string) string {
	return tree(root, func(n Node) string {
		line := strings.TrimSpace(n.Name() + " " + n.Detail())
		switch n := n.(type) {
		case *Scan:
			line = "Relation [" + strings.Join(n.Columns.Names(), ", ") + "] " + n.Source.Format()
			if n.Source.Format() == "range" {
				line = "Range " + n.Source.Location()
			}
		case *Aggregate:
			fns := make([]string, len(n.Aggs))
			for i, a := range n.Aggs {
				fns[i] = a.String()
			}
			line = "Aggregate " + list(n.Keys) + ", [" + strings.Join(fns, ", ") + "]"
		case *Join:
			line = "Join " + n.Type.String()
			if c := n.condition(); c != "None" {
				line += ", " + c
			}
		case *Sort:
			line = fmt.Sprintf("Sort %s, %t", list(n.Keys), n.Global)
		case *Exchange:
			line = "RepartitionByExpression " + n.Detail()
		case *Coalesce:
			line = fmt.Sprintf("Repartition %d, false", n.N)
		}
		if note != nil {
			line += note(n)
		}
		return line
	})
}

// condition is what pairs of rows must meet, keys first.
func (n *Join) condition() string {
	var parts []string
	for i := range n.LeftKeys {
		parts = append(parts, "("+n.LeftKeys[i]+" = "+n.RightKeys[i]+")")
	}
	if n.Where != nil {
		parts = append(parts, n.Where.String())
	}
	if len(parts) == 0 {
		return "None"
	}
	return strings.Join(parts, " AND ")
}

// Formatted prints a finished plan as EXPLAIN FORMATTED does: the tree with a
// number for each node, inputs before those who read them, then what each takes
// and gives. Adaptive says that adaptive execution will look after it.
func Formatted(root Node, adaptive bool) string {
	numbers := map[Node]int{}
	var order []Node
	var number func(Node)
	number = func(n Node) {
		if numbers[n] > 0 {
			return
		}
		for _, c := range Children(n) {
			number(c)
		}
		order = append(order, n)
		numbers[n] = len(order)
	}
	number(root)
	text := tree(root, func(n Node) string { return fmt.Sprintf("%s (%d)", title(n), numbers[n]) })
	if adaptive {
		text = fmt.Sprintf("AdaptiveSparkPlan (%d)\n", len(order)+1) + Under(text)
	}
	text += "\n"
	for _, n := range order {
		name := n.Name()
		if e, ok := n.(*Exchange); ok && e.Of != nil {
			name += fmt.Sprintf(" [Reuses operator id: %d]", numbers[e.Of])
		}
		text += fmt.Sprintf("\n(%d) %s\n%s", numbers[n], name, details(n))
	}
	if adaptive {
		text += fmt.Sprintf("\n(%d) AdaptiveSparkPlan\n%sArguments: isFinalPlan=false\n", len(order)+1, columns("Output", root.Schema()))
	}
	return text
}

// title is a node's name, of a join with its type and build side.
func title(n Node) string {
	j, ok := n.(*Join)
	if !ok {
		return n.Name()
	}
	text := j.Name() + " " + j.Type.String()
	if j.Strategy == BroadcastHash || j.Strategy == ShuffledHash || j.Strategy == NestedLoop {
		text += " " + j.build()
	}
	return text
}

// details is the lines below a node's number.
func details(n Node) string {
	text := ""
	for _, in := range n.Inputs() {
		text += columns("Input", in.Schema())
	}
	switch n := n.(type) {
	case *Scan:
		text = columns("Output", n.Columns) + "Location: " + n.Source.Location() + "\n"
		if folders := n.FolderText(); folders != "" {
			text += "PartitionFilters: " + folders + "\n"
		}
		if len(n.Predicates) > 0 {
			text += "PushedFilters: " + PredicateText(n.Predicates) + "\n"
		}
		// Files have neither the columns of their folders nor the plan's numbers.
		folders := source.PartitionColumns(n.Source)
		var fields []string
		for _, f := range n.Columns {
			if name, _, _ := strings.Cut(f.Name, "#"); !slices.Contains(folders, f.Name) {
				fields = append(fields, name+":"+f.Type.String())
			}
		}
		return text + "ReadSchema: struct<" + strings.Join(fields, ",") + ">\n"
	case *Cached:
		return columns("Output", n.schema) + "Arguments: " + n.Detail() + "\n"
	case *Filter:
		return text + "Condition : " + n.Where.String() + "\n"
	case *Project:
		return fmt.Sprintf("Output [%d]: %s\n", len(n.Exprs), list(n.Exprs)) + text
	case *RuntimeFilter:
		return columns("Input", n.Schema()) + "Condition : " + n.Detail() + "\n"
	case *Aggregate:
		_, functions, _ := strings.Cut(n.Detail(), "functions=")
		return text + fmt.Sprintf("Keys [%d]: %s\nFunctions [%d]: %s\n", len(n.Keys), list(n.Keys), len(n.Aggs), strings.TrimSuffix(functions, ")")) +
			columns("Results", n.schema)
	case *Join:
		text = ""
		if len(n.LeftKeys) > 0 {
			text = fmt.Sprintf("Left keys [%d]: [%s]\nRight keys [%d]: [%s]\n", len(n.LeftKeys), strings.Join(n.LeftKeys, ", "), len(n.RightKeys), strings.Join(n.RightKeys, ", "))
		}
		where := "None"
		if n.Where != nil {
			where = n.Where.String()
		}
		return text + "Join type: " + n.Type.String() + "\nJoin condition: " + where + "\n"
	case *Union:
		return ""
	case *Exchange:
		if n.Of != nil {
			return columns("Output", n.Schema())
		}
	}
	if d := n.Detail(); d != "" {
		text += "Arguments: " + d + "\n"
	}
	return text
}

// columns is a line of how many columns and which.
func columns(what string, s expr.Schema) string {
	return fmt.Sprintf("%s [%d]: [%s]\n", what, len(s), strings.Join(s.Names(), ", "))
}

// Under hangs a printed tree under a line of its own.
func Under(text string) string {
	return "+- " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n   ") + "\n"
}
