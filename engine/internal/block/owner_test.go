package block

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The folders of a process that was killed are deleted by the next; those of
// processes that live, or that cannot be judged, and what only looks like one
// stay.
func TestRemoveLeftovers(t *testing.T) {
	if parent := os.Getenv("STAGECOACH_TEST_DIE_BELOW"); parent != "" {
		d, err := NewDir(parent, "executor-0")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Create("shuffle_0"); err != nil {
			t.Fatal(err)
		}
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	parent := t.TempDir()
	victim := exec.Command(os.Args[0], "-test.run=^TestRemoveLeftovers$")
	victim.Env = append(os.Environ(), "STAGECOACH_TEST_DIE_BELOW="+parent)
	if err := victim.Run(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the victim ends with %v", err)
	}
	left, _ := filepath.Glob(parent + "/stagecoach-*/shuffle_0-1")
	if len(left) != 1 {
		t.Fatalf("the victim left %v", left)
	}
	own, err := NewDir(parent, "executor-1")
	if err != nil {
		t.Fatal(err)
	}
	start, _ := startOf(os.Getpid())
	want := map[string]bool{filepath.Base(own.path): true}
	for name, stays := range map[string]bool{
		strings.Replace(filepath.Base(own.path), "-"+start+"-", "-1-", 1):         false, // the number is used again
		strings.Replace(filepath.Base(own.path), "-"+namespace()+"-", "-123-", 1): true,  // of another container
		"stagecoach-executor-0-1":                    true,
		"stagecoach-" + namespace() + "-0-1-notes":   true,
		"other-" + namespace() + "-9-9-executor-0-1": true,
	} {
		if err := os.Mkdir(filepath.Join(parent, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if stays {
			want[name] = true
		}
	}
	RemoveLeftovers(parent)
	entries, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !want[e.Name()] {
			t.Errorf("%s is still there", e.Name())
		}
		delete(want, e.Name())
	}
	for name := range want {
		t.Errorf("%s was deleted", name)
	}
}

// A process that has ended is dead before its parent asks how.
func TestEndedProcessIsDead(t *testing.T) {
	c := exec.Command(os.Args[0], "-test.run=^$")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Wait()
	for range 1_000_000 {
		if _, alive := startOf(c.Process.Pid); !alive {
			return
		}
	}
	t.Error("it is still alive")
}
