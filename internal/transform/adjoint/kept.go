package adjoint

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/analysis/tbr"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
)

// record finds what is to be recorded.
func (t *transform) record() {
	t.tbr = nil
	t.client = &client{t: t, cache: map[ir.Stmt]*uses{}, gens: map[*ir.Func]*generator{}}
	t.tbr = tbr.Analyze(t.prog, t.mem, t.eff, t.rec, t.client, tbr.Options{
		Places: !t.without(optim.Places), Shifts: !t.without(optim.Shift),
	})
}

// without reports whether something that is asked for is to be made without the optimisation.
func (t *transform) without(o optim.Set) bool {
	for _, r := range t.roots {
		if r.Without.Has(o) {
			return true
		}
	}
	return false
}

// acceptKept lets those variables of outermost blocks be worked out again that would be
// recorded while what they are made from is kept, too. It reports whether there are any; then
// there is less to be recorded.
func (t *transform) acceptKept() bool {
	before := t.tbr
	found := false
	for changed := true; changed; {
		changed = false
		for _, c := range t.rec.Candidates() {
			if t.rec.Local(c.V) == nil && before.Exit(c.Fn.Body, c.V) && t.free(before, c) {
				t.rec.Accept(c)
				found, changed = true, true
			}
		}
	}
	return found
}

// free reports whether all that the candidate is made from is kept without it. Instead of a
// slice or pointer, which has a shadow, integers may be recorded.
func (t *transform) free(before *tbr.Info, c *recompute.Candidate) bool {
	for l := range c.Reads {
		if !before.NeededAfter(c.Fn, l) {
			return false
		}
	}
	return !slices.ContainsFunc(c.Takes, func(v *ir.Var) bool {
		return t.rec.Local(v) == nil && !before.Exit(c.Fn.Body, v) && !(ir.IsRef(c.V.Type) && !ir.HasRef(v.Type) && !ir.HasFloat(v.Type))
	})
}
