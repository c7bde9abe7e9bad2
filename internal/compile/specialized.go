package compile

import (
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
	"github.com/cairn-ad/cairn/internal/transform/specialize"
)

// mostRounds bounds how deep calls of copies lead to further copies.
const mostRounds = 3

// specialized returns sub, the part of a program that f needs, for a derivative, f in it, and
// the facts about it. Small functions have a copy for each set of active arguments: a round finds the
// copies, which call others with fewer active arguments than before.
func (u *unit) specialized(sub *ir.Program, f *ir.Func, d *directive.Derivative, analyzed func(*ir.Program, request) adjoint.Facts) (*ir.Program, *ir.Func, adjoint.Facts) {
	for round := 0; ; round++ {
		asked := requested(f, d)
		facts := analyzed(sub, asked)
		if round == mostRounds || u.opts.Without.Has(optim.Specialize) {
			return sub, f, facts
		}
		next, became := specialize.Transform(sub, facts.Mem, facts.Act, f)
		if became == nil {
			return sub, f, facts
		}
		sub, f = next, became[f]
	}
}
