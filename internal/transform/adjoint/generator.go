package adjoint

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// A generator makes one function.
type generator struct {
	t    *transform
	f    *ir.Func
	mem  *alias.Info
	act  *activity.Info
	rec  *recompute.Info
	sh   *shadow.Map
	kind kind
	sig  *signature
	st   *ir.Var // the run-time stack

	again  []rerun                // recordings that the reverse sweep repeats
	bulk   map[*ir.For][]span     // what a loop records in one go
	inBulk map[ir.Stmt]bool       // statements that therefore need not save
	taken  map[*ir.Var]bool       // variables whose address is taken, or that of a part
	whole  map[*ir.Var]bool       // variables whose address is taken
	loops  map[*ir.For]*scheduled // loops whose closures both sweeps share
	kept   map[*ir.Call]*ir.Var   // what the forward halves of rules have left

	underDirective []*ir.For           // loops of f, when first asked for
	ruleSeeds      map[ir.Expr]*ir.Var // by left side: see takeSeeds
	guard          bool                // of the statement that is reversed: see ir.Assign

	made    *ir.Func // what is made
	resumed bool     // it has a loop that another process can go on with

	drawing *ir.Var          // the run-time loop whose closures are being made
	flags   map[*ir.Var]bool // variables whose value is known where code is made
}

func (t *transform) generator(f *ir.Func) *generator {
	sh := shadow.New(f, "b")
	sh.Leads = t.act.ShadowedRefs
	return &generator{t: t, f: f, mem: t.mem, act: t.act, rec: t.rec, sh: sh, loops: map[*ir.For]*scheduled{}}
}

func (g *generator) differ() *differ {
	return &differ{act: g.act, sh: g.sh, guard: g.guard, values: !g.t.without(optim.Values)}
}

func (g *generator) needed(v *ir.Var) bool { return g.t.tbr != nil && g.t.tbr.Needed(v) }

// Types of package ad that made code mentions.
var (
	stackType    = ir.RunTimeType("Stack")
	loopType     = ir.RunTimeType("Loop")
	snapshotType = ir.RunTimeType("Snapshot")
	asideType    = ir.RunTimeType("Aside")
	headsType    = ir.RunTimeType("Heads")
	fixedType    = ir.RunTimeType("FixedPoint")
)

// build makes the body and the signature of v.
func (t *transform) build(v *variant) {
	g := t.generator(v.sig.fn)
	g.kind, g.sig = v.kind, v.sig
	g.st = &ir.Var{Name: "st", Type: stackType, Kind: ir.Param}
	v.st, g.made = g.st, v.fn
	switch v.kind {
	case jointKind:
		if g.f.Derivative != nil {
			g.derivative(v.fn)
			break
		}
		g.joint(v.fn)
	case forwardKind:
		g.forward(v.fn)
	case reverseKind:
		g.reverse(v.fn)
	}
	v.fn.Locals = g.sh.Locals
	v.fn.Doc = g.doc(v)
	v.g = g
}

// doc says what a made function does.
func (g *generator) doc(v *variant) string {
	name, primal := last(v.fn.Name), g.f.Title(g.t.prog.Pkg)
	switch v.kind {
	case forwardKind:
		return fmt.Sprintf("%s is the forward sweep of %s: it runs %s and records on st.", name, primal, primal)
	case reverseKind:
		return fmt.Sprintf("%s is the reverse sweep of %s: it adds to the adjoints.", name, primal)
	}
	var into, seeds, both []string
	for _, p := range g.f.Inputs() {
		if !v.sig.shadowed(p) {
			continue
		}
		if v.sig.root != nil && contains(v.sig.root.Of, p) {
			both = append(both, shadow.NameOf(p, "b"))
		} else {
			into = append(into, shadow.NameOf(p, "b"))
		}
	}
	for _, r := range g.f.Results {
		if v.sig.seeded(r) {
			seeds = append(seeds, shadow.NameOf(r, "b"))
		}
	}
	text := fmt.Sprintf("%s runs %s and its reverse sweep", name, primal)
	text += "."
	if len(into) > 0 {
		text += fmt.Sprintf("\nIt adds the adjoints to %s", list(into))
		if len(seeds) > 0 {
			text += ", for the seed"
			if len(seeds) > 1 {
				text += "s"
			}
			text += " " + list(seeds)
		}
		text += "."
	}
	if len(both) > 0 {
		text += fmt.Sprintf("\n%s: the seeds on entry, the adjoints of the values on entry on return.", list(both))
	}
	return text
}

func last(name string) string { return name[strings.LastIndex(name, ".")+1:] }

func list(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// inputs declares the parameters of out: the primal's, each followed by its
// shadow where the signature has one. In the forward sweep only references need
// a shadow.
func (g *generator) inputs(out *ir.Func) {
	var list []*ir.Var
	inputs := g.f.Inputs()
	for _, p := range inputs {
		list = append(list, p)
		if !g.sig.shadowed(p) {
			continue
		}
		switch {
		case ir.IsRef(p.Type):
			list = append(list, g.param(p, shadow.NameOf(p, "b")))
		case g.kind != forwardKind:
			list = append(list, g.pointerParam(p))
		case g.act.Shadowed(p):
			list = append(list, g.pointerParam(p))
		}
	}
	if g.f.Recv != nil && g.f.Pkg == g.t.prog.Pkg {
		out.Recv, list = list[0], list[1:]
	}
	out.Params = list
}

func (g *generator) param(p *ir.Var, name string) *ir.Var {
	b := g.sh.Declare(p, name, p.Type)
	b.Kind = ir.Param
	return b
}

func (g *generator) pointerParam(p *ir.Var) *ir.Var {
	b := g.sh.ByPointer(p, shadow.NameOf(p, "b"))
	b.Kind = ir.Param
	return b
}

// seeds declares the parameters that bring the adjoints of results.
func (g *generator) seeds(out *ir.Func) (references map[*ir.Var]*ir.Var) {
	references = map[*ir.Var]*ir.Var{}
	for _, r := range g.f.Results {
		internal := g.kind == jointKind && g.sig.root == nil && g.act.Shadowed(r) // see reverseCall
		switch {
		case !g.sig.seeded(r) && !internal:
		case g.kind == reverseKind && ir.IsRef(r.Type): // the shadow came back from the forward sweep
		case g.kind == jointKind && ir.HasRef(r.Type) && g.act.Shadowed(r):
			seed := &ir.Var{Name: g.sh.Names.Take(shadow.NameOf(r, "b")), Type: r.Type, Kind: ir.Param, Made: true, Shadow: ir.ShadowValue}
			references[r] = seed
			out.Params = append(out.Params, seed)
		default:
			out.Params = append(out.Params, g.param(r, shadow.NameOf(r, "b")))
		}
	}
	return references
}

const forwardSweep = "Forward sweep."

func comment(text string) ir.Stmt { return &ir.Comment{Text: text} }

// joint makes FAdjoint: both sweeps in one function.
func (g *generator) joint(out *ir.Func) {
	g.inputs(out)
	seeds := g.seeds(out)
	out.Results = g.f.Results
	body := &ir.Block{}
	add := func(s ...ir.Stmt) { body.Stmts = append(body.Stmts, s...) }

	own := g.ownShadows()
	before, after := g.makeOwn(own), g.addOwn(own)
	forward := g.forwardBlock(g.f.Body.Stmts, true)
	for _, r := range g.f.Results {
		if seed := seeds[r]; seed != nil && g.act.Shadowed(r) {
			to, from := g.sh.Ref(r), ir.Expr(&ir.Ref{V: seed})
			if !ir.IsRef(r.Type) { // floats held by value are reached through a pointer
				to, from = &ir.Addr{X: to}, &ir.Addr{X: from}
			}
			forward = append(forward, &ir.Call{Name: "ad.AddLike", Args: []ir.Expr{to, from}})
		}
	}
	forward = append(append(forward, g.seedOwn(own)...), g.unseed()...)
	reverse := g.reverseBlock(g.f.Body.Stmts)
	entry, keep, giveBack := g.keepResults(reverse)
	before = append(entry, before...)

	sweep := append(append([]ir.Stmt{}, reverse...), giveBack...)
	if g.resumed { // which names the adjoints in the forward sweep
		sweep = append(sweep, forward...)
	}
	early, floats := g.bothScopes(g.heldByValue(), forward, append(sweep, after...))
	code := append(append(append([]ir.Stmt{}, before...), forward...), keep...)
	usesStack := refers(g.st, append(append([]ir.Stmt{}, code...), reverse...))
	add(g.apartChecks()...)
	aside, back := g.partsAside()
	add(aside...)
	if usesStack {
		add(&ir.Call{L: []ir.Expr{&ir.Ref{V: g.st}}, Define: true, Name: newStack})
	}
	add(before...)
	add(g.resultShadows()...)
	add(early...)
	if g.resumed {
		add(floats...)
		floats = nil
	}
	add(comment(forwardSweep))
	add(forward...)
	add(keep...)
	add(comment(""), comment("Reverse sweep."))
	add(floats...)
	add(reverse...)
	add(giveBack...)
	add(after...)
	add(back...)
	if usesStack {
		add(&ir.Call{Name: "Release", On: g.st})
	}
	out.Body = body
}

// heldByValue lists the variables of the function's own scope whose shadows are
// declared where the reverse sweep begins.
func (g *generator) heldByValue() []*ir.Var {
	var out []*ir.Var
	for _, vs := range [][]*ir.Var{g.f.Inputs(), g.f.Results, declared(g.f.Body)} {
		for _, v := range vs {
			if !g.pointedTo(v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// resultShadows declares the shadows of parameters and results that the forward
// sweep refers to.
func (g *generator) resultShadows() []ir.Stmt {
	var out []ir.Stmt
	for _, p := range g.f.Inputs() {
		if b := g.sh.Of(p); g.pointedTo(p) && (b == nil || b.Kind != ir.Param) {
			out = append(out, &ir.Decl{V: g.sh.Var(p)})
		}
	}
	for _, r := range g.f.Results {
		if b := g.sh.Of(r); g.act.Shadowed(r) || g.pointedTo(r) && (b == nil || b.Kind != ir.Param) {
			out = append(out, &ir.Decl{V: g.sh.Var(r)})
		}
	}
	return out
}

// apartChecks makes the checks that arguments do not share memory that the
// function writes to.
func (g *generator) apartChecks() []ir.Stmt {
	if g.sig.root == nil {
		return nil
	}
	out := shadow.ApartChecks(last(g.f.Name), g.sig.root.Apart)
	for _, s := range g.sig.root.Parts {
		out = append(out, s.ApartParts(last(g.f.Name))...)
	}
	return out
}

// keepResults saves, at the end of the forward sweep and for some of it on entry, the
// results and the
// caller's memory that the reverse sweep is going to restore to earlier values,
// and puts them back at its end.
func (g *generator) keepResults(reverse []ir.Stmt) (entry, keep, giveBack []ir.Stmt) {
	restores := g.restoresMemory(reverse)
	for _, r := range g.f.Results {
		if assigned(r, reverse) || g.setAgain(r) || restores && g.t.mem.Shared(g.t.mem.VarObject(r)) {
			v := g.sh.Temp(r.Name+"0", r.Type)
			keep = append(keep, ir.Define(v, &ir.Ref{V: r}))
			giveBack = append(giveBack, ir.Set(&ir.Ref{V: r}, &ir.Ref{V: v}))
		}
	}
	if !restores {
		return nil, keep, giveBack
	}
	var places []ir.Expr
	for _, p := range append(append([]*ir.Var{}, g.f.Inputs()...), g.f.Results...) {
		if ir.HasRef(p.Type) {
			places = append(places, &ir.Ref{V: p})
		}
	}
	items := g.t.state.Covering(places, g.overwrites())
	var kept []ir.Expr
	for _, it := range items {
		kept = append(kept, it.Place)
	}
	if len(kept) == 0 {
		return nil, keep, giveBack
	}
	out := g.sh.Temp("final", snapshotType)
	keep = append(keep, &ir.Call{L: []ir.Expr{&ir.Ref{V: out}}, Define: true, Name: "ad.NewSnapshot"})
	keep = append(keep, g.keeps(out, "Save", kept)...)
	restore := g.keeps(out, "Restore", kept)
	entry, more, back := g.unlinked(restore)
	keep = append(keep, more...)
	giveBack = append(append(giveBack, back...), restore...)
	giveBack = append(giveBack, &ir.Call{Name: "Release", On: out})
	return entry, keep, giveBack
}

// setAgain reports whether iterations that the reverse sweep runs again give r a value.
func (g *generator) setAgain(r *ir.Var) bool {
	found := false
	at := alias.Set{alias.Loc{Obj: g.mem.VarObject(r)}: true}
	ir.WalkStmts(g.f.Body, func(s ir.Stmt) {
		l, ok := s.(*ir.For)
		found = found || ok && g.isScheduled(l) && g.mem.OverlapAny(g.t.eff.Writes(l), at)
	})
	return found
}

// on calls a method of a snapshot with the address of the place. What lies behind a
// pointer that may be nil is left out if it is.
func on(snap *ir.Var, method string, place ir.Expr) ir.Stmt {
	call := &ir.Call{Name: method, On: snap, Args: []ir.Expr{address(place)}}
	if cond := there(place); cond != nil {
		return &ir.If{Cond: cond, Then: &ir.Block{Stmts: []ir.Stmt{call}}}
	}
	return call
}

// address is the pointer to the place; to what a value in an interface leads to, if it is
// that.
func address(place ir.Expr) ir.Expr {
	if d, ok := place.(*ir.Deref); ok && ir.IsBox(d.X.Type()) {
		return &ir.Math{Fn: "ad.Inside", Args: []ir.Expr{d.X}, Typ: d.X.Type()}
	}
	return &ir.Addr{X: place}
}

// together joins neighbours that on has made under one condition.
func together(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	var last *ir.If
	for _, s := range stmts {
		f, ok := s.(*ir.If)
		if ok && last != nil && ir.Equal(last.Cond, f.Cond) {
			last.Then.Stmts = append(last.Then.Stmts, f.Then.Stmts...)
			continue
		}
		last = f
		out = append(out, s)
	}
	return out
}

// there is the condition that the pointers on the way to p, variables apart, are not
// nil; nil if there are none.
func there(p ir.Expr) ir.Expr {
	boolean := types.Typ[types.Bool]
	switch p := p.(type) {
	case *ir.Field:
		return there(p.X)
	case *ir.Index:
		return there(p.X)
	case *ir.Deref:
		if _, variable := p.X.(*ir.Ref); variable {
			return nil
		}
		here := &ir.Binary{Op: token.NEQ, X: p.X, Y: &ir.Const{Typ: p.X.Type()}, Typ: boolean}
		if before := there(p.X); before != nil {
			return &ir.Binary{Op: token.LAND, X: before, Y: here, Typ: boolean}
		}
		return here
	}
	return nil
}

// restoresMemory reports whether the reverse code writes primal memory.
func (g *generator) restoresMemory(code []ir.Stmt) bool {
	found := false
	for _, s := range code {
		ir.WalkStmt(s, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok {
				if c.Fn != nil || c.Ext != nil || isRestore(c) || c.Name == "Reverse" || len(c.L) == 0 && strings.HasPrefix(c.Name, "ad.Pop") {
					found = true
				}
			}
			_, places := ir.Exprs(s)
			for _, l := range places {
				if _, plain := l.(*ir.Ref); !plain && !g.sh.IsShadow(l) {
					found = true
				}
			}
		})
	}
	return found
}

// forward makes FForward: the forward sweep alone, recording on st.
func (g *generator) forward(out *ir.Func) {
	g.inputs(out)
	out.Params = append(out.Params, g.st)
	for _, r := range g.f.Results {
		out.Results = append(out.Results, r)
		if g.act.Shadowed(r) {
			out.Results = append(out.Results, g.sh.Var(r))
		}
	}
	own := g.ownShadows()
	body := append(g.apartChecks(), g.makeOwn(own)...)
	for _, r := range g.f.Results { // the address of the shadow goes along with that of r
		if g.pointedTo(r) {
			body = append(body, &ir.Decl{V: g.sh.Var(r)})
		}
	}
	body = append(body, g.forwardBlock(g.f.Body.Stmts, true)...)
	body = append(body, g.pushExits(g.f.Body, append(declared(g.f.Body), g.f.Results...))...)
	body = append(body, g.pushOwn(own)...)
	out.Body = &ir.Block{Stmts: body}
}

// reverse makes FReverse: the reverse sweep alone.
func (g *generator) reverse(out *ir.Func) {
	g.inputs(out)
	g.seeds(out)
	out.Params = append(out.Params, g.st)
	own := g.ownShadows()
	pops := g.popOwn(own)
	rev := g.reverseBlock(g.f.Body.Stmts)
	locals := append(declared(g.f.Body), g.f.Results...)
	rev = g.enterScope(g.f.Body, locals, rev)
	rev = append(rev, g.addOwn(own)...)
	floats := g.valueShadows(g.f.Inputs(), ir.Vars(rev))
	aside, back := g.partsAside()
	out.Body = &ir.Block{Stmts: slices.Concat(aside, g.unseed(), pops, floats, rev, back)}
}

// declared returns the variables declared directly in b.
func declared(b *ir.Block) []*ir.Var {
	var out []*ir.Var
	add := func(ls []ir.Expr) {
		for _, l := range ls {
			if l != nil {
				out = append(out, l.(*ir.Ref).V)
			}
		}
	}
	for _, s := range b.Stmts {
		switch s := s.(type) {
		case *ir.Decl:
			out = append(out, s.V)
		case *ir.Assign:
			if s.Define {
				add(s.L)
			}
		case *ir.Call:
			if s.Define {
				add(s.L)
			}
		}
	}
	return out
}

// valueShadows declares the shadows, held by value, of those variables whose
// shadow is used and nothing has declared.
func (g *generator) valueShadows(vars []*ir.Var, used map[*ir.Var]bool) []ir.Stmt {
	var out []ir.Stmt
	for _, v := range vars {
		b := g.sh.Of(v)
		if b == nil || b.Kind == ir.Param || g.act.Shadowed(v) || !used[b] {
			continue
		}
		out = append(out, &ir.Decl{V: b})
	}
	return out
}

// refers reports whether the code mentions v. Who asks for many variables takes
// ir.Vars once.
func refers(v *ir.Var, code []ir.Stmt) bool { return ir.Vars(code)[v] }

// mentions reports whether s itself, nested statements apart, mentions v.
func mentions(s ir.Stmt, v *ir.Var) bool {
	if c, ok := s.(*ir.Call); ok && c.On == v {
		return true
	}
	if l, ok := s.(*ir.For); ok && l.Stop == v {
		return true
	}
	found := false
	reads, places := ir.Exprs(s)
	for _, e := range append(reads, places...) {
		ir.WalkExpr(e, func(e ir.Expr) bool {
			if r, ok := e.(*ir.Ref); ok && r.V == v {
				found = true
			}
			return !found
		})
	}
	return found
}

// assigned reports whether the code gives v, or a component of it, a value.
func assigned(v *ir.Var, code []ir.Stmt) bool {
	found := false
	for _, s := range code {
		ir.WalkStmt(s, func(s ir.Stmt) {
			_, places := ir.Exprs(s)
			for _, l := range places {
				for {
					switch x := l.(type) {
					case *ir.Ref:
						found = found || x.V == v
					case *ir.Field:
						l = x.X
						continue
					case *ir.Index:
						if _, ok := x.X.Type().Underlying().(*types.Array); ok {
							l = x.X
							continue
						}
					}
					break
				}
			}
			reads, _ := ir.Exprs(s)
			for _, e := range reads {
				if a, ok := e.(*ir.Addr); ok && ir.Root(a.X) == v && s != nil {
					if c, ok := s.(*ir.Call); ok && isRestore(c) {
						found = true
					}
				}
			}
		})
	}
	return found
}
