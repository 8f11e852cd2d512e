package sparkrest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"stagecoach/profiler/sparklog"
)

// A client asks a Spark UI.
type client struct {
	http *http.Client
	base string // of the API: http://host:4040/api/v1
}

const apiPath = "/api/v1"

// answerTime is how long an answer may take: that of a driver that is busy.
const answerTime = time.Minute

// A refusal is an answer that is no success.
type refusal struct {
	status int
	text   string
}

// Error prints the status and what the server said.
func (r *refusal) Error() string {
	return strings.TrimSpace(fmt.Sprintf("the answer is %d %s: %s", r.status, http.StatusText(r.status), r.text))
}

// get reads the answer to path into to.
func (c *client) get(ctx context.Context, path string, to any) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	at := c.base + path
	answer, err := c.ask(ctx, at)
	if err != nil {
		return c.explain(at, err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(to); err != nil {
		return c.explain(at, err)
	}
	return nil
}

// ask sends the question and returns an answer that is a success.
func (c *client) ask(ctx context.Context, at string) (*http.Response, error) {
	question, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	answer, err := c.http.Do(question)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) { // it repeats the address
			err = inner.Err
		}
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 200))
		answer.Body.Close()
		return nil, &refusal{answer.StatusCode, strings.TrimSpace(string(text))}
	}
	return answer, nil
}

// explain makes an error that says what to try.
func (c *client) explain(at string, err error) *sparklog.Error {
	e := &sparklog.Error{File: at, Err: err}
	var bad *refusal
	switch {
	case errors.As(err, &bad) && (bad.status == http.StatusUnauthorized || bad.status == http.StatusForbidden):
		e.Msg = "the server wants a login, which stagecoach has none for; use its event log (spark.eventLog.dir)"
	case errors.As(err, &bad):
		e.Msg = "Spark does not answer this; see whether the address shows the application in a browser"
	case isJSON(err):
		e.Msg = "the answer is not that of Spark's REST API; give the address of the application's UI, such as http://driver:4040"
	default:
		e.Msg = "nobody answers; an application's UI lives as long as the application, on spark.ui.port (4040, or the next free one)"
	}
	return e
}

func isJSON(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind)
}

// pages are the first words of the paths of a Spark UI.
var pages = []string{"jobs", "stages", "storage", "environment", "executors", "SQL", "StreamingQuery", "streaming", "connect", "sqlserver"}

// split takes an address apart: the API it belongs to, and the application that
// it names, if it does. ok is false when it is not of a form that a Spark UI has.
func split(address string) (base, app string, ok bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", "", false
	}
	path := strings.TrimRight(u.Path, "/")
	if before, after, found := strings.Cut(path+"/", apiPath+"/"); found {
		words := strings.Split(strings.Trim(after, "/"), "/")
		if len(words) > 1 && words[0] == "applications" {
			app = words[1]
		}
		path = before
	} else {
		for _, page := range pages {
			if before, after, found := strings.Cut(path+"/", "/"+page+"/"); found && strings.Count(after, "/") <= 1 {
				path = before
				break
			}
		}
		if path != "" && !strings.HasPrefix(path, "/proxy/") { // of YARN's resource manager
			return "", "", false
		}
	}
	u.Path, u.RawQuery, u.Fragment = path+apiPath, "", ""
	return u.String(), app, true
}

// Find looks whether address leads to the UI of a running application: its root
// (http://driver:4040), one of its pages, or a resource of its API; YARN's proxy
// counts. Otherwise it returns nil, and the address is that of a log, as on a
// History Server. An address that cannot be either is an error.
func Find(ctx context.Context, asker *http.Client, address string) (*Application, error) {
	base, id, ok := split(address)
	if !ok {
		return nil, nil
	}
	c := client{asker, base}
	if id == "" {
		var apps []ApplicationInfo
		if err := c.get(ctx, "/applications", &apps); err != nil {
			return nil, err
		}
		if len(apps) != 1 {
			return nil, &sparklog.Error{File: address, Msg: fmt.Sprintf("this is a History Server with %d applications; give the address of one of them%s",
				len(apps), example(base, apps))}
		}
		id = apps[0].ID
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	answer, err := c.ask(ctx, c.base+"/applications/"+url.PathEscape(id)+"/logs")
	var bad *refusal
	switch {
	case err == nil && empty(answer.Body): // a History Server hands out logs, a running application an archive of nothing
	case err == nil:
		if strings.HasSuffix(strings.TrimRight(address, "/"), id) || strings.Contains(address, "/"+id+"/") {
			return nil, nil
		}
		return nil, &sparklog.Error{File: address, Msg: "this is a History Server; give the address of its application" + example(base, []ApplicationInfo{{ID: id}})}
	case errors.As(err, &bad) && bad.status == http.StatusNotFound && strings.Contains(bad.text, "no such app"):
		return nil, nil // of a History Server: what fetches the log says it better
	case !errors.As(err, &bad):
		return nil, c.explain(address, err)
	}
	return &Application{client: c, id: id}, nil
}

// empty reports whether an archive has no file in it, and closes it.
func empty(archive io.ReadCloser) bool {
	defer archive.Close()
	head := make([]byte, 4)
	n, _ := io.ReadFull(archive, head)
	return n < 4 || string(head) == "PK\x05\x06"
}

func example(base string, apps []ApplicationInfo) string {
	if len(apps) == 0 {
		return ""
	}
	return ", such as " + strings.TrimSuffix(base, apiPath) + "/history/" + apps[0].ID
}
