package emit

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// mirrors declares types of the layout of others, and functions that look at one as the
// other. Where memory is looked at so, the layouts are compared: the sizes when the file is
// compiled, all else when the program starts.
func (e *emitter) mirrors(p *ir.Printer, list []*ir.Mirror) {
	var checks []string
	for _, m := range list {
		if m.Var != nil {
			e.variable(p, m)
			checks = append(checks, e.same("&"+e.qualify(m.Var.Pkg())+"."+m.Var.Name(), m.Reach+"()"))
			continue
		}
		e.mirror(p, m)
		if m.View {
			of, mirror := p.TypeString(m.Of), m.Type.Obj().Name()
			e.views(p, m, of, mirror)
			checks = append(checks, e.same("(*"+of+")(nil)", "(*"+mirror+")(nil)"))
		}
	}
	if len(checks) == 0 {
		return
	}
	p.Line("")
	p.Line("// init compares the layouts: the program does not start if they differ.")
	p.Line("func init() {")
	for _, c := range checks {
		p.Line("\t%s", c)
	}
	p.Line("}")
}

// same is the statement that panics if what two pointers lead to differs in its layout.
func (e *emitter) same(of, mirror string) string {
	e.imports[adPath] = e.alias["ad"]
	return e.alias["ad"] + ".SameLayout(" + of + ", " + mirror + ")"
}

// mirror declares the type.
func (e *emitter) mirror(p *ir.Printer, m *ir.Mirror) {
	p.Line("")
	p.Line("// %s %s", m.Type.Obj().Name(), m.Doc)
	st, ok := m.Type.Underlying().(*types.Struct)
	if !ok {
		p.Line("type %s %s", m.Type.Obj().Name(), p.TypeString(m.Type.Underlying()))
		e.unsafeIn(m.Type.Underlying())
		return
	}
	p.Line("type %s struct {", m.Type.Obj().Name())
	for f := range st.Fields() {
		p.Line("\t%s %s", f.Name(), p.TypeString(f.Type()))
		e.unsafeIn(f.Type())
	}
	p.Line("}")
}

// unsafeIn imports package unsafe if a part of t that has no name is an unsafe.Pointer.
func (e *emitter) unsafeIn(t types.Type) {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			e.needUnsafe()
		}
	case *types.Slice:
		e.unsafeIn(t.Elem())
	case *types.Array:
		e.unsafeIn(t.Elem())
	case *types.Pointer:
		e.unsafeIn(t.Elem())
	case *types.Map:
		e.unsafeIn(t.Key())
		e.unsafeIn(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			e.unsafeIn(f.Type())
		}
	}
}

func (e *emitter) needUnsafe() { e.imports["unsafe"] = "unsafe" }

// variable declares the function that gives the address of a variable.
func (e *emitter) variable(p *ir.Printer, m *ir.Mirror) {
	e.needUnsafe()
	at, typ := e.qualify(m.Var.Pkg())+"."+m.Var.Name(), p.TypeString(types.NewPointer(m.VarType))
	p.Line("")
	p.Line("// %s returns the address of %s, whose type this package cannot name.", m.Reach, at)
	p.Line("func %s() %s {", m.Reach, typ)
	p.Line("\treturn (%s)(unsafe.Pointer(&%s))", typ, at)
	p.Line("}")
}

// views declares what looks at values of one type as the other.
func (e *emitter) views(p *ir.Printer, m *ir.Mirror, of, mirror string) {
	e.needUnsafe()
	if m.Reach != "" {
		p.Line("")
		p.Line("// %s looks at the %s behind p as a %s.", m.Reach, of, mirror)
		p.Line("func %s(p *%s) *%s { return (*%s)(unsafe.Pointer(p)) }", m.Reach, of, mirror, mirror)
	}
	if m.Value != "" {
		p.Line("")
		p.Line("// %s is v as a %s.", m.Value, mirror)
		p.Line("func %s(v %s) %s { return *(*%s)(unsafe.Pointer(&v)) }", m.Value, of, mirror, mirror)
	}
	if m.Back != "" {
		p.Line("")
		p.Line("// %s looks at the %s behind p as a %s.", m.Back, mirror, of)
		p.Line("func %s(p *%s) *%s { return (*%s)(unsafe.Pointer(p)) }", m.Back, mirror, of, of)
	}
	p.Line("")
	p.Line("// The sizes are the same, or this does not build.")
	p.Line("var _ = [1]struct{}{}[unsafe.Sizeof(%s{})-unsafe.Sizeof(%s{})]", of, mirror)
}
