package block

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// The folder of an executor says in its name whose it is: a process that is
// killed cannot delete it, so that the next one to start does.
//
//	stagecoach-<pid namespace>-<pid>-<start time of the process>-executor-<id>-<random>
//
// The start time tells a process from a later one with the same number. The
// namespace keeps containers that share a folder from judging each other's
// processes, which they cannot see.
var folderName = regexp.MustCompile(`^stagecoach-(\d+)-(\d+)-(\d+)-executor-`)

// ownName is the beginning of the names of this process's folders.
func ownName() string {
	pid := os.Getpid()
	start, _ := startOf(pid)
	return fmt.Sprintf("stagecoach-%s-%d-%s-", namespace(), pid, start)
}

// RemoveLeftovers deletes the folders of processes that are dead below parent, or
// below the system's folder for temporary files when parent is empty. What it
// may not delete stays.
func RemoveLeftovers(parent string) {
	if parent == "" {
		parent = os.TempDir()
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		return // NewDir says what is wrong with it
	}
	here := namespace()
	for _, e := range entries {
		m := folderName.FindStringSubmatch(e.Name())
		if m == nil || !e.IsDir() || m[1] != here {
			continue
		}
		pid, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		if start, alive := startOf(pid); !alive || start != unknownStart && start != m[3] {
			os.RemoveAll(filepath.Join(parent, e.Name()))
		}
	}
}

const unknownStart = "0"

// startOf returns when a process began, in the kernel's own unit, and whether it
// is alive: one that has ended and whose parent has not asked for its exit code is
// not. The start is not known without /proc, or where it hides others.
func startOf(pid int) (start string, alive bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		err = syscall.Kill(pid, 0)
		return unknownStart, err == nil || err == syscall.EPERM
	}
	// The second field is the program's name in parentheses, which may hold
	// anything; the start time is the 22nd.
	_, rest, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')')+1:]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 20 {
		return unknownStart, true
	}
	return fields[19], fields[0] != "Z"
}

// namespace is the number of this process's pid namespace, or 0.
func namespace() string {
	link, _ := os.Readlink("/proc/self/ns/pid")
	_, number, _ := strings.Cut(strings.TrimSuffix(link, "]"), "[")
	if _, err := strconv.ParseUint(number, 10, 64); err != nil {
		return "0"
	}
	return number
}
