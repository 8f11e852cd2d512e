package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// A client that starts the command as a process gets advice over its pipes, as
// valid JSON, and nothing else is written there.
func TestMCPProcess(t *testing.T) {
	if os.Getenv("STAGECOACH_TEST_MCP") != "" {
		os.Args = []string{"stagecoach", "mcp"}
		main()
		os.Exit(0)
	}
	folder := t.TempDir()
	log := filepath.Join(folder, "app-1")
	text := `{"Event":"SparkListenerLogStart","Spark Version":"3.5.1"}
{"Event":"SparkListenerApplicationStart","App Name":"nightly","App ID":"app-1","Timestamp":1700000000000,"User":"me"}
{"Event":"SparkListenerEnvironmentUpdate","JVM Information":{},"Spark Properties":{"spark.sql.shufle.partitions":"4"},"System Properties":{},"Classpath Entries":{}}
{"Event":"SparkListenerApplicationEnd","Timestamp":1700000009000}
`
	if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestMCPProcess$")
	cmd.Env = append(os.Environ(), "STAGECOACH_TEST_MCP=1", "HOME="+folder)
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.CommandTransport{Command: cmd}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for tool, want := range map[string]string{"advise": "spark.sql.shuffle.partitions", "lint": "mistyped", "list": "nightly", "profile": "nightly", "explain": "skewed", "size": "4000"} {
		in := map[string]any{"logs": []string{log}}
		switch tool {
		case "profile":
			in = map[string]any{"log": log}
		case "lint":
			in = map[string]any{"path": log}
		case "list":
			in = map[string]any{"folder": folder}
		case "explain":
			in = map[string]any{"rule": "skewed-stage"}
		case "size":
			in = map[string]any{"input": "500GB"}
		}
		r, err := client.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: in})
		if err != nil {
			t.Fatalf("%s: %v", tool, err)
		}
		got := r.Content[0].(*mcp.TextContent).Text
		if r.IsError || !strings.Contains(got, want) {
			t.Errorf("%s lacks %q: %s", tool, want, got)
		}
		if (tool == "advise" || tool == "lint") && !json.Valid([]byte(got)) {
			t.Errorf("%s is no JSON: %s", tool, got)
		}
	}
}
