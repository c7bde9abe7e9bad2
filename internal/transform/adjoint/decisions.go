package adjoint

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Decisions tells, for the functions that were differentiated, what was decided
// for each variable and statement, and why.
type Decisions struct{ t *transform }

// A VarDecision says what became of one variable.
type VarDecision struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Kind   string `json:"kind"`             // receiver or parameter, result, local
	Active string `json:"active"`           // active, varied only, useful only, passive
	Shadow bool   `json:"shadow"`           // it has one
	Value  string `json:"value,omitempty"`  // how the reverse sweep gets it: recomputed, stored, kept
	Reason string `json:"reason,omitempty"` // for Value
}

// A StmtDecision says what the reverse of one statement is.
type StmtDecision struct {
	Line    int    `json:"line"`
	Text    string `json:"text"`
	Depth   int    `json:"depth"`
	Reverse string `json:"reverse"`
}

// A FuncDecision is all that was decided for one function.
type FuncDecision struct {
	Func       string         `json:"func"`
	Others     []string       `json:"others,omitempty"` // the same function in calls with other active arguments
	Variables  []VarDecision  `json:"variables"`
	Statements []StmtDecision `json:"statements"`
}

// Func returns what was decided for the function of that name, as Funcs has it; ok
// is false if it was not differentiated.
func (d *Decisions) Func(name string) (out FuncDecision, ok bool) {
	var f *ir.Func
	for _, g := range d.t.prog.Funcs {
		if d.name(g) == name && g.Rule == nil {
			f = g
		}
	}
	if f == nil {
		return out, false
	}
	out.Func = name
	for _, g := range d.t.prog.Funcs {
		if g != f && g.Rule == nil && d.plainName(g) == d.plainName(f) {
			out.Others = append(out.Others, d.name(g))
		}
	}
	for _, p := range f.Inputs() {
		out.Variables = append(out.Variables, d.variable(f, p, "parameter"))
	}
	for _, p := range f.Results {
		out.Variables = append(out.Variables, d.variable(f, p, "result"))
	}
	for _, p := range f.Locals {
		out.Variables = append(out.Variables, d.variable(f, p, "local"))
	}
	d.block(f.Body, 0, &out)
	return out, true
}

// Funcs lists the names of the functions of the program.
func (d *Decisions) Funcs() []string {
	var out []string
	for _, f := range d.t.prog.Funcs {
		if f.Rule == nil {
			out = append(out, d.name(f))
		}
	}
	return out
}

// name is what a user calls f: "Step", "cg.Step", "Dot[float64]"; the further copies for
// other active arguments are "Step#2" and so on.
func (d *Decisions) name(f *ir.Func) string {
	name, n := d.plainName(f), 1
	for _, g := range d.t.prog.Funcs {
		switch {
		case g == f && n == 1:
			return name
		case g == f:
			return fmt.Sprintf("%s#%d", name, n)
		case g.Rule == nil && d.plainName(g) == name:
			n++
		}
	}
	return name
}

func (d *Decisions) plainName(f *ir.Func) string {
	switch {
	case len(f.TArgs) == 0:
		return f.Name
	case f.Pkg == d.t.prog.Pkg:
		return f.Title(d.t.prog.Pkg)
	}
	return f.Pkg.Name() + "." + f.Title(d.t.prog.Pkg)
}

func (d *Decisions) variable(f *ir.Func, v *ir.Var, kind string) VarDecision {
	t := d.t
	out := VarDecision{Name: v.Name, Type: types.TypeString(v.Type, ir.Within(t.prog.Pkg)), Kind: kind, Shadow: t.carries(v)}
	ref := &ir.Ref{V: v}
	switch {
	case t.carries(v):
		out.Active = "active"
	case t.act.VariedPlace(ref):
		out.Active = "varied only"
	default:
		out.Active = "passive"
	}
	if kind == "parameter" || !t.tbr.Needed(v) {
		return out
	}
	switch {
	case t.rec.Local(v) != nil:
		out.Value, out.Reason = "recomputed", "its operands still hold where the reverse sweep enters its scope"
	case d.stored(f, v):
		out.Value, out.Reason = "stored", "the reverse sweep reads it and its operands are gone by then"
	default:
		out.Value, out.Reason = "kept", "its variable still holds it"
	}
	return out
}

// stored reports whether a value of v is put on the stack anywhere.
func (d *Decisions) stored(f *ir.Func, v *ir.Var) bool {
	found := d.t.tbr.Exit(f.Body, v)
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if b, ok := s.(*ir.Block); ok {
			found = found || d.t.tbr.Exit(b, v)
		}
		for _, b := range ir.Blocks(s) {
			found = found || d.t.tbr.Exit(b, v)
		}
		found = found || d.t.tbr.Exit(s, v)
		_, places := ir.Exprs(s)
		for i, l := range places {
			if r, ok := l.(*ir.Ref); ok && r.V == v {
				found = found || d.t.tbr.Saves(s, i)
			}
		}
	})
	return found
}

func (d *Decisions) block(b *ir.Block, depth int, out *FuncDecision) {
	p := &ir.Printer{Qualify: ir.Within(d.t.prog.Pkg)}
	for _, s := range b.Stmts {
		text := head(p, s)
		if text == "" {
			for _, inner := range ir.Blocks(s) {
				d.block(inner, depth, out)
			}
			continue
		}
		line := 0
		if s.Pos().IsValid() {
			line = d.t.prog.Fset.Position(s.Pos()).Line
		}
		out.Statements = append(out.Statements, StmtDecision{Line: line, Text: text, Depth: depth, Reverse: d.reverse(s)})
		for _, inner := range ir.Blocks(s) {
			d.block(inner, depth+1, out)
		}
	}
}

// head is the first line of a statement's printed form.
func head(p *ir.Printer, s ir.Stmt) string {
	switch s := s.(type) {
	case *ir.Block:
		return ""
	case *ir.If:
		return "if " + p.Expr(s.Cond)
	case *ir.For:
		if s.IsBlock() {
			return "checkpointed block"
		}
		if s.IsFixed() {
			return "loop to a fixed point"
		}
		q := &ir.Printer{Qualify: p.Qualify}
		q.Stmt(&ir.For{Init: s.Init, Cond: s.Cond, Post: s.Post, Body: &ir.Block{}})
		text, _, _ := strings.Cut(q.String(), " {")
		return text
	}
	q := &ir.Printer{Qualify: p.Qualify}
	q.Stmt(plainCall(s))
	return strings.TrimSpace(q.String())
}

func (d *Decisions) reverse(s ir.Stmt) string {
	t := d.t
	if t.isFused(s) {
		return "reversed where it runs: " + d.fused(s)
	}
	if !t.tbr.Reverse(s) {
		return "nothing" + d.memory(s) + selects(s)
	}
	saved, moved := "", ""
	_, places := ir.Exprs(s)
	for i := range places {
		if from := t.tbr.Moved(s, i); from != nil {
			moved = "; old value of " + ir.Format(places[i]) + " is that of " + from.Name + " after it"
		} else if t.tbr.Saves(s, i) {
			saved = "; old value of " + ir.Format(places[i]) + " recorded"
		}
	}
	saved += moved
	switch s := s.(type) {
	case *ir.Assign:
		return "adjoint" + saved + d.memory(s)
	case *ir.Copy:
		if t.tbr.SavesCopy(s) {
			saved = "; overwritten part recorded"
		}
		return "adjoint" + saved
	case *ir.Call:
		if s.Fn == nil {
			return "restored" + saved
		}
		if s.Fn.Rule != nil {
			return d.byRule(s) + saved
		}
		if t.joint(s) {
			if t.tbr.Snapshots(s) {
				saved += "; snapshot of " + d.kept(s)
			}
			return "joint: run again, then reversed" + saved
		}
		return "split: recorded when it first runs" + saved
	case *ir.If:
		if t.rec.Again(s) {
			return "condition asked again"
		}
		return "branch recorded, one bit"
	case *ir.For:
		switch {
		case s.IsFixed():
			return "not reversed: one iteration at the fixed point is, until the adjoint has converged"
		case s.IsBlock():
			return "snapshot of " + d.state(s) + "; run again, then reversed"
		case s.Scheduled():
			return "under " + article(s.Checkpoint.Scheme) + " schedule; snapshots of " + d.state(s)
		case t.rec.Counted(s) == nil:
			return "iterations counted"
		case s.Stop != nil:
			return "index runs backwards from where the loop was left" + selects(s)
		}
		return "index runs backwards" + d.parallel(s) + d.gathered(s) + selects(s)
	}
	return "reversed" + saved
}

// memory tells where slices are that s makes for the derivative.
func (d *Decisions) memory(s ir.Stmt) string {
	a, ok := s.(*ir.Assign)
	if !ok {
		return ""
	}
	for _, r := range a.R {
		if m, ok := r.(*ir.Make); ok && d.t.pooled[d.t.mem.Site(m)] {
			return "; memory of the stack, used again"
		}
	}
	return ""
}

// selects tells what the loop selects.
func selects(s ir.Stmt) string {
	l, ok := s.(*ir.For)
	if !ok || len(l.Selects) == 0 {
		return ""
	}
	return "; the iteration that gives " + list(l.Selects) + " is reversed by itself"
}

// gathered tells what the loop adds once in place of several times.
func (d *Decisions) gathered(l *ir.For) string {
	g := d.t.gathered[l]
	if g == nil || len(g.Places) == 0 {
		return ""
	}
	text := "; what comes to " + list(g.Places) + " is gathered"
	if g.Parts {
		text += ", by parts"
	}
	return text
}

// parallel tells whether a loop over goroutines has goroutines in both sweeps.
func (d *Decisions) parallel(l *ir.For) string {
	p := d.t.parallels[l]
	switch {
	case !l.Go:
		return ""
	case p == nil:
		return "; goroutines one after the other: it has no adjoint of its own"
	case p.why != "":
		return "; goroutines one after the other: " + p.why
	case len(p.names) == 0:
		return "; in goroutines, which add to adjoints of their own only"
	}
	var copied, back []string
	for _, name := range p.names {
		if p.direct[p.shadow[name]] {
			back = append(back, name)
		} else {
			copied = append(copied, name)
		}
	}
	text := "; in goroutines"
	if len(copied) > 0 {
		text += ", with copies of the adjoints of " + list(copied)
	}
	if len(back) > 0 {
		text += ", with rows held back for the adjoints of " + list(back)
	}
	return text
}

// fused tells why the loop or call s can be reversed where it runs.
func (d *Decisions) fused(s ir.Stmt) string {
	l, ok := s.(*ir.For)
	if !ok {
		return "the adjoints of its results are known"
	}
	var sums []string
	for _, sum := range d.t.fused.loops[l] {
		sums = append(sums, sum.v.Name)
	}
	return "it only adds to " + list(sums) + ", with known adjoint"
}

// kept tells what a snapshot before a joint call holds.
func (d *Decisions) kept(c *ir.Call) string {
	whole, parts := d.t.client.generatorFor(c).stretches(c)
	var out []string
	for _, e := range append(whole, parts...) {
		out = append(out, stretchText(e))
	}
	return listOr(out, "nothing")
}

// state tells what the snapshots of a checkpointed loop or block hold.
func (d *Decisions) state(l *ir.For) string {
	g := d.t.client.generatorFor(l)
	_, order, code := g.loopParts(l)
	parts := map[*ir.Var][]string{}
	for i := range order {
		x := code[i].(*ir.Assign).R[0].(*ir.Math)
		v := x.Args[0].(*ir.Ref).V
		parts[v] = append(parts[v], stretchText(x))
	}
	var out []string
	for _, it := range g.loopState(l) {
		if r, ok := it.Place.(*ir.Ref); ok && parts[r.V] != nil {
			out = append(out, parts[r.V]...)
		} else if !ok || r.V.Kind != ir.Temp {
			out = append(out, ir.Format(it.Place))
		}
	}
	return listOr(out, "nothing")
}

func listOr(parts []string, none string) string {
	if len(parts) == 0 {
		return none
	}
	return strings.Join(parts, ", ")
}

// stretchText names what a snapshot keeps: a place, or elements of one.
func stretchText(e ir.Expr) string {
	p, ok := e.(*ir.Math)
	switch {
	case !ok:
		return ir.Format(e)
	case ir.Equal(p.Args[1], p.Args[2]):
		return fmt.Sprintf("%s[%s]", ir.Format(p.Args[0]), ir.Format(p.Args[1]))
	}
	return fmt.Sprintf("%s from element %s to %s", ir.Format(p.Args[0]), ir.Format(p.Args[1]), ir.Format(p.Args[2]))
}
