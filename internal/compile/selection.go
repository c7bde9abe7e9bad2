package compile

import (
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/transform/selection"
)

// mostNested bounds how deep loops that select are looked for in what loops select.
const mostNested = 8

// selection changes the loops of sub that select values, for the derivative d of f. What one round
// takes out of a loop may have loops that select, for the next.
func (u *unit) selection(sub *ir.Program, f *ir.Func, d *directive.Derivative) {
	if u.opts.Without.Has(optim.Selection) || !selection.Possible(sub) {
		return
	}
	for range mostNested {
		facts := u.adjointFacts(sub, requested(f, d))
		if !selection.Use(sub, selection.Facts{Mem: facts.Mem, Eff: facts.Eff, Act: facts.Act}) {
			return
		}
	}
}
