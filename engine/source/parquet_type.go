package source

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"stagecoach/engine/expr"
)

// nestedType spells the type of a column that has others within, as Spark prints
// it. Lists and maps are told by their annotation alone: those of old writers are
// structs.
func nestedType(n schema.Node) string {
	group, ok := n.(*schema.GroupNode)
	if !ok {
		name := "unknown"
		if t, _, why := leafType(schema.NewColumn(n.(*schema.PrimitiveNode), 0, 0)); why == "" {
			name = t.String()
		}
		if n.RepetitionType() == parquet.Repetitions.Repeated {
			return "array<" + name + ">"
		}
		return name
	}
	fields := make([]string, group.NumFields())
	for i := range fields {
		fields[i] = nestedType(group.Field(i))
	}
	entry, repeated := group, false
	if len(fields) == 1 {
		if inner, ok := group.Field(0).(*schema.GroupNode); ok {
			entry, repeated = inner, inner.RepetitionType() == parquet.Repetitions.Repeated
		}
	}
	switch group.LogicalType().(type) {
	case schema.ListLogicalType:
		if repeated && entry.NumFields() == 1 {
			return "array<" + nestedType(entry.Field(0)) + ">"
		}
	case schema.MapLogicalType:
		if repeated && entry.NumFields() == 2 {
			return "map<" + nestedType(entry.Field(0)) + "," + nestedType(entry.Field(1)) + ">"
		}
	}
	for i := range fields {
		fields[i] = group.Field(i).Name() + ":" + fields[i]
	}
	return "struct<" + strings.Join(fields, ",") + ">"
}

// leafType maps a Parquet type to ours as Spark does, or says why there is none:
// unsigned numbers get the next wider type, instants are timestamp and readings
// of a clock timestamp_ntz, and bytes without an annotation are binary.
func leafType(c *schema.Column) (expr.Type, form, string) {
	logical := c.LogicalType()
	switch t := logical.(type) {
	case *schema.DecimalLogicalType:
		return decimalType(c, int(t.Precision()), int(t.Scale()))
	case schema.NullLogicalType:
		return expr.Null, formNull, ""
	case *schema.TimeLogicalType, schema.IntervalLogicalType, schema.UUIDLogicalType, schema.Float16LogicalType:
		return 0, 0, fmt.Sprintf("its type %v is not supported", logical)
	}
	switch c.PhysicalType() {
	case parquet.Types.Boolean:
		return expr.Bool, formBool, ""
	case parquet.Types.Int32:
		switch t := logical.(type) {
		case schema.DateLogicalType:
			return expr.Date, formInt32, ""
		case *schema.IntLogicalType:
			return intType(t)
		}
		return expr.Int32, formInt32, ""
	case parquet.Types.Int64:
		switch t := logical.(type) {
		case *schema.TimestampLogicalType:
			return timestampType(t)
		case *schema.IntLogicalType:
			return intType(t)
		}
		return expr.Int64, formInt64, ""
	case parquet.Types.Int96:
		return expr.Timestamp, formInt96, ""
	case parquet.Types.Float:
		return expr.Float32, formFloat, ""
	case parquet.Types.Double:
		return expr.Float64, formDouble, ""
	case parquet.Types.ByteArray:
		switch logical.(type) {
		case schema.StringLogicalType, schema.EnumLogicalType, schema.JSONLogicalType:
			return expr.String, formBytes, ""
		}
		return expr.Binary, formBytes, ""
	case parquet.Types.FixedLenByteArray:
		return expr.Binary, formFixed, ""
	}
	return 0, 0, fmt.Sprintf("its type %v is not supported", c.PhysicalType())
}

func intType(t *schema.IntLogicalType) (expr.Type, form, string) {
	switch {
	case t.BitWidth() == 64 && t.IsSigned():
		return expr.Int64, formInt64, ""
	case t.BitWidth() == 64:
		return expr.DecimalOf(20, 0), formUint64, ""
	case t.BitWidth() == 32 && t.IsSigned(), t.BitWidth() == 16 && !t.IsSigned():
		return expr.Int32, formInt32, ""
	case t.BitWidth() == 32:
		return expr.Int64, formUint32, ""
	case t.BitWidth() == 16, !t.IsSigned():
		return expr.Int16, formInt32, ""
	}
	return expr.Int8, formInt32, ""
}

func timestampType(t *schema.TimestampLogicalType) (expr.Type, form, string) {
	typ, from := expr.TimestampNTZ, formInt64
	if t.IsAdjustedToUTC() {
		typ = expr.Timestamp
	}
	switch t.TimeUnit() {
	case schema.TimeUnitMillis:
		from = formMillis
	case schema.TimeUnitNanos:
		from = formNanos
	}
	return typ, from, ""
}

func decimalType(c *schema.Column, precision, scale int) (expr.Type, form, string) {
	if precision < 1 || precision > expr.MaxPrecision || scale < 0 || scale > precision {
		return 0, 0, fmt.Sprintf("it is a decimal(%d,%d), and decimals have at most %d digits: write it as double", precision, scale, expr.MaxPrecision)
	}
	from := map[parquet.Type]form{parquet.Types.Int32: formInt32, parquet.Types.Int64: formInt64,
		parquet.Types.FixedLenByteArray: formFixed, parquet.Types.ByteArray: formBytes}[c.PhysicalType()]
	if from == formNull {
		return 0, 0, fmt.Sprintf("decimals stored as %v are not supported", c.PhysicalType())
	}
	return expr.DecimalOf(precision, scale), from, ""
}
