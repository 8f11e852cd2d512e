package expr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A jsonNode is a value of a JSON text; objects keep the order of their names.
type jsonNode struct {
	scalar any // string, json.Number, bool or nil
	names  []string
	items  []*jsonNode
	kind   byte // '{', '[' or 0 for a scalar
}

// parseJSON reads one value and nothing after it.
func parseJSON(text []byte) (*jsonNode, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	n, err := readJSON(d, 0)
	if err == nil {
		if _, end := d.Token(); end != io.EOF {
			err = fmt.Errorf("text after the end")
		}
	}
	return n, err
}

func readJSON(d *json.Decoder, depth int) (*jsonNode, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return &jsonNode{scalar: token}, nil
	}
	if depth > 1000 {
		return nil, fmt.Errorf("nested deeper than 1000")
	}
	n := &jsonNode{kind: byte(open)}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			n.names = append(n.names, name.(string))
		}
		item, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
	}
	_, err = d.Token() // the closing bracket
	return n, err
}

// append prints the node as Spark does: no blanks, doubles as Java writes them.
func (n *jsonNode) append(dst []byte) []byte {
	switch v := n.scalar.(type) {
	case string:
		return appendJSONString(dst, v)
	case json.Number:
		if f, err := strconv.ParseFloat(string(v), 64); err == nil && strings.ContainsAny(string(v), ".eE") {
			return appendJavaDouble(dst, f)
		}
		return append(dst, v...)
	case bool:
		return strconv.AppendBool(dst, v)
	}
	if n.kind == 0 {
		return append(dst, "null"...)
	}
	dst = append(dst, n.kind)
	for i, item := range n.items {
		if i > 0 {
			dst = append(dst, ',')
		}
		if n.kind == '{' {
			dst = append(appendJSONString(dst, n.names[i]), ':')
		}
		dst = item.append(dst)
	}
	return append(dst, n.kind+2) // } and ] stand two after { and [
}

func appendJSONString(dst []byte, s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return dst
	}
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// A jsonStep is one step of a path: a name, an index, or all elements.
type jsonStep struct {
	name  string
	index int // -1 for a name, -2 for all
}

// parseJSONPath reads $.name[0]['name'][*]; ok is false for what is no path.
func parseJSONPath(path string) (steps []jsonStep, ok bool) {
	rest, ok := strings.CutPrefix(path, "$")
	for ok && rest != "" {
		step := jsonStep{index: -1}
		switch {
		case rest[0] == '.':
			rest = rest[1:]
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			step.name, rest = rest[:end], rest[end:]
			ok = step.name != ""
		case strings.HasPrefix(rest, "['"):
			step.name, rest, ok = strings.Cut(rest[2:], "']")
		case rest[0] == '[':
			var inside string
			if inside, rest, ok = strings.Cut(rest[1:], "]"); inside == "*" {
				step.index = -2
			} else if n, err := strconv.ParseUint(inside, 10, 31); err == nil {
				step.index = int(n)
			} else {
				ok = false
			}
		default:
			ok = false
		}
		steps = append(steps, step)
	}
	return steps, ok
}

// walk calls found for every node the steps lead to.
func (n *jsonNode) walk(steps []jsonStep, found func(*jsonNode)) {
	if len(steps) == 0 {
		if n.kind != 0 || n.scalar != nil {
			found(n)
		}
		return
	}
	step, rest := steps[0], steps[1:]
	switch {
	case step.index == -1 && n.kind == '{':
		for i, name := range n.names {
			if name == step.name {
				n.items[i].walk(rest, found)
				return
			}
		}
	case step.index == -2 && n.kind == '[':
		for _, item := range n.items {
			item.walk(rest, found)
		}
	case step.index >= 0 && n.kind == '[' && step.index < len(n.items):
		n.items[step.index].walk(rest, found)
	}
}

// getJSON prints what is at a path: a text as it is, several values that [*]
// finds as an array. It is null where there is nothing or no JSON.
func getJSON(args []*Column, i int, to *Builder) error {
	root, err := parseJSON(args[0].Str(i))
	steps, ok := parseJSONPath(string(args[1].Str(i)))
	var nodes []*jsonNode
	if err == nil && ok {
		root.walk(steps, func(n *jsonNode) { nodes = append(nodes, n) })
	}
	several := false
	for _, s := range steps {
		several = several || s.index == -2
	}
	switch text := []byte(nil); {
	case len(nodes) == 0:
		to.AppendNull()
	case len(nodes) > 1 || several && len(steps) > 0 && steps[len(steps)-1].index == -2:
		to.AppendBytes((&jsonNode{kind: '[', items: nodes}).append(text))
	default:
		if s, isText := nodes[0].scalar.(string); isText && !several {
			to.AppendBytes([]byte(s))
			break
		}
		to.AppendBytes(nodes[0].append(text))
	}
	return nil
}
