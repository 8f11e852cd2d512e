package tui

// screenID names a screen, in the order of the keys that lead to them. Those
// behind Configuration are reached from another.
type screenID uint8

const (
	verdictScreen screenID = iota
	jobsScreen
	stagesScreen
	tasksScreen
	timelineScreen
	queriesScreen
	executorsScreen
	storageScreen
	findingsScreen
	configScreen
	stageScreen
	taskScreen
	planScreen
	findingScreen
)

// A screen is one way to look at a digest. It shows either rows, which a grid
// holds and a list orders, or a page of lines to scroll. Its functions only read.
type screen struct {
	id    screenID
	key   string // "" when another screen leads here
	title string // on the tab
	short string // on the tab where space is short; "": the title
	doc   string // for the help

	crumb func(m *model, at place) string // nil: the title
	grid  func(m *model, at place) grid   // nil: a page
	of    func(m *model, at place) any    // what the grid was made from, when that is less than everything
	page  func(m *model, at place, width int) []string
	draw  func(m *model, at place, g grid, l *list, width, height int) []string // nil: the grid as a table
	rows  func(m *model, at place, width, height int) int                       // rows that draw shows of height lines
	empty func(m *model, at place) []string                                     // instead of a grid without rows
	enter func(m *model, at place, row int) (place, string)                     // where a row leads, or why nowhere
	copy  func(m *model, at place, row int) string                              // nil: the cells of the row

	ordered bool      // rows have an order of their own: no sorting, and a filter only jumps
	keys    []binding // that only this screen has
}

// allScreens is every screen, by id.
func allScreens() []screen {
	return []screen{
		verdict(), jobs(), stages(), tasks(), timeline(), queries(), executors(), storage(), findings(), configuration(),
		stageDetail(), taskDetail(), plan(), findingDetail(),
	}
}
