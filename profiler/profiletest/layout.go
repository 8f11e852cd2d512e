package profiletest

import (
	"slices"
	"strings"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// A document is the text as it was read, then as it was laid out in time.
type document struct {
	lines     []*line
	margin    int
	app       *line
	conf      map[string]string
	executors []*line
	jobs      []*jobText
	stages    []*stageText
	sqls      []*line
	replans   []*line
	blocks    []*line // block and unpersist lines
	batches   []*line
	used      []event.Event // what executors were seen to use, and where they were excluded
	rdds      map[int][]event.RDDInfo
	slots     map[string][]slot
	taskID    int64
	end       event.Millis
}

type slot struct{ free event.Millis }

type jobText struct {
	line       *line
	id         int
	stages     []int
	start, end event.Millis
	open       bool // no end
}

type stageText struct {
	line    *line
	info    event.StageInfo
	job     int
	tasks   []taskText
	near    []int64 // localities of the tasks, as executors are
	skipped bool
	open    bool // has not completed
}

type taskText struct {
	info    event.TaskInfo
	metrics *metric.Set
	reason  event.EndReason
	running bool
}

// layout sorts the lines by their words and gives everything its times.
func (d *document) layout() error {
	d.rdds = map[int][]event.RDDInfo{}
	d.conf = map[string]string{}
	for _, l := range d.lines {
		var err error
		switch l.word {
		case "app":
			d.app = l
		case "conf":
			for k, v := range l.fields {
				d.conf[k] = v
			}
		case "executor":
			err = d.executor(l)
		case "job":
			err = d.job(l)
		case "stage":
			err = d.stage(l)
		case "sql":
			d.sqls = append(d.sqls, l)
		case "replan":
			d.replans = append(d.replans, l)
		case "rdd":
			err = d.rdd(l)
		case "block", "unpersist":
			d.blocks = append(d.blocks, l)
		case "batch":
			d.batches = append(d.batches, l)
		default:
			err = mistake(l.number, "%q begins no line; use app, conf, executor, job, stage, sql, replan, rdd, block, unpersist, batch", l.word)
		}
		if err != nil {
			return err
		}
	}
	d.end = Epoch
	if len(d.executors) == 0 {
		if err := d.executor(&line{word: "executor", args: []string{"1"}, fields: map[string]string{"cores": "4", "host": "host1"}}); err != nil {
			return err
		}
	}
	if err := d.adopt(); err != nil {
		return err
	}
	for _, s := range d.stages {
		if err := d.layoutStage(s); err != nil {
			return err
		}
	}
	return d.layoutJobs()
}

func (d *document) executor(l *line) error {
	if len(l.args) != 1 {
		return mistake(l.number, "executor needs one id after it")
	}
	cores, err := l.integers("cores")
	if err != nil {
		return err
	}
	n := 1
	if len(cores) > 0 {
		n = cores[0]
	}
	d.executors = append(d.executors, l)
	added, _, err := l.millis("added")
	d.slots[l.args[0]] = slices.Repeat([]slot{{added}}, max(0, n))
	return err
}

func (d *document) job(l *line) error {
	id, err := l.id(0)
	if err != nil {
		return err
	}
	j := &jobText{line: l, id: id}
	if j.stages, err = l.integers("stages"); err != nil {
		return err
	}
	d.jobs = append(d.jobs, j)
	return nil
}

// adopt gives stages without a job the first one that lists them, or a new job.
func (d *document) adopt() error {
	for _, s := range d.stages {
		if s.job < 0 {
			for _, j := range d.jobs {
				if slices.Contains(j.stages, s.info.StageID) {
					s.job = j.id
				}
			}
		}
		if s.job < 0 && len(d.jobs) > 0 {
			s.job = d.jobs[0].id
		}
		at := slices.IndexFunc(d.jobs, func(j *jobText) bool { return j.id == max(s.job, 0) })
		if at < 0 {
			at = len(d.jobs)
			d.jobs = append(d.jobs, &jobText{line: &line{number: s.line.number, fields: map[string]string{}}, id: max(s.job, 0)})
		}
		j := d.jobs[at]
		s.job = j.id
		if !slices.Contains(j.stages, s.info.StageID) {
			j.stages = append(j.stages, s.info.StageID)
		}
	}
	for _, j := range d.jobs {
		var ok bool
		var err error
		if j.start, ok, err = j.line.millis("start"); err != nil {
			return err
		} else if !ok {
			j.start = Epoch
			for _, s := range d.stages {
				if t, ok, _ := s.line.millis("submitted"); ok && s.job == j.id && (j.start == Epoch || t < j.start) {
					j.start = t
				}
			}
		}
	}
	return nil
}

// layoutJobs fills in the ends that were not stated.
func (d *document) layoutJobs() error {
	for _, j := range d.jobs {
		j.end = j.start
		for _, s := range d.stages {
			if s.job == j.id {
				j.end = max(j.end, s.info.CompletionTime)
				j.open = j.open || s.open
			}
		}
		if t, ok, err := j.line.millis("end"); err != nil {
			return err
		} else if ok {
			j.end, j.open = t, false
		}
		if j.line.fields["status"] == "running" {
			j.open = true
		}
		d.end = max(d.end, j.end)
	}
	for _, l := range d.sqls {
		t, _, err := l.millis("end")
		if err != nil {
			return err
		}
		d.end = max(d.end, t)
	}
	return nil
}

func (d *document) rdd(l *line) error {
	id, err := l.id(0)
	if err != nil {
		return err
	}
	stages, err := l.integers("stage")
	if err != nil {
		return err
	}
	partitions, err := l.integers("partitions")
	if err != nil {
		return err
	}
	parents, err := l.integers("parents")
	if err != nil {
		return err
	}
	info := event.RDDInfo{ID: id, Name: l.fields["name"], Callsite: l.fields["callsite"], ParentIDs: parents, StorageLevel: storageLevel(l.fields["level"])}
	if len(partitions) > 0 {
		info.NumPartitions = partitions[0]
	}
	for _, s := range stages {
		d.rdds[s] = append(d.rdds[s], info)
	}
	return nil
}

// storageLevel reads Spark's names: MEMORY_ONLY, MEMORY_AND_DISK_SER_2, ...
func storageLevel(name string) event.StorageLevel {
	l := event.StorageLevel{
		UseMemory: !strings.HasPrefix(name, "DISK") && name != "NONE", UseDisk: strings.Contains(name, "DISK"),
		UseOffHeap: strings.HasPrefix(name, "OFF_HEAP"), Replication: 1,
	}
	l.Deserialized = l.UseMemory && !strings.Contains(name, "SER") && !l.UseOffHeap
	if strings.HasSuffix(name, "_2") {
		l.Replication = 2
	}
	return l
}

func milliseconds(ns int64) event.Millis { return event.Millis(ns / int64(time.Millisecond)) }
