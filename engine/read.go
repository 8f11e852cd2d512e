package engine

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// Open returns a frame of all rows of files, directories or patterns in a
// format: source.Open says which there are. Texts without a zone are in the
// session's. A mistake is kept in the frame.
func (s *Session) Open(format string, options map[string]string, schema expr.Schema, paths ...string) *Frame {
	src, err := source.Open(format, s.fileOptions(format, options, true), schema, paths...)
	if err != nil {
		return &Frame{session: s, err: err}
	}
	return &Frame{session: s, node: plan.NewScan(src)}
}
