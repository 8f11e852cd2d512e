package remote_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/profiler/remote"
	"stagecoach/profiler/sparklog"
)

// A tree is what a fake server holds, by path.
type tree map[string][]byte

// below lists what is right below a prefix as stores of objects do: objects, and
// beginnings that end in a slash.
func (t tree) below(prefix string) (objects, beginnings []string) {
	for path := range t {
		rest, ok := strings.CutPrefix(path, prefix)
		if !ok {
			continue
		}
		if name, _, deeper := strings.Cut(rest, "/"); deeper {
			if b := prefix + name + "/"; !slices.Contains(beginnings, b) {
				beginnings = append(beginnings, b)
			}
			continue
		}
		objects = append(objects, path)
	}
	slices.Sort(objects)
	slices.Sort(beginnings)
	return objects, beginnings
}

// file answers with a file, from where the question wants it.
func (t tree) file(w http.ResponseWriter, r *http.Request, path string) {
	text, ok := t[path]
	if !ok {
		http.Error(w, "<Error><Code>NoSuchKey</Code></Error>", http.StatusNotFound)
		return
	}
	w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
	w.Header().Set("ETag", `"x"`)
	span := r.Header.Get("Range") + r.Header.Get("x-ms-range")
	if from, ok := strings.CutPrefix(span, "bytes="); ok {
		n, _ := strconv.Atoi(strings.TrimSuffix(from, "-"))
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", n, len(text)-1, len(text)))
		w.WriteHeader(http.StatusPartialContent)
		text = text[n:]
	}
	_, _ = w.Write(text) // the client may have gone
}

const when = "2026-01-01T00:00:00.000Z"

func (t tree) s3(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.URL.Path, "/bucket/")
	if !strings.Contains(r.Header.Get("Authorization"), "AKIA") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if !r.URL.Query().Has("list-type") {
		t.file(w, r, key)
		return
	}
	objects, beginnings := t.below(r.URL.Query().Get("prefix"))
	fmt.Fprint(w, `<ListBucketResult><Name>bucket</Name>`)
	for _, o := range objects {
		fmt.Fprintf(w, `<Contents><Key>%s</Key><LastModified>%s</LastModified><Size>%d</Size></Contents>`, o, when, len(t[o]))
	}
	for _, b := range beginnings {
		fmt.Fprintf(w, `<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>`, b)
	}
	fmt.Fprint(w, `</ListBucketResult>`)
}

func (t tree) gcs(w http.ResponseWriter, r *http.Request) {
	if key, ok := strings.CutPrefix(r.URL.Path, "/storage/v1/b/bucket/o/"); ok {
		t.file(w, r, key)
		return
	}
	objects, beginnings := t.below(r.URL.Query().Get("prefix"))
	page := map[string]any{"prefixes": beginnings}
	var items []map[string]string
	for _, o := range objects {
		items = append(items, map[string]string{"name": o, "size": strconv.Itoa(len(t[o])), "updated": when})
	}
	if r.URL.Query().Get("pageToken") == "" && len(items) > 1 { // in two pages
		page["nextPageToken"], items = "next", items[:1]
	} else if r.URL.Query().Get("pageToken") != "" {
		page["prefixes"], items = nil, items[1:]
	}
	page["items"] = items
	_ = json.NewEncoder(w).Encode(page)
}

func (t tree) azure(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("comp") != "list" {
		t.file(w, r, strings.TrimPrefix(r.URL.Path, "/account/bucket/"))
		return
	}
	objects, beginnings := t.below(r.URL.Query().Get("prefix"))
	w.Header().Set("Content-Type", "application/xml")
	fmt.Fprint(w, `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="x" ContainerName="bucket"><Blobs>`)
	for _, o := range objects {
		fmt.Fprintf(w, `<Blob><Name>%s</Name><Properties><Last-Modified>Thu, 01 Jan 2026 00:00:00 GMT</Last-Modified><Content-Length>%d</Content-Length></Properties></Blob>`, o, len(t[o]))
	}
	for _, b := range beginnings {
		fmt.Fprintf(w, `<BlobPrefix><Name>%s</Name></BlobPrefix>`, b)
	}
	fmt.Fprint(w, `</Blobs><NextMarker/></EnumerationResults>`)
}

func (t tree) hdfs(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/webhdfs/v1/")
	switch q := r.URL.Query(); {
	case q.Get("user.name") != "tester":
		w.WriteHeader(http.StatusUnauthorized)
	case q.Get("op") == "OPEN" && !q.Has("data"): // to a data node
		q.Set("data", "1")
		http.Redirect(w, r, r.URL.Path+"?"+q.Encode(), http.StatusTemporaryRedirect)
	case q.Get("op") == "OPEN":
		n, _ := strconv.Atoi(q.Get("offset"))
		if len(t[path]) < n {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = w.Write(t[path][n:])
	default:
		status := func(name, kind string, size int) map[string]any {
			return map[string]any{"pathSuffix": name, "type": kind, "length": size, "modificationTime": 1_767_225_600_000}
		}
		var list []map[string]any
		objects, beginnings := t.below(path + "/")
		for _, o := range objects {
			list = append(list, status(o[len(path)+1:], "FILE", len(t[o])))
		}
		for _, b := range beginnings {
			list = append(list, status(strings.Trim(b[len(path)+1:], "/"), "DIRECTORY", 0))
		}
		if text, ok := t[path]; ok {
			list = append(list, status("", "FILE", len(text)))
		}
		if list == nil {
			http.Error(w, `{"RemoteException":{"exception":"FileNotFoundException"}}`, http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"FileStatuses": map[string]any{"FileStatus": list}})
	}
}

// logs is a tree of logs: a plain one, a compressed one, one that rolls, an
// archive, and what is none.
func logs(t *testing.T) tree {
	dir := t.TempDir()
	write := func(id string, opt sparklog.Options) {
		w, err := sparklog.Create(dir, id, "", opt)
		if err != nil {
			t.Fatal(err)
		}
		w.Add(event.LogStart{Version: "4.0.1"})
		w.Add(event.ApplicationStart{ID: id, Name: "nightly", Time: 5, User: "u"})
		for i := range 20 {
			w.Add(event.JobStart{JobID: i, Time: 6, Properties: map[string]string{"spark.job.description": strings.Repeat("x", 200)}})
			w.Add(event.JobEnd{JobID: i, Time: 7})
		}
		w.Add(event.ApplicationEnd{Time: 8})
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	write("plain", sparklog.Options{Codec: "none"})
	write("packed", sparklog.Options{})
	write("rolled", sparklog.Options{Codec: "none", Rolling: true, MaxFileSize: 3000})
	out := tree{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out["logs/"+filepath.ToSlash(name)] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	f, err := z.Create("app")
	if err == nil {
		_, err = f.Write(out["logs/plain"])
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	out["other/app.zip"] = packed.Bytes()
	out["other/readme.txt"] = []byte("# nothing\n")
	return out
}

// servers are the storages with what makes their addresses lead to a fake.
var servers = []struct {
	name   string
	handle func(tree, http.ResponseWriter, *http.Request)
	enter  func(t *testing.T, server string) (root string)
}{
	{"s3", tree.s3, func(t *testing.T, server string) string {
		t.Setenv("AWS_ENDPOINT_URL", server)
		t.Setenv("AWS_REGION", "us-east-1")
		t.Setenv("AWS_ACCESS_KEY_ID", "AKIA")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
		return "s3a://bucket/"
	}},
	{"gs", tree.gcs, func(t *testing.T, server string) string {
		t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(server, "http://"))
		return "gs://bucket/"
	}},
	{"abfss", tree.azure, func(t *testing.T, server string) string {
		t.Setenv("AZURE_STORAGE_CONNECTION_STRING", "DefaultEndpointsProtocol=http;AccountName=account;AccountKey="+
			base64.StdEncoding.EncodeToString([]byte("key"))+";BlobEndpoint="+server+"/account")
		return "abfss://bucket@account.dfs.core.windows.net/"
	}},
	{"webhdfs", tree.hdfs, func(t *testing.T, server string) string {
		t.Setenv("HADOOP_USER_NAME", "tester")
		return strings.Replace(server, "http://", "webhdfs://", 1) + "/"
	}},
	{"hdfs", tree.hdfs, func(t *testing.T, server string) string {
		standby := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"RemoteException":{"exception":"StandbyException"}}`, http.StatusForbidden)
		}))
		t.Cleanup(standby.Close)
		property := `<property><name>%s</name><value>%s</value></property>`
		site := "<configuration>" + fmt.Sprintf(property, "dfs.ha.namenodes.ns", "a, b") +
			fmt.Sprintf(property, "dfs.namenode.http-address.ns.a", strings.TrimPrefix(standby.URL, "http://")) +
			fmt.Sprintf(property, "dfs.namenode.http-address.ns.b", strings.TrimPrefix(server, "http://")) + "</configuration>"
		conf := t.TempDir()
		if err := os.WriteFile(filepath.Join(conf, "hdfs-site.xml"), []byte(site), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Setenv("HADOOP_CONF_DIR", conf)
		t.Setenv("HADOOP_USER_NAME", "tester")
		return "hdfs://ns/"
	}},
}

// Logs in every storage are read as those on disk are: files, folders of parts,
// archives, listed and followed; what is not there is an error with the address.
func TestStorages(t *testing.T) {
	holds := logs(t)
	before := sparklog.Storages
	sparklog.Storages = remote.Open
	defer func() { sparklog.Storages = before }()
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.handle(holds, w, r) }))
			defer server.Close()
			root := s.enter(t, server.URL)
			for path, id := range map[string]string{"logs/plain": "plain", "logs/packed.zstd": "packed", "logs/eventlog_v2_rolled": "rolled",
				"logs/eventlog_v2_rolled/": "rolled", "other/app.zip": "plain"} {
				p, err := sparklog.Open(root + path)
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				if p.App.ID != id || len(p.Jobs) != 20 || len(p.Warnings) > 0 {
					t.Errorf("%s: application %q, %d jobs, warnings %v", path, p.App.ID, len(p.Jobs), p.Warnings)
				}
			}
			list, err := sparklog.Index{}.List(root + "logs")
			if err != nil || len(list) != 3 {
				t.Fatalf("%v, %v", list, err)
			}
			for i, id := range []string{"rolled", "packed", "plain"} {
				if h := list[i].Header; list[i].Err != nil || h.App.ID != id || h.End != 8 || h.Size == 0 || h.Modified == 0 {
					t.Errorf("%d: %+v", i, list[i])
				}
			}
			n := 0
			for _, err := range sparklog.Follow(t.Context(), root+"logs/plain", 1) {
				if n++; err != nil {
					t.Error(err)
				}
			}
			if n != 43 {
				t.Errorf("%d records were followed, want 43", n)
			}
			_, err = sparklog.Open(root + "logs/absent")
			if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), root+"logs/absent") {
				t.Errorf("what is not there: %v", err)
			}
			if _, err := sparklog.Open(root + "other/readme.txt"); err == nil || !strings.Contains(err.Error(), "not a Spark event log") {
				t.Errorf("what is no log: %v", err)
			}
		})
	}
}

// A file is read from any place in it.
func TestOpenFrom(t *testing.T) {
	holds := tree{"a": []byte("0123456789")}
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.handle(holds, w, r) }))
			defer server.Close()
			root := s.enter(t, server.URL)
			scheme, _, _ := strings.Cut(root, "://")
			storage, err := remote.Open(scheme)
			if err != nil {
				t.Fatal(err)
			}
			for _, from := range []int64{0, 3, 9} {
				r, err := storage.Open(root+"a", from)
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(r)
				if err := errors.Join(err, r.Close()); err != nil || string(text) != "0123456789"[from:] {
					t.Errorf("from %d: %q, %v", from, text, err)
				}
			}
		})
	}
}

// A server that refuses is an error that says where credentials come from; an
// address without a bucket, container or host one that says how it is written;
// and a scheme that nobody reads one that names those that are read.
func TestRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer server.Close()
	for _, s := range servers {
		root := s.enter(t, server.URL)
		scheme, _, _ := strings.Cut(root, "://")
		storage, err := remote.Open(scheme)
		if err != nil {
			t.Fatal(err)
		}
		remedy := map[string]string{"s3": "AWS_ACCESS_KEY_ID", "gs": "GOOGLE_APPLICATION_CREDENTIALS", "abfss": "AZURE_STORAGE_KEY"}[s.name]
		if remedy == "" {
			remedy = "HADOOP_USER_NAME"
		}
		_, _, listed := storage.List(root + "logs")
		_, opened := storage.Open(root+"logs/a", 5)
		for _, err := range []error{listed, opened} {
			if err == nil || !strings.Contains(err.Error(), remedy) {
				t.Errorf("%s: %v, want it to say %s", s.name, err, remedy)
			}
		}
		if _, _, err := storage.List(scheme + ":///logs"); err == nil {
			t.Errorf("%s: an address without a host is listed", s.name)
		}
	}
	if _, err := remote.Open("ftp"); err == nil || !strings.Contains(err.Error(), "s3, gs, abfs") {
		t.Errorf("ftp: %v", err)
	}
}
