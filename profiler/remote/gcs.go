package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

// gcs is Google Cloud Storage, asked by its JSON API. Credentials are Google's
// application default ones: GOOGLE_APPLICATION_CREDENTIALS, those of gcloud auth,
// or of the machine. STORAGE_EMULATOR_HOST names another server, which wants none.
type gcs struct {
	once   sync.Once
	client *http.Client
	base   string
	err    error
}

func (g *gcs) connect() error {
	g.once.Do(func() {
		if host := os.Getenv("STORAGE_EMULATOR_HOST"); host != "" {
			if !strings.Contains(host, "://") {
				host = "http://" + host
			}
			g.client, g.base = patient, host
			return
		}
		g.base = "https://storage.googleapis.com"
		if g.client, g.err = google.DefaultClient(context.WithValue(context.Background(), oauth2.HTTPClient, patient), "https://www.googleapis.com/auth/devstorage.read_only"); g.err != nil {
			g.err = fmt.Errorf("%w; set GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login", g.err)
		}
	})
	return g.err
}

// List implements sparklog.Storage.
func (g *gcs) List(address string) ([]fs.FileInfo, bool, error) {
	bucket, key, err := bucketOf(address)
	if err == nil {
		err = g.connect()
	}
	if err != nil {
		return nil, false, err
	}
	return listObjects(key, func(prefix string) (out []object, err error) {
		for token := ""; ; {
			body, err := g.get("/storage/v1/b/"+url.PathEscape(bucket)+"/o?"+url.Values{"prefix": {prefix}, "delimiter": {"/"}, "pageToken": {token}}.Encode(), 0)
			if err != nil {
				return nil, err
			}
			var page struct {
				NextPageToken string
				Prefixes      []string
				Items         []struct {
					Name    string
					Size    int64 `json:",string"`
					Updated time.Time
				}
			}
			err = json.NewDecoder(body).Decode(&page)
			body.Close()
			if err != nil {
				return nil, fmt.Errorf("the list of gs://%s is no JSON: %w", bucket, err)
			}
			for _, p := range page.Prefixes {
				out = append(out, object{key: p})
			}
			for _, o := range page.Items {
				out = append(out, object{o.Name, o.Size, o.Updated})
			}
			if page.NextPageToken == "" || page.NextPageToken == token {
				return out, nil
			}
			token = page.NextPageToken
		}
	})
}

// Open implements sparklog.Storage.
func (g *gcs) Open(address string, from int64) (io.ReadCloser, error) {
	bucket, key, err := bucketOf(address)
	if err == nil {
		err = g.connect()
	}
	if err != nil {
		return nil, err
	}
	return g.get("/storage/v1/b/"+url.PathEscape(bucket)+"/o/"+url.PathEscape(strings.Trim(key, "/"))+"?alt=media", from)
}

func (g *gcs) get(path string, from int64) (io.ReadCloser, error) {
	return get(g.client, g.base+path, from, "see GOOGLE_APPLICATION_CREDENTIALS")
}

// patient waits a minute for an answer to begin.
var patient = func() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = time.Minute
	return &http.Client{Transport: transport}
}()

// get asks for what is behind an address, from a place on. login is what to look
// at when the server refuses.
func get(client *http.Client, address string, from int64, login string) (io.ReadCloser, error) {
	question, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if from > 0 {
		question.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	answer, err := client.Do(question)
	if err != nil {
		return nil, err
	}
	switch answer.StatusCode {
	case http.StatusPartialContent:
		return answer.Body, nil
	case http.StatusOK:
		if from > 0 { // a server that does not know ranges
			if _, err := io.CopyN(io.Discard, answer.Body, from); err != nil {
				answer.Body.Close()
				return nil, err
			}
		}
		return answer.Body, nil
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 300))
	err = fmt.Errorf("the answer is %s: %s", answer.Status, strings.Join(strings.Fields(string(text)), " "))
	switch answer.StatusCode {
	case http.StatusNotFound:
		err = fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case http.StatusUnauthorized, http.StatusForbidden:
		err = fmt.Errorf("%w; %s", err, login)
	}
	return nil, err
}
