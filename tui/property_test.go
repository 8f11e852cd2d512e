package tui

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// allKeys are what somebody may press anywhere.
var allKeys = strings.Fields("1 2 3 4 5 6 7 8 9 0 j k g G enter esc [ ] / s S n N z f r T ? t w a d = p h l m left right ctrl+d ctrl+u pgdown " +
	"enter enter spill>1MB skew>2 status=failed join !scan ~sc( esc backspace down up home end space y")

// Whatever is pressed at whatever size and in whatever colours, no line is
// wider than the terminal and no frame higher.
func TestFramesFit(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, name := range []string{"full", "running", "failed", "empty"} {
		for range 30 {
			width, height := 40+rng.IntN(161), 10+rng.IntN(51)
			m := show(t, name, width, height)
			m.palette.use(Theme(1 + rng.IntN(3)))
			var pressed []string
			for range 40 {
				key := allKeys[rng.IntN(len(allKeys))]
				pressed = append(pressed, key)
				press(m, key)
				if rng.IntN(10) == 0 {
					width, height = 40+rng.IntN(161), 10+rng.IntN(51)
					m.Update(tea.WindowSizeMsg{Width: width, Height: height})
				}
				lines := strings.Split(m.View(), "\n")
				if len(lines) > height {
					t.Fatalf("%s %dx%d after %v: %d lines", name, width, height, pressed, len(lines))
				}
				for _, l := range lines {
					if n := ansi.StringWidth(l); n > width {
						t.Fatalf("%s %dx%d after %v: a line of %d cells: %q", name, width, height, pressed, n, l)
					}
				}
			}
		}
	}
}

// A number is shown whole or not at all, at every width.
func TestNumbersAreWhole(t *testing.T) {
	for _, name := range []string{"full", "running", "failed"} {
		for width := 40; width <= 200; width++ {
			m := show(t, name, width, 24)
			for _, s := range m.screens {
				if s.grid == nil || s.key == "" || s.draw != nil {
					continue
				}
				press(m, s.key)
				g, l := s.grid(m, m.here()), m.look()
				lay := layoutOf(g, l, l.order, width)
				sum := 2 - lay.gap
				for i, c := range lay.columns {
					sum += lay.widths[i] + lay.gap
					if h := g.headings()[c]; h.left {
						continue
					}
					for _, row := range l.order {
						if v := g.at(int(row), c).String(); ansi.StringWidth(v) > lay.widths[i] {
							t.Errorf("%s, %d columns: %q has %d cells", s.title, width, v, lay.widths[i])
						}
					}
				}
				if sum > width {
					t.Errorf("%s: a row takes %d of %d cells", s.title, sum, width)
				}
			}
		}
	}
}

// Without colours, screens still tell the cursor and what matters apart.
func TestMonoHasNoColours(t *testing.T) {
	colour := regexp.MustCompile(`\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])(;[0-9;]*)?m`)
	m := show(t, "full", 100, 30)
	for _, theme := range []Theme{Mono, Sixteen, TrueColor} {
		m.palette.use(theme)
		press(m, "1", "3")
		frame := m.View()
		if got, want := colour.MatchString(frame), theme != Mono; got != want {
			t.Errorf("%v: colours %v, want %v", theme, got, want)
		}
		if !strings.Contains(frame, "\x1b[7m") {
			t.Errorf("%v: nothing is reversed", theme)
		}
	}
}
