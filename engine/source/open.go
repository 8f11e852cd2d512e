package source

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"stagecoach/engine/expr"
)

// Open is a table of files (files, directories, patterns) in a format: parquet,
// csv, json, arrow or text. Options are Spark's, by its names in any case;
// Formats lists them. A schema is what the files are read as; nil takes theirs,
// or infers it. Below a directory all files count but those whose names begin
// with "_" or ".", and folders called column=value are columns.
func Open(format string, options map[string]string, schema expr.Schema, paths ...string) (Source, error) {
	o, err := readOptions(format, reading, options)
	if err != nil {
		return nil, err
	}
	if name := repeatedName(schema); name != "" {
		return nil, fmt.Errorf("[COLUMN_ALREADY_EXISTS] the schema has two columns %s", name)
	}
	find := findOptions{glob: o.text("pathGlobFilter", ""), base: o.text("basePath", ""), flat: o.flag("recursiveFileLookup", false), zone: o.zone()}
	if _, err := filepath.Match(find.glob, ""); err != nil {
		o.fail("pathGlobFilter", "a pattern such as *.csv")
	}
	whole := o.flag("wholetext", false)
	if !o.flag("mergeSchema", true) {
		o.fail("mergeSchema", "true: the schemas of all files are merged")
	}
	csv, json := CSVOptions{}, JSONOptions{}
	switch o.format {
	case "csv":
		csv = o.csv(schema)
	case "json":
		json = o.json(schema)
	}
	if o.err != nil {
		return nil, o.err
	}
	files, err := findFiles(paths, find)
	if err != nil {
		return nil, err
	}
	switch o.format {
	case "csv":
		return newCSV(csv, files)
	case "json":
		return newJSON(json, files)
	case "arrow":
		return newArrow(schema, files)
	case "text":
		return newText(whole, schema, files)
	}
	return newParquet(schema, files)
}

// csv are the options of reading CSV with Spark's defaults, which are no line
// of names and nothing but strings.
func (o *options) csv(schema expr.Schema) CSVOptions {
	c := CSVOptions{Columns: schema, NoHeader: !o.flag("header", false), Strings: !o.flag("inferSchema", false),
		Comma: o.char("sep", o.separator()), Quote: o.char("quote", o.text("quote", `"`)), Escape: o.char("escape", o.text("escape", `\`)),
		TrimLeft: o.flag("ignoreLeadingWhiteSpace", false), TrimRight: o.flag("ignoreTrailingWhiteSpace", false),
		Null: o.text("nullValue", ""), MultiLine: o.flag("multiLine", false), Malformed: o.malformed(), Corrupt: o.corrupt(), Texts: o.texts(true)}
	if text := o.text("comment", ""); text != "" {
		c.Comment = o.char("comment", text)
	}
	c.EmptyIsNull = c.Null == ""
	if i := schema.Index(c.Corrupt); i >= 0 && schema[i].Type != expr.String {
		o.fail("columnNameOfCorruptRecord", fmt.Sprintf("a column of type string; it is %v", schema[i].Type))
	}
	return c
}

func (o *options) json(schema expr.Schema) JSONOptions {
	return JSONOptions{Schema: schema, MultiLine: o.flag("multiLine", false), Malformed: o.malformed(), Corrupt: o.corrupt(), Texts: o.texts(true)}
}

func (o *options) malformed() Malformed {
	switch mode := o.text("mode", "PERMISSIVE"); strings.ToUpper(mode) {
	case "PERMISSIVE":
	case "DROPMALFORMED":
		return Drop
	case "FAILFAST":
		return Fail
	default:
		o.fail("mode", "PERMISSIVE, DROPMALFORMED or FAILFAST")
	}
	return Mend
}

func (o *options) corrupt() string { return o.text("columnNameOfCorruptRecord", "_corrupt_record") }

// texts reads or prints dates and timestamps as the options say.
func (o *options) texts(parsing bool) func() (*expr.Texts, error) {
	zone := o.zone()
	dates, times, local := o.text("dateFormat", ""), o.text("timestampFormat", ""), o.text("timestampNTZFormat", "")
	if !parsing {
		times = o.text("timestampFormat", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]")
		local = o.text("timestampNTZFormat", "yyyy-MM-dd'T'HH:mm:ss[.SSS]")
	}
	make := func() (*expr.Texts, error) {
		return expr.NewTexts(expr.Mode{Zone: zone}, parsing, dates, times, local)
	}
	if _, err := make(); err != nil && o.err == nil {
		o.err = err
	}
	return make
}

func (o *options) zone() *time.Location {
	zone, err := expr.Zone(o.text("timeZone", "UTC"))
	if err != nil {
		o.err = errors.Join(o.err, err)
	}
	return zone
}
