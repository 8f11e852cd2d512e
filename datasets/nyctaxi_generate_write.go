package datasets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// A crew writes files of trips.
type crew struct {
	codec        source.Codec
	rowGroupRows int
	hands        int // goroutines
	progress     func(rows int)
}

// write makes a month's rows and writes them to w. Hand h makes the chunks h,
// h+hands, h+2*hands ... and the writer takes from the hands in turn, so that
// chunks arrive in order however fast they are. Every hand has two batches: one
// being made, one being written.
func (c *crew) write(ctx context.Context, f *monthFile, w io.Writer) error {
	out, err := source.NewParquetWriter(w, f.schema, source.ParquetOptions{
		Codec: c.codec, RowGroupRows: c.rowGroupRows, Parallelism: c.hands})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	hands := min(c.hands, f.chunks())
	full, empty := make([]chan *expr.Batch, hands), make([]chan *expr.Batch, hands)
	var wait sync.WaitGroup
	for h := range hands {
		full[h], empty[h] = make(chan *expr.Batch, 2), make(chan *expr.Batch, 2)
		for range 2 {
			empty[h] <- f.newBatch()
		}
		wait.Go(func() {
			for n := h; n < f.chunks(); n += hands {
				select {
				case b := <-empty[h]:
					f.fill(newModel(), n, b)
					full[h] <- b // has room for both
				case <-ctx.Done():
					return
				}
			}
		})
	}
	defer wait.Wait()
	defer cancel()
	for n := range f.chunks() {
		var b *expr.Batch
		select {
		case b = <-full[n%hands]:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := ctx.Err(); err != nil { // select takes either where both can go on
			return err
		}
		if err := out.Write(b); err != nil {
			return err
		}
		c.progress(b.Rows)
		empty[n%hands] <- b
	}
	return out.Close()
}

// staging is files that appear together: each is written under a name that no
// reader looks for, and takes its own when all are complete.
type staging struct {
	dir   string
	files []stagedFile
}

type stagedFile struct {
	name  string
	temp  string // "" when not written or no longer there
	rows  int64
	bytes int64
}

// add announces a file and returns its number.
func (s *staging) add(name string) int {
	s.files = append(s.files, stagedFile{name: name})
	return len(s.files) - 1
}

// strangers is an error when dir has trips that the announced files would not
// replace: readers take all that are there.
func (s *staging) strangers() error {
	there, err := filepath.Glob(filepath.Join(s.dir, tripFiles))
	if err != nil {
		return fmt.Errorf("%s: %w", s.dir, err)
	}
	for _, path := range there {
		if !slices.ContainsFunc(s.files, func(f stagedFile) bool { return f.name == filepath.Base(path) }) {
			return fmt.Errorf("%s is there already and would be read with the new months: remove it or choose an empty folder", path)
		}
	}
	return nil
}

// write makes file i with fill, which returns its rows.
func (s *staging) write(i int, fill func(io.Writer) (int64, error)) error {
	staged := &s.files[i]
	f, err := os.CreateTemp(s.dir, staged.name+".*.part")
	if err != nil {
		return s.explain(i, err)
	}
	staged.temp = f.Name()
	staged.rows, err = fill(f)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if info, e := f.Stat(); err == nil && e == nil {
		staged.bytes = info.Size()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return s.explain(i, err)
	}
	return nil
}

// publish gives the files their names.
func (s *staging) publish() (Generated, error) {
	var g Generated
	for i := range s.files {
		f := &s.files[i]
		if err := os.Rename(f.temp, s.path(i)); err != nil {
			return Generated{}, s.explain(i, err)
		}
		f.temp = ""
		g.Files = append(g.Files, GeneratedFile{s.path(i), f.rows, f.bytes})
		g.Bytes += f.bytes
		if strings.HasSuffix(f.name, ".parquet") {
			g.Rows += f.rows
		}
	}
	return g, nil
}

// discard removes what was not published.
func (s *staging) discard() {
	for _, f := range s.files {
		if f.temp != "" {
			os.Remove(f.temp)
		}
	}
}

// explain says of which file an error is, and what to do about a full disk.
func (s *staging) explain(i int, err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err // its path is the temporary one
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%s: %w: a million trips take some 20 MB; free space, generate fewer rows or choose another folder", s.path(i), err)
	}
	return fmt.Errorf("%s: %w", s.path(i), err)
}

// path is where file i goes.
func (s *staging) path(i int) string { return filepath.Join(s.dir, s.files[i].name) }
