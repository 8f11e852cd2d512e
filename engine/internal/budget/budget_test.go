package budget_test

import (
	"errors"
	"testing"

	"stagecoach/engine/internal/budget"
)

func TestUnifiedIsSparksFormula(t *testing.T) {
	for memory, want := range map[int64]int64{
		1 << 30:   455501414, // 0.6 · (1 GiB - 300 MiB)
		450 << 20: 90 << 20,
		300 << 20: 60 << 20,
	} {
		if got := budget.Unified(memory, 0.6); got != want {
			t.Errorf("Unified(%d) = %d, want %d", memory, got, want)
		}
	}
}

// A task may hold 1/N of the pool while N tasks run, and the rest once it is alone.
func TestShareOfATask(t *testing.T) {
	p := budget.NewPool(1<<20, 0.5)
	p.Begin(1)
	p.Begin(2)
	r := p.Reserve(1)
	if err := r.Resize(1 << 19); err != nil {
		t.Fatal(err)
	}
	if err := r.Resize(1<<19 + 1); !errors.Is(err, budget.ErrExhausted) {
		t.Fatalf("a half of the pool is the most for one of two tasks, got %v", err)
	}
	p.End(2)
	if err := r.Resize(1 << 20); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if leaked, _ := p.End(1); leaked != 0 {
		t.Errorf("%d bytes leaked", leaked)
	}
}

// A task sees the most that anybody held at once while it ran, and no more.
func TestPeak(t *testing.T) {
	p := budget.NewPool(1<<20, 0.5)
	p.Begin(1)
	r := p.Reserve(1)
	if err := r.Resize(512 << 10); err != nil {
		t.Fatal(err)
	}
	p.GrowStorage(100 << 10)
	r.Close()
	p.Begin(2)
	p.GrowStorage(50 << 10)
	if _, peak := p.End(1); peak != 612<<10 {
		t.Errorf("the first task saw %d KiB", peak>>10)
	}
	if _, peak := p.End(2); peak != 150<<10 {
		t.Errorf("the second task saw %d KiB", peak>>10)
	}
}

// Execution evicts cached blocks down to the storage region; storage never
// takes from execution.
func TestExecutionEvictsStorage(t *testing.T) {
	p := budget.NewPool(1000<<10, 0.5)
	evicted := int64(0)
	p.OnEvict(func(n int64) int64 { evicted += n; p.ShrinkStorage(n); return n })
	if p.GrowStorage(900<<10) != 0 {
		t.Fatal("an empty pool refuses a block")
	}
	p.Begin(1)
	r := p.Reserve(1)
	if err := r.Resize(500 << 10); err != nil || evicted != 400<<10 {
		t.Fatalf("%v, evicted %d", err, evicted)
	}
	if err := r.Resize(564 << 10); !errors.Is(err, budget.ErrExhausted) {
		t.Fatalf("the storage region was evicted: %v", err)
	}
	if p.GrowStorage(501<<10) == 0 {
		t.Fatal("a block larger than what execution leaves was let in")
	}
}
