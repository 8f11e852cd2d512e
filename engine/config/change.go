package config

// A Change proposes a value for a parameter.
type Change struct {
	Key  string
	From string // value in force where the change was proposed; "" when not known
	To   string
}

// String prints the change as spark-defaults.conf and --conf take it.
func (c Change) String() string { return c.Key + "=" + c.To }

// FromMap returns the Config that a map of parameters amounts to, such as the
// Spark properties of a log. Keys and values that this table does not know are
// left out and returned.
func FromMap(m map[string]string) (c Config, unknown []string) {
	for k, v := range m {
		next, err := c.With(k, v)
		if err != nil {
			unknown = append(unknown, k)
			continue
		}
		c = next
	}
	return c, unknown
}
