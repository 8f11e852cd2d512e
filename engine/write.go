package engine

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"strings"

	"stagecoach/engine/config"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// WriteOptions say how rows become files.
type WriteOptions struct {
	// Mode is what happens to a path that is there: "errorifexists" (also "error"
	// and ""), "append", "overwrite" or "ignore".
	Mode string
	// PartitionBy are columns whose values become folders called column=value.
	PartitionBy []string
	// Options are those of the format, by Spark's names: source.Formats lists them.
	Options map[string]string
}

// Written is what a write left: nothing when the mode was to ignore it.
type Written struct {
	Files   int
	Rows    int64
	Bytes   int64
	Folders int // of partition values
}

// Write runs the frame and writes its rows below path as files of a format:
// parquet, csv, json, arrow or text. The files appear together once all are written,
// and only then what they replace goes; after an error, or when ctx ends,
// everything is as it was.
func (f *Frame) Write(ctx context.Context, format, path string, o WriteOptions) (Written, error) {
	if f.err != nil {
		return Written{}, f.err
	}
	mode := strings.ToLower(o.Mode)
	switch mode {
	case "", "error", "default":
		mode = "errorifexists"
	case "errorifexists", "append", "overwrite", "ignore":
	default:
		return Written{}, fmt.Errorf("[INVALID_SAVE_MODE] there is no save mode %q: there are errorifexists, append, overwrite and ignore", o.Mode)
	}
	n, err := f.named()
	if err != nil {
		return Written{}, err
	}
	sink, err := source.NewSink(format, f.session.fileOptions(format, o.Options, false), n.Schema(), o.PartitionBy)
	if err != nil {
		return Written{}, err
	}
	if _, err := os.Stat(path); err == nil && mode == "ignore" {
		return Written{}, nil
	} else if err == nil && mode == "errorifexists" {
		return Written{}, fmt.Errorf("[PATH_ALREADY_EXISTS] %s exists already: write elsewhere, or with mode append or overwrite", path)
	}
	c, err := newCommit(path)
	if err != nil {
		return Written{}, err
	}
	defer c.close()
	concurrent := int(f.session.Config().Int(config.ConcurrentWriters))
	if keys := sink.Keys(); len(keys) == 0 {
		concurrent = 0
	} else if concurrent == 0 { // then a task has one file open at a time
		sort := &plan.Sort{Input: n}
		for _, k := range keys {
			sort.Keys = append(sort.Keys, Asc(k))
		}
		n = sort
	}
	r, err := f.action(ctx, sink.Format(), &plan.Write{Input: n, Sink: sink, Path: path, Mode: mode, Staging: c.staging.Path(), Job: c.job, Concurrent: concurrent})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return Written{}, err
	}
	w, files := writtenFiles(r)
	return w, c.commit(files, mode == "overwrite", sink.Dynamic())
}

// writtenFiles reads what the tasks of a write tell: the files below the staging
// folder, and their sums.
func writtenFiles(r *Result) (w Written, files []string) {
	folders := map[string]bool{}
	for _, b := range r.Batches {
		for i := range b.Rows {
			file := string(b.Cols[0].Str(i))
			files = append(files, file)
			w.Files++
			w.Rows += b.Cols[1].I64[i]
			w.Bytes += b.Cols[2].I64[i]
			if _, name, _ := strings.Cut(file, "/"); path.Dir(name) != "." {
				folders[path.Dir(name)] = true
			}
		}
	}
	w.Folders = len(folders)
	return w, files
}

// fileOptions adds to the options of files what the session says of them.
func (s *Session) fileOptions(format string, given map[string]string, read bool) map[string]string {
	conf := s.Config()
	own := map[string]string{"timeZone": conf.Text(config.SessionTimeZone)}
	if !read {
		own["maxRecordsPerFile"] = conf.Text(config.MaxRecordsPerFile)
		own["partitionOverwriteMode"] = conf.Text(config.PartitionOverwriteMode)
		if strings.EqualFold(format, "parquet") {
			own["compression"] = conf.Text(config.ParquetCodec)
		}
	}
	for name := range own {
		for k := range given {
			if strings.EqualFold(k, name) {
				delete(own, name)
			}
		}
	}
	maps.Copy(own, given)
	return own
}
