package report

import (
	"encoding/json"
	"io"

	"stagecoach/advisor"
)

// JSON prints the document, durations in nanoseconds and sizes in bytes.
func (d *Document) JSON(w io.Writer) error { return encode(w, d) }

// AdviceJSON prints advice alone, with all changes together under "changes".
func AdviceJSON(w io.Writer, r advisor.Report) error {
	type change struct {
		Key  string `json:"key"`
		From string `json:"from,omitempty"`
		To   string `json:"to"`
	}
	out := struct {
		advisor.Report
		Changes []change `json:"changes"`
	}{Report: r, Changes: []change{}}
	for _, c := range r.Changes() {
		out.Changes = append(out.Changes, change(c))
	}
	return encode(w, out)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
