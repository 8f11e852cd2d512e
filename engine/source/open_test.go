package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/expr"
)

// opened is the schema and the rows of a file that Open reads, or the error.
func opened(t testing.TB, format, content string, options map[string]string, schema expr.Schema) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x."+format)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Open(format, options, schema, path)
	if err != nil {
		return "error: " + strings.ReplaceAll(err.Error(), path, "FILE")
	}
	rows, err := readOnce(s, Read{Columns: s.Schema().Names()})
	if err != nil {
		return "error: " + strings.ReplaceAll(err.Error(), path, "FILE")
	}
	return s.Schema().String() + "\n" + rows
}

// optionsOf reads "name=value name=value"; ~ is a blank in a value.
func optionsOf(text string) map[string]string {
	m := map[string]string{}
	for _, pair := range strings.Fields(text) {
		name, value, _ := strings.Cut(pair, "=")
		m[name] = strings.ReplaceAll(value, "~", " ")
	}
	return m
}

// schemaOf reads "name type, name type".
func schemaOf(text string) (s expr.Schema) {
	types := map[string]expr.Type{"int": expr.Int32, "bigint": expr.Int64, "string": expr.String, "date": expr.Date, "timestamp": expr.Timestamp,
		"double": expr.Float64, "boolean": expr.Bool, "decimal": expr.DecimalOf(5, 2), "binary": expr.Binary, "tinyint": expr.Int8,
		"struct": expr.StructOf(expr.Schema{{Name: "p", Type: expr.Int32}, {Name: "q", Type: expr.String}})}
	for pair := range strings.SplitSeq(text, ", ") {
		if name, typ, ok := strings.Cut(pair, " "); ok {
			s = append(s, expr.Field{Name: name, Type: types[typ]})
		}
	}
	return s
}

// Each file is read, with these options and schema, as Spark 4.0 reads it.
func TestOpenCSV(t *testing.T) {
	for _, c := range []struct{ options, schema, file, want string }{
		{"", "", "\"x,\"\"y\"\"\",1\n\"a\\\"b\",2\n\"a\"\"b\"c,3\n\"open,2\n",
			"_c0 string, _c1 string\n\"x,\"\"y\"\"\"|1\na\"b|2\n\"a\"\"b\"c|3\nopen,2|null\n"},
		{`escape="`, "", "\"x,\"\"y\"\"\",1\n\"a\\\"b\",2\n\"a\"\"b\"c,3\n", "_c0 string, _c1 string\nx,\"y\"|1\n\"a\\\"b\"|2\n\"a\"b\"c|3\n"},
		{"", "a int, b int, _corrupt_record string", "a,b\n1,2\nx,3\n4\n5,6,7\n\n,\n",
			"a int, b int, _corrupt_record string\nnull|null|a,b\n1|2|null\nnull|3|x,3\n4|null|4\n5|6|5,6,7\nnull|null|null\n"},
		{"mode=DROPMALFORMED", "a int, b int", "a,b\n1,2\nx,3\n4\n5,6,7\n\n,\n", "a int, b int\n1|2\nnull|null\n"},
		{"mode=FAILFAST", "a int, b int", "1,2\nx,3\n", `error: FILE: line 2: column a: "x" is no int`},
		{"header=true inferSchema=true", "", "a,b\n 1 , x \n\"\",\"\"\n,\nNA,NA\n", "a string, b string\n 1 | x \nnull|null\nnull|null\nNA|NA\n"},
		{"header=true inferSchema=true nullValue=NA ignoreLeadingWhiteSpace=true ignoreTrailingWhiteSpace=true", "", "a,b\n 1 , x \n\"\",\"\"\n,\nNA,NA\n",
			"a int, b string\n1|x\nnull|\nnull|null\nnull|null\n"},
		{"header=true inferSchema=true", "", "a,b,c,d,e,f\n1,1.5,true,2020-01-01,2020-01-01 10:00:00,12345678901234567890\n",
			"a int, b double, c boolean, d date, e timestamp, f decimal(20,0)\n1|1.5|true|18262|1577872800000000|12345678901234567890\n"},
		{"header=true", "", "a,a,A,\n1,2,3,4\n", "a0 string, a1 string, A2 string, _c3 string\n1|2|3|4\n"},
		{"header=true dateFormat=dd/MM/yyyy", "a date", "a\n01/02/2020\n", "a date\n18293\n"},
		{"header=true inferSchema=true dateFormat=dd/MM/yyyy", "", "a\n01/02/2020\n", "a date\n18293\n"},
		{"header=true inferSchema=true timestampFormat=dd/MM/yyyy~HH:mm timeZone=+01:00", "", "a\n01/02/2020 01:30\n", "a timestamp\n1580517000000000\n"},
		{"header=true multiLine=true", "", "a,b\n\"x\ny\",1\nz,2\n", "a string, b string\nx\ny|1\nz|2\n"},
		{"header=true", "", "a,b\n\"x\ny\",1\nz,2\n", "a string, b string\nx|null\ny\"|1\nz|2\n"},
		{"header=true comment=#", "", "#c\na,b\n#d\n1,2\n", "a string, b string\n1|2\n"},
		{"header=true", "b int, a int", "a,b\n1,2\n", "b int, a int\n1|2\n"},
		{"header=true inferSchema=true", "", "a,b\n1\n2,3,4\n", "a int, b int\n1|null\n2|3\n"},
		{"header=true", "", "a,b\n\xff,3\n", "a string, b string\n\ufffd|3\n"},
		{"", "a int, b int, c string", "1,2\n", "a int, b int, c string\n1|2|null\n"},
		{"columnNameOfCorruptRecord=bad", "a int, b int, bad string", "1,2\nx,3\n", "a int, b int, bad string\n1|2|null\nnull|3|x,3\n"},
		{"sep=\\t", "", "1\t2\n", "_c0 string, _c1 string\n1|2\n"},
		{"sep=::", "", "1::2\n", `error: option sep of csv is "::"; it accepts one character of ASCII`},
		{"", "a tinyint, b decimal, c binary", "128,1.005,x\n127,1000,y\n", "a tinyint, b decimal(5,2), c binary\nnull|1.01|x\n127|null|y\n"},
		{"heder=true", "", "a\n", `error: csv has no option "heder": did you mean header? There are header, inferSchema, sep, delimiter, quote, escape, ` +
			"comment, nullValue, ignoreLeadingWhiteSpace, ignoreTrailingWhiteSpace, multiLine, mode, columnNameOfCorruptRecord, dateFormat, timestampFormat, " +
			"timestampNTZFormat, encoding, charset, pathGlobFilter, recursiveFileLookup, basePath, timeZone"},
		{"mode=LENIENT", "", "a\n", `error: option mode of csv is "LENIENT"; it accepts PERMISSIVE, DROPMALFORMED or FAILFAST`},
		{"encoding=latin1", "", "a\n", `error: option encoding of csv is "latin1"; it accepts UTF-8: convert the files first`},
	} {
		if diff := cmp.Diff(c.want, opened(t, "csv", c.file, optionsOf(c.options), schemaOf(c.schema))); diff != "" {
			t.Errorf("%s %s: %s", c.options, c.schema, diff)
		}
	}
}

// Each text of JSON is read as Spark 4.0 reads it.
func TestOpenJSON(t *testing.T) {
	for _, c := range []struct{ options, schema, file, want string }{
		{"", "", "{\"b\":1,\"a\":\"x\"}\n{\"a\":2,\"c\":[1,2.5],\"d\":{\"e\":null}}\n\n{bad\n",
			"_corrupt_record string, a string, b bigint, c array<double>, d struct<e:string>\nnull|x|1|null|null\nnull|2|null|[1.0, 2.5]|{NULL}\n{bad|null|null|null|null\n"},
		{"", "b int, a string, _corrupt_record string", "{\"b\":1,\"a\":\"x\"}\n{bad\n[{\"b\":5}]\n3\n{\"b\":\"q\"}\n",
			"b int, a string, _corrupt_record string\n1|x|null\nnull|null|{bad\n5|null|null\nnull|null|3\nnull|null|{\"b\":\"q\"}\n"},
		{"mode=DROPMALFORMED", "b int, a string", "{\"b\":1,\"a\":\"x\"}\n{bad\n{\"b\":\"q\"}\n", "b int, a string\n1|x\n"},
		{"mode=FAILFAST", "b int, a string", "{\"b\":1,\"a\":\"x\"}\n{bad\n",
			"error: FILE: line 2: malformed JSON at character 2: expected a name in quotes, found 'b'"},
		{"mode=FAILFAST", "", "{\"b\":1}\n\n{\"b\":01}\n",
			"error: FILE: line 3: malformed JSON at character 6: expected a number without zeros in front, found '0'"},
		{"mode=DROPMALFORMED", "", "{\"b\":1}\n{bad\n", "b bigint\n1\n"},
		{"", "", "{\"a\":1}\n{\"a\":1.5}\n{\"b\":12345678901234567890,\"c\":true}\n{\"c\":\"x\",\"d\":[],\"e\":{}, \"t\":\"2020-01-01T10:00:00\"}\n",
			"a double, b decimal(20,0), c string, d array<string>, t string\n1|null|null|null|null\n1.5|null|null|null|null\n" +
				"null|12345678901234567890|true|null|null\nnull|null|x|[]|2020-01-01T10:00:00\n"},
		{"", "", "{\"a\":1}\n{\"a\":{\"b\":1}}\n{\"a\":[1]}\n", "a string\n1\n{\"b\":1}\n[1]\n"},
		{"", "a int, b string, e string", `{"a":"1","b":{"c": 1,"d":2},"e":[1]}`, "a int, b string, e string\nnull|{\"c\":1,\"d\":2}|[1]\n"},
		{"", "a int, b date, t timestamp, d decimal, x boolean, s struct", `{"a":1.5,"b":"2020-01-01","t":"2020-01-01T10:00:00Z","d":"1.25","x":1,"s":{"p":1}}`,
			"a int, b date, t timestamp, d decimal(5,2), x boolean, s struct<p:int,q:string>\nnull|18262|1577872800000000|1.25|null|{1, NULL}\n"},
		{"", "a double, b double, c int", "{\"a\":\"NaN\",\"b\":NaN,\"c\":1}\n{\"a\":3,\"b\":-Infinity,\"c\":3000000000}\n",
			"a double, b double, c int\nNaN|NaN|1\n3|-Inf|null\n"},
		{"", "", `{"a":1,"a":2}`, "error: FILE: line 1, column a: [COLUMN_ALREADY_EXISTS] there are two values of this name: give a schema"},
		{"", "", `{"a":1,"A":3}`, "error: FILE: column a: [COLUMN_ALREADY_EXISTS] there are two columns of this name: give a schema with one of them"},
		{"", "", `[{"a":1},{"a":2}]`, "a bigint\n1\n2\n"},
		{"multiLine=true", "", "[\n{\"a\":1},\n{\"a\":2}]", "a bigint\n1\n2\n"},
		{"", "", "{\"a\":null}\n{\"b\":\"x\\u00e9\\n\\ud83d\\ude00\"}\n", "a string, b string\nnull|null\nnull|xé\n😀\n"},
		{"", "a int, _corrupt_record string", "{\"a\":1} trailing\n{\"a\":2}{\"a\":3}\n", "a int, _corrupt_record string\n1|null\n2|null\n"},
		{"", "", "{\"a\":[1,\"x\",null]}\n{\"a\":[{\"b\":1}]}\n", "a array<string>\n[1, x, NULL]\n[{\"b\":1}]\n"},
		{"", "", "{'a':'\xff'}", "a string\n\ufffd\n"},
		{"", "a int", strings.Repeat("[", 100000), "a int\nnull\n"},
	} {
		if diff := cmp.Diff(c.want, opened(t, "json", c.file, optionsOf(c.options), schemaOf(c.schema))); diff != "" {
			t.Errorf("%s %s %.100s: %s", c.options, c.schema, c.file, diff)
		}
	}
}
