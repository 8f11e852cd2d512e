package report

import (
	"encoding/json"
	"io"

	"stagecoach/advisor"
)

// JSON prints the document, durations in nanoseconds and sizes in bytes.
func (d *Document) JSON(w io.Writer) error { return encode(w, d) }

// AdviceJSON prints advice alone, with all changes together under "changes".
func AdviceJSON(w io.Writer, r advisor.Report) error { return encode(w, r) }

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// MarshalJSON names the unit: count, bytes or ns.
func (f Fact) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name  string `json:"name"`
		Unit  string `json:"unit"`
		Value int64  `json:"value"`
		Note  string `json:"note,omitempty"`
	}{f.Name, f.Unit.String(), f.Value, f.Note})
}

// MarshalJSON names the unit: count, bytes or ns.
func (r Row) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name   string `json:"name"`
		Unit   string `json:"unit"`
		Before int64  `json:"before"`
		After  int64  `json:"after"`
	}{r.Name, r.Unit.String(), r.Before, r.After})
}
