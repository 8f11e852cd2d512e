package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"stagecoach/benchmarks/runner"
	"stagecoach/datasets"
	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/source"
	"stagecoach/engine/sql"
)

// sqlFlags are the flags of the sql command.
type sqlFlags struct {
	tables       []string
	data         string
	conf         []string
	file, output string
	format       string
	explain      string
	logDir       string
}

func sqlCommand() *cobra.Command {
	var f sqlFlags
	c := &cobra.Command{
		Use:   "sql [QUERY]",
		Short: "Run Spark SQL on files",
		Long: `Run statements of Spark SQL, separated by semicolons, on files, and print the
rows of the last one. Tables are named with --table, or read in place:
SELECT * FROM parquet.` + "`path`" + `.

Without a query, on a terminal, a shell reads statements; the tab key completes
tables, columns, functions and keywords, and the arrows bring back what was
typed before. Elsewhere the statements come from standard input.`,
		Example: `  stagecoach sql "SELECT pu, count(*) n FROM trips GROUP BY pu ORDER BY n DESC LIMIT 5" --data data
  stagecoach sql --table rides=a.parquet,b.parquet -f question.sql --format csv -o answer.csv
  stagecoach sql --data data --explain formatted "SELECT count(*) FROM trips WHERE fare > 10"
  stagecoach sql --data data --conf spark.sql.shuffle.partitions=8 --event-log logs`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args) },
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.tables, "table", nil, "a table: name=PATH[,PATH...], files or folders; may be repeated")
	flags.StringVar(&f.data, "data", "", "folder of taxi data, whose tables are trips, zones and weather")
	flags.StringArrayVar(&f.conf, "conf", nil, "a parameter, key=value; may be repeated")
	flags.StringVarP(&f.file, "file", "f", "", "file of statements; - is standard input")
	flags.StringVar(&f.format, "format", "table", "table, csv, json (an object a line), markdown or parquet")
	flags.StringVarP(&f.output, "output", "o", "", "file to write the rows to, instead of standard output")
	flags.StringVar(&f.explain, "explain", "", "show the plan instead of rows: simple, extended, formatted or cost")
	flags.StringVar(&f.logDir, "event-log", "", "folder to write a Spark event log into")
	return c
}

func (f *sqlFlags) run(c *cobra.Command, args []string) error {
	if err := checkFormat(f.format, "table", "csv", "json", "markdown", "parquet"); err != nil {
		return err
	}
	if f.format == "parquet" && f.output == "" {
		return errors.New("--format parquet writes a file: say which with -o")
	}
	text, given, err := f.text(c, args)
	if err != nil {
		return err
	}
	conf, err := config.Parse(f.conf...)
	if err != nil {
		return err
	}
	tellIgnored(conf)
	s, err := runner.Open("stagecoach sql", conf, runner.Options{LogDir: f.logDir})
	if err != nil {
		return err
	}
	if err = f.addTables(s.Session); err == nil {
		if given {
			err = f.answer(c.Context(), s.Session, text, c.OutOrStdout())
		} else {
			err = newShell(s.Session, f).run(c.Context())
		}
	}
	err = errors.Join(err, s.Close())
	if s.Log() != "" {
		fmt.Fprintln(c.ErrOrStderr(), "event log:", s.Log())
	}
	return err
}

// text is the statements to run; given is false where a shell should read them.
func (f *sqlFlags) text(c *cobra.Command, args []string) (text string, given bool, err error) {
	switch {
	case len(args) == 1 && f.file != "":
		return "", false, errors.New("a query and -f: give one of them")
	case len(args) == 1:
		text = args[0]
	case f.file == "" && isatty.IsTerminal(os.Stdin.Fd()) && isatty.IsTerminal(os.Stdout.Fd()):
		return "", false, nil
	case f.file == "" || f.file == "-":
		all, err := io.ReadAll(c.InOrStdin())
		if err != nil {
			return "", false, err
		}
		text = string(all)
	default:
		all, err := os.ReadFile(f.file)
		if err != nil {
			return "", false, err
		}
		text = string(all)
	}
	if f.explain != "" {
		if err := checkFormat(f.explain, engine.ExplainModes...); err != nil {
			return "", false, fmt.Errorf("--explain: %w", err)
		}
		mode := strings.ToUpper(f.explain)
		if mode == "SIMPLE" {
			mode = ""
		}
		text = "EXPLAIN " + mode + " " + text
	}
	return text, true, nil
}

// addTables registers the tables of the flags.
func (f *sqlFlags) addTables(s *engine.Session) error {
	if f.data != "" {
		t, err := datasets.Dir(f.data)
		if err != nil {
			return err
		}
		for name, src := range map[string]source.Source{"trips": t.Trips, "zones": t.Zones, "weather": t.Weather} {
			if src == nil {
				continue
			}
			if err := s.CreateView(name, s.Read(src)); err != nil {
				return err
			}
		}
	}
	for _, t := range f.tables {
		name, paths, ok := strings.Cut(t, "=")
		if !ok || name == "" || paths == "" {
			return fmt.Errorf("--table %s: write name=PATH[,PATH...]", t)
		}
		frame, err := openTable(s, strings.Split(paths, ","))
		if err != nil {
			return err
		}
		if err := s.CreateView(name, frame); err != nil {
			return err
		}
	}
	return nil
}

// openTable reads files, folders and patterns as one table, of the format that
// their names say: Parquet where they say none.
func openTable(s *engine.Session, paths []string) (*engine.Frame, error) {
	format, options := "parquet", map[string]string{}
	for _, p := range paths {
		name := p
		if found, _ := filepath.Glob(filepath.Join(p, "[^._]*")); len(found) > 0 {
			name = found[0] // of a folder
		}
		for _, packed := range []string{".gz", ".zst", ".bz2"} {
			name = strings.TrimSuffix(name, packed)
		}
		switch strings.ToLower(filepath.Ext(name)) {
		case ".csv", ".tsv":
			format, options = "csv", map[string]string{"header": "true", "inferSchema": "true"}
			if strings.HasSuffix(name, ".tsv") {
				options["sep"] = "\t"
			}
		case ".json", ".jsonl", ".ndjson":
			format = "json"
		case ".txt":
			format = "text"
		}
	}
	f := s.Open(format, options, nil, paths...)
	return f, f.Err()
}

// answer runs statements and prints the rows of each; a file gets those of the
// last.
func (f *sqlFlags) answer(ctx context.Context, s *engine.Session, text string, w io.Writer) error {
	var last *engine.Result
	err := s.Statements(ctx, text, func(frame *engine.Frame) error {
		if len(frame.Schema()) == 0 {
			return nil // a command that has no answer
		}
		r, err := frame.Collect(ctx)
		if last = r; err != nil || f.output != "" {
			return err
		}
		return printRows(w, r, f.format)
	})
	if err != nil {
		return sqlError(err)
	}
	if last == nil || f.output == "" {
		return nil
	}
	return writeRows(f.output, last, f.format)
}

// sqlError marks what is wrong with a job, not with the words of a query.
func sqlError(err error) error {
	if place := (*sql.Error)(nil); errors.As(err, &place) {
		return err
	}
	return jobError(err)
}
