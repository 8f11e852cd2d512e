package sparkrest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"stagecoach/profiler/sparklog"
)

// A Server answers /api/v1 from the logs of a folder. Logs are read when they are
// first asked for, and kept while there is room; a log that has grown is read
// again. It is an http.Handler.
type Server struct {
	logs    store
	version string
}

// NewServer makes a Server for the logs in dir that keeps up to limit bytes of
// what it has read. version is what /version answers.
func NewServer(dir string, limit int64, version string) *Server {
	return &Server{logs: store{dir: dir, limit: limit, now: time.Now}, version: version}
}

// UseIndex lets the server take the heads of finished logs from an index, and put
// those that it reads there. It is called before the first question.
func (s *Server) UseIndex(x sparklog.Index) { s.logs.index = x }

// Applications returns how many application attempts the folder holds.
func (s *Server) Applications() (int, error) {
	entries, err := s.logs.list()
	return len(entries), err
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "the API is read only", http.StatusMethodNotAllowed)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/api/v1/")
	if !ok {
		http.Error(w, "there is only /api/v1/ here", http.StatusNotFound)
		return
	}
	q := &query{Values: r.URL.Query()}
	answer, err := s.answer(strings.Split(strings.Trim(rest, "/"), "/"), q)
	if q.err != nil {
		err = q.err
	}
	var bad *failure
	switch a, isArchive := answer.(*archive); {
	case errors.As(err, &bad):
		http.Error(w, bad.message, bad.status)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case isArchive:
		a.serve(w)
	default:
		w.Header().Set("Content-Type", "application/json")
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		_ = e.Encode(answer) // the client has gone; nobody is left to tell
	}
}

// answer finds what a path names.
func (s *Server) answer(path []string, q *query) (any, error) {
	switch {
	case path[0] == "version" && len(path) == 1:
		return map[string]string{"spark": s.version}, nil
	case path[0] != "applications":
		return nil, fail(http.StatusNotFound, "HTTP 404 Not Found")
	case len(path) == 1:
		return s.applications(q)
	}
	id := path[1]
	apps, err := s.of(id)
	switch {
	case err != nil:
		return nil, err
	case len(path) == 2 && apps == nil:
		return nil, fail(http.StatusNotFound, "unknown app: %s", id)
	case len(path) == 2:
		return apps[0], nil
	case apps == nil:
		return nil, fail(http.StatusNotFound, "no such app: %s", id)
	}
	rest, attempt := path[2:], ""
	for _, a := range apps[0].Attempts {
		if a.AttemptID != "" && a.AttemptID == rest[0] {
			attempt, rest = rest[0], rest[1:]
			if len(rest) == 0 {
				return a, nil
			}
			break
		}
	}
	if len(rest) == 1 && rest[0] == "logs" {
		return s.archive(id, attempt)
	}
	e, err := s.logs.find(id, attempt)
	if err != nil {
		return nil, err
	}
	resource, known := resources[rest[0]]
	switch {
	case e == nil && attempt == "" && !known && len(rest) == 1:
		return nil, fail(http.StatusNotFound, "unknown app %s, attempt %s", id, rest[0])
	case e == nil:
		return nil, fail(http.StatusNotFound, "no such app: %s", id)
	case !known && len(rest) == 1:
		return nil, fail(http.StatusNotFound, "unknown app %s, attempt %s", id, rest[0])
	case !known:
		return nil, fail(http.StatusNotFound, "no such app: %s/%s", id, rest[0])
	}
	v, err := s.logs.open(e)
	if err != nil {
		return nil, err
	}
	return resource(v, rest[1:], q)
}

// of returns the application with this id as a list of one, nil if there is none.
func (s *Server) of(id string) ([]ApplicationInfo, error) {
	entries, err := s.logs.list()
	if err != nil {
		return nil, err
	}
	var attempts []*entry
	for _, e := range entries {
		if e.id == id {
			attempts = append(attempts, e)
		}
	}
	return group(attempts), nil
}

// applications lists them (ApplicationListResource).
func (s *Server) applications(q *query) (any, error) {
	entries, err := s.logs.list()
	if err != nil {
		return nil, err
	}
	statuses := q.set("status")
	from, to := q.date("minDate", "2010-01-01"), q.date("maxDate", "3000-01-01")
	endFrom, endTo := q.date("minEndDate", "2010-01-01"), q.date("maxEndDate", "3000-01-01")
	limit := q.number("limit", len(entries))
	out := []ApplicationInfo{}
	for _, app := range group(entries) {
		running := !app.Attempts[0].Completed
		if statuses != nil && (running && !statuses["RUNNING"] || !running && !statuses["COMPLETED"]) {
			continue
		}
		for _, a := range app.Attempts {
			ended := a.EndTimeEpoch >= endFrom && a.EndTimeEpoch <= endTo
			if running {
				ended = int64(endTo) > s.logs.now().UnixMilli()
			}
			if len(out) < limit && ended && a.StartTimeEpoch >= from && a.StartTimeEpoch <= to {
				out = append(out, app)
				break
			}
		}
	}
	return out, nil
}
