package sparklog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

// A part is one file of a log.
type part struct {
	name string // for messages: its path, or where it came from
	path string // "" when it is none
	open func() (io.ReadCloser, error)
}

func filePart(path string, size int64) part {
	return part{path, path, func() (io.ReadCloser, error) { return open(path, size) }}
}

// find returns the files of the log at path in reading order, and what is odd
// about them. Spark's server refuses odd directories; here they are read and
// the oddity is told. "-" is standard input; an address is fetched, an archive
// unpacked, both into temp.
func find(path string, temp *scratch) (parts []part, notes []*Error, err *Error) {
	switch {
	case path == "-":
		return []part{{"standard input", "", func() (io.ReadCloser, error) { return io.NopCloser(os.Stdin), nil }}}, nil, nil
	case isAddress(path):
		file, fetchErr := temp.fetch(path)
		if fetchErr != nil {
			return nil, nil, &Error{File: path, Msg: "cannot be fetched", Err: fetchErr}
		}
		return findInside(path, file, temp)
	}
	entries, folder, listErr := list(path)
	switch {
	case listErr != nil && folder:
		return nil, nil, &Error{File: path, Msg: "cannot list the directory", Err: listErr}
	case listErr != nil:
		return nil, nil, &Error{File: path, Msg: "no log there; give the path of a Spark event log", Err: listErr}
	case !folder:
		kind, sniffErr := archiveKind(path)
		if sniffErr != nil {
			return nil, nil, &Error{File: path, Msg: "cannot be read", Err: sniffErr}
		}
		if kind == "" {
			return []part{filePart(path, entries[0].Size())}, nil, nil
		}
		dir, unpackErr := temp.unpack(path, kind)
		if unpackErr != nil {
			return nil, nil, &Error{File: path, Msg: "the " + kind + " archive cannot be unpacked", Err: unpackErr}
		}
		return findInside(path, dir, temp)
	}
	var names, rolled, dated, logs []string
	sizes := map[string]int64{}
	for _, e := range entries {
		name := e.Name()
		sizes[name] = e.Size()
		switch {
		case strings.HasPrefix(name, "."), strings.HasPrefix(name, "_"):
			continue
		case strings.HasPrefix(name, "events_") && !e.IsDir():
			rolled = append(rolled, name)
		case (name == "eventlog" || strings.HasPrefix(name, "eventlog-")) && !e.IsDir():
			dated = append(dated, name)
		}
		if !e.IsDir() || holdsLog(inside(path, name)) {
			logs = append(logs, name)
		}
		names = append(names, name)
	}
	join := func(names []string) []part {
		out := make([]part, len(names))
		for i, n := range names {
			out[i] = filePart(inside(path, n), sizes[n])
		}
		return out
	}
	switch {
	case len(rolled) > 0:
		rolled, notes = rollingOrder(path, names, rolled)
		return join(rolled), notes, nil
	case len(dated) > 0: // Databricks: dated parts first, the newest is plain "eventlog"
		slices.SortFunc(dated, func(a, b string) int {
			if newest := func(n string) bool { return n == "eventlog" }; newest(a) != newest(b) {
				if newest(a) {
					return 1
				}
				return -1
			}
			return strings.Compare(a, b)
		})
		return join(dated), nil, nil
	case slices.Contains(names, "EVENT_LOG_1"): // Spark 1.2 and earlier
		return join([]string{"EVENT_LOG_1"}), nil, nil
	case len(logs) == 1:
		return find(inside(path, logs[0]), temp)
	case len(logs) == 0:
		return nil, nil, &Error{File: path, Msg: "the directory holds no event log; give a log file or an eventlog_v2_* directory"}
	default:
		return nil, nil, &Error{File: path, Msg: fmt.Sprintf("the directory holds %d logs; give one of them: %s",
			len(logs), shorten(logs))}
	}
}

// findInside finds the log in what name was fetched or unpacked to, and speaks of
// it by that name.
func findInside(name, at string, temp *scratch) (parts []part, notes []*Error, err *Error) {
	parts, notes, err = find(at, temp)
	called := func(path string) string {
		if rest, ok := strings.CutPrefix(path, at); ok {
			return name + rest
		}
		return path
	}
	for i := range parts {
		parts[i].name = called(parts[i].name)
	}
	for _, n := range notes {
		n.File = called(n.File)
	}
	if err != nil {
		err.File = called(err.File)
	}
	return parts, notes, err
}

// Logs lists what looks like a log in dir: files and folders of logs, in the
// order of their names. Whether one is a log shows only when it is read.
func Logs(dir string) ([]string, error) {
	entries, folder, err := list(dir)
	if err == nil && !folder {
		err = errors.New("it is a file")
	}
	if err != nil {
		return nil, &Error{File: dir, Msg: "cannot list the directory", Err: err}
	}
	var out []string
	for _, e := range entries {
		path := inside(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."), strings.HasPrefix(e.Name(), "_"):
		case !e.IsDir(), holdsLog(path):
			out = append(out, path)
		}
	}
	return out, nil
}

// holdsLog reports whether a folder is the log of one application.
func holdsLog(dir string) bool {
	entries, folder, err := list(dir)
	return err == nil && folder && slices.ContainsFunc(entries, func(e fs.FileInfo) bool {
		return !e.IsDir() && (strings.HasPrefix(e.Name(), "events_") || e.Name() == "eventlog" || e.Name() == "EVENT_LOG_1")
	})
}

func shorten(names []string) string {
	if len(names) > 5 {
		return strings.Join(names[:5], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

// rollingOrder sorts the parts of a rolling log by number, drops what the last
// compaction replaced, and says what is missing (RollingEventLogFilesFileReader).
func rollingOrder(dir string, all, parts []string) (order []string, notes []*Error) {
	type part struct {
		name    string
		index   int
		compact bool
	}
	note := func(loss, format string, args ...any) {
		notes = append(notes, &Error{File: dir, Msg: fmt.Sprintf(format, args...), Skipped: true, Loss: loss})
	}
	var list []part
	for _, name := range parts {
		number, _, _ := strings.Cut(strings.TrimPrefix(name, "events_"), "_")
		index, err := strconv.Atoi(number)
		if err != nil {
			note("parts", "%s has no number in its name and is left out", name)
			continue
		}
		list = append(list, part{name, index, strings.HasSuffix(name, ".compact")})
	}
	slices.SortFunc(list, func(a, b part) int {
		switch {
		case a.index != b.index:
			return a.index - b.index
		case a.compact != b.compact && a.compact:
			return 1
		case a.compact != b.compact:
			return -1
		default:
			return strings.Compare(a.name, b.name)
		}
	})
	compacted := false
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].compact {
			list, compacted = list[i:], true
			break
		}
	}
	switch {
	case compacted:
		note("compacted", "the log was compacted: finished jobs were dropped from it, so all totals are lower bounds")
	case len(list) > 0 && list[0].index > 1:
		note("beginning", "the log begins with part %d: what the parts before it held is unknown", list[0].index)
	}
	for i := 1; i < len(list); i++ {
		if list[i].index > list[i-1].index+1 {
			note("parts", "part %d is missing: what it held is unknown, and Spark's History Server refuses the log", list[i-1].index+1)
		}
	}
	if !slices.ContainsFunc(all, func(n string) bool { return strings.HasPrefix(n, "appstatus_") }) {
		note("", "there is no appstatus file: Spark's History Server does not list the log")
	}
	for _, p := range list {
		order = append(order, p.name)
	}
	return order, notes
}
