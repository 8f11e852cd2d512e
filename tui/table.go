package tui

// A column is one column of a table whose rows are R. What it returns is typed,
// so that one function serves for printing, sorting and filtering.
type column[R any] struct {
	heading
	get  func(R) value
	tone func(R) role // nil: as the row
}

// A heading is what is known of a column without its rows.
type heading struct {
	name  string // as predicates and the sort line call it: lower case, one word
	title string // above the column
	rank  int    // columns of the highest rank leave first when space is short; 0 never leaves
	least int    // least width, so that columns do not jump as rows scroll by; of flex ones, what others must leave them
	left  bool   // aligned left, as words are
	dear  bool   // costs much to look at: only a predicate that names it does
	flex  bool   // takes the space that is left over; one column of a table at most
}

// A grid is a table without the type of its rows: what sorting, filtering and
// drawing need.
type grid interface {
	size() int
	headings() []heading
	at(row, column int) value
	tone(row, column int) role
}

type table[R any] struct {
	columns []column[R]
	n       int
	row     func(int) R
}

// tableOf is a table over a slice.
func tableOf[R any](rows []R, columns []column[R]) grid {
	return table[R]{columns, len(rows), func(i int) R { return rows[i] }}
}

func (t table[R]) size() int { return t.n }

func (t table[R]) headings() []heading {
	out := make([]heading, len(t.columns))
	for i, c := range t.columns {
		out[i] = c.heading
	}
	return out
}

func (t table[R]) at(row, column int) value { return t.columns[column].get(t.row(row)) }

func (t table[R]) tone(row, column int) role {
	if f := t.columns[column].tone; f != nil {
		return f(t.row(row))
	}
	return plain
}
