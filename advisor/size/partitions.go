package size

import (
	"strconv"

	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

const initialPartitions = "spark.sql.adaptive.coalescePartitions.initialPartitionNum"

const (
	tuningGuide = "Spark SQL performance tuning guide"
	ownRun      = "measured in the run"
)

// partitions decides how finely files and shuffles are cut. Both ends are held:
// a partition must fit a task's memory, and must be worth its launch. (Advice that
// only ever raises the number ratchets: NVIDIA/spark-rapids-tools#2128.)
func (p *Plan) partitions() {
	p.scan()
	if p.run != nil && p.run.Shuffle > 0 {
		p.measuredShuffle()
		return
	}
	if p.run != nil && p.need.Shuffle == 0 { // there is nothing to cut
		p.Partitions = 1
		p.adapt()
		return
	}
	shuffle := p.need.Shuffle
	if shuffle == 0 {
		shuffle = p.input()
		p.assume("the largest shuffle is as large as the input; --shuffle says otherwise")
	}
	p.Partitions = int(max(1, ceil(shuffle, partition)))
	p.set(config.ShufflePartitions, strconv.Itoa(p.Partitions), tuningGuide+", 128 MB a task as for files",
		"%s / %s a partition = %d", metric.FormatBytes(shuffle), metric.FormatBytes(partition), p.Partitions)
	p.adapt()
}

// measuredShuffle cuts the largest shuffle of the run anew: its bytes as they are
// in memory, by the target.
func (p *Plan) measuredShuffle() {
	e := p.run
	c, _ := config.FromMap(e.Settings)
	adaptive := e.adaptive() && !p.need.Streaming // which plans a micro-batch as it was written
	key, now := config.ShufflePartitions, int(c.Int(config.ShufflePartitions))
	if n, err := strconv.Atoi(e.Settings[initialPartitions]); err == nil && n > 0 && adaptive {
		key, now = initialPartitions, n // which goes before the other
	}
	shuffle, growth := float64(p.need.Shuffle), max(1, e.Growth)
	if shuffle == 0 {
		shuffle = float64(e.Shuffle) * p.scale()
	}
	want := int(max(1, ceil(int64(min(shuffle*growth, mostBytes)), partition)))
	p.Partitions = want
	slots := max(1, e.Executors*e.Cores)
	// A few partitions more than slots are cheaper than a last wave that is half empty.
	if want > slots {
		p.Partitions = int(ceil(int64(want), int64(slots))) * slots
	} else if e.Work.Seconds() > float64(slots) { // there is enough to do for every slot
		p.Partitions = slots
	}
	switch {
	case e.Skewed:
		p.Partitions = now
		p.set(key, strconv.Itoa(now), ownRun, "left as it is: stage %d is skewed, and more partitions do not divide a heavy key", e.Stage)
	case adaptive && now >= p.Partitions:
		p.Partitions = now
		p.set(key, strconv.Itoa(now), ownRun, "left as it is: adaptive execution joins partitions down to what is needed, about %d", want)
	default:
		p.set(key, strconv.Itoa(p.Partitions), ownRun+", 128 MB a task as for files",
			"stage %d reads %s x %.1f (growth in memory) / %s = %d, made a multiple of the %d slots", e.Stage, metric.FormatBytes(int64(min(shuffle, mostBytes))), growth, metric.FormatBytes(partition), want, slots)
	}
	if p.need.Streaming && p.Partitions != now {
		p.assume("a stream's state keeps the number of partitions that it began with: another one wants a new checkpoint")
	}
	p.adapt()
}

// adapt says how adaptive execution joins the partitions.
func (p *Plan) adapt() {
	if p.run != nil && older(p.run.Version, "3.0") {
		return
	}
	p.set(config.AdaptiveEnabled, "true", tuningGuide, "joins small partitions and divides skewed ones by measured sizes; the default since Spark 3.2")
	if p.Partitions >= 1000 {
		p.set(config.CoalesceParallelismFirst, "false", tuningGuide, "%d partitions keep every core busy at the advisory size too; true would ignore that size", p.Partitions)
	}
}

func (p *Plan) scan() {
	if input := p.input(); input > 0 {
		p.set(config.MaxPartitionBytes, spark(partition), "Spark's default", "%s of input / %s = %d tasks that scan", metric.FormatBytes(input), metric.FormatBytes(partition), ceil(input, partition))
	}
}

// input is the bytes to read: as stated, or else as the run read.
func (p *Plan) input() int64 {
	if p.need.Input == 0 && p.run != nil {
		return p.run.Input
	}
	return p.need.Input
}

// scale is how much larger the job is than the run that was measured.
func (p *Plan) scale() float64 {
	if p.run == nil || p.run.Input == 0 || p.need.Input == 0 {
		return 1
	}
	return float64(p.need.Input) / float64(p.run.Input)
}
