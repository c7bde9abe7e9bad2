package tangent

import (
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// apartChecks makes the checks that arguments of a root do not share memory that it
// writes to, and clears the fields of tangents that the directive does not name. Where it may write behind the length of a slice, the tangents, whose memory
// is the caller's too, must not share what is there either.
func (m *made) apartChecks(sh *shadow.Map) []ir.Stmt {
	if m.root == nil {
		return nil
	}
	var tangents []shadow.Pair
	for _, p := range m.root.Apart {
		if (p.RoomA || p.RoomB) && m.shadowed(p.A) && m.shadowed(p.B) {
			tangents = append(tangents, shadow.Pair{A: sh.Var(p.A), B: sh.Var(p.B), RoomA: p.RoomA, RoomB: p.RoomB})
		}
	}
	name := m.primal.Name[strings.LastIndex(m.primal.Name, ".")+1:]
	out := shadow.ApartChecks(name, append(m.root.Apart[:len(m.root.Apart):len(m.root.Apart)], tangents...))
	for _, s := range m.root.Parts {
		out = append(out, s.ApartParts(name)...)
		if len(s.Work) > 0 {
			out = append(out, &ir.Call{Name: "ad.ClearParts", Args: shadow.On(sh.Var(s.Param), s.Work)})
		}
	}
	return out
}
