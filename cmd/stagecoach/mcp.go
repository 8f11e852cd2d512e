package main

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"

	"stagecoach/advisor/mcp"
)

// mcpCommand serves the commands that look at runs to a language model's client.
func mcpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "mcp",
		Short: "Serve the looks at a run to a language model, over the Model Context Protocol",
		Long: `Mcp answers a client of the Model Context Protocol on standard input and output. Its
tools are profile, advise, explain, simulate, size, lint and list, each the command of
that name; nothing they do changes a file of yours, and no job is run. What a client
may read is what the user may read who started the server.

In a client's configuration:

  {"mcpServers": {"stagecoach": {"command": "stagecoach", "args": ["mcp"]}}}`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return mcp.Serve(c.Context(), version, capture, mcp.Stdio())
		},
	}
}

// capture runs a command and returns what it printed and what it remarked.
func capture(ctx context.Context, args ...string) (out, remarks string, err error) {
	var printed, remarked bytes.Buffer
	c := rootCommand()
	c.SetArgs(args)
	c.SetOut(&printed)
	c.SetErr(&remarked)
	if err := c.ExecuteContext(ctx); err != nil && err.Error() != "" { // one without a text says that something was found
		return "", "", err
	}
	return printed.String(), remarked.String(), nil
}
