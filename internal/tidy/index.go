package tidy

import (
	"slices"
	"sort"

	"github.com/cairn-ad/cairn/internal/ir"
)

// An index tells where in a function variables are mentioned and read, and where control
// leaves a list. It is made in one walk, for the variables that a pass asks about.
//
// Places are numbers: the statements have numbers in the order in which the walk meets
// them, so that a statement with all that is in it is an interval. A pass may drop and
// replace statements as long as every variable stays mentioned in those statements of the
// lists around in which it was; the numbers stay what they were.
type index struct {
	at       map[*ir.Block]span
	mentions map[*ir.Var][]int // ascending, as the others
	reads    map[*ir.Var][]int
	enclosed map[*ir.Var]bool // read in a closure
	exits    []int            // return, break and continue statements
	of       map[*ir.Var]bool
	next     int
	closures int // around the walk
}

// A span holds the numbers of the statements of a list, and behind them that of what
// comes after the list.
type span []int

// newIndex makes the index of b for the variables in of.
func newIndex(b *ir.Block, of map[*ir.Var]bool) *index {
	x := &index{at: map[*ir.Block]span{}, mentions: map[*ir.Var][]int{}, reads: map[*ir.Var][]int{}, enclosed: map[*ir.Var]bool{}, of: of}
	x.block(b)
	return x
}

func (x *index) block(b *ir.Block) {
	at := make(span, 0, len(b.Stmts)+1)
	for _, s := range b.Stmts {
		at = append(at, x.next)
		x.stmt(s)
		if l, ok := s.(*ir.For); ok { // the clauses have no number of their own
			if l.Init != nil {
				x.stmt(l.Init)
			}
			if l.Post != nil {
				x.stmt(l.Post)
			}
		}
		x.next++
		_, closure := s.(*ir.Closure)
		if closure {
			x.closures++
		}
		for _, inner := range ir.Blocks(s) {
			x.block(inner)
		}
		if closure {
			x.closures--
		}
	}
	x.at[b] = append(at, x.next)
}

// stmt notes what stands directly in s.
func (x *index) stmt(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Return, *ir.Break, *ir.Continue:
		x.exits = append(x.exits, x.next)
	case *ir.Call:
		if s.On != nil {
			x.read(&ir.Ref{V: s.On})
		}
	case *ir.For:
		if s.Stop != nil {
			x.read(&ir.Ref{V: s.Stop})
		}
	}
	reads, places := ir.Exprs(s)
	for _, e := range reads {
		ir.WalkExpr(e, x.read)
	}
	for _, p := range places {
		if r, plain := p.(*ir.Ref); plain {
			x.note(x.mentions, r.V)
		} else {
			ir.WalkExpr(p, x.read)
		}
	}
}

func (x *index) read(e ir.Expr) bool {
	if r, ok := e.(*ir.Ref); ok {
		x.note(x.mentions, r.V)
		x.note(x.reads, r.V)
		if x.closures > 0 && x.of[r.V] {
			x.enclosed[r.V] = true
		}
	}
	return true
}

func (x *index) note(to map[*ir.Var][]int, v *ir.Var) {
	if !x.of[v] {
		return
	}
	if list := to[v]; len(list) == 0 || list[len(list)-1] != x.next {
		to[v] = append(list, x.next)
	}
}

// first returns the position in b of the first statement from there on in which v is
// mentioned, or -1.
func (x *index) first(v *ir.Var, b *ir.Block, from int) int {
	in, at := x.mentions[v], x.at[b]
	i, _ := slices.BinarySearch(in, at[from])
	if i == len(in) || in[i] >= at[len(at)-1] {
		return -1
	}
	return sort.SearchInts(at, in[i]+1) - 1
}

// readIn reports whether v is read in a statement with a number in [from, to).
func (x *index) readIn(v *ir.Var, from, to int) bool { return anyIn(x.reads[v], from, to) }

// leaves reports whether control may leave a statement with a number in [from, to).
func (x *index) leaves(from, to int) bool { return anyIn(x.exits, from, to) }

func anyIn(list []int, from, to int) bool {
	i, _ := slices.BinarySearch(list, from)
	return i < len(list) && list[i] < to
}
