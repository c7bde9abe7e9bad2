package adjoint

import (
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/ir"
)

// repeatable reports whether a second call of f does no harm if nothing that matters
// depends on what it gives: it tells the time, or it writes to a file or the terminal.
func repeatable(f *types.Func) bool {
	if f.Pkg() == nil {
		return true
	}
	switch f.Pkg().Path() {
	case "time", "fmt", "log", "os":
		return true
	case "bufio", "io":
		return strings.HasPrefix(f.Name(), "Write") || f.Name() == "Flush"
	}
	return false
}

// A judge follows what calls give that would give something else in a second run, and
// finds whether it reaches anything that matters: active places, memory, conditions,
// indices.
type judge struct {
	act   *activity.Info
	gives map[*ir.Func]bool // functions whose results may be others
	why   string
}

func (j *judge) funcs(fs map[*ir.Func]bool) {
	for changed := true; changed; {
		changed = false
		for f := range fs {
			one := &taint{judge: j, f: f, vars: map[*ir.Var]bool{}}
			one.run()
			for _, r := range f.Results {
				if one.vars[r] && !j.gives[f] {
					j.gives[f], changed = true, true
				}
			}
		}
	}
}

// taint is the judgement of one function.
type taint struct {
	*judge
	f       *ir.Func
	vars    map[*ir.Var]bool
	changed bool
	reason  string // of the first call that may give something else
}

func (t *taint) run() {
	for t.changed = true; t.changed; {
		t.changed = false
		ir.WalkStmts(t.f.Body, t.stmt)
	}
}

// matters notes that something depends on what may be something else.
func (t *taint) matters() {
	why := t.reason
	if why == "" {
		why = "it depends on what a call in it gives, which may be something else"
	}
	if t.why == "" || why < t.why {
		t.why = why
	}
}

func (t *taint) stmt(s ir.Stmt) {
	reads, places := ir.Exprs(s)
	for _, e := range append(reads, places...) {
		t.indices(e)
	}
	switch s := s.(type) {
	case *ir.Assign:
		for i, l := range s.L {
			t.assign(l, s.R[i])
		}
	case *ir.Call:
		t.call(s)
	case *ir.Copy:
		if t.in(s.Src) || t.in(s.Dst) {
			t.matters()
		}
	case *ir.If:
		if t.in(s.Cond) {
			t.matters()
		}
	case *ir.For:
		if t.in(s.Cond) {
			t.matters()
		}
	}
}

// in reports whether e mentions what may be something else.
func (t *taint) in(e ir.Expr) bool {
	found := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok && t.vars[r.V] {
			found = true
		}
		return !found
	})
	return found
}

// indices looks at what chooses among elements, and at lengths.
func (t *taint) indices(e ir.Expr) {
	ir.WalkExpr(e, func(e ir.Expr) bool {
		var parts []ir.Expr
		switch e := e.(type) {
		case *ir.Index:
			parts = []ir.Expr{e.I}
		case *ir.SliceOf:
			parts = []ir.Expr{e.Lo, e.Hi, e.Max}
		case *ir.Make:
			parts = []ir.Expr{e.Len, e.Cap}
		}
		for _, p := range parts {
			if p != nil && t.in(p) {
				t.matters()
			}
		}
		return true
	})
}

func (t *taint) assign(l, r ir.Expr) {
	if l == nil || !t.in(r) {
		return
	}
	if c, ok := r.(*ir.Composite); ok {
		if _, isStruct := c.Typ.Underlying().(*types.Struct); isStruct {
			for i, x := range c.Elems {
				if x != nil {
					t.assign(&ir.Field{X: l, I: i}, x)
				}
			}
			return
		}
	}
	t.give(l)
}

// give says that the place l holds what may be something else.
func (t *taint) give(l ir.Expr) {
	if t.act.ActivePlace(l) {
		t.matters()
	}
	v := ownVar(l)
	if v == nil {
		t.matters()
		return
	}
	if !t.vars[v] {
		t.vars[v], t.changed = true, true
	}
}

// ownVar is the variable of which l is a part that it holds itself.
func ownVar(l ir.Expr) *ir.Var {
	for {
		switch x := l.(type) {
		case *ir.Ref:
			return x.V
		case *ir.Field:
			l = x.X
		default:
			return nil
		}
	}
}

func (t *taint) call(c *ir.Call) {
	given := c.Impure != "" || c.Fn != nil && t.gives[c.Fn]
	if c.Impure != "" && (t.reason == "" || c.Impure < t.reason) {
		t.reason = c.Impure
	}
	if c.Impure != "" && !repeatable(c.Ext) {
		t.matters()
	}
	for _, a := range c.Args {
		given = given || t.in(a)
	}
	if !given {
		return
	}
	for _, a := range c.Args {
		if c.Fn != nil && (ir.HasRef(a.Type()) || t.act.ActivePlace(a) || t.in(a) && ir.HasFloat(a.Type()) && len(c.L) == 0) {
			t.matters()
		}
	}
	for _, l := range c.L {
		if l != nil {
			t.give(l)
		}
	}
}
