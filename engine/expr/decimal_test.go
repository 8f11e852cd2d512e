package expr_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"stagecoach/engine/expr"
)

// Decimal arithmetic is the exact result rounded once, halves away from zero,
// whether the values fit 64 bits or not; what does not fit the type is null.
func TestDecimalsAgainstFractions(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 2))
	for n := range 20000 {
		a, b := randomDecimal(r), randomDecimal(r)
		op := []string{"+", "-", "*", "/", "%"}[n%5]
		got, err := expr.Constant(expr.Fn(op, a, b))
		if err != nil {
			t.Fatal(err)
		}
		want, null := exactly(op, rational(a), rational(b), got.Type)
		if got.IsNull != null || !null && rational(got).Cmp(want) != 0 {
			t.Fatalf("seed %d, number %d: %v(%v) %s %v(%v) is %v(%v), want %s, null %v", seed, n, a.Type, a, op, b.Type, b, got.Type, got, want.FloatString(40), null)
		}
	}
}

func randomDecimal(r *rand.Rand) expr.Value {
	p := 1 + r.IntN(expr.MaxPrecision)
	s := r.IntN(p + 1)
	digits := make([]byte, 1+r.IntN(p))
	for i := range digits {
		digits[i] = byte('0' + r.IntN(10))
	}
	b, _ := new(big.Int).SetString(string(digits), 10)
	if r.IntN(2) == 0 {
		b.Neg(b)
	}
	v, _ := expr.FromBig(b)
	return expr.Value{Type: expr.DecimalOf(p, s), Wide: v}
}

func scaled(places int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
}

func rational(v expr.Value) *big.Rat {
	return new(big.Rat).SetFrac(v.Wide.Big(), scaled(v.Type.Scale()))
}

// exactly computes with fractions and rounds to a type's scale.
func exactly(op string, a, b *big.Rat, t expr.Type) (want *big.Rat, null bool) {
	want = new(big.Rat)
	if b.Sign() == 0 && (op == "/" || op == "%") {
		return want, true
	}
	switch op {
	case "+":
		want.Add(a, b)
	case "-":
		want.Sub(a, b)
	case "*":
		want.Mul(a, b)
	case "/":
		want.Quo(a, b)
	case "%":
		q := want.Quo(a, b)
		whole := new(big.Rat).SetInt(new(big.Int).Quo(q.Num(), q.Denom()))
		want = new(big.Rat).Sub(a, whole.Mul(whole, b))
	}
	unit := new(big.Rat).SetInt(scaled(t.Scale()))
	x := new(big.Rat).Mul(want, unit)
	half := big.NewRat(int64(x.Sign()), 2)
	x.Add(x, half)
	rounded := new(big.Int).Quo(x.Num(), x.Denom())
	null = new(big.Int).Abs(rounded).Cmp(scaled(t.Precision())) >= 0
	return want.Quo(new(big.Rat).SetInt(rounded), unit), null
}
