package lower

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// opaquePackages belong to the standard library and live on what no derivative
// can be made of: random numbers, reflection, the scheduler, files.
var opaquePackages = map[string]bool{
	"bufio":        true,
	"fmt":          true,
	"io":           true,
	"math/rand":    true,
	"math/rand/v2": true,
	"os":           true,
	"reflect":      true,
	"runtime":      true,
	"sync":         true,
	"sync/atomic":  true,
	"testing":      true,
	"unsafe":       true,
}

// foreign reports whether f belongs to no package of the module.
func (l *lowerer) foreign(f *types.Func) bool { return f.Pkg() != nil && !l.own[f.Pkg()] }

// outside returns the source of f, a function as it is declared in a package that
// is not of the module, or nil. Nobody reads such packages before one is asked for.
func (l *lowerer) outside(f *types.Func) *source {
	pkg := f.Pkg()
	if l.in.Outside == nil || pkg == nil || elementary(pkg) || opaquePackages[pkg.Path()] || passivePackages[pkg.Path()] {
		return nil
	}
	if _, done := l.fetched[pkg]; !done {
		l.fetched[pkg] = l.in.Outside(pkg)
		if p := l.fetched[pkg]; p != nil {
			l.index(p)
			for _, file := range p.Files {
				l.foreignFiles[l.in.Fset.Position(file.FileStart).Filename] = true
			}
		}
	}
	return l.sources[f]
}

// foreignFuncs lists the functions of other modules whose source was read, those
// apart that run before all else.
func (l *lowerer) foreignFuncs() []*types.Func {
	var list []*types.Func
	for f := range l.sources {
		if l.foreign(f) && (f.Name() != "init" || f.Signature().Recv() != nil) {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b *types.Func) int { return cmp.Compare(a.Pos(), b.Pos()) })
	return list
}

// sourceOf returns the source of the function that c calls at e, or nil. One of
// another module is wanted only if floats or functions pass through the call, if
// generated code has no other way to call it, or for what it overwrites.
func (b *builder) sourceOf(e ast.Node, c *callee) *source {
	if !b.l.foreign(c.origin) {
		return b.l.sources[c.origin]
	}
	if !knownPassive(c.fn) && (b.floatsIn(e, c) != "" || b.movesPlain(e, c) || takesFuncs(c.fn.Signature()) || !b.l.nameable(c.fn) || ir.MirroredFunc(b.l.in.Root.Types, c.fn)) {
		return b.l.outside(c.origin)
	}
	return nil
}

// noSource is why floats must not pass through a call of c.
func (b *builder) noSource(c *callee) string {
	if b.l.fetched[c.origin.Pkg()] != nil {
		return "it has no body in Go, so its derivative is not known"
	}
	return "its source is not at hand, so its derivative is not known"
}

// nested makes one diagnostic at the call of a function of another module out of
// those that its source has got, for the user can change the call only. It
// reports whether there were any.
func (b *builder) nested(e ast.Node, f *types.Func, list diag.List) bool {
	if len(list) == 0 {
		return false
	}
	b.fail(e, "call of "+funcName(f), sourceRefused+cause(list[0]), foreignDo)
	return true
}

// cause names what d refuses by its line, or the call through which that is reached.
func cause(d diag.Diagnostic) string {
	if why, through := strings.CutPrefix(d.Why, sourceRefused); through {
		return strings.Replace(d.What, "call of", "it calls", 1) + ": " + why
	}
	return fmt.Sprintf("%s:%d: %s: %s", filepath.Base(d.Pos.Filename), d.Pos.Line, d.What, d.Why)
}

const (
	sourceRefused = "its source cannot be differentiated: "
	foreignDo     = "write the function in this module, or wrap it in one marked //cairn:passive"
)

// foldForeign replaces the diagnostics from the n-th on that lie in the source of
// f, which was put in the place of the call e, by one at the call.
func (b *builder) foldForeign(e ast.Node, f *types.Func, n int) {
	if b.l.foreign(b.obj) || !b.l.foreign(f) {
		return
	}
	var own, theirs diag.List
	for _, d := range b.diags[n:] {
		if b.l.foreignFiles[d.Pos.Filename] {
			theirs = append(theirs, d)
		} else {
			own = append(own, d)
		}
	}
	b.diags = append(b.diags[:n:n], own...)
	b.nested(e, f, theirs)
}

// broken returns the diagnostics of r or of a function that it calls.
func (r *lowered) broken(seen map[*lowered]bool) diag.List {
	if seen[r] || len(r.diags) > 0 {
		return r.diags
	}
	seen[r] = true
	for _, c := range r.calls {
		if list := c.broken(seen); len(list) > 0 {
			return list
		}
	}
	return nil
}

// ownDiags leaves out what a call in the module tells already.
func (l *lowerer) ownDiags(list []*lowered) diag.List {
	var own, theirs diag.List
	for _, r := range list {
		if l.foreign(r.fn.Obj) {
			theirs = append(theirs, r.diags...)
		} else {
			own = append(own, r.diags...)
		}
	}
	if len(own) > 0 {
		return own
	}
	return theirs
}

// nameable reports whether generated code can name a package-level object, a
// field or a method.
func (l *lowerer) nameable(obj types.Object) bool { return ir.Nameable(l.in.Root.Types, obj) }
