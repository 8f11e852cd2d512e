package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"stagecoach/engine"
)

// A shell reads statements from the terminal and prints their answers.
type shell struct {
	session *engine.Session
	flags   *sqlFlags
	term    *term.Terminal
	history *history
}

func newShell(s *engine.Session, f *sqlFlags) *shell {
	return &shell{session: s, flags: f, history: openHistory()}
}

const (
	prompt     = "stagecoach> "
	morePrompt = "         -> "
)

// run reads statements until the end of input, quit or exit. An interrupt stops
// the statement that runs, not the shell.
func (sh *shell) run(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	sh.term = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{os.Stdin, os.Stdout}, prompt)
	sh.term.History = sh.history
	sh.term.AutoCompleteCallback = (&completer{session: sh.session, out: sh.term}).key
	fmt.Printf("Spark SQL on stagecoach. End statements with ; and leave with quit. Tables: %s\n", strings.Join(sh.session.Views(), ", "))
	for {
		text, err := sh.read()
		switch {
		case errors.Is(err, io.EOF):
			fmt.Println()
			return nil
		case err != nil:
			return err
		}
		word := strings.ToLower(strings.Trim(text, " \t\n;"))
		if word == "quit" || word == "exit" {
			return nil
		}
		if word != "" {
			sh.answer(ctx, text)
		}
	}
}

// read returns the text up to a line that ends in a semicolon, or a word that
// leaves.
func (sh *shell) read() (string, error) {
	state, err := term.MakeRaw(int(os.Stdin.Fd()))
	if err != nil {
		return "", err
	}
	defer term.Restore(int(os.Stdin.Fd()), state)
	if width, height, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		if err := sh.term.SetSize(width, height); err != nil {
			return "", err
		}
	}
	var text strings.Builder
	for {
		line, err := sh.term.ReadLine()
		if err != nil && !errors.Is(err, term.ErrPasteIndicator) {
			return "", err
		}
		text.WriteString(line + "\n")
		word := strings.ToLower(strings.TrimSpace(line))
		if strings.HasSuffix(word, ";") || text.Len() == len(line)+1 && (word == "" || word == "quit" || word == "exit") {
			sh.term.SetPrompt(prompt)
			sh.history.keep(text.String())
			return text.String(), nil
		}
		sh.term.SetPrompt(morePrompt)
	}
}

func (sh *shell) answer(ctx context.Context, text string) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	start := time.Now()
	err := sh.flags.answer(ctx, sh.session, text, os.Stdout)
	switch {
	case ctx.Err() != nil:
		fmt.Println("interrupted")
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Printf("%.2f s\n\n", time.Since(start).Seconds())
	}
}

// A history is the statements of this and earlier shells, the last one first.
// It implements term.History.
type history struct {
	path  string // "" where there is no place for it
	texts []string
}

// mostHistory is how many statements are remembered.
const mostHistory = 1000

func openHistory() *history {
	h := &history{}
	dir, err := os.UserConfigDir()
	if err != nil {
		return h
	}
	h.path = filepath.Join(dir, "stagecoach", "sql_history")
	text, err := os.ReadFile(h.path)
	if err != nil {
		return h
	}
	for line := range strings.Lines(string(text)) {
		h.texts = append(h.texts, strings.TrimSuffix(line, "\n"))
	}
	slices.Reverse(h.texts)
	return h
}

// Add is called with every line; keep remembers whole statements instead.
func (h *history) Add(string) {}

func (h *history) Len() int        { return len(h.texts) }
func (h *history) At(i int) string { return h.texts[i] }

// keep remembers a statement, on one line. Without a place for its file it is
// remembered by this shell alone.
func (h *history) keep(text string) {
	line := strings.Join(strings.Fields(text), " ")
	if line == "" || len(h.texts) > 0 && h.texts[0] == line {
		return
	}
	h.texts = slices.Insert(h.texts, 0, line)
	h.texts = h.texts[:min(len(h.texts), mostHistory)]
	if h.path == "" || os.MkdirAll(filepath.Dir(h.path), 0o700) != nil {
		return
	}
	oldestFirst := slices.Clone(h.texts)
	slices.Reverse(oldestFirst)
	// The history is a convenience: a full disk must not end the shell.
	_ = os.WriteFile(h.path, []byte(strings.Join(oldestFirst, "\n")+"\n"), 0o600)
}
