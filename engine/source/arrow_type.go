package source

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"stagecoach/engine/expr"
)

// arrowType is the type of a column of Arrow as Spark takes it: unsigned numbers
// get the next wider type, timestamps with a zone are instants. why says why
// there is none.
func arrowType(t arrow.DataType) (typ expr.Type, why string) {
	switch t := t.(type) {
	case *arrow.NullType:
		return expr.Null, ""
	case *arrow.BooleanType:
		return expr.Bool, ""
	case *arrow.Int8Type:
		return expr.Int8, ""
	case *arrow.Int16Type, *arrow.Uint8Type:
		return expr.Int16, ""
	case *arrow.Int32Type, *arrow.Uint16Type:
		return expr.Int32, ""
	case *arrow.Int64Type, *arrow.Uint32Type:
		return expr.Int64, ""
	case *arrow.Uint64Type:
		return expr.DecimalOf(20, 0), ""
	case *arrow.Float32Type:
		return expr.Float32, ""
	case *arrow.Float64Type:
		return expr.Float64, ""
	case *arrow.Decimal128Type:
		if t.Scale < 0 || t.Scale > t.Precision || t.Precision > expr.MaxPrecision {
			return 0, fmt.Sprintf("it is a decimal(%d,%d)", t.Precision, t.Scale)
		}
		return expr.DecimalOf(int(t.Precision), int(t.Scale)), ""
	case *arrow.StringType, *arrow.LargeStringType:
		return expr.String, ""
	case *arrow.BinaryType, *arrow.LargeBinaryType, *arrow.FixedSizeBinaryType:
		return expr.Binary, ""
	case *arrow.Date32Type, *arrow.Date64Type:
		return expr.Date, ""
	case *arrow.TimestampType:
		if t.TimeZone == "" {
			return expr.TimestampNTZ, ""
		}
		return expr.Timestamp, ""
	case *arrow.DictionaryType:
		return arrowType(t.ValueType)
	case *arrow.ListType:
		elem, why := arrowType(t.Elem())
		if why != "" {
			return 0, why
		}
		return expr.ArrayOf(elem), ""
	case *arrow.StructType:
		var fields expr.Schema
		for _, f := range t.Fields() {
			typ, why := arrowType(f.Type)
			if why != "" {
				return 0, why
			}
			fields = append(fields, expr.Field{Name: f.Name, Type: typ})
		}
		return expr.StructOf(fields), ""
	}
	return 0, fmt.Sprintf("its type %v is not supported", t)
}

// toArrow is the type of Arrow that holds the values of ours.
func toArrow(t expr.Type) (arrow.DataType, bool) {
	switch t.Kind() {
	case expr.Null:
		return arrow.Null, true
	case expr.Bool:
		return arrow.FixedWidthTypes.Boolean, true
	case expr.Int8:
		return arrow.PrimitiveTypes.Int8, true
	case expr.Int16:
		return arrow.PrimitiveTypes.Int16, true
	case expr.Int32:
		return arrow.PrimitiveTypes.Int32, true
	case expr.Int64:
		return arrow.PrimitiveTypes.Int64, true
	case expr.Float32:
		return arrow.PrimitiveTypes.Float32, true
	case expr.Float64:
		return arrow.PrimitiveTypes.Float64, true
	case expr.Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision()), Scale: int32(t.Scale())}, true
	case expr.String:
		return arrow.BinaryTypes.String, true
	case expr.Binary:
		return arrow.BinaryTypes.Binary, true
	case expr.Date:
		return arrow.FixedWidthTypes.Date32, true
	case expr.Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, true
	case expr.TimestampNTZ:
		return &arrow.TimestampType{Unit: arrow.Microsecond}, true
	case expr.Array:
		elem, ok := toArrow(t.Elem())
		return arrow.ListOf(elem), ok
	case expr.Struct:
		fields, ok := arrowFields(t.Fields())
		return arrow.StructOf(fields...), ok
	}
	return arrow.Null, false
}

func arrowFields(s expr.Schema) (fields []arrow.Field, ok bool) {
	ok = true
	for _, f := range s {
		t, known := toArrow(f.Type)
		ok = ok && known
		fields = append(fields, arrow.Field{Name: f.Name, Type: t, Nullable: true})
	}
	return fields, ok
}
