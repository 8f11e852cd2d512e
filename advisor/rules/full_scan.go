package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var fullScan = advisor.Rule{
	Name:     "full-scan",
	Title:    "A table is read whole and most of its rows are dropped",
	Cause:    "no-partition-pruning",
	Explains: []string{"small-input-files"},
	Doc: `
A filter on a partition column keeps Spark from opening the other partitions,
and a filter on a plain column lets the reader skip parts of files. A filter on
an expression of the column does neither: every row is read, decoded, and then
dropped. Nor does a join with a few chosen days, where dynamic pruning is off.

In the plan: the scan's PartitionFilters or PushedFilters are empty, and the
Filter above it lets few of its rows through.

Write the filter on the column itself: dt >= DATE'2024-02-01' instead of
date_format(dt, 'yyyy-MM') = '2024-02', and no cast, concat or function around
it. Store a column that is always computed.

Ignore it where the condition is about the content, such as a search in a text.`,
	Limits: []advisor.Limit{
		{Name: "kept", Default: 0.2, Doc: "most of the rows that the filter keeps; reading a fifth of a table costs little less than half of it once files are opened"},
		{Name: "pushed", Default: 0.05, Doc: "most of the rows kept where only parts of files could be skipped, which depends on the order of the rows"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time of the stages that scan"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for _, x := range run.Executions {
			t := treeOf(x)
			for _, n := range x.Nodes {
				if !is(n, "Scan parquet", "Scan orc", "Scan csv", "Scan json", "Scan text", "FileScan", "BatchScan") {
					continue
				}
				filter := t.filterOver(n)
				join := t.partitionJoin(run, n)
				by := filter
				if join != nil {
					by = join
				}
				if by == nil {
					continue
				}
				read, kept := t.rows(n), t.rows(by)
				if read <= 0 || kept < 0 || float64(kept) > limit("kept")*float64(read) {
					continue
				}
				f := advisor.Finding{Where: advisor.AtNode(x.ID, n), Confidence: advisor.High}
				spared, times := 1-ratio(kept, read), countScans(run, n)
				few := float64(kept) <= limit("pushed")*float64(read)
				switch column := hiddenPartition(run, n, by); {
				case join != nil:
					f.CodeChange = "filter on the partition column " + column + " itself: the join tells only after the read which partitions are wanted"
					if run.Properties[config.DynamicPruning] == "false" {
						f.Changes = []config.Change{{Key: config.DynamicPruning, From: "false", To: "true"}}
					}
				case column != "":
					f.CodeChange = "filter on the partition column " + column + " itself, without a function or cast around it"
				case filter != nil && allPartitions(n) && onTime(filter):
					f.CodeChange = "filter on the table's partition column as well: the filter is on a time, which tells partitions of days from each other only where it names their column"
					f.Confidence = advisor.Medium
				case is(n, "Scan parquet", "Scan orc", "BatchScan") && nothingPushed(n) && !searches(filter) && few:
					f.Cause = "no-filter-pushdown"
					f.CodeChange = "write the filter on the plain column, without a function or cast around it, so that the reader can skip"
					f.Confidence = advisor.Low
					spared /= 2 // how much the reader could skip depends on the order of the rows
				default:
					continue
				}
				ids := stagesOf(run, n)
				span, work := spent(run, ids)
				if share(run, span) < limit("share")/float64(times) {
					continue
				}
				f.Summary = fmt.Sprintf("%d of %d rows are kept of what the scan reads", kept, read)
				f.Evidence = []advisor.Evidence{
					{Name: "rows read", Value: read},
					{Name: "rows kept", Value: kept},
					{Name: "time of the stages that scan", Unit: metric.Duration, Value: int64(span)},
				}
				if files, ok := total(n, metric.NumFiles.String()); ok {
					f.Evidence = append(f.Evidence, advisor.Evidence{Name: metric.NumFiles.String(), Value: files})
				}
				f.Waste = time.Duration(float64(span) * spared)
				f.CoreSeconds = work.Seconds() * spared
				f.Edits = []whatif.Edit{whatif.Reclaim(keys(ids), time.Duration(float64(work)*spared))}
				found = append(found, f)
			}
		}
		return found
	},
}

// filterOver is the filter through which all rows of a scan go first, or nil.
func (t *tree) filterOver(n *profiler.Node) *profiler.Node {
	for up := t.over[n.ID]; up != nil; up = t.over[up.ID] {
		switch {
		case is(up, "Filter"):
			return up
		case !is(up, "ColumnarToRow", "Project", "InputAdapter", "WholeStageCodegen"):
			return nil
		}
	}
	return nil
}

// partitionJoin is the broadcast join over the scan that is by a partition column
// which the scan was not given, or nil: only partitions that the other side names
// come out of it.
func (t *tree) partitionJoin(run *advisor.Run, scan *profiler.Node) *profiler.Node {
	for up := t.over[scan.ID]; up != nil; up = t.over[up.ID] {
		switch {
		case is(up, "BroadcastHashJoin"):
			if (strings.Contains(up.Detail, "Inner") || strings.Contains(up.Detail, "LeftSemi")) && hiddenPartition(run, scan, up) != "" {
				return up
			}
		case !is(up, "Filter", "ColumnarToRow", "Project", "InputAdapter", "WholeStageCodegen"):
			return nil
		}
	}
	return nil
}

// hiddenPartition is a partition column that a filter or a join mentions although
// the scan was not given it: one that the scan puts out and the files do not hold.
func hiddenPartition(run *advisor.Run, scan, by *profiler.Node) string {
	if pruned(scan) {
		return ""
	}
	_, columns, _ := strings.Cut(scan.Detail, "[")
	columns, _, _ = strings.Cut(columns, "]")
	schema := scan.Metadata["ReadSchema"]
	if schema == "" {
		_, schema, _ = strings.Cut(scan.Detail, "ReadSchema: ")
	}
	schema = "," + strings.TrimPrefix(schema, "struct<")
	for c := range strings.SplitSeq(columns, ",") {
		c = strings.TrimSpace(c)
		name := expressionID.ReplaceAllString(c, "")
		// The embedded engine's schema has the folders' columns too: the path tells.
		folder := strings.Contains(scan.Metadata["Location"], "/"+name+"=") || !run.Model.Embedded() && !strings.Contains(schema, ","+name+":")
		if name != "" && name != c && folder && mentions(by.Detail, c) {
			return name
		}
	}
	return ""
}

// pruned reports whether the scan was given conditions on partition columns, but
// that they have a value.
func pruned(scan *profiler.Node) bool {
	given := scan.Metadata["PartitionFilters"]
	if given == "" {
		_, given, _ = strings.Cut(scan.Detail, "PartitionFilters: ")
	}
	given, _, _ = strings.Cut(given, "]")
	for f := range strings.SplitSeq(strings.TrimPrefix(given, "["), ", ") {
		if f != "" && !strings.HasPrefix(f, "isnotnull(") {
			return true
		}
	}
	return false
}

// allPartitions reports whether the scan reads a table of many partitions and was
// given no condition on them. (Spark counts partitions of partitioned tables only.)
func allPartitions(scan *profiler.Node) bool {
	n, counted := total(scan, "number of partitions read")
	return counted && n >= 4 && !pruned(scan)
}

// onTime reports whether a filter is on a date or a time, by which most tables of
// many partitions are cut.
func onTime(filter *profiler.Node) bool {
	text := strings.ToLower(filter.Detail)
	return slices.ContainsFunc([]string{"date_format(", "date_trunc(", "trunc(", "gettimestamp(", "year(", "month(", "dayofmonth(", " as date)", "to_date(", "unix_timestamp("},
		func(word string) bool { return strings.Contains(text, word) })
}

// mentions reports whether the text names the column, such as dt#20, and not
// one whose number only begins so.
func mentions(text, column string) bool {
	for {
		_, after, found := strings.Cut(text, column)
		if !found {
			return false
		}
		if after == "" || after[0] < '0' || after[0] > '9' {
			return true
		}
		text = after
	}
}

// nothingPushed reports whether the scan was given no condition but that values
// are there.
func nothingPushed(scan *profiler.Node) bool {
	pushed, ok := scan.Metadata["PushedFilters"]
	if !ok {
		if _, pushed, ok = strings.Cut(scan.Detail, "PushedFilters: "); !ok {
			return false
		}
		pushed, _, _ = strings.Cut(pushed, "], ")
	}
	for p := range strings.SplitSeq(strings.Trim(pushed, "[]"), "), ") {
		if p != "" && !strings.HasPrefix(p, "IsNotNull(") {
			return false
		}
	}
	return true
}

// searches reports whether a filter is about the content of texts, or takes samples:
// no reader can skip by that.
func searches(filter *profiler.Node) bool {
	text := strings.ToLower(filter.Detail)
	return slices.ContainsFunc([]string{" like ", "rlike", "contains(", "endswith(", " % ", "pmod(", "hash", "rand("}, func(word string) bool { return strings.Contains(text, word) })
}

// countScans is how often the run reads what this scan reads: each may be short
// and all together long.
func countScans(run *advisor.Run, scan *profiler.Node) (n int) {
	place := scan.Metadata["Location"]
	for _, x := range run.Executions {
		for _, o := range x.Nodes {
			if o.Name == scan.Name && o.Metadata["Location"] == place {
				n++
			}
		}
	}
	return max(1, n)
}
