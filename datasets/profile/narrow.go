package profile

import (
	"fmt"

	"stagecoach/engine/expr"
)

// A Narrow is a type that holds all values of a column in fewer bytes.
type Narrow struct {
	To    string `json:"to"`
	Saved int64  `json:"savedBytes"` // of memory, as columns
	Why   string `json:"why"`
}

// A check is a condition on a column, $, that every value meets which the narrower
// type holds exactly.
type check struct{ to, holds string }

func checks(k expr.Type) []check {
	switch k {
	case expr.Float64:
		return []check{
			{"int", "$ = CAST(try_cast($ AS INT) AS DOUBLE)"},
			{"decimal(9,2)", "$ = CAST(try_cast($ AS DECIMAL(9,2)) AS DOUBLE)"},
			{"float", "$ = CAST(CAST($ AS FLOAT) AS DOUBLE)"},
		}
	case expr.String:
		return []check{
			{"int", "CAST(try_cast($ AS INT) AS STRING) = $"},
			{"bigint", "CAST(try_cast($ AS BIGINT) AS STRING) = $"},
			{"date", "CAST(try_cast($ AS DATE) AS STRING) = $"},
			{"boolean", "$ IN ('true', 'false')"},
		}
	case expr.Timestamp, expr.TimestampNTZ:
		return []check{{"date", "date_trunc('DAY', $) = $"}}
	}
	return nil
}

// narrow finds the narrowest type that holds every value of the column exactly.
// A text that could be read as a number is one only if it is written back the
// same: a code with a leading zero stays a text.
func (c *Column) narrow() {
	if c.values == 0 {
		return
	}
	switch {
	case c.kind.IsWhole():
		for _, t := range []struct {
			name  string
			width float64
			most  int64
		}{{"tinyint", 1, 1<<7 - 1}, {"smallint", 2, 1<<15 - 1}, {"int", 4, 1<<31 - 1}} {
			if c.min.I >= -t.most-1 && c.max.I <= t.most {
				c.suggest(t.name, t.width, fmt.Sprintf("all values lie between %s and %s", c.Min, c.Max))
				return
			}
		}
	case c.kind == expr.Decimal:
		digits := max(digits(c.min), digits(c.max), c.full.Scale()+1)
		c.suggest(fmt.Sprintf("decimal(%d,%d)", digits, c.full.Scale()), decimalWidth(digits), fmt.Sprintf("no value has more than %d digits", digits))
	case c.kind == expr.Float64, c.kind == expr.Timestamp, c.kind == expr.TimestampNTZ, c.kind == expr.String:
		for _, check := range checks(c.kind) {
			if c.exact[check.to] == c.values {
				c.suggest(check.to, widths[check.to], exactly[check.to])
				return
			}
		}
		// With few values a text is best a number into a list of them.
		if c.kind == expr.String && c.Keys != nil && c.Keys.Distinct*100 <= c.values && c.Keys.Distinct < 1<<16 {
			code := 1.0
			if c.Keys.Distinct > 256 {
				code = 2
			}
			c.suggest("dictionary", code, fmt.Sprintf("%d values; Parquet and Arrow keep a list of them and a number for each row", c.Keys.Distinct))
		}
	}
}

// digits counts those of a number's text.
func digits(v expr.Value) (n int) {
	for _, r := range v.String() {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

func (c *Column) suggest(to string, width float64, why string) {
	if saved := int64((c.Width - width) * float64(c.values)); saved > 0 {
		c.Narrower = &Narrow{To: to, Saved: saved, Why: why}
	}
}

// widths are bytes of a value in a column of the type.
var widths = map[string]float64{"int": 4, "bigint": 8, "float": 4, "decimal(9,2)": 4, "date": 4, "boolean": 1.0 / 8}

var exactly = map[string]string{
	"int":          "all values are whole and fit 32 bits",
	"bigint":       "all values are whole numbers, written without leading zeros",
	"float":        "all values are the same in 32 bits",
	"decimal(9,2)": "no value has more than two decimals: sums become exact, too",
	"date":         "no value has a time of day",
	"boolean":      "all values are true or false",
}

// width is what a value of a type takes in a column of Arrow or Parquet before it
// is encoded. (In the rows of Spark's shuffles and joins every number takes 8
// bytes, whatever its type.)
func width(t expr.Type) float64 {
	switch t.Kind() {
	case expr.Bool:
		return 1.0 / 8
	case expr.Int8:
		return 1
	case expr.Int16:
		return 2
	case expr.Float32:
		return 4
	case expr.Decimal:
		return decimalWidth(t.Precision())
	}
	return float64(t.Width())
}

func decimalWidth(digits int) float64 {
	switch {
	case digits <= 9:
		return 4
	case digits <= 18:
		return 8
	}
	return 16
}
