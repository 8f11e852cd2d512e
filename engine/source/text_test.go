package source

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// A file of text is a row a line, or one row.
func TestText(t *testing.T) {
	for options, want := range map[string]string{"": "value string\na\n\nb,\"\n", "wholetext=true": "value string\na\r\n\nb,\"\n"} {
		if diff := cmp.Diff(want, opened(t, "text", "a\r\n\nb,\"", optionsOf(options), nil)); diff != "" {
			t.Errorf("%s: %s", options, diff)
		}
	}
}

// Compressed text is known by its first bytes, and one that is cut short is an
// error that names the file.
func TestPackedText(t *testing.T) {
	var zipped, dense bytes.Buffer
	z := gzip.NewWriter(&zipped)
	d, err := zstd.NewWriter(&dense)
	if err != nil {
		t.Fatal(err)
	}
	const text = "{\"a\":1}\n{\"a\":2}\n"
	z.Write([]byte(text))
	d.Write([]byte(text))
	z.Close()
	d.Close()
	// python3 -c 'import bz2,sys; sys.stdout.buffer.write(bz2.compress(b"{\"a\":1}\n{\"a\":2}\n"))'
	const packed = "BZh91AY&SY\"\x9d\xe2\xe9\x00\x00\x06Y\x80\x00\x10\x10\x000\x10 \x00\x00\n \x001\x0c\x08\x12\x80z\x89\xc2&\x86\x8b\xe2\xeeH\xa7\n\x12\x04S\xbc] "
	for _, file := range []string{text, zipped.String(), dense.String(), packed} {
		if got := opened(t, "json", file, nil, nil); got != "a bigint\n1\n2\n" {
			t.Errorf("%q: %s", file[:4], got)
		}
		if file == text {
			continue
		}
		if got := opened(t, "json", file[:len(file)-6], nil, nil); !strings.HasPrefix(got, "error: FILE: ") {
			t.Errorf("%q cut short: %s", file[:4], got)
		}
	}
}

// Files are told by name and by place: all that are not hidden, those that a
// pattern means, with folders counted from another one, or not at all.
func TestOpenFiles(t *testing.T) {
	dir := table(t, map[string]string{"k=1/a.txt": "1", "k=1/b.log": "2", "k=2/_x": "3", "k=2/.y": "4", "k=2/c.txt": "5"})
	for _, c := range []struct {
		options map[string]string
		path    string
		want    string
	}{
		{nil, "", "value k\n1|1\n2|1\n5|2\n"},
		{map[string]string{"pathGlobFilter": "*.txt"}, "", "value k\n1|1\n5|2\n"},
		{map[string]string{"recursiveFileLookup": "true"}, "", "value\n1\n2\n5\n"},
		{nil, "k=2", "value\n5\n"},
		{map[string]string{"basePath": dir}, "k=2", "value k\n5|2\n"},
		{map[string]string{"basePath": dir}, "k=*/?.*", "value k\n1|1\n2|1\n5|2\n"},
	} {
		s, err := Open("text", c.options, nil, filepath.Join(dir, c.path))
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, s, 10); lines(got) != lines(c.want) {
			t.Errorf("%v %s: %s", c.options, c.path, got)
		}
	}
	for path, want := range map[string]string{"none": "no such file", "*.none": "no file matches", "k=2/empty": "holds no file"} {
		if err := os.MkdirAll(filepath.Join(dir, "k=2", "empty"), 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := Open("text", nil, nil, filepath.Join(dir, path)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Open("orc", nil, nil, dir); err == nil || !strings.Contains(err.Error(), `files of format "orc" are not supported: there are parquet, csv, json, arrow, text;`) {
		t.Error(err)
	}
}

// A schema says of which type the columns of folders are.
func TestPartitionSchema(t *testing.T) {
	dir := table(t, map[string]string{"k=01/a.csv": "1\n", "k=__HIVE_DEFAULT_PARTITION__/b.csv": "2\n"})
	s, err := Open("csv", nil, schemaOf("k string, v int"), dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("v k\n1|01\n2|null\n", text(t, s, 10)); diff != "" || s.Schema().String() != "v int, k string" {
		t.Error(s.Schema(), diff)
	}
	if _, err := Open("csv", nil, schemaOf("k date, v int"), dir); err == nil || !strings.Contains(err.Error(), "the folder k=01 is no date") {
		t.Error(err)
	}
}
