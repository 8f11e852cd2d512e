package engine

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/config"
	"stagecoach/engine/internal/optimize"
	"stagecoach/engine/internal/plan"
)

// ExplainModes are what a plan can be shown as: how it would run; that and what
// it was made of; that with every step's columns and conditions; and with the
// sizes that the choices go by.
var ExplainModes = []string{"simple", "extended", "formatted", "cost"}

// Explain returns the plan in Spark's layout, as one of ExplainModes.
func (f *Frame) Explain(mode string) (string, error) {
	if f.err != nil {
		return "", f.err
	}
	if !slices.Contains(ExplainModes, mode) {
		return "", fmt.Errorf("there is no plan in the mode %s; there are %s", mode, strings.Join(ExplainModes, ", "))
	}
	n, err := f.session.prepare(f.node)
	if err != nil {
		return "", err
	}
	adaptive := f.session.Config().Bool(config.AdaptiveEnabled)
	if adaptive {
		n = plan.Initial(n)
	}
	if mode == "formatted" {
		return "== Physical Plan ==\n" + plan.Formatted(n, adaptive), nil
	}
	physical := plan.Print(n)
	if adaptive {
		physical = "AdaptiveSparkPlan isFinalPlan=false\n" + plan.Under(physical)
	}
	physical = "== Physical Plan ==\n" + physical
	if mode == "simple" {
		return physical, nil
	}
	// Cached frames are read as they are, in the optimized plan too.
	cached, err := f.session.useCache(f.node)
	if err != nil {
		return "", err
	}
	optimized := optimize.Logical(cached, f.session.planning())
	if mode == "cost" {
		return "== Optimized Logical Plan ==\n" + plan.Logical(optimized, statistics) + "\n" + physical, nil
	}
	var columns []string
	for _, c := range f.Schema() {
		columns = append(columns, c.Name+": "+c.Type.String())
	}
	return "== Analyzed Logical Plan ==\n" + strings.Join(columns, ", ") + "\n" + plan.Logical(f.node, nil) +
		"\n== Optimized Logical Plan ==\n" + plan.Logical(optimized, nil) + "\n" + physical, nil
}

// statistics is what is estimated of a node, in Spark's words.
func statistics(n plan.Node) string {
	text := ", Statistics(sizeInBytes=" + sizeText(optimize.Estimate(n))
	if rows := optimize.Rows(n); rows >= 0 {
		text += ", rowCount=" + countText(rows)
	}
	return text + ")"
}

// sizeText writes bytes in the greatest unit of which there are two (Spark:
// Utils.bytesToString).
func sizeText(bytes int64) string {
	if bytes == math.MaxInt64 {
		return "8.0 EiB"
	}
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	size, at := float64(bytes), 0
	for size >= 2048 && at < len(units)-1 {
		size, at = size/1024, at+1
	}
	return fmt.Sprintf("%.1f %s", math.Round(size*10)/10, units[at])
}

// countText writes a number of rows with three digits, as Java's BigDecimal does.
func countText(rows int64) string {
	if rows < 1000 {
		return strconv.FormatInt(rows, 10)
	}
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(float64(rows), 'E', 2, 64), "E+")
	return digits + "E+" + strings.TrimLeft(exponent, "0")
}
