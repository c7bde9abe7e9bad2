package adjoint

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// An append writes behind the length of a slice if there is room in its memory. What is
// there may be elements of another slice, so a snapshot of a slice that something is
// appended to keeps its memory up to the capacity.

// room is that memory in the whole program.
func (t *transform) room() alias.Set {
	if t.rooms == nil {
		t.rooms = t.eff.Room(t.prog.Funcs)
	}
	return t.rooms
}

// keeping returns the method, Save or Restore, for the variable at place.
func (g *generator) keeping(method string, place ir.Expr) string {
	for _, to := range g.mem.Refs(place) {
		if g.mem.OverlapAny(g.t.eff.Reach(to), g.t.room()) {
			return method + "Room"
		}
	}
	return method
}

// keeps calls Save or Restore of a snapshot for each place.
func (g *generator) keeps(snap *ir.Var, method string, places []ir.Expr) []ir.Stmt {
	var out []ir.Stmt
	for _, p := range places {
		out = append(out, on(snap, g.keeping(method, p), p))
	}
	return together(out)
}

// isRestore reports whether c gives variables back what a snapshot holds.
func isRestore(c *ir.Call) bool {
	return c.Name == "Restore" || c.Name == "RestoreRoom" || c.Name == "RestoreHeaders"
}
