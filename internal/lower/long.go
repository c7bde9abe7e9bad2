package lower

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Limits of expressions. The derivative of a product repeats all of it for each factor, and that of a
// function all that is inside of it: of a formula with thousands of operands, as other programs
// write them, it would be millions.
const (
	longestExpr  = 64 // operands and operations of an expression
	deepestCalls = 4  // functions inside of functions
)

// shorten gives variables to parts of long expressions, in front of the statements that have them.
// Products that are added to something stay where they are: some processors round both operations at
// once, if they stand in one expression.
func shorten(f *ir.Func, pkg *types.Package) {
	s := &shortener{made: ir.Maker{F: f, Pkgs: []*types.Package{pkg, f.Pkg}}}
	s.block(f.Body)
}

type shortener struct {
	made ir.Maker
	at   ir.At     // of the statement at hand
	out  []ir.Stmt // what comes in front of it
}

func (s *shortener) block(b *ir.Block) {
	var out []ir.Stmt
	for _, stmt := range b.Stmts {
		for _, inner := range ir.Blocks(stmt) {
			s.block(inner)
		}
		s.out = nil
		s.stmt(stmt)
		out = append(append(out, s.out...), stmt)
	}
	b.Stmts = out
}

func (s *shortener) stmt(stmt ir.Stmt) {
	switch stmt := stmt.(type) {
	case *ir.Assign:
		s.at = stmt.At
		s.all(stmt.R)
	case *ir.Call:
		s.at = stmt.At
		s.all(stmt.Args)
	case *ir.If:
		s.at = stmt.At
		stmt.Cond = s.short(stmt.Cond)
	}
}

func (s *shortener) all(list []ir.Expr) {
	for i, e := range list {
		if e != nil {
			list[i] = s.short(e)
		}
	}
}

// short returns e if it is not too long, else what is left when parts of it have variables.
func (s *shortener) short(e ir.Expr) ir.Expr {
	if size := measure(e); !size.fits() {
		e, _ = s.part(e)
	}
	return e
}

// size is that of an expression.
type size struct {
	nodes int // operands and operations
	depth int // functions inside of functions
}

func (s size) fits() bool { return s.nodes <= longestExpr && s.depth <= deepestCalls }

// sizeOf is the size of e with operands of the given sizes. The elements of a composite literal
// have derivatives of their own.
func sizeOf(e ir.Expr, operands []size) size {
	out := size{nodes: 1}
	for _, o := range operands {
		if _, ok := e.(*ir.Composite); ok {
			out.nodes = max(out.nodes, o.nodes)
		} else {
			out.nodes += o.nodes
		}
		out.depth = max(out.depth, o.depth)
	}
	if _, ok := e.(*ir.Math); ok {
		out.depth++
	}
	return out
}

func measure(e ir.Expr) size {
	var sizes []size
	for _, x := range operands(e) {
		sizes = append(sizes, measure(x))
	}
	return sizeOf(e, sizes)
}

// operands are the parts of e that may get variables: those that are worked out whenever e is. What
// constants make is left alone, since Go works it out exactly and rounds once.
func operands(e ir.Expr) []ir.Expr {
	if isConstant(e) {
		return nil
	}
	switch e := e.(type) {
	case *ir.Unary, *ir.Convert, *ir.Math, *ir.Composite:
		return ir.Children(e)
	case *ir.Binary:
		if e.Op == token.LAND || e.Op == token.LOR {
			return ir.Children(e)[:1]
		}
		return ir.Children(e)
	}
	return nil
}

// isConstant reports whether Go takes e for a constant expression.
func isConstant(e ir.Expr) bool {
	switch e.(type) {
	case *ir.Const:
		return true
	case *ir.Unary, *ir.Binary, *ir.Convert:
		for _, x := range ir.Children(e) {
			if !isConstant(x) {
				return false
			}
		}
		return true
	}
	return false
}

// part returns e with variables in the place of parts of it, and the size of what is left.
func (s *shortener) part(e ir.Expr) (ir.Expr, size) {
	parts := operands(e)
	sizes := make([]size, len(parts))
	for i, x := range parts {
		parts[i], sizes[i] = s.part(x)
	}
	for !sizeOf(e, sizes).fits() {
		most := -1
		for i, x := range parts {
			if sizes[i].nodes > 1 && (most < 0 || worse(sizes[i], sizes[most])) && separable(e, x) {
				most = i
			}
		}
		if most < 0 {
			break
		}
		parts[most], sizes[most] = s.variable(parts[most]), size{nodes: 1}
	}
	return withOperands(e, parts), sizeOf(e, sizes)
}

// withOperands returns e with other operands.
func withOperands(e ir.Expr, parts []ir.Expr) ir.Expr {
	if len(parts) == 0 {
		return e
	}
	next := 0
	old := operands(e)
	return ir.Rewrite(e, func(x ir.Expr) ir.Expr {
		if next < len(old) && x == old[next] {
			next++
			return parts[next-1]
		}
		return nil
	})
}

// worse reports whether a comes before b when parts are to go.
func worse(a, b size) bool {
	if a.depth >= deepestCalls || b.depth >= deepestCalls {
		return a.depth > b.depth
	}
	return a.nodes > b.nodes
}

// separable reports whether the operand x of e may stand in a statement of its own.
func separable(e, x ir.Expr) bool {
	if !ir.IsFloat(x.Type()) {
		return false
	}
	switch b := x.(type) {
	case *ir.Math, *ir.Convert:
		return true
	case *ir.Binary:
		switch b.Op {
		case token.ADD, token.SUB, token.QUO:
			return true
		}
		switch e := e.(type) {
		case *ir.Math, *ir.Convert:
			return true
		case *ir.Binary:
			return e.Op == token.MUL || e.Op == token.QUO
		}
	}
	return false
}

// variable gives e a variable, in front of the statement at hand.
func (s *shortener) variable(e ir.Expr) ir.Expr {
	v := s.made.Var("t", e.Type())
	d := ir.Define(v, e)
	d.At = s.at
	s.out = append(s.out, d)
	return &ir.Ref{V: v}
}
