package operator

import "stagecoach/engine/internal/plan"

// Runs of equal keys of a sort-merge join that are joined one by one: the rows of
// one right key are kept; when they are more than memory allows they go to a file
// and are read again for every run of left ones.

// match joins the run of left rows with the group of right rows of one key.
func (j *mergeJoin) match() error {
	key, err := j.takeGroup()
	if err != nil {
		return err
	}
	var met [][]bool // by batch of the group
	keepRight := j.node.Type == plan.RightOuter || j.node.Type == plan.FullOuter
	for {
		if err := j.left.load(); err != nil {
			return err
		}
		if !j.left.at(key) {
			break
		}
		from, to := j.left.row, j.left.end()
		j.left.row = to
		run := j.left.batch.Slice(from, to)
		matched := j.pairing.stream(run.Rows)
		if j.anyMatch() {
			for i := range matched {
				matched[i] = true
			}
		} else {
			at := 0
			for b, err := range j.group.read() {
				if err != nil {
					return err
				}
				if at == len(met) {
					met = append(met, nil)
					if keepRight {
						met[at] = make([]bool, b.Rows)
					}
				}
				if err := j.pairing.cross(run, b, met[at]); err != nil {
					return err
				}
				at++
			}
		}
		if err := j.pairing.settle(run, true, matched); err != nil {
			return err
		}
	}
	if !keepRight {
		return nil
	}
	at := 0
	for b, err := range j.group.read() {
		if err == nil {
			err = j.pairing.settle(b, false, met[at])
		}
		if err != nil {
			return err
		}
		at++
	}
	return nil
}

// anyMatch reports whether it is enough that there is a right row of a key.
func (j *mergeJoin) anyMatch() bool { return j.node.Where == nil && j.node.Type > plan.FullOuter }

// takeGroup reads all right rows of the current key.
func (j *mergeJoin) takeGroup() (key *mergeKey, err error) {
	c := j.right
	key = c.key()
	j.group.reset()
	for {
		to := c.end()
		if !j.anyMatch() {
			if err := j.group.add(c.batch.Slice(c.row, to)); err != nil {
				return nil, err
			}
		}
		c.row = to
		if err := c.load(); err != nil {
			return nil, err
		}
		if !c.at(key) {
			return key, nil
		}
	}
}
