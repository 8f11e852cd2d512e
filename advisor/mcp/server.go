// Package mcp serves the look at runs to programs that speak the Model Context
// Protocol: language models and the tools around them.
//
//	client ─► JSON-RPC over stdin ─► tool ─► arguments of a command ─► Run ─► its output
//
// A tool is a command of stagecoach under the same name, so that a model and a
// person are told the same. Nothing that a tool does changes a file of the user's;
// commands that run jobs or write are not among them.
package mcp

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Run runs a command of stagecoach and returns what it printed, and what it had to
// remark beside that. It is called once at a time.
type Run func(ctx context.Context, args ...string) (out, remarks string, err error)

// MaxResult is the most that a tool returns, in bytes: more does not fit the window
// of a model, and a cut document would not be JSON any more.
const MaxResult = 1 << 20

const instructions = `stagecoach reads event logs of Apache Spark. Begin with advise: it ranks what slowed a run down and
says what to change, with a predicted saving and its range; a log of a healthy run has no findings. profile has the numbers,
simulate replays the run under other settings, size says how large the application should be, lint judges settings, explain
tells what a rule looks for. Predictions are ranges: quote them as such, and do not promise what a finding does not.`

// Serve answers requests on the transport until the client goes or ctx ends.
func Serve(ctx context.Context, version string, run Run, transport mcp.Transport) error {
	return newServer(version, run).Run(ctx, transport)
}

// Stdio is the transport of a server that a client starts as a process.
func Stdio() mcp.Transport { return &mcp.StdioTransport{} }

func newServer(version string, run Run) *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "stagecoach", Version: version}, &mcp.ServerOptions{Instructions: instructions})
	var one sync.Mutex
	guarded := func(ctx context.Context, args ...string) (string, string, error) {
		one.Lock()
		defer one.Unlock()
		if err := ctx.Err(); err != nil { // the client gave up while it waited
			return "", "", err
		}
		return run(ctx, args...)
	}
	addTools(s, guarded)
	return s
}

// add offers a command as a tool. arguments turns what the client sent into the
// command's arguments, or says what is wrong with it.
func add[In any](s *mcp.Server, run Run, name, doc string, arguments func(In) ([]string, error)) {
	closed := false
	tool := &mcp.Tool{Name: name, Description: doc, Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed}}
	mcp.AddTool(s, tool, func(ctx context.Context, _ *mcp.CallToolRequest, in In) (*mcp.CallToolResult, any, error) {
		args, err := arguments(in)
		if err != nil {
			return nil, nil, err
		}
		text, remarks, err := run(ctx, args...)
		if err != nil {
			return nil, nil, err
		}
		if len(text) > MaxResult {
			return nil, nil, fmt.Errorf("the result has %d KB, more than the %d KB that a client is sent; ask for less: one stage, one log, or format text", len(text)>>10, MaxResult>>10)
		}
		content := []mcp.Content{&mcp.TextContent{Text: text}}
		if remarks != "" {
			content = append(content, &mcp.TextContent{Text: remarks})
		}
		return &mcp.CallToolResult{Content: content}, nil, nil
	})
}

// path checks the name of a log or a file. Standard input is the client's.
func path(name, what string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return fmt.Errorf("%s is empty: give the path of a log", what)
	case name == "-":
		return fmt.Errorf("%s is -: standard input carries the protocol; give a path", what)
	}
	return nil
}
