package advisor

import (
	"encoding/json"
	"time"

	"stagecoach/engine/config"
)

// A change as JSON spells it, in lower case like everything beside it.
type change struct {
	Key  string `json:"key"`
	From string `json:"from,omitempty"`
	To   string `json:"to"`
}

// MarshalJSON writes the finding with its id and what is at stake, which are
// computed.
func (f Finding) MarshalJSON() ([]byte, error) {
	type plain Finding
	out := struct {
		ID    string        `json:"id"`
		Stake time.Duration `json:"stakeNanos"`
		plain
		Changes []change `json:"changes,omitempty"`
	}{f.ID(), f.Stake(), plain(f), spelled(f.Changes)}
	return json.Marshal(out)
}

// MarshalJSON writes the report with the changes of all findings together.
func (r Report) MarshalJSON() ([]byte, error) {
	type plain Report
	return json.Marshal(struct {
		plain
		Changes []change `json:"changes"`
	}{plain(r), append([]change{}, spelled(r.Changes())...)})
}

func spelled(changes []config.Change) (out []change) {
	for _, c := range changes {
		out = append(out, change(c))
	}
	return out
}

// MarshalJSON names the unit: count, bytes or ns.
func (e Evidence) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name  string `json:"name"`
		Unit  string `json:"unit"`
		Value int64  `json:"value"`
		Note  string `json:"note,omitempty"`
	}{e.Name, e.Unit.String(), e.Value, e.Note})
}
