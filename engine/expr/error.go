package expr

import (
	"fmt"
	"strings"
)

// An Error is a mistake that Spark names: in the data (found while evaluating)
// or in the types (found by Bind). Callers test its class with errors.As.
type Error struct {
	Class string // Spark's error class, such as DIVIDE_BY_ZERO
	Text  string // Spark's message without class and state
	State string // SQLSTATE
}

// Error is Spark's message: "[CLASS] text SQLSTATE: 22012".
func (e *Error) Error() string { return "[" + e.Class + "] " + e.Text + " SQLSTATE: " + e.State }

const bypass = `If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error`

func errDivideByZero() error {
	return &Error{"DIVIDE_BY_ZERO", "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. " + bypass + ".", "22012"}
}

func errIntervalByZero() error {
	return &Error{"INTERVAL_DIVIDED_BY_ZERO", "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.", "22012"}
}

// errOverflow names what overflowed; try is the function that tolerates it, or
// empty.
func errOverflow(what, try string) error {
	if try != "" {
		try = "Use '" + try + "' to tolerate overflow and return NULL instead. "
	}
	return &Error{"ARITHMETIC_OVERFLOW", what + ". " + try + bypass + ".", "22003"}
}

func errIntervalOverflow(try string) error {
	if try == "" {
		return &Error{"INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", "Integer overflow while operating with intervals. Try devising appropriate values for the interval parameters.", "22015"}
	}
	return &Error{"INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", "Integer overflow while operating with intervals. Use `" + try + "` to tolerate overflow and return NULL instead.", "22015"}
}

func errPrecision(value string, t Type) error {
	return &Error{"NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", fmt.Sprintf(" %s cannot be represented as Decimal(%d, %d). %s, and return NULL instead.",
		value, t.Precision(), t.Scale(), bypass), "22003"}
}

func errCastInput(value string, from, to Type) error {
	return &Error{"CAST_INVALID_INPUT", fmt.Sprintf("The value %s of the type %s cannot be cast to %s because it is malformed. "+
		"Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead.",
		value, sqlName(from), sqlName(to)), "22018"}
}

func errCastOverflow(v Value, m Mode, to Type) error {
	return &Error{"CAST_OVERFLOW", fmt.Sprintf("The value %s of the type %s cannot be cast to %s due to an overflow. "+
		"Use `try_cast` to tolerate overflow and return NULL instead.", v.sql(m), sqlName(v.Type), sqlName(to)), "22003"}
}

// Mistakes in types. Bind puts the expression in front of the text.

func errDiffTypes(a, b Type) error {
	return &Error{"DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", fmt.Sprintf("the left and right operands of the binary operator have incompatible types (%s and %s).",
		sqlName(a), sqlName(b)), "42K09"}
}

func errWrongType(want string, t Type) error {
	return &Error{"DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", fmt.Sprintf("the binary operator requires the input type %s, not %s.", want, sqlName(t)), "42K09"}
}

// errArgument says that the argument counted from 1 needs another type.
func errArgument(at int, want string, t Type) error {
	return &Error{"DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", fmt.Sprintf("The %s parameter requires the %s type, however it has the type %s.",
		[]string{"first", "second", "third", "fourth", "fifth"}[min(at, 5)-1], want, sqlName(t)), "42K09"}
}

func errNoCommonType(types []Type) error {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = sqlName(t)
	}
	return &Error{"DATATYPE_MISMATCH.DATA_DIFF_TYPES", "the inputs should all be the same type, but they are [" + strings.Join(names, ", ") + "].", "42K09"}
}

func errNoCast(from, to Type) error {
	return &Error{"DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", fmt.Sprintf("cannot cast %s to %s.", sqlName(from), sqlName(to)), "42K09"}
}

func errCastNeedsConf(from, to Type) error {
	return &Error{"DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION", fmt.Sprintf("cannot cast %[1]s to %[2]s with ANSI mode on.\n"+
		`If you have to cast %[1]s to %[2]s, you can set "spark.sql.ansi.enabled" as 'false'.`, sqlName(from), sqlName(to)), "42K09"}
}

func errCastNeedsFunc(from, to Type, function string) error {
	return &Error{"DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION", fmt.Sprintf("cannot cast %[1]s to %[2]s.\nTo convert values from %[1]s to %[2]s, you can use the functions `%[3]s` instead.",
		sqlName(from), sqlName(to), function), "42K09"}
}

// about puts the expression that has wrong types in front of what is wrong.
func about(e Expr, err error) error {
	if x, ok := err.(*Error); ok && strings.HasPrefix(x.Class, "DATATYPE_MISMATCH.") && !strings.HasPrefix(x.Text, "Cannot resolve") {
		return &Error{x.Class, fmt.Sprintf("Cannot resolve \"%s\" due to data type mismatch: %s", e, x.Text), x.State}
	}
	return fmt.Errorf("%s: %w", e, err)
}

// sqlName is a type as Spark's messages spell it.
func sqlName(t Type) string { return `"` + strings.ToUpper(t.String()) + `"` }
