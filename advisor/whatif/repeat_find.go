package whatif

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"stagecoach/profiler"
)

// A site is one place at which a part of a plan was computed.
type site struct {
	t *tree
	n *profiler.Node
}

// A finder collects the places at which equal parts of plans were computed.
type finder struct {
	forms   forms
	named   map[string][]site
	equal   map[int][]site // by signature
	above   map[int]int    // signature → that of the node it feeds; 0 when it differs
	names   []string       // in order of appearance
	order   []int
	written []string // where the queries so far wrote to
}

func (m *Model) findRepeated() (groups []Group) {
	f := &finder{forms: forms{}, named: map[string][]site{}, equal: map[int][]site{}, above: map[int]int{}}
	for _, x := range m.Profile.Executions {
		if x.Status != profiler.Failed {
			f.execution(newTree(x))
		}
	}
	for _, name := range f.names {
		if sites := f.named[name]; len(sites) > 1 {
			groups = append(groups, m.group(Group{Name: name, Text: "the frame " + name}, sites))
		}
	}
	for _, s := range f.order {
		sites := f.equal[s]
		if up := f.above[s]; len(sites) < 2 || up != 0 && len(f.equal[up]) == len(sites) {
			continue // not repeated, or only as a part of something larger that is
		}
		groups = append(groups, m.group(Group{Text: title(sites[0].t, sites[0].n)}, sites))
	}
	return groups
}

func (m *Model) group(g Group, sites []site) Group {
	for _, s := range sites {
		g.Occurrences = append(g.Occurrences, m.occurrence(s.t, s.n, &g))
	}
	first := sites[0]
	g.measure(sites)
	g.Shuffled = slices.ContainsFunc(first.t.below(first.n), isExchange)
	return g
}

// execution adds the parts of one query. What lies below a cached dataset was
// computed when that was filled, and what lies below a named frame is the
// frame's.
func (f *finder) execution(t *tree) {
	taken := map[int]bool{}
	take := func(n *profiler.Node) {
		for _, d := range t.below(n) {
			taken[d.ID] = true
		}
	}
	for _, n := range t.execution.Nodes {
		if isCached(n) {
			take(n)
		}
	}
	for _, n := range t.execution.Nodes {
		if name := NameOf(n); name != "" && !taken[n.ID] {
			if f.named[name] == nil {
				f.names = append(f.names, name)
			}
			f.named[name] = append(f.named[name], site{t, n})
			take(n)
		}
	}
	signature := f.signatures(t)
	for _, n := range t.execution.Nodes {
		if path := target.FindStringSubmatch(n.Detail); IsWrite(n) && path != nil {
			f.written = append(f.written, path[1])
		}
	}
	seen := map[int]bool{}
	for _, n := range t.execution.Nodes {
		s := signature[n.ID]
		if n.IsCluster || IsWrite(n) || seen[s] || !whole(t, n, taken) {
			continue
		}
		seen[s] = true
		if f.equal[s] == nil {
			f.order = append(f.order, s)
		}
		f.equal[s] = append(f.equal[s], site{t, n})
		up := 0
		for _, p := range t.parents[n.ID] {
			if up = signature[p.ID]; up != s {
				break
			}
		}
		if was, known := f.above[s]; known && was != up {
			up = 0
		}
		f.above[s] = up
	}
}

// whole reports whether the subtree of n reads files and holds nothing that is
// taken already.
func whole(t *tree, n *profiler.Node, taken map[int]bool) bool {
	scans := false
	for _, d := range t.below(n) {
		if taken[d.ID] {
			return false
		}
		scans = scans || isScan(d)
	}
	return scans
}

// source tells sources of one text apart: what a micro-batch was given is not what
// the next one is, and files that a query has written meanwhile are other files.
func (f *finder) source(t *tree, n *profiler.Node) string {
	switch at := n.Metadata["Location"]; {
	case strings.Contains(n.Name, "ExistingRDD"), strings.Contains(n.Name, "MicroBatchScan"):
		_, batch, _ := strings.Cut(t.execution.Description, "runId = ")
		return batch
	case at != "":
		writes := 0
		for _, path := range f.written {
			if _, rest, found := strings.Cut(at, path); found && (rest == "" || strings.ContainsRune("/,] ", rune(rest[0]))) {
				writes++
			}
		}
		return strconv.Itoa(writes)
	}
	return ""
}

// target is where a command writes to, as its text begins.
var target = regexp.MustCompile(`^Execute \w+ ([^ ,]+:/[^ ,]*),`)
