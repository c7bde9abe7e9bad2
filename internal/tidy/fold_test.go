package tidy

import (
	"go/token"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

// TestFold does in testdata/fold what TestCases does for the other passes. Variables with
// names that end in b hold derivatives.
func TestFold(t *testing.T) {
	passCases(t, "fold", func(f *ir.Func) {
		shadows(f)
		made(f)
		Fold(f)
	})
}

// made takes the positions from the statements, as if a transform had made them.
func made(f *ir.Func) {
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if a, ok := s.(*ir.Assign); ok {
			a.P = token.NoPos
		}
	})
}

// TestFoldKeepsLines: what the user wrote stays a line.
func TestFoldKeepsLines(t *testing.T) {
	const src = `package p

func F(a float64) (r float64) {
	b := a * a
	r = b
	return
}
`
	for _, user := range []bool{false, true} {
		prog := parse(t, src)
		if !user {
			made(prog.Funcs[0])
		}
		Fold(prog.Funcs[0])
		if got := len(prog.Funcs[0].Body.Stmts) == 3; got != user {
			t.Errorf("line of the user %t: it stays is %t", user, got)
		}
	}
}
