package nearest

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// plain is the distance by its definition, over lower-case letters.
func plain(a, b string) int {
	if a == "" || b == "" {
		return len(a) + len(b)
	}
	same := 1
	if strings.EqualFold(a[:1], b[:1]) {
		same = 0
	}
	return min(plain(a[1:], b)+1, plain(a, b[1:])+1, plain(a[1:], b[1:])+same)
}

// What is skipped early would not have been nearer: the distance found is the least
// by definition, and the name is one at that distance.
func TestName(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2)) // the same words every time
	word := func() string {
		var b strings.Builder
		for range rng.IntN(7) {
			b.WriteByte("abAB."[rng.IntN(5)])
		}
		return b.String()
	}
	for range 300 {
		name := word()
		known := []string{word() + "x", word() + "y", word() + "z", word() + "abab"}
		least := len(name) + 100
		for _, k := range known {
			least = min(least, plain(name, k))
		}
		best, distance := Name(name, known)
		if distance != least || plain(name, best) != least {
			t.Fatalf("%q among %q: %q at %d, want one at %d", name, known, best, distance, least)
		}
	}
	for most, want := range []string{"", "abcd", "abcd"} {
		if best, _ := Within("abce", []string{"xyz", "abcd"}, most); best != want {
			t.Errorf("within %d: %q, want %q", most, best, want)
		}
	}
	if best, distance := Name("x", nil); best != "" || distance != 0 {
		t.Errorf("among none: %q at %d", best, distance)
	}
}
