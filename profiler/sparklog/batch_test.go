package sparklog

import (
	"strings"
	"testing"
)

// A line that is longer than memory should hold is left out and told; the lines
// around it are read, and numbers and places go on.
func TestCutterLongLine(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	for name, text := range map[string]string{"inside": "first\n" + long + "\nlast\n", "at the end": "first\n" + long} {
		c := &cutter{r: strings.NewReader(text), name: name, begin: 1, most: 1 << 20}
		var lines []string
		var bad []int
		d, next := newDecoder(), 0
		for b := newBatch(); c.fill(b); b.clear(false) {
			for line := range strings.Lines(string(b.text)) {
				lines = append(lines, strings.TrimSpace(line))
			}
			d.decode(b)
			next = b.renumber(next)
			for _, x := range b.bad {
				if strings.Contains(x.what, "MiB") {
					bad = append(bad, x.number)
				}
			}
			if c.ended && c.from != int64(len(text)) && name == "inside" {
				t.Errorf("%s: the text ends at byte %d, want %d", name, c.from, len(text))
			}
		}
		if name == "inside" && next != 4 {
			t.Errorf("%s: the line behind the last is number %d, want 4", name, next)
		}
		if len(bad) != 1 || bad[0] != 2 || lines[0] != "first" || name == "inside" && lines[len(lines)-1] != "last" {
			t.Errorf("%s: lines %.20q, bad %v", name, lines, bad)
		}
	}
}

// What an archive or a compressed log may grow to is bounded by a ratio, beyond a
// size that is always allowed.
func TestTooLarge(t *testing.T) {
	for _, c := range []struct {
		from, to int64
		want     bool
	}{
		{1, ExpansionFree, false}, {1, ExpansionFree + 1, true}, {0, ExpansionFree + 1, true},
		{ExpansionFree, Expansion * ExpansionFree, false}, {ExpansionFree, (Expansion + 1) * (ExpansionFree + 1), true},
	} {
		if got := tooLarge(c.from, c.to); got != c.want {
			t.Errorf("%d bytes out of %d: %t, want %t", c.to, c.from, got, c.want)
		}
	}
}
