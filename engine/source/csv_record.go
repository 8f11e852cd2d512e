package source

import "iter"

// records are the lines of a piece, joined where a field in quotes reaches over
// a line's end and MultiLine says that it may.
func (c *csvSource) records(p Piece, count *int64) iter.Seq2[textLine, error] {
	lines := c.lines(p, count)
	if !c.opt.MultiLine {
		return lines
	}
	return func(yield func(textLine, error) bool) {
		var held textLine
		open := false
		for line, err := range lines {
			switch {
			case err != nil:
			case open:
				held.text = append(append(held.text, '\n'), line.text...)
				if len(held.text) > maxLine {
					err = dataError(p.Path, "", "the quotes that open at byte %d do not close within %d MiB", held.at, maxLine>>20)
				}
			default:
				held.text, held.at = append(held.text[:0], line.text...), line.at
			}
			if err != nil {
				yield(textLine{}, err)
				return
			}
			if open = (open || !c.opt.skips(line.text)) && c.opt.leavesOpen(line.text, open); !open && !yield(held, nil) {
				return
			}
		}
		if open {
			yield(held, nil)
		}
	}
}

// leavesOpen reports whether a line ends inside quotes, having begun inside or
// outside of them.
func (o *CSVOptions) leavesOpen(line []byte, inside bool) bool {
	start := !inside // of a field
	for i := 0; i < len(line); i++ {
		b := line[i]
		switch {
		case inside && b == o.Escape && i+1 < len(line) && (line[i+1] == o.Quote || line[i+1] == o.Escape):
			i++
		case inside && b == o.Quote:
			inside = false
		case !inside && start && b == o.Quote:
			inside = true
		}
		start = !inside && (b == o.Comma || start && o.TrimLeft && b == ' ')
	}
	return inside
}
