package source

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A dataFile is one file of a table.
type dataFile struct {
	path string
	size int64
	cut  bool // may be read in parts
	pack pack // of text: how it is compressed

	// keys are the column=text folders between the folder that was named and the
	// file, as Hive lays tables out.
	keys []partitionKey
}

// hasKey reports whether the file's folders give a column.
func (f *dataFile) hasKey(column string) bool {
	return slices.ContainsFunc(f.keys, func(k partitionKey) bool { return strings.EqualFold(k.column, column) })
}

// findOptions say which files below a directory are meant.
type findOptions struct {
	suffixes []string // none takes all
	glob     string   // of the name; "" takes all
	base     string   // where the folders of partitions begin; "" is the path named
	flat     bool     // folders have no meaning
	zone     *time.Location
}

// findFiles turns paths (files, directories, globs) into files. A named file is
// taken whatever it is called; a directory gives the files below it that are
// meant, without those whose name begins with "_" or ".".
func findFiles(paths []string, o findOptions) ([]dataFile, error) {
	if len(paths) == 0 {
		return nil, &Error{Msg: "no path given: name a file, a directory or a pattern"}
	}
	var files []dataFile
	for _, path := range paths {
		found, err := findPath(path, o)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

func findPath(path string, o findOptions) ([]dataFile, error) {
	info, err := os.Stat(path)
	if err != nil && strings.ContainsAny(path, "*?[") {
		matches, globErr := filepath.Glob(path)
		if globErr != nil {
			return nil, &Error{File: path, Msg: "not a pattern", Err: globErr}
		}
		if len(matches) == 0 {
			return nil, &Error{File: path, Msg: "no file matches this pattern"}
		}
		var files []dataFile
		for _, match := range matches {
			found, err := findPath(match, o)
			if err != nil {
				return nil, err
			}
			files = append(files, found...)
		}
		return files, nil
	}
	if err != nil {
		return nil, &Error{Err: err}
	}
	if !info.IsDir() {
		return []dataFile{o.file(filepath.Dir(path), path, info.Size())}, nil
	}
	var files []dataFile
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		hidden := p != path && (strings.HasPrefix(name, "_") || strings.HasPrefix(name, "."))
		if hidden && d.IsDir() {
			return fs.SkipDir
		}
		if hidden || d.IsDir() || !o.means(name) {
			return nil
		}
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			files = append(files, o.file(path, p, info.Size()))
		}
		return nil
	})
	if err != nil {
		return nil, &Error{File: path, Err: err}
	}
	if len(files) == 0 {
		if len(o.suffixes) == 0 {
			return nil, dataError(path, "", "the directory holds no file")
		}
		return nil, dataError(path, "", "the directory holds no file that ends in %s", strings.Join(o.suffixes, " or "))
	}
	return files, nil
}

func (o *findOptions) file(root, path string, size int64) dataFile {
	f := dataFile{path: path, size: size, cut: true}
	if o.base != "" {
		root = o.base
	}
	if !o.flat {
		f.keys = partitionKeys(root, path, o.zone)
	}
	return f
}

// means reports whether a file of that name is one of the table's.
func (o *findOptions) means(name string) bool {
	if fits, _ := filepath.Match(o.glob, name); o.glob != "" && !fits {
		return false
	}
	name = strings.ToLower(name)
	return len(o.suffixes) == 0 || slices.ContainsFunc(o.suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}

// location names files as EXPLAIN shows them.
func location(files []dataFile) string {
	if len(files) == 1 {
		return "[" + files[0].path + "]"
	}
	return fmt.Sprintf("[%s, ... %d files]", files[0].path, len(files))
}

// packSplits cuts files into pieces of at most maxSplitBytes and packs the
// pieces, largest first, into splits: Spark's FilePartition, next fit. A split
// is closed when the next piece would make it larger than maxSplitBytes; every
// piece in it also weighs the cost of opening a file.
func packSplits(files []dataFile, o SplitOptions) []Split {
	var total int64
	for i, f := range files {
		if o.keep == nil || o.keep(i) {
			total += f.size + o.OpenCost
		}
	}
	if o.MaxPartitionBytes <= 0 {
		o.MaxPartitionBytes = 128 << 20
	}
	maxBytes := max(min(o.MaxPartitionBytes, max(o.OpenCost, total/int64(max(o.Parallelism, 1)))), 1)
	var pieces []Piece
	for i, f := range files {
		if o.keep != nil && !o.keep(i) {
			continue
		}
		step := maxBytes
		if !f.cut {
			step = max(f.size, 1)
		}
		for at := int64(0); at < f.size; at += step {
			pieces = append(pieces, Piece{Path: f.path, Index: i, Offset: at, Length: min(step, f.size-at)})
		}
	}
	slices.SortStableFunc(pieces, func(a, b Piece) int { return cmp.Compare(b.Length, a.Length) })
	var splits []Split
	var current Split
	var size int64
	for _, p := range pieces {
		if size+p.Length > maxBytes && len(current.Pieces) > 0 {
			splits = append(splits, current)
			current, size = Split{}, 0
		}
		current.Pieces = append(current.Pieces, p)
		size += p.Length + o.OpenCost
	}
	if len(current.Pieces) > 0 {
		splits = append(splits, current)
	}
	return splits
}
