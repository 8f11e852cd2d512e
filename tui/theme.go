package tui

import (
	"io"

	"github.com/charmbracelet/lipgloss"
)

// A Theme says which colours are used. Nothing is told by colour alone: marks
// and words say the same.
type Theme uint8

const (
	ByTerminal Theme = iota // what the terminal is able to do; Mono under NO_COLOR
	Mono                    // bold, faint and reverse only
	Sixteen                 // the terminal's own palette
	TrueColor
	numThemes
)

// String names the theme.
func (t Theme) String() string {
	return [...]string{"by terminal", "mono", "16 colours", "truecolor"}[t]
}

// A role is why something is painted.
type role uint8

const (
	plain role = iota
	dim
	strong
	accent
	good
	warn
	bad
	cursor
	head
	tab
	// Activities of slot time: busy first, then waiting, then nothing.
	work
	collect
	fetch
	write
	wait
	overhead
	idle
	gap
	numRoles
)

// What a terminal is able to show, the most first: the profiles of lipgloss's
// renderers.
const (
	trueColor = iota
	colors256
	colors16
	noSequences
)

// look is how one role is painted by each theme.
type look struct {
	ansi, rgb            string // foreground: number of the palette, #rrggbb
	bold, faint, reverse bool
}

var looks = [numRoles]look{
	dim:      {ansi: "8", rgb: "#7f8490", faint: true},
	strong:   {bold: true},
	accent:   {ansi: "6", rgb: "#5fb3d9", bold: true},
	good:     {ansi: "2", rgb: "#7fb069"},
	warn:     {ansi: "3", rgb: "#e0af4f", bold: true},
	bad:      {ansi: "1", rgb: "#e06c6c", bold: true},
	cursor:   {reverse: true},
	head:     {ansi: "8", rgb: "#9aa0ac", faint: true},
	tab:      {ansi: "6", rgb: "#5fb3d9", bold: true, reverse: true},
	work:     {ansi: "2", rgb: "#7fb069"},
	collect:  {ansi: "1", rgb: "#e06c6c"},
	fetch:    {ansi: "5", rgb: "#b48ead"},
	write:    {ansi: "4", rgb: "#5b84c4"},
	wait:     {ansi: "3", rgb: "#e0af4f"},
	overhead: {ansi: "6", rgb: "#5fb3d9"},
	idle:     {ansi: "8", rgb: "#666b75"},
	gap:      {ansi: "8", rgb: "#4a4e57", faint: true},
}

// A palette paints roles.
type palette struct {
	renderer *lipgloss.Renderer
	able     int // of the terminal
	theme    Theme
	styles   [numRoles]lipgloss.Style
}

// newPalette asks out what it is able to show (NO_COLOR included) unless theme
// says it.
func newPalette(out io.Writer, theme Theme) *palette {
	r := lipgloss.NewRenderer(out)
	p := &palette{renderer: r, able: int(r.ColorProfile())}
	if theme == ByTerminal {
		theme = TrueColor
		switch p.able {
		case noSequences:
			theme = Mono
		case colors16:
			theme = Sixteen
		}
	}
	p.use(theme)
	return p
}

// use switches to a theme. Mono still needs a profile that has sequences for
// bold and reverse, which every terminal that can draw screens has.
func (p *palette) use(theme Theme) {
	p.theme = theme
	switch {
	case theme != TrueColor:
		p.renderer.SetColorProfile(colors16)
	case p.able == colors256:
		p.renderer.SetColorProfile(colors256)
	default:
		p.renderer.SetColorProfile(trueColor)
	}
	for i, l := range looks {
		s := p.renderer.NewStyle().Bold(l.bold).Reverse(l.reverse)
		switch {
		case theme == Mono:
			s = s.Faint(l.faint)
		case theme == Sixteen && l.ansi != "":
			s = s.Foreground(lipgloss.Color(l.ansi))
		case theme == TrueColor && l.rgb != "":
			s = s.Foreground(lipgloss.Color(l.rgb))
		}
		p.styles[i] = s
	}
}

// plainText makes the palette paint nothing at all, as on a terminal without
// any sequences.
func (p *palette) plainText() { p.renderer.SetColorProfile(noSequences) }

// paint colours text that has no sequences of its own.
func (p *palette) paint(r role, s string) string {
	if r == plain || s == "" {
		return s
	}
	return p.styles[r].Render(s)
}
