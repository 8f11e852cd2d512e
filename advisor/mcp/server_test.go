package mcp

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// connect starts a server and a client at the two ends of a pair of pipes, as a
// process and its parent have them.
func connect(t *testing.T, run Run) *mcp.ClientSession {
	t.Helper()
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- Serve(t.Context(), "test", run, &mcp.IOTransport{Reader: toServer, Writer: fromServer})
	}()
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.IOTransport{Reader: toClient, Writer: fromClient}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return client
}

func echo(_ context.Context, args ...string) (string, string, error) {
	return strings.Join(args, " "), "", nil
}

// A client finds the seven tools, each of which says that it only reads.
func TestTools(t *testing.T) {
	list, err := connect(t, echo).ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
		if tool.Annotations == nil || !tool.Annotations.ReadOnlyHint || tool.Description == "" || tool.InputSchema == nil {
			t.Errorf("%s: %+v", tool.Name, tool)
		}
	}
	slices.Sort(names)
	if want := []string{"advise", "explain", "lint", "list", "profile", "simulate", "size"}; !slices.Equal(names, want) {
		t.Errorf("tools %v, want %v", names, want)
	}
}

func call(t *testing.T, c *mcp.ClientSession, tool string, in map[string]any) (text string, failed bool) {
	t.Helper()
	r, err := c.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: in})
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, x := range r.Content {
		parts = append(parts, x.(*mcp.TextContent).Text)
	}
	return strings.Join(parts, "\n"), r.IsError
}

// Each tool becomes the command of its name; what the client sent is never a flag.
func TestArguments(t *testing.T) {
	c := connect(t, echo)
	for _, x := range []struct {
		tool string
		in   map[string]any
		want string
	}{
		{"profile", map[string]any{"log": "a", "stage": 0}, "profile --format=text --stage=0 -- a"},
		{"profile", map[string]any{"log": "--fresh"}, "profile --format=text -- --fresh"},
		{"advise", map[string]any{"logs": []string{"a", "b"}, "all": true}, "advise --format=json --all -- a b"},
		{"explain", map[string]any{"rule": "skewed-stage"}, "explain -- skewed-stage"},
		{"simulate", map[string]any{"log": "a", "without": []string{"gc"}, "storageSpeed": 2}, "simulate --format=json --without=gc --storage-speed=2 -- a"},
		{"simulate", map[string]any{"log": "a", "set": []string{"k=v"}, "sweep": []string{"x=1,2"}}, "simulate --format=json --set=k=v --sweep=x=1,2 -- a"},
		{"size", map[string]any{"input": "500GB", "budget": 2000, "for": "kubernetes", "dynamic": true}, "size --format=text --input=500GB --for=kubernetes --budget=2000 --dynamic"},
		{"lint", map[string]any{"path": "f", "spark": "3.5", "format": "text"}, "lint --format=text --spark=3.5 -- f"},
		{"list", map[string]any{"folder": "d"}, "log list -- d"},
	} {
		if got, failed := call(t, c, x.tool, x.in); failed || got != x.want {
			t.Errorf("%s %v: %q (failed %v), want %q", x.tool, x.in, got, failed, x.want)
		}
	}
}

// What cannot be is a failed call that says what to do, and the server goes on.
func TestMistakes(t *testing.T) {
	c := connect(t, func(_ context.Context, args ...string) (string, string, error) {
		if args[len(args)-1] == "huge" {
			return strings.Repeat("x", MaxResult+1), "", nil
		}
		return "", "", errors.New("no such log")
	})
	for _, x := range []struct {
		tool string
		in   map[string]any
		want string
	}{
		{"profile", map[string]any{"log": "-"}, "standard input carries the protocol"},
		{"profile", map[string]any{"log": ""}, "log is empty"},
		{"advise", map[string]any{"logs": []string{}}, "logs is empty"},
		{"explain", map[string]any{"rule": "../x"}, "a name such as skewed-stage"},
		{"profile", map[string]any{"log": "huge"}, "ask for less"},
		{"profile", map[string]any{"log": "missing"}, "no such log"},
		{"profile", map[string]any{}, "log"},
	} {
		if got, failed := call(t, c, x.tool, x.in); !failed || !strings.Contains(got, x.want) {
			t.Errorf("%s %v: %q (failed %v), want %q", x.tool, x.in, got, failed, x.want)
		}
	}
}

// Remarks stand beside the output and do not spoil it.
func TestRemarks(t *testing.T) {
	c := connect(t, func(context.Context, ...string) (string, string, error) { return "{}", "line 3 is odd", nil })
	if got, failed := call(t, c, "lint", map[string]any{"path": "f"}); failed || got != "{}\nline 3 is odd" {
		t.Errorf("%q (failed %v)", got, failed)
	}
}
