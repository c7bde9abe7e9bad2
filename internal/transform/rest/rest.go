// Package rest cuts a function at its checkpointed loop.
//
// In: a function in single-exit form with one checkpointed loop. Out: the rest of
// it, from the start of a given iteration to the end, as a function of its own,
// whose parameters are the variables that the cut goes through; and the entry
// point that runs the function up to that iteration and there scrutinizes the
// rest: once under an access probe, once in reverse mode.
package rest

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// A Cut is a function cut in two.
type Cut struct {
	Whole *ir.Func
	Rest  *ir.Func
	Loop  *ir.For   // in Whole
	Index *ir.Var   // of the loop
	From  *ir.Var   // the parameter of Rest that holds the index to start at
	Args  []*ir.Var // variables of Whole that the cut goes through
	After []ir.Stmt // what follows the loop, of all scopes
	Given []*Given  // how they are handed over, by parameter of Rest from the second on
	// Copies is the number of statements at the start of Rest that copy or unpack
	// parameters; Inner gives the place in Rest of each of Args.
	Copies int
	Inner  []ir.Expr
}

// An Error says why a function cannot be cut.
type Error struct {
	Pos           token.Pos
	What, Why, Do string
}

func (e *Error) Error() string { return e.What + ": " + e.Why + "; " + e.Do }

// Outline finds where f is to be cut. The index of its loop must be the counter of a
// counted loop: the caller has checked that. [Cut.Divide] makes the rest.
func Outline(f *ir.Func) (*Cut, error) {
	var loops []*ir.For
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if l, ok := s.(*ir.For); ok && l.IsRoot() {
			loops = append(loops, l)
		}
	})
	if len(loops) != 1 {
		return nil, &Error{
			f.Pos, fmt.Sprintf("function with %d checkpointed loops", len(loops)),
			"scrutiny cuts the run at one loop", "put //cairn:checkpoint above exactly one loop of " + f.Name,
		}
	}
	c := &Cut{Whole: f, Loop: loops[0]}
	if c.Loop.Init == nil || !c.Loop.Init.Define || len(c.Loop.Init.L) != 1 {
		return nil, &Error{
			c.Loop.Pos(), "checkpointed loop without an index of its own", "an iteration is named by the index",
			"write it as for i := lo; i < hi; i++",
		}
	}
	c.Index = c.Loop.Init.L[0].(*ir.Ref).V
	after, ok := follow(f.Body.Stmts, c.Loop)
	if !ok {
		return nil, &Error{
			c.Loop.Pos(), "checkpointed loop inside another loop", "what follows it depends on that loop's turn",
			"scrutinize the function at the outer loop, or move the inner one into a function of its own",
		}
	}
	c.After = after
	return c, nil
}

// follow returns what is executed after the loop when the list is.
func follow(stmts []ir.Stmt, loop *ir.For) (after []ir.Stmt, found bool) {
	for i, s := range stmts {
		if s == ir.Stmt(loop) {
			return stmts[i+1:], true
		}
		if _, isLoop := s.(*ir.For); isLoop {
			continue
		}
		for _, b := range ir.Blocks(s) {
			if inner, ok := follow(b.Stmts, loop); ok {
				return append(append([]ir.Stmt{}, inner...), stmts[i+1:]...), true
			}
		}
	}
	return nil, false
}

// Divide makes the rest of the function, from what is known of its memory.
func (c *Cut) Divide(sharing Sharing) error {
	f := c.Whole
	d := &divider{Cut: c, taken: map[string]bool{}}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			d.taken[v.Name] = true
		}
	}
	c.From = &ir.Var{Name: d.fresh("from"), Type: c.Index.Type, Kind: ir.Param}
	tail := append([]ir.Stmt{c.restLoop()}, c.After...)
	declaredIn, mentioned, changed := survey(tail)
	d.changed = changed
	c.Rest = &ir.Func{Name: f.Name + "Rest", Pkg: f.Pkg, Pos: f.Pos, Results: f.Results, Params: []*ir.Var{c.From}}
	for _, r := range f.Results {
		if readIn(tail, r) { // a result that the loop carries comes in like any other variable
			c.Args = append(c.Args, r)
		}
	}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Locals} {
		for _, v := range vs {
			switch {
			case !mentioned[v] || v == c.Index && !declaredIn[v]:
			case declaredIn[v]:
				c.Rest.Locals = append(c.Rest.Locals, v)
			default:
				c.Args = append(c.Args, v)
			}
		}
	}
	if err := d.hand(sharing); err != nil {
		return err
	}
	c.Rest.Locals = append(c.Rest.Locals, c.Index)
	c.Copies = len(d.body)
	c.Rest.Body = &ir.Block{Stmts: append(d.body, ir.CopyBlockAt(&ir.Block{Stmts: tail}, d.to, d.behind).Stmts...)}
	return nil
}

// restLoop is the loop from a given index on.
func (c *Cut) restLoop() *ir.For {
	l := *c.Loop
	l.Init = &ir.Assign{At: l.Init.At, L: l.Init.L, R: []ir.Expr{&ir.Ref{V: c.From}}, Define: true}
	return &l
}

// survey lists the variables that the statements declare, mention and change.
func survey(stmts []ir.Stmt) (declared, mentioned, changed map[*ir.Var]bool) {
	declared, mentioned, changed = map[*ir.Var]bool{}, map[*ir.Var]bool{}, map[*ir.Var]bool{}
	for _, s := range stmts {
		ir.WalkStmt(s, func(s ir.Stmt) {
			define := false
			switch s := s.(type) {
			case *ir.Decl:
				declared[s.V], mentioned[s.V] = true, true
			case *ir.Assign:
				define = s.Define
			case *ir.Call:
				define = s.Define
			case *ir.For:
				if s.Stop != nil {
					mentioned[s.Stop] = true
				}
			}
			reads, places := ir.Exprs(s)
			for _, e := range append(reads, places...) {
				ir.WalkExpr(e, func(e ir.Expr) bool {
					switch e := e.(type) {
					case *ir.Ref:
						mentioned[e.V] = true
					case *ir.Addr:
						if v := ir.Held(e.X); v != nil {
							changed[v] = true
						}
					}
					return true
				})
			}
			for _, l := range places {
				if v := ir.Held(l); v != nil {
					if define {
						declared[v] = true
					} else {
						changed[v] = true
					}
				}
			}
		})
	}
	return declared, mentioned, changed
}

// readIn reports whether the statements read v.
func readIn(stmts []ir.Stmt, v *ir.Var) bool {
	found := false
	for _, s := range stmts {
		ir.WalkStmt(s, func(s ir.Stmt) {
			if l, ok := s.(*ir.For); ok && l.Stop == v {
				found = true
			}
			reads, places := ir.Exprs(s)
			for _, l := range places {
				if _, plain := l.(*ir.Ref); !plain {
					reads = append(reads, l)
				}
			}
			for _, e := range reads {
				ir.WalkExpr(e, func(e ir.Expr) bool {
					if r, ok := e.(*ir.Ref); ok && r.V == v {
						found = true
					}
					return !found
				})
			}
		})
	}
	return found
}

// Inside returns the place of Whole as Rest has it.
func (c *Cut) Inside(place ir.Expr) ir.Expr {
	root := ir.Root(place)
	for i, v := range c.Args {
		if v == root {
			return ir.Substitute(place, root, c.Inner[i])
		}
	}
	return place
}

// Outside returns a place that starts from a parameter of Rest as Whole has it.
func (c *Cut) Outside(place ir.Expr) ir.Expr {
	root := ir.Root(place)
	for i, g := range c.Given {
		if c.Rest.Params[i+1] == root {
			return g.outside(place, root)
		}
	}
	return place
}

// number returns the value of an index that was given as an int.
func number(v *ir.Var, t types.Type) ir.Expr {
	if types.Identical(t, types.Typ[types.Int]) {
		return &ir.Ref{V: v}
	}
	return &ir.Convert{X: &ir.Ref{V: v}, Typ: t}
}

// Made says how the parts that the entry point calls look.
type Made struct {
	Access    *ir.Func
	Adjoint   *ir.Func
	State     []loopstate.Variable // of Whole's loop: the checkpoint variables
	Shadowed  func(i int) bool     // parameter i of Rest has a shadow in Adjoint
	Seeded    []*ir.Var            // results with a seed, in order
	SeedPaths map[*ir.Var][][]int  // the components to be seeded: field indices; none for all
	Apart     []shadow.Pair        // inputs of Whole that must not share memory
	Overwrite []loopstate.Variable // what running Rest changes
	Outputs   map[*ir.Var]bool     // variables of Whole that of= names
}

var (
	scrutinyType = ir.RunTimeType("Scrutiny")
	snapshotType = ir.RunTimeType("Snapshot")
)

// Entry makes FScrutinize: Whole up to the iteration, then the scrutiny. It
// returns whether the iteration was reached.
func (c *Cut) Entry(m *Made) *ir.Func {
	e := &entry{Cut: c, Made: m, taken: map[string]bool{}}
	for _, vs := range [][]*ir.Var{c.Whole.Inputs(), c.Whole.Results, c.Whole.Locals} {
		for _, v := range vs {
			e.taken[v.Name] = true
		}
	}
	return e.build()
}

type entry struct {
	*Cut
	*Made
	taken map[string]bool
	out   []ir.Stmt
}

func (e *entry) temp(name string, t types.Type) *ir.Var {
	unique := name
	for i := 1; e.taken[unique]; i++ {
		unique = fmt.Sprintf("%s%d", name, i)
	}
	e.taken[unique] = true
	return &ir.Var{Name: unique, Type: t, Kind: ir.Temp}
}

func (e *entry) emit(s ...ir.Stmt) { e.out = append(e.out, s...) }

func (e *entry) build() *ir.Func {
	at := e.temp("at", types.Typ[types.Int])
	sc := e.temp("scrutiny", scrutinyType)
	reached := e.temp("reached", types.Typ[types.Bool])
	at.Kind, sc.Kind, reached.Kind = ir.Param, ir.Param, ir.Result
	name := e.Whole.Name
	f := &ir.Func{
		Name: name + "Scrutinize", Pkg: e.Whole.Pkg, Pos: e.Whole.Pos, Recv: e.Whole.Recv,
		Params: append(append([]*ir.Var{}, e.Whole.Params...), at, sc), Results: []*ir.Var{reached},
	}
	f.Doc = fmt.Sprintf("%sScrutinize runs %s up to the iteration whose index is at and tells the\nscrutiny, for every element of the loop's state there, whether the rest of the\nrun reads it and whether it can influence the result. It reports whether that\niteration was reached.",
		name, name)
	e.hook(sc)
	hook := append(e.out, ir.Set(&ir.Ref{V: reached}, &ir.Const{Val: constant.MakeBool(true), Typ: types.Typ[types.Bool]}), &ir.Return{})
	test := &ir.If{
		Cond: &ir.Binary{Op: token.EQL, X: &ir.Ref{V: e.Index}, Y: number(at, e.Index.Type), Typ: types.Typ[types.Bool]},
		Then: &ir.Block{Stmts: hook},
	}
	checks := shadow.ApartChecks(f.Name, e.Apart)
	f.Body = &ir.Block{Stmts: append(checks, e.upTo(e.Whole.Body.Stmts, test)...)}
	for _, r := range e.Whole.Results { // they are locals here
		f.Body.Stmts = append([]ir.Stmt{&ir.Decl{V: r}}, f.Body.Stmts...)
	}
	f.Body.Stmts = append(f.Body.Stmts, &ir.Return{})
	return f
}

// upTo copies a statement list as far as the loop, with the test in its body.
func (e *entry) upTo(stmts []ir.Stmt, test ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	for _, s := range stmts {
		if s == ir.Stmt(e.Loop) {
			l := *e.Loop
			l.Checkpoint = nil
			l.Body = &ir.Block{At: l.Body.At, Stmts: append([]ir.Stmt{test}, l.Body.Stmts...)}
			return append(out, &l)
		}
		if !contains(s, e.Loop) {
			out = append(out, s)
			continue
		}
		switch s := s.(type) {
		case *ir.Block:
			return append(out, &ir.Block{At: s.At, Stmts: e.upTo(s.Stmts, test)})
		case *ir.If:
			c := &ir.If{At: s.At, Cond: s.Cond, Then: s.Then, Else: s.Else}
			if contains(s.Then, e.Loop) {
				c.Then = &ir.Block{At: s.Then.At, Stmts: e.upTo(s.Then.Stmts, test)}
			} else {
				c.Else = &ir.Block{At: s.Else.At, Stmts: e.upTo(s.Else.Stmts, test)}
			}
			return append(out, c)
		}
	}
	return out
}

func contains(s ir.Stmt, loop *ir.For) bool {
	found := false
	ir.WalkStmt(s, func(c ir.Stmt) { found = found || c == ir.Stmt(loop) })
	return found
}

// hook makes the scrutiny itself: the accesses of the rest, then its adjoint,
// from the same state.
func (e *entry) hook(sc *ir.Var) {
	snap := e.temp("state", snapshotType)
	var changed []ir.Stmt
	if len(e.Overwrite) > 0 {
		e.emit(&ir.Call{L: []ir.Expr{&ir.Ref{V: snap}}, Define: true, Name: "ad.NewSnapshot"})
		for _, v := range e.Overwrite {
			e.emit(&ir.Call{Name: "Save", On: snap, Args: []ir.Expr{&ir.Addr{X: v.Place}}})
			changed = append(changed, &ir.Call{Name: "Restore", On: snap, Args: []ir.Expr{&ir.Addr{X: v.Place}}})
		}
		changed = append(changed, &ir.Call{Name: "Release", On: snap})
	}
	args := e.arguments()
	probe := e.temp("probe", types.Typ[types.Int])
	e.emit(&ir.Call{L: []ir.Expr{&ir.Ref{V: probe}}, Define: true, Name: "Probe", On: sc})
	e.emit(&ir.Call{Fn: e.Access, Args: append([]ir.Expr{&ir.Ref{V: probe}}, args...)})
	e.emit(changed...)
	if e.Adjoint != nil {
		e.adjoint(sc, args[1:])
	}
}

// arguments are those of Rest.
func (e *entry) arguments() []ir.Expr {
	args := []ir.Expr{&ir.Ref{V: e.Index}}
	for i, g := range e.Given {
		if !g.Joined() {
			args = append(args, &ir.Ref{V: g.Vars[0]})
			continue
		}
		p := e.Rest.Params[i+1]
		v := e.temp(p.Name, p.Type)
		e.emit(ir.Define(v, g.pack(p)))
		args = append(args, &ir.Ref{V: v})
	}
	return args
}

func text(s string) ir.Expr {
	return &ir.Const{Val: constant.MakeString(s), Typ: types.Typ[types.String]}
}

func (e *entry) adjoint(sc *ir.Var, given []ir.Expr) {
	args := []ir.Expr{&ir.Ref{V: e.Index}}
	shadow := map[*ir.Var]ir.Expr{}
	for i, g := range e.Given {
		args = append(args, given[i])
		if !e.Shadowed(i + 1) {
			continue
		}
		b := e.temp(given[i].(*ir.Ref).V.Name+"b", given[i].Type())
		e.emit(&ir.Call{L: []ir.Expr{&ir.Ref{V: b}}, Define: true, Name: "ad.ZeroLike", Args: []ir.Expr{given[i]}})
		for k, v := range g.Vars {
			shadow[v] = g.unpacked(k, &ir.Ref{V: b})
			if e.Outputs[v] {
				e.seed(shadow[v], e.SeedPaths[v])
			}
		}
		if ir.IsRef(b.Type) {
			args = append(args, &ir.Ref{V: b})
		} else {
			args = append(args, &ir.Addr{X: &ir.Ref{V: b}})
		}
	}
	for _, r := range e.Seeded {
		b := e.temp(r.Name+"b", r.Type)
		e.emit(&ir.Decl{V: b})
		e.seed(&ir.Ref{V: b}, e.SeedPaths[r])
		args = append(args, &ir.Ref{V: b})
	}
	e.emit(&ir.Call{Fn: e.Adjoint, Args: args})
	for _, v := range e.State {
		root := ir.Root(v.Place)
		b := shadow[root]
		if b == nil || !ir.HasFloat(v.Place.Type()) {
			continue
		}
		place := ir.Substitute(v.Place, root, b)
		e.emit(&ir.Call{Name: "Adjoint", On: sc, Args: []ir.Expr{text(ir.PlaceName(v.Place)), address(place)}})
	}
}

// seed seeds the components of a shadow.
func (e *entry) seed(shadow ir.Expr, paths [][]int) {
	for _, path := range paths {
		place := shadow
		for _, i := range path {
			if _, ok := place.Type().Underlying().(*types.Pointer); ok {
				place = &ir.Deref{X: place}
			}
			place = &ir.Field{X: place, I: i}
		}
		e.emit(&ir.Call{Name: "ad.Seed", Args: []ir.Expr{address(place)}})
	}
}
