package sparkrest

import (
	"archive/zip"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
)

// An archive is the log of an application as it lies in the folder, to be sent
// as a zip file.
type archive struct {
	name  string
	paths []string
}

// archive finds the logs of an application, or of one attempt of it.
func (s *Server) archive(id, attempt string) (*archive, error) {
	entries, err := s.logs.list()
	if err != nil {
		return nil, err
	}
	a := &archive{name: "eventLogs-" + id + ".zip"}
	if attempt != "" {
		a.name = "eventLogs-" + id + "-" + attempt + ".zip"
	}
	for _, e := range entries {
		if e.id == id && (attempt == "" || e.info.AttemptID == attempt) {
			a.paths = append(a.paths, e.path)
		}
	}
	return a, nil
}

func (a *archive) serve(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", "attachment; filename="+a.name)
	z := zip.NewWriter(w)
	for _, p := range a.paths {
		if err := add(z, p, filepath.Base(p)); err != nil {
			return // the status is sent; a zip without its end says that it is broken
		}
	}
	_ = z.Close()
}

// add puts a file, or the files of a folder, into z.
func add(z *zip.Writer, from, as string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		files, err := os.ReadDir(from)
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := add(z, filepath.Join(from, f.Name()), path.Join(as, f.Name())); err != nil {
				return err
			}
		}
		return nil
	}
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer file.Close()
	out, err := z.Create(as)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, file)
	return err
}
