package tbr

import (
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// world is a program with variables that states speak of: four slices, two
// scalars, one struct.
type world struct {
	in      *Info
	vars    []*ir.Var
	entries []entry
}

func newWorld(t testing.TB) *world {
	t.Helper()
	prog, err := ir.Parse(`package p

type S struct {
	a float64
	b [2]float64
}

func F(u, v, w, x []float64, a, b float64, s S) {
}
`)
	if err != nil {
		t.Fatal(err)
	}
	f := prog.Funcs[0]
	mem := alias.Analyze(prog, []*ir.Func{f}, nil)
	w := &world{in: &Info{mem: mem}, vars: f.Params}
	for _, v := range f.Params {
		obj := mem.VarObject(v)
		w.entries = append(w.entries, entry{loc: alias.Loc{Obj: obj}})
		if ir.IsRef(v.Type) {
			for l := range mem.PointsTo(&ir.Ref{V: v}) {
				w.entries = append(w.entries, entry{loc: l})
				for _, via := range f.Params[:4] {
					w.entries = append(w.entries, entry{l, access{via: via}})
				}
			}
		}
	}
	for _, p := range []string{".a", ".b", ".b[]"} {
		w.entries = append(w.entries, entry{loc: alias.Loc{Obj: mem.VarObject(f.Params[6]), Path: p}})
	}
	return w
}

func (w *world) draw(t *rapid.T, label string) set {
	s := set{}
	for _, i := range rapid.SliceOf(rapid.IntRange(0, len(w.entries)-1)).Draw(t, label) {
		s[w.entries[i]] = true
	}
	return s
}

func joined(s, t set) set {
	c := maps.Clone(s)
	c.Join(t)
	return c
}

func within(s, t set) bool {
	for e := range s {
		if !t[e] {
			return false
		}
	}
	return true
}

func TestStateIsALattice(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := w.draw(t, "a"), w.draw(t, "b"), w.draw(t, "c")
		if !maps.Equal(joined(a, a), a) {
			t.Error("join is not idempotent")
		}
		if !maps.Equal(joined(a, b), joined(b, a)) {
			t.Error("join is not commutative")
		}
		if !maps.Equal(joined(joined(a, b), c), joined(a, joined(b, c))) {
			t.Error("join is not associative")
		}
		if !maps.Equal(joined(a, set{}), a) {
			t.Error("the empty state is not neutral")
		}
		d := maps.Clone(a)
		if grew := d.Join(b); grew != !within(b, a) {
			t.Errorf("Join reports %v", grew)
		}
		if d.Join(b) {
			t.Error("a second Join reports growth")
		}
		if !within(a, d) || !within(b, d) {
			t.Error("the join is below an operand")
		}
	})
}

func TestKill(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := w.draw(t, "a"), w.draw(t, "b")
		v := rapid.SampledFrom(w.vars).Draw(t, "v")
		obj := w.in.mem.VarObject(v)
		killed := after(a, func(s *state) { s.kill(obj) })
		for e := range killed {
			if e.loc.Obj == obj || e.via == v {
				t.Errorf("%v via %v survives", e.loc, e.via)
			}
		}
		for e := range a { // memory stays needed, whatever led to it
			if e.loc.Obj != obj && e.via == v && !killed[entry{loc: e.loc}] {
				t.Errorf("%v is forgotten", e.loc)
			}
			if e.loc.Obj != obj && e.via != v && !killed[e] {
				t.Errorf("%v via %v is forgotten", e.loc, e.via)
			}
		}
		if again := after(killed, func(s *state) { s.kill(obj) }); !maps.Equal(again, killed) {
			t.Error("kill is not idempotent")
		}
		both := after(joined(a, b), func(s *state) { s.kill(obj) })
		if !maps.Equal(both, joined(killed, after(b, func(s *state) { s.kill(obj) }))) {
			t.Error("kill does not distribute over join")
		}
	})
}

// after returns what f makes of the entries.
func after(from set, f func(s *state)) set {
	s := newState(from)
	f(s)
	return s.all()
}

// TestUndo: going back gives what was there, and since tells the difference.
func TestUndo(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		a := w.draw(t, "a")
		s := newState(a)
		outer := s.mark()
		w.script(t, "outer")(s)
		b := s.all()
		inner := s.mark()
		w.script(t, "inner")(s)
		c := s.all()
		for e, added := range s.since(inner) {
			if added != c[e] || added == b[e] {
				t.Errorf("since reports %v for %v, which was there: %v, is there: %v", added, e, b[e], c[e])
			}
		}
		if n := len(s.since(inner)); n != len(without(b, c))+len(without(c, b)) {
			t.Errorf("since reports %d changes", n)
		}
		s.undo(inner)
		s.release()
		if !maps.Equal(s.all(), b) {
			t.Error("the inner undo does not lead back")
		}
		s.undo(outer)
		s.release()
		if !maps.Equal(s.all(), a) || len(s.log) > 0 || s.marks != 0 {
			t.Error("the outer undo does not lead back")
		}
	})
}

func without(a, b set) set {
	out := set{}
	for e := range a {
		if !b[e] {
			out[e] = true
		}
	}
	return out
}

// TestBranchAndLoop compare with the definitions, on copies.
func TestBranchAndLoop(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		a := w.draw(t, "a")
		one, other := w.script(t, "one"), w.script(t, "other")
		got := after(a, func(s *state) {
			s.branch(func() { one(s) }, func() { s.branch(func() { other(s) }, func() {}) })
		})
		if want := joined(after(a, one), joined(after(a, other), a)); !maps.Equal(got, want) {
			t.Errorf("branch gives %s, want %s", text(got), text(want))
		}
		got = after(a, func(s *state) { s.loop(func(int) { one(s) }) })
		want := maps.Clone(a)
		for want.Join(after(want, one)) {
		}
		if !maps.Equal(got, want) {
			t.Errorf("loop gives %s, want %s", text(got), text(want))
		}
	})
}

// script returns some changes that can be made again.
func (w *world) script(t *rapid.T, label string) func(s *state) {
	steps := rapid.SliceOfN(rapid.IntRange(0, 3*len(w.entries)-1), 0, 12).Draw(t, label)
	return func(s *state) {
		for _, i := range steps {
			switch e := w.entries[i/3]; i % 3 {
			case 0:
				s.add(e)
			case 1:
				s.remove(e)
			case 2:
				s.kill(e.loc.Obj)
			}
		}
	}
}

// TestRename checks that a permutation renames without losing or inventing
// anything: its powers lead back to the start.
func TestRename(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		perm := rapid.Permutation(w.vars[:4]).Draw(t, "permutation")
		s := &ir.Assign{}
		for i, v := range perm {
			s.L = append(s.L, &ir.Ref{V: w.vars[i]})
			s.R = append(s.R, &ir.Ref{V: v})
		}
		a := w.draw(t, "a")
		b := a
		for round := 1; ; round++ {
			b = after(b, func(st *state) { st.rename(s, w.in) })
			if len(b) != len(a) {
				t.Fatalf("%d entries became %d", len(a), len(b))
			}
			if maps.Equal(a, b) {
				return
			}
			if round == 12 { // the order of a permutation of four divides 12
				t.Fatal("the permutation does not come back")
			}
		}
	})
}

func TestRenameFollowsTheValue(t *testing.T) {
	w := newWorld(t)
	u, v := w.vars[0], w.vars[1]
	swap := &ir.Assign{L: []ir.Expr{&ir.Ref{V: u}, &ir.Ref{V: v}}, R: []ir.Expr{&ir.Ref{V: v}, &ir.Ref{V: u}}}
	memory := w.in.mem.PointsTo(&ir.Ref{V: u}).Sorted()[0]
	s := after(set{entry{memory, access{via: u}}: true, entry{loc: alias.Loc{Obj: w.in.mem.VarObject(v)}}: true}, func(s *state) { s.rename(swap, w.in) })
	want := set{entry{memory, access{via: v}}: true, entry{loc: alias.Loc{Obj: w.in.mem.VarObject(u)}}: true}
	if !maps.Equal(s, want) {
		t.Errorf("got %s, want %s", text(s), text(want))
	}
}

func text(s set) string {
	out := ""
	for e := range s {
		via := ""
		if e.via != nil {
			via = " via " + e.via.Name
		}
		out += fmt.Sprintf("{%s%s} ", e.loc, via)
	}
	return out
}
