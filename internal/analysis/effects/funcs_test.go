package effects

import (
	"testing"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
)

// TestRecursion: functions that call each other have each other's effects; the
// variables of one call are not those of the call inside it, but for those that
// it is led to.
func TestRecursion(t *testing.T) {
	prog := parse(t, structs+`func (s *S) visit(x []float64, n int) (r float64) {
	h := x[0] * s.a
	var t S
	if n > 0 {
		r = t.visit(x, n - 1)
		back(s, x, n - 1)
	}
	r += h
	return
}

func back(s *S, x []float64, n int) {
	k := n - 1
	if k > 0 {
		a := s.visit(x, k)
		x[1] = a
	}
}

func alone(x []float64, n int) {
	if n > 0 {
		alone(x, n - 1)
		x[0] = 1.0
	}
}

func F(s *S, x, y []float64) (r float64) {
	r = s.visit(x, 3)
	alone(y, 2)
	return
}
`)
	in := analyze(prog)
	for _, c := range []struct{ fn, reads, writes string }{
		{"S.visit", "s.a t.a x[]", "t x[]"},
		{"back", "s.a t.a x[]", "t x[]"},
		{"alone", "", "y[]"},
		{"F", "s.a t.a x[]", "t x[] y[]"},
	} {
		f := prog.Func(c.fn)
		if got := names(in.SharedReads(f)); got != c.reads {
			t.Errorf("%s reads %q, want %q", c.fn, got, c.reads)
		}
		if got := names(in.SharedWrites(f)); got != c.writes {
			t.Errorf("%s writes %q, want %q", c.fn, got, c.writes)
		}
	}
	// The call inside does not write the h or the r of the call around it.
	visit := prog.Func("S.visit")
	for _, s := range visit.Body.Stmts {
		own := alias.Set{}
		for l := range in.Writes(s) {
			if l.Obj.Var != nil && l.Obj.Var.Name == "h" {
				own[l] = true
			}
		}
		if define := s == visit.Body.Stmts[0]; define != (len(own) > 0) {
			t.Errorf("a statement writes %s", names(own))
		}
	}
}
