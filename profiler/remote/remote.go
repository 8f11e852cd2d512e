// Package remote reads files that are not on this machine: in S3, Google Cloud
// Storage, Azure Data Lake Storage and HDFS.
//
//	s3://bucket/path                                 and s3a, s3n
//	gs://bucket/path
//	abfss://container@account.dfs.core.windows.net/path   and abfs
//	hdfs://namenode/path                             by WebHDFS; webhdfs and swebhdfs name its port
//
// Credentials and endpoints come from the environment and the files in which the
// tools of each look for them; nothing is asked for and nothing is written. Only
// listing and reading is done. Each storage is a sparklog.Storage.
package remote

import (
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"stagecoach/profiler/sparklog"
)

// Open returns the storage of a scheme.
func Open(scheme string) (sparklog.Storage, error) {
	switch scheme {
	case "s3", "s3a", "s3n":
		return &s3{}, nil
	case "gs":
		return &gcs{}, nil
	case "abfs", "abfss":
		return &azure{}, nil
	case "hdfs", "webhdfs", "swebhdfs":
		return &hdfs{}, nil
	}
	return nil, fmt.Errorf("%s:// addresses are not read; there are s3, gs, abfs, abfss, hdfs, webhdfs and http", scheme)
}

// An entry is a file or folder of a storage.
type entry struct {
	name     string
	size     int64
	modified time.Time
	folder   bool
}

// Name implements fs.FileInfo.
func (e entry) Name() string { return e.name }

// Size implements fs.FileInfo.
func (e entry) Size() int64 { return e.size }

// Mode implements fs.FileInfo.
func (e entry) Mode() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}

// ModTime implements fs.FileInfo.
func (e entry) ModTime() time.Time { return e.modified }

// IsDir implements fs.FileInfo.
func (e entry) IsDir() bool { return e.folder }

// Sys implements fs.FileInfo.
func (e entry) Sys() any { return nil }

// An object is what a store of objects calls a file: a key, and by habit a path.
type object struct {
	key      string // one that ends in a slash stands for what begins with it
	size     int64
	modified time.Time
}

// listObjects answers List for a store of objects. below yields the objects and
// common beginnings right below a prefix.
func listObjects(key string, below func(prefix string) ([]object, error)) ([]fs.FileInfo, bool, error) {
	key = strings.Trim(key, "/")
	prefix := key
	if key != "" {
		prefix += "/"
	}
	objects, err := below(prefix)
	if err != nil {
		return nil, false, err
	}
	var out []fs.FileInfo
	for _, o := range objects {
		name := strings.TrimPrefix(o.key, prefix)
		if strings.Trim(name, "/") == "" { // what some tools put there to stand for the folder
			continue
		}
		out = append(out, entry{strings.TrimSuffix(name, "/"), o.size, o.modified, strings.HasSuffix(name, "/")})
	}
	if len(objects) > 0 || key == "" {
		slices.SortFunc(out, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
		return out, true, nil
	}
	objects, err = below(key)
	for _, o := range objects {
		if err == nil && o.key == key {
			return []fs.FileInfo{entry{path.Base(key), o.size, o.modified, false}}, false, nil
		}
	}
	if err == nil {
		err = fs.ErrNotExist
	}
	return nil, false, err
}

// bucketOf takes an address apart into bucket and key.
func bucketOf(address string) (bucket, key string, err error) {
	_, rest, _ := strings.Cut(address, "://")
	bucket, key, _ = strings.Cut(rest, "/")
	if bucket == "" {
		return "", "", fmt.Errorf("%s names no bucket; write it as s3://bucket/path", address)
	}
	return bucket, key, nil
}

// hostOf takes an address apart that has a host.
func hostOf(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err == nil && u.Host == "" {
		err = fmt.Errorf("%s names no host", address)
	}
	return u, err
}
