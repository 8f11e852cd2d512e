package source

import "stagecoach/engine/expr"

// storedAs is the layout in which a column waits for being written: that of its
// type, but for decimals, which are stored as INT32, as INT64 or, with more than
// 18 digits, as bytes, as in Spark.
func storedAs(t expr.Type) expr.Type {
	switch {
	case t.Kind() != expr.Decimal:
		return t.Layout()
	case t.Precision() <= 9:
		return expr.Int32
	case t.Precision() <= 18:
		return expr.Int64
	}
	return expr.String
}

// physicalType is Parquet's number of the type that stores ours.
func physicalType(t expr.Type) int {
	const boolean, int32s, int64s, floats, doubles, bytes, fixed = 0, 1, 2, 4, 5, 6, 7
	switch {
	case t == expr.Float32:
		return floats
	case t.Kind() == expr.Decimal && t.Precision() > 18:
		return fixed
	}
	return map[expr.Type]int{expr.Null: int32s, expr.Bool: boolean, expr.Int32: int32s, expr.Int64: int64s,
		expr.Float64: doubles, expr.String: bytes}[storedAs(t)]
}

// writeSchemaElement describes a column, with the newer annotation (field 10)
// and the older one (6) where there is one.
func writeSchemaElement(t *thriftWriter, f expr.Field) {
	physical := physicalType(f.Type)
	t.i32(1, physical)
	if physical == 7 {
		t.i32(2, decimalBytes(f.Type.Precision()))
	}
	repetition := 1
	if f.NotNull {
		repetition = 0
	}
	t.i32(3, repetition)
	t.binary(4, []byte(f.Name))
	switch f.Type.Kind() {
	case expr.String:
		t.i32(6, 0)
		t.structure(10, func() { t.structure(1, nil) })
	case expr.Date:
		t.i32(6, 6)
		t.structure(10, func() { t.structure(6, nil) })
	case expr.Int8:
		t.i32(6, 15)
		writeIntType(t, 8)
	case expr.Int16:
		t.i32(6, 16)
		writeIntType(t, 16)
	case expr.Decimal:
		t.i32(6, 5)
		t.i32(7, f.Type.Scale())
		t.i32(8, f.Type.Precision())
		t.structure(10, func() {
			t.structure(5, func() {
				t.i32(1, f.Type.Scale())
				t.i32(2, f.Type.Precision())
			})
		})
	case expr.Timestamp, expr.TimestampNTZ:
		if f.Type == expr.Timestamp {
			t.i32(6, 10)
		}
		t.structure(10, func() {
			t.structure(8, func() {
				t.bool(1, f.Type == expr.Timestamp)            // an instant, not a clock's reading
				t.structure(2, func() { t.structure(2, nil) }) // microseconds
			})
		})
	case expr.Null:
		t.structure(10, func() { t.structure(11, nil) })
	}
}

func writeIntType(t *thriftWriter, bits byte) {
	t.structure(10, func() {
		t.structure(10, func() {
			t.field(1, thriftByte)
			t.b = append(t.b, bits)
			t.bool(2, true)
		})
	})
}
