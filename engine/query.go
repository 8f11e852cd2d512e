package engine

import (
	"context"
	"fmt"
	"os/user"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
	"stagecoach/engine/sql"
)

// SQL runs a text of Spark SQL: statements separated by semicolons. Commands run
// at once; the frame is the last statement's rows, of a query without running
// it. An error is an *sql.Error where it has a place in the text.
func (s *Session) SQL(ctx context.Context, text string) (*Frame, error) {
	last := s.table(nil)
	err := s.Statements(ctx, text, func(f *Frame) error {
		last = f
		return nil
	})
	if err != nil {
		return nil, err
	}
	return last, nil
}

// Statements is SQL with the rows of every statement, each handed to answer
// before the next statement begins; commands that have no answer give a frame
// without columns.
func (s *Session) Statements(ctx context.Context, text string, answer func(*Frame) error) error {
	statements, err := sql.Parse(text)
	if err != nil {
		return err
	}
	for _, st := range statements {
		f, err := s.statement(ctx, text, st)
		if err == nil {
			err = answer(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// statement runs a command, or makes the frame of a query.
func (s *Session) statement(ctx context.Context, text string, st sql.Statement) (*Frame, error) {
	switch st := st.(type) {
	case *sql.Query:
		return s.query(text, st)
	case *sql.ViewStatement:
		return s.createView(text, st)
	case *sql.TableStatement:
		return s.createTable(ctx, text, st)
	case *sql.InsertStatement:
		return s.insert(ctx, text, st)
	case *sql.AnalyzeStatement:
		return s.analyze(ctx, st)
	case *sql.DropStatement:
		return s.drop(st)
	case *sql.CacheStatement:
		return s.cache(ctx, text, st)
	case *sql.UncacheStatement:
		return s.uncache(st)
	case *sql.SetStatement:
		return s.set(st)
	case *sql.ShowStatement:
		return s.show(st)
	case *sql.DescribeStatement:
		return s.describe(text, st)
	case *sql.ExplainStatement:
		return s.explain(text, st)
	}
	return nil, fmt.Errorf("this statement is not supported: %T", st)
}

// query makes the frame of a query.
func (s *Session) query(text string, q *sql.Query) (*Frame, error) {
	node, labels, err := s.analyzer(text).Query(q)
	if err != nil {
		return nil, err
	}
	return &Frame{session: s, node: node, labels: labels, site: "sql"}, nil
}

func (s *Session) analyzer(text string) *sql.Analyzer {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return &sql.Analyzer{Text: text, Catalog: s, Mode: s.Mode(), Now: time.Now(), User: name, Version: SparkVersion,
		ShufflePartitions: int(s.Config().Int(config.ShufflePartitions))}
}

// table is a frame of rows that are there: what commands answer.
func (s *Session) table(schema expr.Schema, rows ...[]any) *Frame {
	batch := &expr.Batch{Schema: schema, Rows: len(rows)}
	for c, f := range schema {
		b := expr.NewBuilder(f.Type)
		for _, row := range rows {
			b.AppendValue(expr.Lit(row[c]).(expr.Literal).Value)
		}
		batch.Cols = append(batch.Cols, b.Take())
	}
	return &Frame{session: s, node: plan.NewScan(source.Memory(schema, []*expr.Batch{batch})), site: "sql"}
}

// texts is a schema of strings.
func texts(names ...string) expr.Schema {
	var s expr.Schema
	for _, n := range names {
		s = append(s, expr.Field{Name: n, Type: expr.String})
	}
	return s
}
