package expr

import (
	"fmt"
	"strings"
	"sync"
)

// A Type is the type of a column: a kind, and what decimals, arrays and structs
// have beside it. Types are equal when == says so.
type Type uint32

// The kinds. All but Decimal, Array and Struct are types by themselves; those
// come from DecimalOf, ArrayOf and StructOf. Layout says where a column of
// each keeps its values.
const (
	Null         Type = iota // every value is null
	Bool                     // one byte a value, 0 or 1
	Int8                     // as an int32
	Int16                    // as an int32
	Int32                    //
	Int64                    //
	Float32                  // as a float64 that a float32 holds exactly
	Float64                  //
	Decimal                  // whole number of units of 10^-scale, 128 bits
	String                   // UTF-8
	Binary                   // bytes
	Date                     // days since 1970-01-01
	TimestampNTZ             // microseconds since 1970-01-01T00:00:00 on a clock without zone
	Timestamp                // microseconds since 1970-01-01T00:00:00Z, shown in the session's zone
	YearMonth                // interval of months; from year to month unless IntervalOf says otherwise
	DayTime                  // interval of microseconds; from day to second unless IntervalOf says otherwise
	Array                    // values of one type
	Struct                   // named values
)

const kindBits = 8

// MaxPrecision is the most digits a decimal has, as in Spark.
const MaxPrecision = 38

// Kind is the type without its particulars: Decimal for every decimal.
func (t Type) Kind() Type { return t & (1<<kindBits - 1) }

// DecimalOf is decimal(precision, scale): precision digits, scale of them after
// the point.
func DecimalOf(precision, scale int) Type {
	return Decimal | Type(precision)<<kindBits | Type(scale)<<(2*kindBits)
}

// Precision is the number of digits of a decimal.
func (t Type) Precision() int { return int(t >> kindBits & 0xff) }

// Scale is the number of a decimal's digits after the point.
func (t Type) Scale() int { return int(t >> (2 * kindBits) & 0xff) }

// nesting holds the element types and fields of arrays and structs by the
// number that stands in their Type. A program has few of them, and they stay.
var nesting struct {
	sync.RWMutex
	numbers map[string]Type
	types   []nestedType
}

type nestedType struct {
	elem   Type
	fields Schema
}

// ArrayOf is the type of arrays of elem.
func ArrayOf(elem Type) Type { return intern(Array, nestedType{elem: elem}) }

// StructOf is the type of structs of some fields.
func StructOf(fields Schema) Type { return intern(Struct, nestedType{fields: fields}) }

func intern(kind Type, n nestedType) Type {
	key := fmt.Sprint(uint32(kind), uint32(n.elem))
	for _, f := range n.fields {
		key += fmt.Sprintf(",%q %d %t", f.Name, uint32(f.Type), f.NotNull)
	}
	nesting.Lock()
	defer nesting.Unlock()
	if t, ok := nesting.numbers[key]; ok {
		return t
	}
	if nesting.numbers == nil {
		nesting.numbers = map[string]Type{}
	}
	t := kind | Type(len(nesting.types))<<kindBits
	nesting.numbers[key], nesting.types = t, append(nesting.types, n)
	return t
}

func (t Type) nested() nestedType {
	nesting.RLock()
	defer nesting.RUnlock()
	return nesting.types[t>>kindBits]
}

// Elem is the type of an array's elements.
func (t Type) Elem() Type { return t.nested().elem }

// Fields is the fields of a struct.
func (t Type) Fields() Schema { return t.nested().fields }

// Layout is the type of the plainest column that keeps its values in the same
// slices: Bool (Bools), Int32 (I32), Int64 (I64), Float64 (F64), Decimal (Wide),
// String (Offsets and Bytes, or Dict and Codes), Array (Offsets and Items),
// Struct (Items) and Null. Loops that only move values switch over it.
func (t Type) Layout() Type {
	switch k := t.Kind(); k {
	case Int8, Int16, Date, YearMonth:
		return Int32
	case Float32:
		return Float64
	case Binary:
		return String
	case Timestamp, TimestampNTZ, DayTime:
		return Int64
	default:
		return k
	}
}

// Width is the size of a value in bytes; 0 where values have none or differ in
// size.
func (t Type) Width() int {
	switch t.Layout() {
	case Bool:
		return 1
	case Int32:
		return 4
	case Int64, Float64:
		return 8
	case Decimal:
		return 16
	}
	return 0
}

// String is Spark's name of the type, as DESCRIBE prints it.
func (t Type) String() string {
	switch t.Kind() {
	case Decimal:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision(), t.Scale())
	case Array:
		return "array<" + t.Elem().String() + ">"
	case Struct:
		var fields []string
		for _, f := range t.Fields() {
			fields = append(fields, f.Name+":"+f.Type.String())
		}
		return "struct<" + strings.Join(fields, ",") + ">"
	case YearMonth, DayTime:
		return "interval " + t.units()
	}
	return [...]string{"void", "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal",
		"string", "binary", "date", "timestamp_ntz", "timestamp"}[t]
}

// IsWhole reports whether values are whole numbers: tinyint to bigint.
func (t Type) IsWhole() bool { return t >= Int8 && t <= Int64 }

// IsNumber reports whether values are numbers: whole ones, floating ones and
// decimals.
func (t Type) IsNumber() bool { return t >= Int8 && t.Kind() <= Decimal }
