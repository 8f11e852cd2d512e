package plant

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"stagecoach/engine"
	"stagecoach/engine/config"
)

// Data are the tables of one shape, in files below a folder. Close it.
//
//	facts   id, k (Keys values), g (64), r (0 to 99), v (a double), t (a text)
//	others  half as many rows of the same keys: oid, k, w
//	events  as others, with a text: eid, k, x
//	keys    one row a key: k, name, region
type Data struct {
	Shape
	dir     string
	session *engine.Session // writes inputs; what it takes is part of no run
	words   []string        // {table} and what it stands for
}

// Generate writes the tables of a shape below dir.
func Generate(ctx context.Context, dir string, shape Shape) (*Data, error) {
	conf, err := config.Parse("spark.master=local[2]", "spark.executor.memory=2g")
	if err != nil {
		return nil, err
	}
	s, err := engine.NewSession(conf)
	if err != nil {
		return nil, err
	}
	d := &Data{Shape: shape, dir: dir, session: s}
	return d, errors.Join(
		d.table(ctx, "facts", shape.Files, "", fmt.Sprintf(`SELECT id, pmod(hash(id), %d) k, pmod(hash(id, 1), 64) g, pmod(hash(id, 2), 100) r,
			pmod(hash(id, 3), 1000000) / 1000.0D v, concat('t', pmod(hash(id, 4), 100000)) t FROM range(0, %d, 1, %d)`, shape.Keys, shape.Rows, shape.Files)),
		d.table(ctx, "others", shape.Files, "", fmt.Sprintf(`SELECT id oid, pmod(hash(id, 5), %d) k, pmod(hash(id, 6), 1000) / 10.0D w
			FROM range(0, %d, 1, %d)`, shape.Keys, shape.Rows/2, shape.Files)),
		d.table(ctx, "events", shape.Files, "", fmt.Sprintf(`SELECT id eid, pmod(hash(id, 7), %d) k, concat('e', pmod(hash(id, 8), 5000)) x
			FROM range(0, %d, 1, %d)`, shape.Keys, shape.Rows/2, shape.Files)),
		d.table(ctx, "keys", 1, "", fmt.Sprintf(`SELECT id k, concat('name ', id) name, pmod(id, 20) region FROM range(0, %d, 1, 1)`, shape.Keys)),
	)
}

// Close ends what writes inputs. The files are the caller's to delete.
func (d *Data) Close() error { return d.session.Close() }

// table writes the rows of a query as so many files, unless the table is there,
// and gives it a name for queries: {name}. More says how the files are written.
func (d *Data) table(ctx context.Context, name string, files int, more, query string) error {
	path := filepath.Join(d.dir, name)
	format, options := "parquet", engine.WriteOptions{}
	for option := range strings.FieldsSeq(more) {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "format":
			format = value
		case "by":
			options.PartitionBy = []string{value}
		default:
			if options.Options == nil {
				options.Options = map[string]string{}
			}
			options.Options[key] = value
		}
	}
	if _, err := os.Stat(path); err != nil {
		f, err := d.session.SQL(ctx, d.spell(query))
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		if files > 0 {
			f = f.Coalesce(files)
		}
		if _, err := f.Write(ctx, format, path, options); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	d.words = append(d.words, "{"+name+"}", format+".`"+path+"`")
	return nil
}

// spell replaces the tables' names by where they are.
func (d *Data) spell(query string) string { return strings.NewReplacer(d.words...).Replace(query) }

// base is the configuration of a job that is set well, with changes; a later value
// of a key counts.
func (d *Data) base(changes ...string) []string { return slices.Concat(d.conf(d.Memory), changes) }

// sql is a job that runs queries one after the other and collects their rows.
func (d *Data) sql(conf []string, queries ...string) Job {
	return Job{Conf: conf, Do: func(ctx context.Context, s *engine.Session) error {
		for _, q := range queries {
			if err := d.collect(ctx, s, q); err != nil {
				return err
			}
		}
		return nil
	}}
}

// collect runs one query.
func (d *Data) collect(ctx context.Context, s *engine.Session, query string) error {
	f, err := s.SQL(ctx, d.spell(query))
	if err != nil {
		return err
	}
	_, err = f.Collect(ctx)
	return err
}

// out is the folder that jobs write into, each over what the one before left.
func (d *Data) out() string { return filepath.Join(d.dir, "written") }
