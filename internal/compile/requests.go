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
	"github.com/cairn-ad/cairn/internal/optim"
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
	return analyzed(prog, roots, alias.Analyze(prog, fns, apart), false)
}

// analyzeRequest is analyze for the adjoint of one function. The memory behind fields that
// made code finds apart is taken to be so.
func analyzeRequest(prog *ir.Program, asked request, without optim.Set) adjoint.Facts {
	mem := alias.Analyze(prog, []*ir.Func{asked.fn}, always)
	if separate := asked.separate(mem); separate != nil && !without.Has(optim.Fields) {
		mem.Separate([]*ir.Func{asked.fn}, separate)
	}
	return analyzed(prog, []activity.Root{asked.root()}, mem, !without.Has(optim.Recompute))
}

// plainFacts analyses a program for a derivative other than the adjoint.
func plainFacts(prog *ir.Program, asked request) adjoint.Facts {
	return analyze(prog, []activity.Root{asked.root()}, always)
}

// adjointFacts is analyzeRequest with what the options leave out.
func (u *unit) adjointFacts(prog *ir.Program, asked request) adjoint.Facts {
	return analyzeRequest(prog, asked, u.opts.Without)
}

func analyzed(prog *ir.Program, roots []activity.Root, mem *alias.Info, more bool) adjoint.Facts {
	eff := effects.Analyze(mem)
	return adjoint.Facts{
		Prog:  prog,
		Mem:   mem,
		Eff:   eff,
		Act:   activity.Analyze(prog, mem, eff, roots),
		Rec:   recompute.Analyze(prog, mem, eff, more),
		State: loopstate.New(mem, eff, prog),
	}
}
