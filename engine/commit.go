package engine

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"stagecoach/engine/internal/block"
)

// A commit puts the files of a write in place. Its tasks write below a staging
// folder inside the path, from where renaming them takes no time and cannot
// fail halfway for want of space. The folder says whose it is, so that the next
// write removes that of a process that was killed.
type commit struct {
	path    string
	made    []string // folders that were not there, the innermost first
	staging *block.Dir
	job     string
	done    bool
	moves   [][2]string // from and to
}

// temporaryFolder is hidden from readers by its name, which is Spark's.
const temporaryFolder = "_temporary"

func newCommit(path string) (*commit, error) {
	var id [16]byte
	rand.Read(id[:])
	c := &commit{path: path, job: fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])}
	for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		c.made = append(c.made, dir)
	}
	temporary := filepath.Join(path, temporaryFolder)
	err := os.MkdirAll(temporary, 0o755)
	if err == nil {
		block.RemoveLeftovers(temporary)
		c.staging, err = block.NewDir(temporary, "executor-driver")
	}
	if err != nil {
		c.close()
		return nil, fmt.Errorf("writing below %s: %w", path, err)
	}
	return c, nil
}

// commit moves files, named from the staging folder, to the path. What they
// replace goes: with overwrite all that is there, with dynamic only what is in
// the folders that files go to.
func (c *commit) commit(files []string, overwrite, dynamic bool) error {
	err := c.replace(files, overwrite, dynamic)
	if err == nil {
		err = os.WriteFile(filepath.Join(c.path, "_SUCCESS"), nil, 0o644)
	}
	if err != nil {
		for i := len(c.moves) - 1; i >= 0; i-- {
			err = errors.Join(err, os.Rename(c.moves[i][1], c.moves[i][0]))
		}
		return fmt.Errorf("putting files in place below %s: %w", c.path, err)
	}
	c.done = true
	return nil
}

func (c *commit) replace(files []string, overwrite, dynamic bool) error {
	cleared := map[string]bool{}
	if overwrite && !dynamic {
		if err := c.clear("."); err != nil {
			return err
		}
	}
	for _, file := range files {
		_, name, _ := strings.Cut(file, "/") // the attempt's folder comes first
		folder := filepath.Dir(filepath.FromSlash(name))
		if overwrite && dynamic && !cleared[folder] {
			cleared[folder] = true
			if err := c.clear(folder); err != nil {
				return err
			}
		}
		if err := c.move(filepath.Join(c.staging.Path(), filepath.FromSlash(file)), filepath.Join(c.path, folder, filepath.Base(name))); err != nil {
			return err
		}
	}
	return nil
}

// clear moves what is in a folder of the path out of the way.
func (c *commit) clear(folder string) error {
	entries, err := os.ReadDir(filepath.Join(c.path, folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.Name() != temporaryFolder && err == nil {
			err = c.move(filepath.Join(c.path, folder, e.Name()), filepath.Join(c.staging.Path(), "replaced", folder, e.Name()))
		}
	}
	return err
}

func (c *commit) move(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	c.moves = append(c.moves, [2]string{from, to})
	return nil
}

// close removes the staging folder and, unless files are in place, the folders
// that were made for them.
func (c *commit) close() {
	if c.staging != nil {
		c.staging.Close()
	}
	os.Remove(filepath.Join(c.path, temporaryFolder)) // stays where another write is under way
	for _, dir := range c.made {
		if !c.done {
			os.Remove(dir)
		}
	}
}
