package size

import (
	"fmt"
	"math"
	"strconv"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// A Platform is one place to run the plan, with what a run costs there.
type Platform struct {
	Name    string  `json:"name"`
	Shape   string  `json:"shape"` // machines, or workers
	Nodes   int     `json:"nodes,omitempty"`
	Node    string  `json:"node,omitempty"`
	PerRun  float64 `json:"dollarsPerRun"`
	Monthly float64 `json:"dollarsPerMonth"`
	Choose  string  `json:"chooseWhen"`
	Best    bool    `json:"cheapest"`
	How     string  `json:"how"` // the formula with its numbers
}

// hoursAMonth is 365 days by 24 hours by a twelfth.
const hoursAMonth = 730

// A fit is how executors of the plan sit on one type of node.
type fit struct {
	node    Node
	perNode int
	nodes   int
	hourly  float64 // of all nodes, without a service's fee
	emr     float64
}

// fitOn says how many executors a node holds: one core and 6 % of the memory, at
// least 1 GiB, stay with the system. perNode 0: not even one.
func (p *Plan) fitOn(n Node) fit {
	usable := n.MemoryGiB - max(1, 0.06*n.MemoryGiB)
	container := float64(p.Heap+p.Overhead) / gib
	per := min(max(0, n.VCPUs-1)/p.Cores, int(usable/container))
	f := fit{node: n, perNode: per}
	if per > 0 {
		f.nodes = int(ceil(int64(p.Executors), int64(per)))
		f.hourly, f.emr = float64(f.nodes)*n.Hourly, float64(f.nodes)*n.EMRHourly
	}
	return f
}

// cheapest is the type of node that holds the plan for the least money; ok is
// false when none holds even one executor.
func (p *Plan) cheapest(prices Prices) (best fit, ok bool) {
	for _, n := range prices.Nodes {
		if p.need.Node != "" && n.Type != p.need.Node {
			continue
		}
		if f := p.fitOn(n); f.perNode > 0 && (!ok || f.hourly+f.emr < best.hourly+best.emr) {
			best, ok = f, true
		}
	}
	return best, ok
}

// price compares EMR on EC2, on EKS and Serverless, and finds the cluster that a
// budget buys. A standing cluster is paid for all month, idle or not; a run's
// hours are what is paid for otherwise.
func (p *Plan) price(prices Prices) {
	primary, err := prices.node(prices.Primary)
	if err != nil {
		return
	}
	busy := p.busy()
	hours := p.Elapsed / 3600
	if f, ok := p.cheapest(prices); ok {
		run := hours*(f.hourly+f.emr) + hours*(primary.Hourly+primary.EMRHourly)
		monthly := run * p.need.RunsAMonth
		if p.need.RunsAMonth == 0 {
			monthly = hoursAMonth * (f.hourly + f.emr + primary.Hourly + primary.EMRHourly)
		}
		shape := fmt.Sprintf("%d x %s with %d executors each, and one %s", f.nodes, f.node.Type, f.perNode, primary.Type)
		p.Platforms = append(p.Platforms, Platform{Name: "EMR on EC2", Shape: shape, Nodes: f.nodes, Node: f.node.Type, PerRun: run, Monthly: monthly,
			Choose: "other frameworks run beside Spark, machines want images of their own or Spot fleets, or the cluster is busy nearly always",
			How:    fmt.Sprintf("%d x (%g + %g) + (%g + %g) an hour x %s", f.nodes, f.node.Hourly, f.node.EMRHourly, primary.Hourly, primary.EMRHourly, metric.FormatDuration(seconds(p.Elapsed)))})
		fee := float64(p.Executors) * (float64(p.Cores)*prices.EKS.VCPUHourly + float64(p.Heap+p.Overhead)/gib*prices.EKS.GiBHourly)
		run = hours * (f.hourly + fee)
		monthly = run * p.need.RunsAMonth
		if p.need.RunsAMonth == 0 {
			monthly = hoursAMonth * (f.hourly + fee*busy)
		}
		p.Platforms = append(p.Platforms, Platform{Name: "EMR on EKS", Shape: fmt.Sprintf("%d x %s with %d executors each", f.nodes, f.node.Type, f.perNode), Nodes: f.nodes, Node: f.node.Type,
			PerRun: run, Monthly: monthly, Choose: "you run Kubernetes already and share its nodes",
			How: fmt.Sprintf("machines %.3f an hour and for the pods %.3f", f.hourly, fee)})
	} else {
		p.assume("no node of the prices holds an executor of %d cores and %s; fewer cores or another --prices would", p.Cores, metric.FormatBytes(p.Heap+p.Overhead))
	}
	p.serverless(prices, hours)
	p.cheapestOf()
	if p.need.Budget > 0 {
		p.budget(prices, primary)
	}
}

func (p *Plan) serverless(prices Prices, hours float64) {
	w, ok := snap(p.Cores, float64(p.Heap+p.Overhead)/gib)
	if !ok {
		p.assume("EMR Serverless has no worker of %d cores and %s", p.Cores, metric.FormatBytes(p.Heap+p.Overhead))
		return
	}
	each := float64(w.vcpus)*prices.Serverless.VCPUHourly + float64(w.gib)*prices.Serverless.GiBHourly
	run := hours * each * float64(p.Executors+1) // and the driver
	runs := p.need.RunsAMonth
	how := fmt.Sprintf("(%d + 1) x (%d x %g + %d x %g) an hour x %s", p.Executors, w.vcpus, prices.Serverless.VCPUHourly, w.gib, prices.Serverless.GiBHourly, metric.FormatDuration(seconds(p.Elapsed)))
	monthly := run * runs
	if runs == 0 { // work for the same share of the month as a standing cluster is busy
		monthly = hoursAMonth * p.busy() * each * float64(p.Executors+1)
		how += fmt.Sprintf(", %.0f %% of the month", 100*p.busy())
	}
	p.Platforms = append(p.Platforms, Platform{Name: "EMR Serverless", Shape: fmt.Sprintf("%d workers of %d vCPU and %d GB, and the driver's", p.Executors, w.vcpus, w.gib),
		PerRun: run, Monthly: monthly, Choose: "batch jobs come in bursts, and nothing may cost while none runs", How: how})
}

// cheapestOf marks the cheapest platform and says where the other begins to pay.
func (p *Plan) cheapestOf() {
	if len(p.Platforms) == 0 {
		return
	}
	best := 0
	var ec2, serverless float64
	for i, x := range p.Platforms {
		if x.Monthly < p.Platforms[best].Monthly || x.Monthly == p.Platforms[best].Monthly && x.PerRun < p.Platforms[best].PerRun {
			best = i
		}
		switch x.Name {
		case "EMR on EC2":
			ec2 = x.PerRun
		case "EMR Serverless":
			serverless = x.PerRun
		}
	}
	p.Platforms[best].Best = true
	if ec2 > 0 && serverless > ec2 {
		p.assume("a standing cluster on EC2 pays where it is busy over %.0f %% of the time; below that Serverless is cheaper", 100*ec2/serverless)
	}
}

// A Cluster is what a budget buys.
type Cluster struct {
	Node      string  `json:"node"`
	Nodes     int     `json:"nodes"`
	Executors int     `json:"executors"`
	Monthly   float64 `json:"dollarsPerMonth"`
	Elapsed   float64 `json:"expectedSeconds"` // of one run
	Why       string  `json:"why"`
}

// budget finds the most nodes that the money pays for, standing all month or for
// the hours of the runs.
func (p *Plan) budget(prices Prices, primary Node) {
	f, ok := p.cheapest(prices)
	if !ok {
		return
	}
	each := f.node.Hourly + f.node.EMRHourly
	main := primary.Hourly + primary.EMRHourly
	if runs := p.need.RunsAMonth; runs > 0 {
		// The work costs the same on few nodes as on many; only the primary is paid by the hour.
		nodeHours := runs * p.work / p.busy() / float64(f.perNode*p.Cores) / 3600
		left := p.need.Budget - nodeHours*each
		if left <= 0 {
			p.Cluster = &Cluster{Node: f.node.Type, Why: fmt.Sprintf("%g runs a month are %.0f hours of a %s, %.0f dollars, whatever the number of nodes: the budget pays for %.0f runs",
				runs, nodeHours, f.node.Type, nodeHours*each, math.Floor(runs*p.need.Budget/(nodeHours*each)))}
			return
		}
		least := max(1, int(math.Ceil(nodeHours*main/left)))
		nodes := max(least, f.nodes)
		p.Cluster = p.clusterOf(f, nodes, nodeHours*each+nodeHours/float64(nodes)*main,
			fmt.Sprintf("%.0f node-hours x %.4g, and the primary's %.4g an hour: from %d on the budget is kept", nodeHours, each, main, least))
		return
	}
	nodes := int((p.need.Budget/hoursAMonth - main) / each)
	if nodes < 1 {
		p.Cluster = &Cluster{Node: f.node.Type, Why: fmt.Sprintf("the budget is below one %s and its primary all month, %.0f dollars; --runs N prices a cluster that is there for the runs alone", f.node.Type, hoursAMonth*(each+main))}
		return
	}
	p.Cluster = p.clusterOf(f, nodes, hoursAMonth*(float64(nodes)*each+main),
		fmt.Sprintf("(%.0f / %d h - %.4g for the primary) / %.4g a node = %d", p.need.Budget, hoursAMonth, main, each, nodes))
}

func (p *Plan) clusterOf(f fit, nodes int, monthly float64, why string) *Cluster {
	executors := nodes * f.perNode
	return &Cluster{Node: f.node.Type, Nodes: nodes, Executors: executors, Monthly: monthly, Elapsed: p.elapsedOn(executors), Why: why}
}

// elapsedOn is what a run takes on so many executors, in seconds: that of the
// replay where a run of this size is at hand, which knows of driver gaps and
// stages that no slot shortens, else work over slots. The replay is asked for four
// times the measured slots at most; what more would save is left out.
func (p *Plan) elapsedOn(executors int) float64 {
	even := p.work / p.busy() / float64(executors*p.Cores)
	if p.run == nil || p.run.model == nil || p.scale() != 1 {
		return even
	}
	most := max(1, 4*p.run.Executors*p.run.Cores/p.Cores)
	x := p.run.model.Predict(whatif.Changes(
		config.Change{Key: instancesKey, To: strconv.Itoa(min(executors, most))}, config.Change{Key: coresKey, To: strconv.Itoa(p.Cores)}))
	if x.Refused != "" {
		return even
	}
	return max(even, x.After.Seconds())
}
