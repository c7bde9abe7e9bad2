// Package directive reads the //cairn: comment lines of Go files.
//
// In: parsed files, then their type information. Out: a Set of typed requests,
// each tied to the function, loop or statement that it stands above, with the
// names in it checked against the signature. Spellings that are almost a
// directive are reported, never passed over.
//
//	//cairn:adjoint wrt=a,b of=return.F,y [mode=joint|split|both]   function
//	//cairn:tangent wrt=a of=y                                      function
//	//cairn:pattern wrt=a of=y                                      function
//	//cairn:hessian wrt=a of=return                                 function
//	//cairn:scrutinize of=return                                    function
//	//cairn:passive                                                 function
//	//cairn:source of=G                                             function
//	//cairn:joint, //cairn:split                                    function or call statement
//	//cairn:checkpoint scheme=binomial snaps=N [storage=S] …         for
//	//cairn:checkpoint                                              block, if or switch
//	//cairn:rule of=p.F tangent=f adjoint=g                         file, or function
//	//cairn:solver apply=F rhs=b solution=x [transpose=T] [wrt=p]   function
//	//cairn:fixedpoint [tol=T] [max=N]                              for
//
// Without wrt every input that holds floats is meant, the receiver included;
// without of the results that hold floats.
package directive

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A Set is what the directives of one package ask for.
type Set struct {
	Funcs map[*ast.FuncDecl]*Func
	Loops map[ast.Stmt]*Checkpoint // the keys are *ast.ForStmt and *ast.RangeStmt
	Calls map[ast.Stmt]*Call
	Rules []*Rule // those that Resolve has found in order, once it has run

	// Blocks are the statements above which a bare //cairn:checkpoint stands; the
	// keys are *ast.BlockStmt, *ast.IfStmt, *ast.SwitchStmt and *ast.TypeSwitchStmt.
	Blocks map[ast.Stmt]*Checkpoint

	Fixed map[ast.Stmt]*FixedPoint // the keys are those of Loops

	files []*ast.File // in the order of Parse
}

// Sorted returns the functions with directives, in source order: files in the
// order in which Parse got them. Positions alone would not do, since files that
// are parsed concurrently lie in the file set in any order.
func (s *Set) Sorted() []*Func {
	var out []*Func
	for _, f := range s.Funcs {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *Func) int {
		return cmp.Or(cmp.Compare(s.fileOf(a), s.fileOf(b)), cmp.Compare(a.Decl.Pos(), b.Decl.Pos()))
	})
	return out
}

// fileOf returns the index of the file in which f stands.
func (s *Set) fileOf(f *Func) int {
	return slices.IndexFunc(s.files, func(file *ast.File) bool {
		return file.FileStart <= f.Decl.Pos() && f.Decl.Pos() < file.FileEnd
	})
}

// A Func is what stands above one function.
type Func struct {
	Decl       *ast.FuncDecl
	Adjoint    *Derivative // nil when not asked for
	Tangent    *Derivative
	Pattern    *Derivative
	Hessian    *Derivative
	Scrutinize *Derivative // Wrt stays empty
	Mode       ir.CallMode // of //cairn:joint or //cairn:split
	Passive    bool
	Source     *Source
}

// Differentiated reports whether a derivative or the scrutiny of f is asked for.
func (f *Func) Differentiated() bool {
	return f.Adjoint != nil || f.Tangent != nil || f.Hessian != nil || f.Pattern != nil || f.Scrutinize != nil
}

// Generated returns the names of the functions that the directives of f bring
// into being; for a method they are methods of the same type.
func (f *Func) Generated() []string {
	var out []string
	name := f.Decl.Name.Name
	if a := f.Adjoint; a != nil {
		if a.Joint {
			out = a.forms(out, name+"Adjoint")
		}
		if a.Split {
			out = a.forms(a.forms(out, name+"Forward"), name+"Reverse")
		}
	}
	if f.Tangent != nil {
		out = f.Tangent.forms(out, name+"Tangent")
	}
	if f.Pattern != nil {
		out = append(out, name+"Pattern")
	}
	if f.Hessian != nil {
		out = append(out, name+"Hessian")
	}
	if f.Scrutinize != nil {
		out = append(out, name+"Scrutinize")
	}
	return out
}

// forms appends a name and, if it is asked for, that of the vector form.
func (d *Derivative) forms(names []string, name string) []string {
	names = append(names, name)
	if d.Vector > 0 {
		names = append(names, name+"Vector")
	}
	return names
}

// Promise returns the line that brings the function of the given name into being, and what
// it is called behind the name of f: "Adjoint". Nil if none does.
func (f *Func) Promise(name string) (d *Derivative, suffix string) {
	suffix, ok := strings.CutPrefix(name, f.Decl.Name.Name)
	if !ok || !slices.Contains(f.Generated(), name) {
		return nil, ""
	}
	switch suffix {
	case "Tangent":
		return f.Tangent, suffix
	case "Hessian":
		return f.Hessian, suffix
	case "Pattern":
		return f.Pattern, suffix
	case "Scrutinize":
		return f.Scrutinize, suffix
	}
	return f.Adjoint, suffix
}

// A Derivative is one adjoint, tangent, hessian, pattern or scrutinize line.
type Derivative struct {
	Pos          token.Pos
	Joint, Split bool // adjoint: which forms to make
	Vector       int  // number of directions of the vector forms; 0 for none
	Wrt, Of      []Name
}

// Role says what part of the signature a Name means.
type Role uint8

// The roles.
const (
	Receiver Role = iota
	Param
	Result
	Global // a variable of the package
)

// A Name is one entry of wrt or of. Resolve fills in all but Pos and Text.
type Name struct {
	Pos   token.Pos
	Text  string // "y", "return1", "return.Zeta", "s.U"
	Role  Role
	Index int        // which parameter or result, from 0
	Var   *types.Var // the parameter, receiver or result; it may have no name
	Path  []int      // indices of the fields that follow, outermost first
	Type  types.Type // of what is named, after the Path
}

// A Checkpoint is a //cairn:checkpoint line.
type Checkpoint struct {
	Pos        token.Pos
	Scheme     string // of ir.Schemes; "" above a block
	Args       []SchemeArg
	Levels     string    // storage levels slots:write:read,…; "" for none
	Storage    string    // "" is the default
	StoragePos token.Pos // where that stands
	Resume     string    // the name of a run that can be resumed; "" for none
	ResumePos  token.Pos
}

// A FixedPoint is a //cairn:fixedpoint line.
type FixedPoint struct {
	Pos token.Pos
	Tol float64 // positive
	Max int     // at least 1
}

// A Call is a //cairn:joint or //cairn:split line above a statement.
type Call struct {
	Pos  token.Pos
	Mode ir.CallMode
}
