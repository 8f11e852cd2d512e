package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"stagecoach": main})
}

// The scripts run the commands as a user would and hold their output and exit
// codes against what is expected. `status N` checks the code of a command that
// fails.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status},
	})
}

// status runs stagecoach and wants an exit code: status 3 stagecoach profile x.
// What the command printed is then there for stdout and stderr.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE COMMAND ...")
	}
	code := "0"
	if err := ts.Exec("sh", append([]string{"-c", `"$@"; echo "exit code $?" >&2`, "sh"}, args[1:]...)...); err != nil {
		ts.Fatalf("%v", err)
	}
	said := ts.ReadFile("stderr")
	for i := len("exit code "); i <= len(said); i++ {
		if at := len(said) - i; at >= 0 && said[at:at+10] == "exit code " {
			code = said[at+10 : len(said)-1]
			break
		}
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s\n%s", code, args[0], said)
	}
}
