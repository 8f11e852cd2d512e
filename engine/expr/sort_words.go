package expr

// SortWords is the sort keys of a batch as words in the order of the keys, so that
// rows of two sorted inputs are compared without looking at types. All keys
// ascend.
type SortWords struct {
	cols  []Column
	words [][]uint64 // by key
	exact []bool     // equal words of the key are equal values
	rows  []keyedRow // every row
	null  []bool     // a key of the row is null; empty where none is
}

// Set makes w the words of columns of some rows, which must stay while w is used.
func (w *SortWords) Set(cols []Column, rows int) {
	for len(w.rows) < rows {
		w.rows = append(w.rows, keyedRow{row: int32(len(w.rows))})
	}
	w.cols, w.exact, w.null = cols, w.exact[:0], w.null[:0]
	for len(w.words) < len(cols) {
		w.words = append(w.words, nil)
	}
	for k := range cols {
		w.words[k] = grow(w.words[k], rows)
		w.exact = append(w.exact, orderImage(w.words[k], &cols[k], w.rows[:rows]))
		if cols[k].Valid == nil && cols[k].Type != Null {
			continue
		}
		if len(w.null) == 0 {
			w.null = grow(w.null, rows)
			clear(w.null)
		}
		for i := range rows {
			w.null[i] = w.null[i] || cols[k].IsNull(i)
		}
	}
}

// Null reports whether a key of row i is null. Such rows are not compared.
func (w *SortWords) Null(i int) bool { return len(w.null) > 0 && w.null[i] }

// Compare compares row i with row j of other words for the same keys: negative
// when the first comes first.
func (w *SortWords) Compare(i int, other *SortWords, j int) int {
	for k, words := range w.words[:len(w.cols)] {
		switch x, y := words[i], other.words[k][j]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		if w.exact[k] && other.exact[k] {
			continue
		}
		if c := compareValues(&w.cols[k], i, &other.cols[k], j); c != 0 {
			return c
		}
	}
	return 0
}

// End is the end of the run of rows that have row i's keys, or of those that have
// a null.
func (w *SortWords) End(i, rows int) int {
	to := i + 1
	for to < rows && w.Null(to) == w.Null(i) && (w.Null(i) || w.Compare(i, w, to) == 0) {
		to++
	}
	return to
}
