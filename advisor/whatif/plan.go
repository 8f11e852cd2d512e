package whatif

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/profiler"
)

// A tree gives a plan's nodes their children and parents, in the order in
// which the plan lists them.
type tree struct {
	execution *profiler.Execution
	children  map[int][]*profiler.Node
	parents   map[int][]*profiler.Node
}

func newTree(x *profiler.Execution) *tree {
	t := &tree{x, map[int][]*profiler.Node{}, map[int][]*profiler.Node{}}
	for _, e := range x.Edges {
		from, to := x.Node(e.From), x.Node(e.To)
		if from != nil && to != nil {
			t.children[e.To] = append(t.children[e.To], from)
			t.parents[e.From] = append(t.parents[e.From], to)
		}
	}
	for _, c := range t.children {
		slices.SortFunc(c, func(a, b *profiler.Node) int { return a.ID - b.ID })
	}
	return t
}

// below lists the subtree of n, n first, each node once.
func (t *tree) below(n *profiler.Node) []*profiler.Node {
	seen := map[int]bool{}
	var out []*profiler.Node
	var walk func(*profiler.Node)
	walk = func(n *profiler.Node) {
		if seen[n.ID] {
			return
		}
		seen[n.ID] = true
		out = append(out, n)
		for _, c := range t.children[n.ID] {
			walk(c)
		}
	}
	walk(n)
	return out
}

// isExchange reports whether the node ships rows between stages by a shuffle.
func isExchange(n *profiler.Node) bool {
	return n.Name == "Exchange" || n.Name == "ShuffleExchange" || n.Name == "ReusedExchange"
}

// isScan reports whether the node reads files.
func isScan(n *profiler.Node) bool {
	return n.Metadata["Location"] != "" || strings.HasPrefix(n.Name, "Scan ") && !strings.Contains(n.Name, "ExistingRDD") ||
		strings.HasPrefix(n.Name, "BatchScan") || n.Name == "Scan" || n.Name == "FileScan"
}

// IsWrite reports whether the node writes rows out, by its name in Spark 2.4 to 4. No
// copy spares that.
func IsWrite(n *profiler.Node) bool {
	name := strings.TrimSpace(n.Name)
	return slices.ContainsFunc(writes, func(w string) bool { return strings.HasPrefix(name, w) })
}

var writes = []string{"Execute ", "WriteFiles", "WriteToDataSourceV2", "OverwriteByExpression", "OverwritePartitionsDynamic", "AppendData", "ReplaceData",
	"AtomicReplace", "AtomicCreate", "CreateTableAsSelect"}

// isCached reports whether the node reads a cached dataset: what is drawn below
// it was computed when the dataset was filled.
func isCached(n *profiler.Node) bool {
	return n.Name == "InMemoryTableScan" || n.Name == "InMemoryRelation" || n.Name == "CachedScan"
}

var (
	expressionID = regexp.MustCompile(`#\d+L?`)
	planID       = regexp.MustCompile(`\[?(plan_id|codegen id|id)\s*[=:]\s*#?\d+\]?`)
	space        = regexp.MustCompile(`\s+`)
)

// firsts is how an aggregate takes any row of each group, as dropDuplicates does.
var firsts = regexp.MustCompile(`functions=\[(?:(?:partial_|merge_)?first\([^()]*\)(?:, )?)+\]`)

// canonical is a node's text without the numbers that differ each time a query
// is planned. Of a scan, only what is read and which filters reach it count, and
// of an aggregate that drops duplicates only by which columns: queries that read
// other columns of the same rows can share a copy.
func canonical(n *profiler.Node) string {
	if isScan(n) {
		filters := n.Metadata["PushedFilters"] + n.Metadata["PartitionFilters"]
		if at := n.Metadata["Location"]; at != "" {
			return "scan " + at + " " + expressionID.ReplaceAllString(filters, "")
		}
	}
	text := planID.ReplaceAllString(expressionID.ReplaceAllString(n.Detail, ""), "")
	text = firsts.ReplaceAllString(text, "functions=[]")
	return n.Name + " " + space.ReplaceAllString(text, " ")
}

// forms numbers the shapes of subtrees, from 1.
type forms map[string]int

// signatures gives every node of the plan a number that is equal for subtrees
// which compute the same rows. Nodes that only hand rows on, or pick columns,
// have their child's.
func (f *finder) signatures(t *tree) map[int]int {
	known := map[int]int{}
	var number func(n *profiler.Node) int
	number = func(n *profiler.Node) int {
		if s, ok := known[n.ID]; ok {
			return s
		}
		known[n.ID] = 0 // were the plan not a tree, the walk would still end
		children := t.children[n.ID]
		switch n.Name {
		case "ColumnarToRow", "AQEShuffleRead", "CustomShuffleReader", "Project":
			if len(children) == 1 {
				known[n.ID] = number(children[0])
				return known[n.ID]
			}
		}
		text := canonical(n) + f.source(t, n)
		for _, c := range children {
			text += " " + strconv.Itoa(number(c))
		}
		if f.forms[text] == 0 {
			f.forms[text] = len(f.forms) + 1
		}
		known[n.ID] = f.forms[text]
		return known[n.ID]
	}
	for _, n := range t.execution.Nodes {
		number(n)
	}
	return known
}

// nodeTime is the time a node's tasks spent in it, of the metrics that tell:
// the embedded engine's "time in operator", or Spark's own timings.
func nodeTime(n *profiler.Node) (time.Duration, bool) {
	var sum time.Duration
	var found bool
	for _, m := range n.Metrics {
		unit := time.Duration(1)
		switch m.Type {
		case "timing":
			unit = time.Millisecond
		case "nsTiming":
		default:
			continue
		}
		switch m.Name {
		case "time in operator":
			return time.Duration(m.Total) * unit, true
		case "scan time", "sort time", "time in aggregation build", "shuffle write time":
			sum, found = sum+time.Duration(m.Total)*unit, found || m.Seen
		}
	}
	return sum, found
}
