package compile

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
)

func funcOf(prog *ir.Program, obj types.Object) *ir.Func {
	for _, f := range prog.Funcs {
		if f.Obj != nil && f.Rule == nil && types.Object(f.Obj) == obj {
			return f
		}
	}
	return nil
}

// variable returns what a name of a directive means in f.
func variable(f *ir.Func, n directive.Name) *ir.Var {
	switch n.Role {
	case directive.Receiver:
		return f.Recv
	case directive.Param:
		return f.Params[n.Index]
	case directive.Global:
		for _, p := range f.Params {
			if p.Global == n.Var {
				return p
			}
		}
	}
	return f.Results[n.Index]
}

func vars(f *ir.Func, names []directive.Name) []*ir.Var {
	var out []*ir.Var
	seen := map[*ir.Var]bool{}
	for _, n := range names {
		if v := variable(f, n); !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// seeds keeps the field paths: of=return.Zeta makes the rest of the result
// passive.
func seeds(f *ir.Func, names []directive.Name) []activity.Seed {
	var out []activity.Seed
	for _, n := range names {
		v := variable(f, n)
		s := activity.Seed{Var: v}
		t := v.Type
		for _, i := range n.Path {
			if p, ok := t.Underlying().(*types.Pointer); ok {
				t = p.Elem()
			}
			field := t.Underlying().(*types.Struct).Field(i)
			s.Path += "." + field.Name()
			t = field.Type()
		}
		out = append(out, s)
	}
	return out
}

func whole(vs []*ir.Var) []activity.Seed {
	var out []activity.Seed
	for _, v := range vs {
		out = append(out, activity.Seed{Var: v})
	}
	return out
}

// analyze runs the analyses in the order in which they need each other.
// The function apart may be nil: see alias.Analyze.
func analyze(prog *ir.Program, roots []activity.Root, apart func(a, b *ir.Var) bool) adjoint.Facts {
	var fns []*ir.Func
	for _, r := range roots {
		fns = append(fns, r.Fn)
	}
	mem := alias.Analyze(prog, fns, apart)
	eff := effects.Analyze(mem)
	return adjoint.Facts{
		Prog:  prog,
		Mem:   mem,
		Eff:   eff,
		Act:   activity.Analyze(prog, mem, eff, roots),
		Rec:   recompute.Analyze(prog, mem, eff),
		State: loopstate.New(mem, eff, prog),
	}
}
