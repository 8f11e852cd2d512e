package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// What profile prints of real logs is the same with sketches as with all tasks.
func TestProfileSketch(t *testing.T) {
	dir, rows := table(t, "INDEX.tsv")
	for _, row := range rows {
		if row["max_tasks_in_stage"] < "1" || len(row["max_tasks_in_stage"]) < 4 {
			continue // no stage has a thousand tasks
		}
		var all, sketched bytes.Buffer
		for tasks, out := range map[string]*bytes.Buffer{"all": &all, "sketch": &sketched} {
			c := profileCommand()
			c.SetArgs([]string{filepath.Join(dir, row["path"]), "--tasks", tasks, "--fresh"})
			c.SetOut(out)
			if err := c.Execute(); err != nil {
				t.Fatal(err)
			}
		}
		if all.String() != sketched.String() {
			a, b := strings.Split(all.String(), "\n"), strings.Split(sketched.String(), "\n")
			for i := range min(len(a), len(b)) {
				if a[i] != b[i] {
					t.Errorf("%s:\n%s\n%s", row["path"], a[i], b[i])
					break
				}
			}
		}
	}
}
