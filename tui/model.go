package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"stagecoach/advisor"
	"stagecoach/profiler"
)

// model is the one model. Screens are tables of functions that read it; only
// Update and what it calls changes it.
type model struct {
	source  Source
	opt     Options
	screens []screen
	palette *palette

	width, height int
	data          *digest // nil until the first snapshot has come
	version       int     // grows when anything shown in grids changes
	report        *advisor.Report
	badges        map[int]advisor.Finding // by stage: the finding with most at stake
	advising      bool
	advisedAt     time.Time         // when a running application was last judged
	advisedOn     *profiler.Profile // what was judged last
	now           time.Time         // of the last tick; View asks no clock
	fetching      bool
	more          bool // a later snapshot may hold more

	history   history
	lists     map[place]*list
	collapsed map[collapse]bool
	heat      heat
	lanes     bool // timeline by slot
	critical  bool // timeline shows the critical path
	window    window
	lane      laneSet
	tree      planSet

	frozen   time.Time // zero: not frozen
	full     bool      // the body has the whole terminal
	help     bool
	helpTop  int
	sorting  bool // a column is being chosen
	prompt   *prompt
	pressedG bool
	notice   string // until the next key
}

func newModel(source Source, opt Options) *model {
	return &model{
		source: source, opt: opt, screens: allScreens(), palette: newPalette(opt.Output, opt.Theme),
		history: newHistory(whole(verdictScreen)), lists: map[place]*list{}, collapsed: map[collapse]bool{},
		critical: true, window: window{0, 1}, width: 80, height: 24, fetching: true,
	}
}

// Init asks for the first snapshot; the first frame does not wait for it.
func (m *model) Init() tea.Cmd { return fetchFrom(m.source, nil) }

// Update changes the model by one message, and brings the list that is shown
// in order for View.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case snapshotMsg:
		cmd = m.take(msg)
	case adviceMsg:
		cmd = m.judge(msg.report)
	case tickMsg:
		cmd = m.tick(time.Time(msg))
	case copiedMsg:
		m.notice = string(msg)
	case tea.KeyMsg:
		m.notice = ""
		cmd = m.press(msg)
	}
	m.settle()
	return m, cmd
}

// take accepts a snapshot, and asks for what follows from it.
func (m *model) take(msg snapshotMsg) tea.Cmd {
	m.fetching = false
	m.now, m.more = msg.at, msg.more
	if msg.data != nil && (m.frozen.IsZero() || m.data == nil) {
		m.data = msg.data
		m.version++
	}
	return tea.Batch(m.next(), m.advise())
}

// next waits for the moment of the next snapshot while there will be one.
func (m *model) next() tea.Cmd {
	if !m.more {
		return nil
	}
	pause := interval
	if m.data != nil {
		pause = max(pause, 4*m.data.took) // at most a fifth of a core for looking
	}
	return tickAfter(pause)
}

func (m *model) tick(now time.Time) tea.Cmd {
	m.now = now
	if !m.frozen.IsZero() {
		return tickAfter(interval)
	}
	return m.fetch()
}

func (m *model) fetch() tea.Cmd {
	if m.fetching {
		return nil
	}
	m.fetching = true
	return fetchFrom(m.source, m.data)
}

// advise asks for a report: of a log when it has been read, of a run now and
// then.
func (m *model) advise() tea.Cmd {
	if m.opt.Advise == nil || m.data == nil || m.advising {
		return nil
	}
	if m.more && (!m.opt.Live || !m.advisedAt.IsZero() && m.now.Sub(m.advisedAt) < adviceInterval) {
		return nil
	}
	m.advising, m.advisedAt, m.advisedOn = true, m.now, m.data.profile
	return adviseOn(m.opt.Advise, m.data.profile)
}

func (m *model) judge(r advisor.Report) tea.Cmd {
	m.advising = false
	m.report = &r
	m.badges = map[int]advisor.Finding{}
	for _, f := range r.Findings {
		for _, w := range append([]advisor.Where{f.Where}, f.Also...) {
			if w.Stage == nil {
				continue
			}
			if _, taken := m.badges[*w.Stage]; !taken { // findings come ranked
				m.badges[*w.Stage] = f
			}
		}
	}
	m.version++
	if !m.more && m.data != nil && m.advisedOn != m.data.profile {
		return m.advise() // the last snapshot came while an earlier one was judged
	}
	return nil
}

// settle brings the list of the place in order: what View shows.
func (m *model) settle() {
	if m.data == nil {
		return
	}
	at, s := m.here(), m.screen()
	l := m.list()
	width, height := m.body()
	if s.grid == nil {
		l.top = max(0, min(l.top, len(s.page(m, at, width))-height))
		return
	}
	m.laneUp()
	m.treeUp()
	var source any = m.version
	if s.of != nil {
		source = s.of(m, at)
	}
	l.arrange(s.grid(m, at), source, s.ordered)
	l.reveal(m.visible())
}

// here is the place that is shown.
func (m *model) here() place { return m.history.here().last() }

// screen is the screen of that place.
func (m *model) screen() *screen { return &m.screens[m.here().screen] }

// list is how that place is looked at.
func (m *model) list() *list {
	at := m.here()
	if m.lists[at] == nil {
		m.lists[at] = newList()
	}
	return m.lists[at]
}

// look is the list of the place for View, which creates none.
func (m *model) look() *list {
	if l := m.lists[m.here()]; l != nil {
		return l
	}
	return newList()
}

// visible is how many rows of the grid the screen shows at once.
func (m *model) visible() int {
	width, height := m.body()
	if f := m.screen().rows; f != nil {
		return max(1, f(m, m.here(), width, height))
	}
	return max(1, height-1)
}

// wall is the wall time that findings are measured against.
func (m *model) wall() time.Duration {
	if m.report != nil && m.report.Wall > 0 {
		return m.report.Wall
	}
	return m.data.profile.App.Wall()
}

func (m *model) profile() *profiler.Profile { return m.data.profile }

func (m *model) paint(r role, s string) string { return m.palette.paint(r, s) }
