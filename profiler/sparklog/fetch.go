package sparklog

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// isAddress reports whether a log is to be fetched.
func isAddress(name string) bool {
	return strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://")
}

// logAddress is where a History Server hands out the log that address shows: a
// page (/history/APP/ATTEMPT/...), a resource of its API, or any other file.
func logAddress(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	const api = "/api/v1/applications/"
	words := func(rest string) []string { return strings.Split(strings.Trim(rest, "/"), "/") }
	base, rest, isAPI := strings.Cut(u.Path, api)
	page, shown, isPage := strings.Cut(u.Path, "/history/")
	switch {
	case isAPI:
		w := words(rest)
		if w[len(w)-1] != "logs" {
			w = append(w[:min(2, len(w))], "logs")
		}
		u.Path = base + api + strings.Join(w, "/")
	case isPage:
		w := words(shown)
		app := w[:1]
		if len(w) > 1 && strings.Trim(w[1], "0123456789") == "" { // the number of an attempt
			app = w[:2]
		}
		u.Path = page + api + path.Join(path.Join(app...), "logs")
	}
	u.Fragment = ""
	if isAPI || isPage {
		u.RawQuery = ""
	}
	return u.String(), nil
}

// fetch gets the log at address into a file.
func (s *scratch) fetch(address string) (file string, err error) {
	at, err := logAddress(address)
	if err != nil {
		return "", err
	}
	dir, err := s.dir()
	if err != nil {
		return "", err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = time.Minute
	client := http.Client{Transport: transport}
	defer client.CloseIdleConnections()
	response, err := client.Get(at)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 200))
		return "", fmt.Errorf("%s answers %s: %s", at, response.Status, strings.TrimSpace(string(text)))
	}
	out, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(out, response.Body); err != nil {
		out.Close()
		return "", err
	}
	return out.Name(), out.Close()
}
