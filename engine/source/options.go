package source

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/internal/nearest"
)

// A Format is a kind of file that Open reads and NewSink writes, with the names
// of its options, which are Spark's.
type Format struct {
	Name          string
	Reads, Writes []string
}

// Formats are all kinds of file.
var Formats = []Format{
	{Name: "parquet", Reads: []string{"mergeSchema"}, Writes: []string{"compression"}},
	{Name: "csv",
		Reads: []string{"header", "inferSchema", "sep", "delimiter", "quote", "escape", "comment", "nullValue", "ignoreLeadingWhiteSpace", "ignoreTrailingWhiteSpace",
			"multiLine", "mode", "columnNameOfCorruptRecord", "dateFormat", "timestampFormat", "timestampNTZFormat", "encoding", "charset"},
		Writes: []string{"compression", "header", "sep", "delimiter", "quote", "escape", "quoteAll", "nullValue", "emptyValue", "dateFormat", "timestampFormat",
			"timestampNTZFormat", "encoding", "charset"}},
	{Name: "json",
		Reads:  []string{"multiLine", "mode", "columnNameOfCorruptRecord", "dateFormat", "timestampFormat", "timestampNTZFormat", "encoding", "charset"},
		Writes: []string{"compression", "ignoreNullFields", "dateFormat", "timestampFormat", "timestampNTZFormat", "encoding", "charset"}},
	{Name: "arrow", Writes: []string{"compression", "stream"}},
	{Name: "text", Reads: []string{"wholetext", "encoding", "charset"}, Writes: []string{"compression", "encoding", "charset"}},
}

var (
	anyReads  = []string{"pathGlobFilter", "recursiveFileLookup", "basePath", "timeZone"}
	anyWrites = []string{"maxRecordsPerFile", "partitionOverwriteMode", "timeZone"}
)

const (
	reading = true
	writing = false
)

// options are those of one table, with the first mistake found in them.
type options struct {
	format string
	given  map[string]string // by names in small letters
	err    error
}

// readOptions checks the format's name and those of the options.
func readOptions(format string, read bool, given map[string]string) (*options, error) {
	o := &options{format: strings.ToLower(format), given: map[string]string{}}
	var names []string
	for _, f := range Formats {
		names = append(names, f.Name)
	}
	at := slices.Index(names, o.format)
	if at < 0 {
		like, _ := nearest.Name(format, names)
		return nil, fmt.Errorf("files of format %q are not supported: there are %s; did you mean %s?", format, strings.Join(names, ", "), like)
	}
	known, others := slices.Concat(Formats[at].Writes, anyWrites), slices.Concat(Formats[at].Reads, anyReads)
	if read {
		known, others = others, known
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		is := func(k string) bool { return strings.EqualFold(k, name) }
		if slices.ContainsFunc(others, is) && !slices.ContainsFunc(known, is) {
			continue // a table has one set of options for reading and writing
		}
		if !slices.ContainsFunc(known, is) {
			like, _ := nearest.Name(name, known)
			return nil, fmt.Errorf("%s has no option %q: did you mean %s? There are %s", o.format, name, like, strings.Join(known, ", "))
		}
		o.given[strings.ToLower(name)] = given[name]
	}
	for _, name := range []string{"encoding", "charset"} {
		if text := o.text(name, "UTF-8"); !strings.EqualFold(text, "UTF-8") && !strings.EqualFold(text, "UTF8") {
			o.fail(name, "UTF-8: convert the files first")
		}
	}
	return o, o.err
}

// fail keeps the first mistake: an option's value is not what it accepts.
func (o *options) fail(name, accepts string) {
	if o.err == nil {
		o.err = fmt.Errorf("option %s of %s is %q; it accepts %s", name, o.format, o.given[strings.ToLower(name)], accepts)
	}
}

func (o *options) text(name, otherwise string) string {
	if text, ok := o.given[strings.ToLower(name)]; ok {
		return text
	}
	return otherwise
}

func (o *options) flag(name string, otherwise bool) bool {
	switch strings.ToLower(o.text(name, strconv.FormatBool(otherwise))) {
	case "true":
		return true
	case "false":
	default:
		o.fail(name, "true or false")
	}
	return false
}

// char is an option of one character; empty is NoByte.
func (o *options) char(name, text string) byte {
	if text == "" || text == "\x00" {
		return NoByte
	}
	if len(text) != 1 || text[0] >= 0x80 || text[0] == '\n' || text[0] == '\r' {
		o.fail(name, "one character of ASCII")
		return NoByte
	}
	return text[0]
}

func (o *options) number(name string, otherwise int64) int64 {
	n, err := strconv.ParseInt(o.text(name, strconv.FormatInt(otherwise, 10)), 10, 64)
	if err != nil {
		o.fail(name, "a whole number")
	}
	return n
}

// separator is the one between fields of CSV.
func (o *options) separator() string {
	if text := o.text("sep", o.text("delimiter", ",")); text != `\t` {
		return text
	}
	return "\t"
}
