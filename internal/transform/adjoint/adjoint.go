// Package adjoint makes the reverse mode: from a program in single-exit form and
// the facts about it, functions that run a forward sweep, recording, and a
// reverse sweep.
//
// In: an ir.Program, the analyses' results, and what is asked for. Out: new
// ir.Funcs. Every function comes in up to three forms: FAdjoint (joint: both
// sweeps), FForward and FReverse (split: one each, with the stack between them).
// Each statement is reversed by itself, in the state before it; what that state
// was is popped from the stack, worked out again, or still there.
package adjoint

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/analysis/tbr"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// A Request asks for the adjoint of one function.
type Request struct {
	Fn    *ir.Func
	Wrt   []*ir.Var     // inputs
	Of    []*ir.Var     // inputs that refer to outputs, and results
	Joint bool          // make FAdjoint
	Split bool          // make FForward and FReverse
	Apart []shadow.Pair // inputs that must not share memory
	Parts []*shadow.Parts

	Without optim.Set // optimisations to leave out, for all that is made with it
}

// Facts are the results of the analyses of one program.
type Facts struct {
	Prog  *ir.Program
	Mem   *alias.Info
	Eff   *effects.Info
	Act   *activity.Info
	Rec   *recompute.Info
	State *loopstate.Info
}

type kind uint8

const (
	jointKind kind = iota
	forwardKind
	reverseKind
)

func (k kind) suffix() string { return [...]string{"Adjoint", "Forward", "Reverse"}[k] }

// A variant is one made function.
type variant struct {
	kind    kind
	sig     *signature
	fn      *ir.Func
	st      *ir.Var // its stack
	g       *generator
	wanted  bool // asked for by a directive: keeps its form
	dropped bool // run somewhere without its reverse
}

type transform struct {
	facts     Facts
	prog      *ir.Program
	mem       *alias.Info
	eff       *effects.Info
	act       *activity.Info
	rec       *recompute.Info
	state     *loopstate.Info
	tbr       *tbr.Info
	client    *client
	fused     *fusion
	diags     diag.List
	actives   map[*ir.Func]bool        // filled when first asked for
	moves     map[*ir.Func]bool        // the same
	impures   map[*ir.Func]bool        // the same
	rooms     alias.Set                // the same
	parallels map[*ir.For]*parallel    // the same
	gathered  map[*ir.For]*ir.Gathered // what becomes of the reverse of a loop
	pooled    map[*alias.Object]bool   // memory of the run-time stack
	owners    map[*ir.Call]*ir.Func
	draws     map[*ir.Func]bool // see drawn
	roots     map[*ir.Func]*Request
	sigs      map[*ir.Func]*signature
	variants  map[string]*variant
	order     []*variant
	taken     map[string]bool
}

func newTransform(facts Facts, requests []*Request) *transform {
	t := &transform{
		facts: facts, prog: facts.Prog, mem: facts.Mem, eff: facts.Eff, act: facts.Act, rec: facts.Rec, state: facts.State,
		roots:    map[*ir.Func]*Request{},
		gathered: map[*ir.For]*ir.Gathered{}, pooled: map[*alias.Object]bool{},
		sigs: map[*ir.Func]*signature{}, variants: map[string]*variant{}, taken: map[string]bool{},
	}
	for _, r := range requests {
		t.roots[r.Fn] = r
	}
	return t
}

// Transform makes the functions asked for and all that they call. The Decisions
// tell what was decided on the way; they are nil if there are diagnostics.
func Transform(facts Facts, requests []*Request) ([]*ir.Func, *Decisions, diag.List) {
	t := newTransform(facts, requests)
	t.check()
	if len(t.diags) > 0 {
		return nil, nil, t.diags
	}
	t.findFused()
	t.record()
	if t.acceptKept() {
		t.record()
	}
	for _, r := range requests {
		sig := t.rootSignature(r)
		if r.Joint {
			t.variant(jointKind, sig).wanted = true
		}
		if r.Split {
			t.variant(forwardKind, sig).wanted = true
			t.variant(reverseKind, sig).wanted = true
		}
	}
	for i := 0; i < len(t.order); i++ { // building may ask for more
		t.build(t.order[i])
	}
	t.prune()
	for _, v := range t.order {
		v.g.repeatLess(v.fn.Body)
	}
	t.useWorkspace()
	t.shareStacks()
	var out []*ir.Func
	for _, v := range t.order {
		out = append(out, v.fn)
	}
	t.checkClashes()
	if len(t.diags) > 0 {
		return nil, nil, t.diags
	}
	return out, &Decisions{t}, nil
}

// variant returns the made function of the kind and signature.
func (t *transform) variant(k kind, sig *signature) *variant {
	key := fmt.Sprintf("%s/%s", sig.key(), k.suffix())
	if v := t.variants[key]; v != nil {
		return v
	}
	f := sig.fn
	base, recv := f.Name, ""
	if i := strings.LastIndex(base, "."); i >= 0 {
		recv, base = base[:i], base[i+1:]
	}
	if f.Pkg != t.prog.Pkg { // a function of another package becomes one of this
		base = f.Name[:1] + strings.ReplaceAll(f.Name[1:], ".", "")
		recv = ""
	}
	name := base + k.suffix()
	for n := 2; t.taken[recv+"."+name]; n++ {
		name = fmt.Sprintf("%s%s%d", base, k.suffix(), n)
	}
	t.taken[recv+"."+name] = true
	if recv != "" {
		name = recv + "." + name
	}
	v := &variant{kind: k, sig: sig, fn: &ir.Func{Name: name, Pkg: t.prog.Pkg, Pos: f.Pos}}
	t.variants[key] = v
	t.order = append(t.order, v)
	return v
}

// A signature says which parameters of a function come with a shadow and which
// results with a seed.
type signature struct {
	fn   *ir.Func
	root *Request // nil for a function that only made code calls
	t    *transform
}

func (t *transform) rootSignature(r *Request) *signature { return &signature{r.Fn, r, t} }

// signatureOf returns the signature for calls from made code.
func (t *transform) signatureOf(f *ir.Func) *signature {
	s := t.sigs[f]
	if s == nil {
		s = &signature{fn: f, t: t}
		t.sigs[f] = s
	}
	return s
}

// key tells signatures apart by what they look like, so that a root and a
// callee that agree share their code.
func (s *signature) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %p", s.fn.Name, s.fn) // a specialized copy has its name
	for _, p := range s.fn.Inputs() {
		fmt.Fprintf(&b, " %t", s.shadowed(p))
	}
	for _, r := range s.fn.Results {
		fmt.Fprintf(&b, " %t", s.seeded(r))
	}
	if s.root != nil && s.private() {
		b.WriteString(" root")
	}
	return b.String()
}

// private reports whether a root keeps a shadow of its own for some parameter,
// which a callee must not.
func (s *signature) private() bool {
	for _, p := range s.fn.Inputs() {
		if p.Global != nil {
			return true // without a parameter: see package compile
		}
		if s.parts(p) != nil {
			return true
		}
		if s.shadowed(p) && (!s.output(p) && s.t.written(s.fn, p) || s.t.movesWithin(s.fn, p)) || !s.shadowed(p) && s.t.carries(p) {
			return true
		}
	}
	for _, r := range s.fn.Results {
		if ir.HasRef(r.Type) {
			return true
		}
	}
	return len(s.root.Apart) > 0
}

func contains(vs []*ir.Var, v *ir.Var) bool {
	for _, w := range vs {
		if v == w {
			return true
		}
	}
	return false
}

// parts tells of a parameter of which the root's directive names fields; nil for others.
func (s *signature) parts(p *ir.Var) *shadow.Parts {
	if s.root == nil {
		return nil
	}
	return shadow.PartsOf(s.root.Parts, p)
}

// shadowed reports whether the parameter p is followed by its shadow.
func (s *signature) shadowed(p *ir.Var) bool {
	if r := s.fn.Rule; r != nil && s.root == nil {
		return r.In[slices.Index(s.fn.Inputs(), p)]
	}
	if s.root != nil {
		return contains(s.root.Wrt, p) || contains(s.root.Of, p)
	}
	return s.t.carries(p)
}

// output reports whether p refers to an output, so that its shadow holds a seed.
func (s *signature) output(p *ir.Var) bool { return s.root == nil || contains(s.root.Of, p) }

// seeded reports whether the result r has a seed parameter.
func (s *signature) seeded(r *ir.Var) bool {
	if rule := s.fn.Rule; rule != nil && s.root == nil {
		return rule.Out[slices.Index(s.fn.Results, r)]
	}
	if s.root != nil {
		return contains(s.root.Of, r)
	}
	return s.t.act.ActivePlace(&ir.Ref{V: r})
}

// carries reports whether the variable has a shadow at all.
func (t *transform) carries(v *ir.Var) bool {
	return t.act.Shadowed(v) || t.act.ActivePlace(&ir.Ref{V: v}) || t.act.AddressShadowed(v)
}

// written reports whether f may write floats in the memory behind p.
func (t *transform) written(f *ir.Func, p *ir.Var) bool {
	for _, s := range t.mem.Refs(&ir.Ref{V: p}) {
		for l := range t.eff.Reach(s) {
			if ir.IsFloat(t.mem.TypeAt(l)) && t.mem.OverlapAny(alias.Set{l: true}, t.eff.FuncWrites(f)) {
				return true
			}
		}
	}
	return false
}

// movesWithin reports whether f may store references in the memory behind p.
func (t *transform) movesWithin(f *ir.Func, p *ir.Var) bool {
	for _, s := range t.mem.Refs(&ir.Ref{V: p}) {
		for l := range t.eff.Reach(s) {
			if ir.IsRef(t.mem.TypeAt(l)) && t.mem.OverlapAny(alias.Set{l: true}, t.eff.FuncWrites(f)) {
				return true
			}
		}
	}
	return false
}

// joint reports whether the call is reversed by running the callee again.
func (t *transform) joint(c *ir.Call) bool {
	if c.Fn == nil {
		return false
	}
	if c.Fn.Rule != nil { // never recorded by itself, even where it has no adjoint
		return true
	}
	if !t.funcActive(c.Fn) {
		return false
	}
	if c.Fn.Derivative != nil {
		return true
	}
	mode := c.Mode
	if mode == ir.DefaultMode {
		mode = c.Fn.Mode
	}
	return mode == ir.Joint
}

// reversed reports whether the call has a counterpart in the reverse sweep.
func (t *transform) reversed(c *ir.Call) bool {
	if c.Fn == nil {
		return false
	}
	if t.tbr == nil || t.joint(c) {
		return t.funcActive(c.Fn)
	}
	return t.tbr.ReverseFunc(c.Fn)
}

// check reports what this transform cannot do yet.
func (t *transform) check() {
	t.checkPointers()
	t.checkBoxed()
	inner := map[*ir.For]bool{} // loops inside others under a schedule
	for _, f := range t.prog.Funcs {
		if !t.funcActive(f) || f.Rule != nil {
			continue
		}
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			switch s := s.(type) {
			case *ir.For:
				if s.Scheduled() && !s.IsFixed() && t.rec.Counted(s) == nil {
					t.fail(s, "checkpointed loop whose trip count is not known at its start",
						"a schedule needs the number of steps before the first",
						"use scheme=online, which does not, or write it as for i := lo; i < hi; i += step with a body that changes neither i nor hi, or use scheme=store")
				}
				if s.Checkpoint != nil && s.Checkpoint.Scheme != "store" {
					t.checkScheduled(s, inner[s])
				}
				if s.Checkpoint == nil || s.Checkpoint.Scheme == "store" {
					return
				}
				ir.WalkStmts(s.Body, func(c ir.Stmt) {
					if l, ok := c.(*ir.For); ok {
						inner[l] = true
					}
				})
			case *ir.Call:
				for _, l := range s.L {
					if l != nil {
						t.checkHidden(s, l)
					}
				}
				rule := s.Fn != nil && s.Fn.Rule != nil
				if rule {
					t.checkRule(s)
				} else if t.joint(s) {
					t.checkJoint(s)
				}
				if !rule && t.joint(s) && t.headers(s.Fn) && t.movesArguments(s.Fn) {
					t.fail(s, "joint call of a function that moves slices or pointers about",
						"running it again would tear the shadows from their values",
						"mark the call //cairn:split")
				}
			case *ir.Assign:
				for i, l := range s.L {
					if l != nil {
						t.checkAssign(s, l, s.R[i])
					}
				}
			}
		})
	}
}

// longestArray is the length up to which arrays of references are assigned as a whole.
const longestArray = 64

func (t *transform) checkAssign(s ir.Stmt, l, r ir.Expr) {
	if _, literal := r.(*ir.Composite); !literal || !defines(s) {
		t.checkHidden(s, l)
	}
	if a, ok := l.Type().Underlying().(*types.Array); ok && ir.HasRef(a) && a.Len() > longestArray && t.act.ShadowedRefs(l) {
		t.fail(s, "assignment of an array of more than 64 slices or pointers", "its shadow is moved element by element", "write a loop over the elements")
	}
	ir.WalkExpr(r, func(e ir.Expr) bool {
		if a, ok := e.(*ir.Append); ok && t.act.ShadowedRefs(a) {
			t.fail(s, "append to active data", "the shadow would have to grow with it", "make the slice in its full length")
		}
		if f, ok := e.(*ir.Field); ok && ir.Root(f) == nil && !ir.FromGlobal(f) && ir.HasFloat(f.Type()) {
			t.fail(s, "field of a value that is not stored", "its adjoint has no place", "assign the struct to a variable first")
			return false
		}
		return true
	})
}

// movesArguments reports whether f stores references in memory that its caller
// knows, or returns some of that memory.
func (t *transform) movesArguments(f *ir.Func) bool {
	if t.returnsArgument(f) {
		return true
	}
	inside := map[*ir.Var]bool{} // variables that end with the call
	for g := range flow.Reach([]*ir.Func{f}, ir.Callees) {
		for _, vs := range [][]*ir.Var{g.Inputs(), g.Results, g.Locals} {
			for _, v := range vs {
				inside[v] = !t.mem.Many(t.mem.VarObject(v))
			}
		}
	}
	for w := range t.eff.SharedWrites(f) {
		if !inside[w.Obj.Var] && ir.HasRef(t.mem.TypeAt(w)) && t.act.ShadowedObject(w.Obj) {
			return true
		}
	}
	return false
}

// AppendClash is what is refused where an append is kept as one. Written out as assignments
// it can be differentiated.
const AppendClash = "append that may overwrite values the reverse sweep reads"

func (t *transform) checkClashes() {
	for _, f := range t.prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if !t.tbr.Clashes(s) {
				return
			}
			if _, ok := s.(*ir.Call); ok {
				t.fail(s, "foreign call that may overwrite values the reverse sweep reads",
					"its source is not differentiated, so the values cannot be recorded", "pass a copy")
				return
			}
			t.fail(s, AppendClash,
				"the spare capacity behind the slice may hold elements of another", "append to a slice that no other shares its memory with")
		})
	}
}

func (t *transform) fail(s ir.Stmt, what, why, do string) {
	t.diags.Add(t.prog.Fset, s.Pos(), what, why, do)
}
