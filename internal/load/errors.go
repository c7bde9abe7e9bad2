package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/cairn-ad/cairn/internal/diag"
)

// nameSet is a set of file names for concurrent use.
type nameSet struct {
	mu    sync.Mutex
	names map[string]bool
}

func newNameSet() *nameSet { return &nameSet{names: map[string]bool{}} }

func (s *nameSet) add(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[name] = true
}

func (s *nameSet) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names[name]
}

// errors turns the errors of p into diagnostics, but for those in hidden files
// and those that the generated functions will cure.
func (l *loader) errors(p *packages.Package) {
	for _, e := range p.Errors {
		if e.Kind == packages.TypeError {
			continue
		}
		pos := position(e.Pos)
		if l.hidden.has(pos.Filename) {
			continue
		}
		do := "repair it: go list " + p.PkgPath + " shows the same"
		if e.Kind == packages.ParseError {
			do = "repair the syntax"
		}
		l.add(pos, "package "+p.PkgPath, clip(e.Msg), do)
	}
	for _, e := range p.TypeErrors {
		pos := e.Fset.Position(e.Pos)
		if l.hidden.has(pos.Filename) {
			continue
		}
		if l.promised(p, e) {
			l.undeclared = true
			continue
		}
		if why := missing(p, e.Msg); why != "" {
			l.add(pos, "import", why, "correct the path, or add the module with go get")
			continue
		}
		l.add(pos, "type error", e.Msg, "make the package compile without its generated files")
	}
}

var couldNotImport = regexp.MustCompile(`^could not import (\S+) `)

// missing returns why the package that the message of a type error says could
// not be imported does not load, or "".
func missing(p *packages.Package, msg string) string {
	m := couldNotImport.FindStringSubmatch(msg)
	if m == nil || p.Imports[m[1]] == nil || len(p.Imports[m[1]].Errors) == 0 {
		return ""
	}
	return clip(p.Imports[m[1]].Errors[0].Msg)
}

func (l *loader) add(pos token.Position, what, why, do string) {
	d := diag.Diagnostic{Pos: pos, What: what, Why: why, Do: do, Broken: true}
	if !slices.Contains(l.diags, d) {
		l.diags = append(l.diags, d)
	}
}

// position parses "file:line:col", "file:line" or "-".
func position(s string) token.Position {
	var p token.Position
	parts := strings.Split(s, ":")
	numbers := 0
	for n := len(parts); n > 1 && numbers < 2; n-- {
		if _, err := strconv.Atoi(parts[n-1]); err != nil {
			break
		}
		numbers++
	}
	p.Filename = strings.Join(parts[:len(parts)-numbers], ":")
	if p.Filename == "-" || p.Filename == "" {
		return token.Position{}
	}
	if numbers > 0 {
		p.Line, _ = strconv.Atoi(parts[len(parts)-numbers])
	}
	if numbers > 1 {
		p.Column, _ = strconv.Atoi(parts[len(parts)-1])
	}
	return p
}

var (
	undefinedName   = regexp.MustCompile(`^undefined: (?:\pL[\pL\d_]*\.)?(\pL[\pL\d_]*)$`)
	undefinedMethod = regexp.MustCompile(`\.(\pL[\pL\d_]*) undefined \(type .* has no field or method (\pL[\pL\d_]*)`)
)

// promised reports whether e says that a name does not exist which a directive
// of this load is about to define.
func (l *loader) promised(p *packages.Package, e types.Error) bool {
	if m := undefinedName.FindStringSubmatch(e.Msg); m != nil {
		return l.defines(l.packageOf(p, e.Pos), "", m[1])
	}
	m := undefinedMethod.FindStringSubmatch(e.Msg)
	if m == nil || m[1] != m[2] {
		return false
	}
	sel := selectorAt(p, e.Pos)
	if sel == nil {
		return false
	}
	t := p.TypesInfo.TypeOf(sel.X)
	return t != nil && l.definesMethod(t, m[1], map[types.Type]bool{})
}

// packageOf returns the path of the package in which the name at pos was
// looked up: that of p itself, or an imported one.
func (l *loader) packageOf(p *packages.Package, pos token.Pos) string {
	if sel := selectorAt(p, pos); sel != nil {
		if id, ok := sel.X.(*ast.Ident); ok {
			if name, ok := p.TypesInfo.Uses[id].(*types.PkgName); ok {
				return name.Imported().Path()
			}
		}
	}
	return p.PkgPath
}

// selectorAt returns the selector expression that starts, or whose name stands,
// at pos.
func selectorAt(p *packages.Package, pos token.Pos) *ast.SelectorExpr {
	var found *ast.SelectorExpr
	for _, f := range p.Syntax {
		if pos < f.FileStart || f.FileEnd <= pos {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Pos() == pos || found == nil && sel.Pos() == pos) {
				found = sel
			}
			return true
		})
	}
	return found
}

// defines reports whether a directive in the package with that path defines
// name, as a method of the named type if recv is not empty.
func (l *loader) defines(path, recv, name string) bool {
	for _, q := range l.seen {
		if q.Path != path {
			continue
		}
		for _, f := range q.Directives.Sorted() {
			if receiverName(f.Decl) == recv && slices.Contains(f.Generated(), name) {
				return true
			}
		}
	}
	return false
}

// definesMethod is defines for the method set of t, embedded fields included.
func (l *loader) definesMethod(t types.Type, name string, seen map[types.Type]bool) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil {
		if l.defines(n.Obj().Pkg().Path(), n.Obj().Name(), name) {
			return true
		}
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		if st.Field(i).Embedded() && l.definesMethod(st.Field(i).Type(), name, seen) {
			return true
		}
	}
	return false
}

// receiverName returns the name of the type that fd is a method of, or "".
func receiverName(fd *ast.FuncDecl) string {
	if fd.Recv == nil || len(fd.Recv.List) == 0 {
		return ""
	}
	t := fd.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
