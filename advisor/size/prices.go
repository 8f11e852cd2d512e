package size

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Prices are what machines and services cost, from one dated file. A user's file
// replaces the built-in one as a whole.
type Prices struct {
	Date       string `json:"date"` // of the prices, as 2026-01-31
	Region     string `json:"region"`
	Source     string `json:"source"`
	Currency   string `json:"currency"`
	Nodes      []Node `json:"nodes"`
	Primary    string `json:"primary"` // type of the node that runs no tasks
	EKS        Rate   `json:"eks"`
	Serverless Rate   `json:"serverless"`
}

// A Node is a type of machine.
type Node struct {
	Type      string  `json:"type"`
	VCPUs     int     `json:"vcpus"`
	MemoryGiB float64 `json:"memoryGiB"`
	Hourly    float64 `json:"hourly"`    // of the machine
	EMRHourly float64 `json:"emrHourly"` // of EMR on it, in addition
}

// A Rate is what a service takes for an hour of a core and of a GiB of memory.
type Rate struct {
	VCPUHourly float64 `json:"vcpuHourly"`
	GiBHourly  float64 `json:"gibHourly"`
}

//go:embed prices.json
var builtin []byte

// BuiltinPrices are those that stagecoach comes with.
func BuiltinPrices() (Prices, error) { return ReadPrices("the built-in prices", builtin) }

// ReadPrices reads a file of prices. The error names the file, the field, and what
// to write there.
func ReadPrices(name string, text []byte) (Prices, error) {
	var p Prices
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("%s: %w; stagecoach size --show-prices prints a file to start from", name, err)
	}
	missing := func(field, write string) error {
		return fmt.Errorf("%s: %s is missing; write %s", name, field, write)
	}
	if _, err := time.Parse(time.DateOnly, p.Date); err != nil {
		return p, missing("date", `the day that the prices are of, such as "2026-01-31"`)
	}
	if p.Currency == "" {
		return p, missing("currency", `what the prices are in, such as "USD"`)
	}
	if len(p.Nodes) == 0 {
		return p, missing("nodes", `a list of {"type", "vcpus", "memoryGiB", "hourly", "emrHourly"}`)
	}
	for i, n := range p.Nodes {
		at := fmt.Sprintf("nodes[%d].", i)
		switch {
		case n.Type == "":
			return p, missing(at+"type", `the name of the machine, such as "r5.4xlarge"`)
		case n.VCPUs < 1:
			return p, missing(at+"vcpus", "how many cores a "+n.Type+" has, such as 16")
		case !(n.MemoryGiB > 0):
			return p, missing(at+"memoryGiB", "the memory of a "+n.Type+", such as 128")
		case !(n.Hourly > 0):
			return p, missing(at+"hourly", "what an hour of a "+n.Type+" costs, such as 1.008")
		case !(n.EMRHourly > 0):
			return p, missing(at+"emrHourly", "what EMR adds for an hour of a "+n.Type+", such as 0.252")
		}
	}
	for _, r := range []struct {
		name string
		rate Rate
	}{{"eks", p.EKS}, {"serverless", p.Serverless}} {
		if !(r.rate.VCPUHourly > 0) {
			return p, missing(r.name+".vcpuHourly", "what the service takes for an hour of a core, such as 0.05")
		}
		if !(r.rate.GiBHourly > 0) {
			return p, missing(r.name+".gibHourly", "what the service takes for an hour of a GiB, such as 0.005")
		}
	}
	if _, err := p.node(p.Primary); err != nil {
		return p, missing("primary", "the type of one of the nodes, such as \""+p.Nodes[0].Type+"\"")
	}
	return p, nil
}

// BuiltinPricesText is the built-in file, to start one's own from.
func BuiltinPricesText() string { return string(builtin) }

func (p Prices) node(name string) (Node, error) {
	i := slices.IndexFunc(p.Nodes, func(n Node) bool { return n.Type == name })
	if i < 0 {
		var types []string
		for _, n := range p.Nodes {
			types = append(types, n.Type)
		}
		return Node{}, fmt.Errorf("the prices have no node %q; there are %s (--prices FILE replaces them)", name, strings.Join(types, ", "))
	}
	return p.Nodes[i], nil
}

// CoreHourly is what an hour of one core of the node costs, with EMR on it.
func (n Node) CoreHourly() float64 { return (n.Hourly + n.EMRHourly) / float64(max(1, n.VCPUs)) }

// Fitting is the node called name; or, where that is "", the one whose cores are
// cheapest of those with so many GiB of memory for each, and if none has, the one
// with most.
func (p Prices) Fitting(name string, gibPerCore float64) (Node, error) {
	if name != "" {
		return p.node(name)
	}
	per := func(n Node) float64 { return n.MemoryGiB / float64(n.VCPUs) }
	best := slices.MaxFunc(p.Nodes, func(a, b Node) int { return cmp.Compare(per(a), per(b)) })
	for _, n := range p.Nodes {
		if per(n) >= gibPerCore && n.CoreHourly() < best.CoreHourly() {
			best = n
		}
	}
	return best, nil
}
