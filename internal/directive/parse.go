package directive

import (
	"go/ast"
	"go/token"
	"strconv"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Parse collects the directives of files, which were parsed with comments. The
// names in wrt and of are only split here: Resolve checks them.
func Parse(fset *token.FileSet, files []*ast.File) (*Set, diag.List) {
	p := &reader{fset: fset, set: &Set{
		Funcs: map[*ast.FuncDecl]*Func{},
		Loops: map[ast.Stmt]*Checkpoint{},
		Calls: map[ast.Stmt]*Call{},

		Blocks: map[ast.Stmt]*Checkpoint{},
		Fixed:  map[ast.Stmt]*FixedPoint{},

		files: files,
	}}
	for _, f := range files {
		p.file(f)
	}
	p.diags.Sort()
	return p.set, p.diags
}

type reader struct {
	fset  *token.FileSet
	set   *Set
	diags diag.List
	place *places // of the current file
}

func (p *reader) errorf(pos token.Pos, what, do, why string, args ...any) {
	p.diags.Addf(p.fset, pos, what, do, why, args...)
}

func (p *reader) line(pos token.Pos) int { return p.fset.Position(pos).Line }

func (p *reader) file(f *ast.File) {
	p.place = findPlaces(p.fset, f)
	for _, group := range f.Comments {
		for _, c := range group.List {
			d, ok := ast.ParseDirective(c.Slash, c.Text)
			if !ok || d.Tool != "cairn" {
				p.nearMiss(c)
				continue
			}
			args, ok := p.args(d)
			if !ok {
				continue
			}
			if args.name == "rule" {
				p.rule(f, args)
			} else if fd := p.place.docs[group]; fd != nil {
				if args.name == "solver" {
					p.solver(f, fd, args)
					continue
				}
				p.onFunc(fd, args)
			} else {
				p.onStmt(p.place.above[p.line(group.End())+1], args)
			}
		}
	}
}

// funcNames are the directives that may stand above a function.
var funcNames = map[string]bool{
	"adjoint": true, "tangent": true, "hessian": true, "pattern": true, "scrutinize": true,
	"passive": true, "source": true, "joint": true, "split": true,
}

func (p *reader) onFunc(fd *ast.FuncDecl, a *args) {
	if !funcNames[a.name] {
		p.errorf(a.pos, a.what(), "put it on the line above a statement",
			"it belongs to a loop or a block, not to a function")
		return
	}
	f := p.set.Funcs[fd]
	if f == nil {
		f = &Func{Decl: fd}
		p.set.Funcs[fd] = f
	}
	switch a.name {
	case "adjoint":
		p.derivative(&f.Adjoint, a)
	case "tangent":
		p.derivative(&f.Tangent, a)
	case "pattern":
		p.derivative(&f.Pattern, a)
	case "hessian":
		p.derivative(&f.Hessian, a)
	case "scrutinize":
		p.derivative(&f.Scrutinize, a)
	case "passive":
		if f.Passive {
			p.repeated(a)
		}
		f.Passive = true
	case "source":
		p.source(f, a)
	default:
		mode := callMode(a.name)
		if f.Mode == mode {
			p.repeated(a)
		} else if f.Mode != ir.DefaultMode {
			p.errorf(a.pos, a.what(), "keep one of the two", "the function is marked //cairn:%s too", f.Mode)
		}
		f.Mode = mode
	}
	if f.Passive && (f.Differentiated() || f.Mode != ir.DefaultMode) {
		p.errorf(a.pos, a.what(), "remove one of the two directives",
			"%s is marked passive, so it has no derivative", fd.Name.Name)
	}
	if f.Source != nil && (f.Differentiated() || f.Passive || f.Mode != ir.DefaultMode) {
		p.errorf(a.pos, a.what(), "put the other directives above "+f.Source.Name.Text,
			"//cairn:source says that %s stands for %s in derivatives", f.Source.Name.Text, fd.Name.Name)
	}
}

func (p *reader) repeated(a *args) {
	p.errorf(a.pos, a.what(), "remove one", "it stands above the same place twice")
}

func (p *reader) derivative(slot **Derivative, a *args) {
	if *slot != nil {
		p.repeated(a)
		return
	}
	d := &Derivative{Pos: a.pos, Wrt: a.names["wrt"], Of: a.names["of"]}
	d.Vector, _ = strconv.Atoi(a.text["vector"])
	switch mode := a.text["mode"]; mode {
	case "split":
		d.Split = true
	case "both":
		d.Joint, d.Split = true, true
	default:
		d.Joint = true
	}
	*slot = d
}

func (p *reader) onStmt(s ast.Stmt, a *args) {
	switch a.name {
	case "checkpoint":
		p.checkpoint(s, a)
	case "fixedpoint":
		p.fixedPoint(s, a)
	case "joint", "split":
		if !callStmt(s) {
			p.errorf(a.pos, a.what(), "put it directly above a statement with a call, or in the doc comment of a function",
				"there is no call statement on the next line")
			return
		}
		if p.set.Calls[s] != nil {
			p.errorf(a.pos, a.what(), "keep one", "the statement has a call mode already")
			return
		}
		p.set.Calls[s] = &Call{Pos: a.pos, Mode: callMode(a.name)}
	default:
		p.errorf(a.pos, a.what(), "put it in the doc comment of a function, with no empty line between",
			"it does not stand above a function declaration")
	}
}

// checkpoint takes a directive above a loop, or above a block or branch.
func (p *reader) checkpoint(s ast.Stmt, a *args) {
	into := p.set.Blocks
	switch s.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		into = p.set.Loops
		if !p.checkScheme(a) {
			return
		}
	case *ast.BlockStmt, *ast.IfStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
		if len(a.text) > 0 {
			p.errorf(a.pos, a.what(), "leave out what follows it", "a block has no scheme: it is run again as a whole")
			return
		}
	default:
		p.errorf(a.pos, a.what(), "put it on the line directly above a for, if or switch statement or a block",
			"there is no such statement on the next line")
		return
	}
	if into[s] != nil {
		p.repeated(a)
		return
	}
	into[s] = a.checkpoint()
	if p.set.Fixed[s] != nil {
		p.exclusive(a)
	}
}

// fixedPoint takes a directive above a loop.
func (p *reader) fixedPoint(s ast.Stmt, a *args) {
	switch s.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
	default:
		p.errorf(a.pos, a.what(), "put it on the line directly above the for statement",
			"there is no for statement on the next line")
		return
	}
	if p.set.Fixed[s] != nil {
		p.repeated(a)
		return
	}
	p.set.Fixed[s] = a.fixedPoint()
	if p.set.Loops[s] != nil {
		p.exclusive(a)
	}
}

func (p *reader) exclusive(a *args) {
	p.errorf(a.pos, a.what(), "keep one of the two",
		"a loop to a fixed point is not reversed iteration by iteration, so it has no checkpoints")
}

func callMode(name string) ir.CallMode {
	if name == "split" {
		return ir.Split
	}
	return ir.Joint
}

// callStmt reports whether s is a simple statement with a call in it.
func callStmt(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ExprStmt, *ast.AssignStmt, *ast.DeclStmt, *ast.ReturnStmt:
	default:
		return false
	}
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		if _, ok := n.(*ast.CallExpr); ok {
			found = true
		}
		return !found
	})
	return found
}

// places tells what a comment stands above.
type places struct {
	docs  map[*ast.CommentGroup]*ast.FuncDecl
	above map[int]ast.Stmt // by the line on which the statement, or its label, starts
}

func findPlaces(fset *token.FileSet, f *ast.File) *places {
	pl := &places{docs: map[*ast.CommentGroup]*ast.FuncDecl{}, above: map[int]ast.Stmt{}}
	put := func(pos token.Pos, s ast.Stmt) {
		line := fset.Position(pos).Line
		if pl.above[line] == nil {
			pl.above[line] = s
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Doc != nil {
				pl.docs[n.Doc] = n
			}
		case *ast.LabeledStmt:
			inner := n.Stmt
			for {
				l, ok := inner.(*ast.LabeledStmt)
				if !ok {
					break
				}
				inner = l.Stmt
			}
			put(n.Pos(), inner)
		case *ast.BlockStmt:
			putBlocks(put, n.List)
		case *ast.CaseClause:
			putBlocks(put, n.Body)
		case *ast.CommClause:
			putBlocks(put, n.Body)
		case ast.Stmt:
			put(n.Pos(), n)
		}
		return true
	})
	return pl
}

// putBlocks puts the blocks that stand in the list by themselves.
func putBlocks(put func(token.Pos, ast.Stmt), list []ast.Stmt) {
	for _, s := range list {
		if b, ok := s.(*ast.BlockStmt); ok {
			put(b.Pos(), b)
		}
	}
}
