package sparklog

import "stagecoach/engine/event"

var (
	sqlStartKeys = keys("executionId", "rootExecutionId", "description", "details", "physicalPlanDescription",
		"sparkPlanInfo", "time", "modifiedConfigs", "jobGroupId")
	sqlEndKeys     = keys("executionId", "time", "errorMessage")
	sqlReplanKeys  = keys("executionId", "physicalPlanDescription", "sparkPlanInfo")
	sqlDeclareKeys = keys("executionId", "sqlPlanMetrics")
	sqlDriverKeys  = keys("executionId", "accumUpdates")
	planKeys       = keys("nodeName", "simpleString", "children", "metadata", "metrics")
	planMetricKeys = keys("name", "accumulatorId", "metricType")
)

func (d *decoder) sqlStart() event.Event {
	var e event.SQLExecutionStart
	root := false
	d.object(sqlStartKeys, func(k int) {
		switch k {
		case 0:
			e.ID = d.long()
		case 1:
			e.RootID, root = d.int()
		case 2:
			e.Description = d.text()
		case 3:
			e.Details = d.text()
		case 4:
			e.PhysicalPlan = d.text()
		case 5:
			e.Plan = d.plan()
		case 6:
			e.Time = d.millis()
		case 7:
			e.ModifiedConfigs = d.stringMap()
		case 8:
			e.JobGroup = d.text()
		}
	})
	if !root { // before Spark 3.4 nobody says; it is then its own
		e.RootID = e.ID
	}
	return e
}

func (d *decoder) sqlEnd() event.Event {
	var e event.SQLExecutionEnd
	d.object(sqlEndKeys, func(k int) {
		switch k {
		case 0:
			e.ID = d.long()
		case 1:
			e.Time = d.millis()
		case 2:
			e.Error = d.text()
		}
	})
	return e
}

func (d *decoder) sqlReplan() event.Event {
	var e event.SQLAdaptiveExecutionUpdate
	d.object(sqlReplanKeys, func(k int) {
		switch k {
		case 0:
			e.ID = d.long()
		case 1:
			e.PhysicalPlan = d.text()
		case 2:
			e.Plan = d.plan()
		}
	})
	return e
}

func (d *decoder) sqlDeclare() event.Event {
	var e event.SQLAdaptiveMetricUpdates
	d.object(sqlDeclareKeys, func(k int) {
		if k == 0 {
			e.ID = d.long()
		} else {
			e.Metrics = d.planMetrics()
		}
	})
	return e
}

func (d *decoder) sqlDriver() event.Event {
	var e event.DriverAccumUpdates
	d.object(sqlDriverKeys, func(k int) {
		if k == 0 {
			e.ID = d.long()
			return
		}
		d.array(func() {
			var pair [2]int64
			n := 0
			d.array(func() {
				v := d.long()
				if n < 2 {
					pair[n] = v
				}
				n++
			})
			e.Updates = append(e.Updates, event.AccumulatorUpdate{ID: pair[0], Value: pair[1]})
		})
	})
	return e
}

// plan reads sparkPlanInfo, a tree.
func (d *decoder) plan() *event.PlanNode {
	if d.null() {
		return nil
	}
	n := &event.PlanNode{}
	d.object(planKeys, func(k int) {
		switch k {
		case 0:
			n.Name = d.name()
		case 1:
			n.Detail = d.name()
		case 2:
			d.array(func() {
				if c := d.plan(); c != nil {
					n.Children = append(n.Children, c)
				}
			})
		case 3:
			if m := d.stringMap(); len(m) > 0 {
				n.Metadata = m
			}
		case 4:
			n.Metrics = d.planMetrics()
		}
	})
	if n.Name == "" && n.Children == nil && n.Metrics == nil { // an execution without a plan
		return nil
	}
	return n
}

func (d *decoder) planMetrics() (out []event.PlanMetric) {
	d.array(func() {
		var m event.PlanMetric
		d.object(planMetricKeys, func(k int) {
			switch k {
			case 0:
				m.Name = d.name()
			case 1:
				m.AccumulatorID = d.long()
			case 2:
				m.Type = d.name()
			}
		})
		out = append(out, m)
	})
	return out
}
