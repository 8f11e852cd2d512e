package operator

import "stagecoach/engine/expr"

// matchGroup is match for a group that may go on in the next right batch.
func (j *mergeJoin) matchGroup() error {
	key, err := j.takeGroup()
	if err != nil {
		return err
	}
	var met [][]bool // by batch of the group
	l := j.left
	for {
		if err := j.load(l); err != nil {
			return err
		}
		if !l.at(key) {
			break
		}
		to, at := l.end(), 0
		for b, err := range j.group.read() {
			if err != nil {
				return err
			}
			if at == len(met) {
				met = append(met, nil)
				if j.keepsRight {
					met[at] = make([]bool, b.Rows)
				}
			}
			j.built, j.met = b, met[at]
			if err := j.pair(to, 0, b.Rows); err != nil {
				return err
			}
			if err := j.flush(); err != nil {
				return err
			}
			at++
		}
		l.row = to
	}
	if !j.keepsRight {
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

// takeGroup keeps all right rows of the current key.
func (j *mergeJoin) takeGroup() (key *expr.SortWords, err error) {
	c := j.right
	if err := j.settle(c, c.row); err != nil {
		return nil, err
	}
	key = c.key()
	j.group.reset()
	for {
		to := c.end()
		if err := j.group.add(c.batch.Slice(c.row, to)); err != nil {
			return nil, err
		}
		c.from, c.row = to, to
		if err := j.load(c); err != nil {
			return nil, err
		}
		if !c.at(key) {
			return key, nil
		}
	}
}

// key is the current key, which stays while batches go.
func (c *cursor) key() *expr.SortWords {
	all := expr.Batch{Rows: c.batch.Rows, Cols: c.keys}
	key := &expr.SortWords{}
	key.Set(all.Slice(c.row, c.row+1).Copy().Cols, 1)
	return key
}

// at reports whether the cursor is at a row of the key.
func (c *cursor) at(key *expr.SortWords) bool {
	return !c.done && !c.null() && c.words.Compare(c.row, key, 0) == 0
}
