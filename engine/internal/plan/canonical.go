package plan

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// Canonical is a text that is equal for plans which give the same rows, in the
// same order of columns, from the same sources, whatever their columns are called
// (Spark: QueryPlan.canonicalized). Plans that differ in anything else have
// different texts. It is empty for a plan that cannot be compared: one with a source
// or a partitioner that holds functions, for instance.
//
// It is written by reflection, so that what a node or an expression is given later
// takes part by itself: a field that is left out would make unequal plans equal,
// and a query's answer wrong. A column that is read is its position among those of
// the inputs, and one that is made has no name; every other text stands for itself.
func Canonical(n Node) string {
	c := &canon{}
	c.node(n)
	if c.alone {
		return ""
	}
	return c.text.String()
}

type canon struct {
	text  strings.Builder
	scope expr.Schema // what names mean: the columns of a node's inputs
	alone bool        // there is something that nothing is known to equal
}

// A meaning is what a text says.
type meaning uint8

const (
	itself meaning = iota
	read           // the name of a column of the inputs
	made           // the name of a new column, or one that is written apart
)

// meanings are those of the fields that name columns.
var meanings = map[reflect.Type]map[string]meaning{
	reflect.TypeFor[expr.Ref]():         {"Name": read},
	reflect.TypeFor[source.Predicate](): {"Column": read},
	reflect.TypeFor[SortKey]():          {"Column": read},
	reflect.TypeFor[Filter]():           {"Keep": read},
	reflect.TypeFor[Generate]():         {"Keep": read},
	reflect.TypeFor[Exchange]():         {"Keys": read},
	reflect.TypeFor[Window]():           {"PartitionBy": read},
	reflect.TypeFor[WindowGroupLimit](): {"PartitionBy": read},
	reflect.TypeFor[Join]():             {"LeftKeys": made, "RightKeys": made, "Exists": made},
	reflect.TypeFor[expr.As]():          {"Name": made},
	reflect.TypeFor[expr.Field]():       {"Name": made},
	reflect.TypeFor[expr.Aggregate]():   {"Name": made},
	reflect.TypeFor[WindowFunc]():       {"Name": made},
	reflect.TypeFor[KeySet]():           {"Label": made, "Keys": read},
}

// node writes a node over its inputs, then the types of the columns that it gives.
func (c *canon) node(n Node) {
	outer := c.scope
	defer func() { c.scope = outer }()
	c.scope = nil
	for _, in := range n.Inputs() {
		c.scope = append(c.scope, in.Schema()...)
	}
	switch n := n.(type) {
	case *Scan:
		c.table(n)
	case *Cached:
		fmt.Fprintf(&c.text, "cached %p ", n.Relation)
		c.positions(n.schema.Names(), n.Relation.Plan.Schema())
	case *Aggregate:
		c.scope = append(c.scope, n.Origin...) // what the functions of a final one are written against
		c.value(reflect.ValueOf(n).Elem(), itself)
	case *Join:
		c.positions(n.LeftKeys, n.Left.Schema())
		c.positions(n.RightKeys, n.Right.Schema())
		c.value(reflect.ValueOf(n).Elem(), itself)
	case *Exchange: // reused or not
		c.scope = n.Input.Schema()
		c.value(reflect.ValueOf(*n.Unshared()), itself)
	default:
		c.value(reflect.ValueOf(n).Elem(), itself)
	}
	c.value(reflect.ValueOf(n.Schema()), itself)
}

// table writes which table a scan reads, which columns of it and which rows.
func (c *canon) table(n *Scan) {
	table := source.Table(n.Source)
	v := reflect.ValueOf(table)
	c.alone = c.alone || !v.Comparable()
	fmt.Fprintf(&c.text, "%T ", table)
	if v.Kind() == reflect.Pointer {
		fmt.Fprintf(&c.text, "%p ", table)
	} else {
		c.value(v, itself)
	}
	c.scope = n.Source.Schema()
	c.positions(n.Columns.Names(), c.scope)
	c.value(reflect.ValueOf(n.Predicates), itself)
	c.value(reflect.ValueOf(n.Folders), itself)
	c.value(reflect.ValueOf(n.Pruned), itself)
}

func (c *canon) positions(names []string, in expr.Schema) {
	for _, name := range names {
		fmt.Fprintf(&c.text, "#%d ", in.Index(name))
	}
	c.text.WriteString("; ")
}

func (c *canon) value(v reflect.Value, m meaning) {
	switch v.Kind() {
	case reflect.Invalid:
		c.text.WriteString("nil ")
	case reflect.Interface:
		c.value(v.Elem(), m)
	case reflect.Pointer:
		c.pointer(v)
	case reflect.String:
		c.string(v.String(), m)
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(&c.text, "%v[%d ", v.Kind() == reflect.Slice && v.IsNil(), v.Len())
		for i := range v.Len() {
			c.value(v.Index(i), m)
		}
		c.text.WriteString("]")
	case reflect.Struct:
		c.text.WriteString(v.Type().String() + "{")
		for i := range v.NumField() {
			inner := meanings[v.Type()][v.Type().Field(i).Name]
			if inner == made && m == read { // a field of a schema that is chosen from the inputs
				inner = read
			}
			c.value(v.Field(i), inner)
		}
		c.text.WriteString("}")
	case reflect.Func, reflect.Map, reflect.Chan, reflect.UnsafePointer:
		c.text.WriteString("nil ")
		c.alone = c.alone || !v.IsNil()
	case reflect.Float32, reflect.Float64:
		fmt.Fprintf(&c.text, "%x ", v.Float())
	default:
		fmt.Fprintf(&c.text, "%v ", v)
	}
}

// pointer writes a node or an aggregate by what it is, anything else by where.
func (c *canon) pointer(v reflect.Value) {
	switch {
	case v.IsNil():
		c.text.WriteString("nil ")
	case v.Type().Implements(reflect.TypeFor[Node]()):
		c.node(v.Interface().(Node))
	case v.Type() == reflect.TypeFor[*expr.Aggregate]():
		c.value(v.Elem(), itself)
	default:
		fmt.Fprintf(&c.text, "%s%x ", v.Type(), v.Pointer())
	}
}

// string writes a text. A name of no column, as a function may bind for itself,
// stands for itself too.
func (c *canon) string(text string, m meaning) {
	if m == made {
		return
	}
	if at := c.scope.Index(text); m == read && at >= 0 {
		fmt.Fprintf(&c.text, "#%d ", at)
		return
	}
	c.text.WriteString(strconv.Quote(text) + " ")
}
