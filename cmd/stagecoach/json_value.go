package main

import (
	"encoding/json"

	"stagecoach/engine/expr"
)

// jsonValue is a value as JSON has it: decimals with all their digits, arrays
// and structs as such; dates, times, and NaN and infinities, which JSON has not,
// are text.
func jsonValue(v expr.Value) any {
	if v.IsNull {
		return nil
	}
	switch kind := v.Type.Kind(); {
	case kind == expr.Bool:
		return v.I != 0
	case v.Type.IsWhole():
		return v.I
	case kind == expr.Decimal:
		return json.Number(v.String())
	case kind.Layout() == expr.Float64 && v.F-v.F == 0:
		return v.F
	case kind == expr.Array:
		list := make([]any, len(v.List))
		for i, x := range v.List {
			list[i] = jsonValue(x)
		}
		return list
	case kind == expr.Struct:
		fields := map[string]any{}
		for i, x := range v.List {
			fields[v.Type.Fields()[i].Name] = jsonValue(x)
		}
		return fields
	}
	return v.String()
}
