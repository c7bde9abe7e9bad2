package directive

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Resolve checks the names of all wrt and of lists against the signatures in
// info and fills in their roles, and the lists that were left out.
func (s *Set) Resolve(fset *token.FileSet, info *types.Info) diag.List {
	r := &resolver{fset: fset}
	for _, f := range s.Sorted() {
		obj, ok := info.Defs[f.Decl.Name].(*types.Func)
		if !ok {
			continue // the type checker has reported it
		}
		r.sig = obj.Signature()
		r.fn = f.Decl
		r.pkg = obj.Pkg()
		if f.Decl.Body == nil && f.Differentiated() {
			r.errorf(f.Decl.Name.Pos(), "directive on "+f.Decl.Name.Name, "put it above a function that is written in Go",
				"the function has no body here, so there is nothing to differentiate")
			continue
		}
		if r.sig.TypeParams().Len()+r.sig.RecvTypeParams().Len() > 0 && f.Differentiated() {
			r.generic(obj, f.Decl.Name)
			continue
		}
		for _, d := range []*Derivative{f.Adjoint, f.Tangent, f.Hessian, f.Pattern} {
			if d != nil {
				r.wrt(d)
				r.of(d)
			}
		}
		if f.Scrutinize != nil {
			r.discrete = true
			r.of(f.Scrutinize)
			r.discrete = false
		}
	}
	r.sources(s, info)
	s.Rules = r.rules(s, info)
	r.diags.Sort()
	return r.diags
}

type resolver struct {
	fset  *token.FileSet
	pkg   *types.Package
	sig   *types.Signature
	fn    *ast.FuncDecl
	diags diag.List

	discrete bool // the names may be of results without floats
}

func (r *resolver) errorf(pos token.Pos, what, do, why string, args ...any) {
	r.diags.Addf(r.fset, pos, what, do, why, args...)
}

func (r *resolver) wrt(d *Derivative) {
	if d.Wrt == nil {
		for _, n := range r.inputs() {
			if ir.HasFloat(n.Type) && !blank(n.Text) {
				n.Pos = d.Pos
				d.Wrt = append(d.Wrt, n)
			}
		}
		if d.Wrt == nil {
			r.errorf(d.Pos, "derivative of "+r.fn.Name.Name, "remove the directive or give the function a float input",
				"no parameter holds floats, so there is nothing to differentiate with respect to")
		}
		return
	}
	for i := range d.Wrt {
		r.name(&d.Wrt[i], "wrt", r.inputs())
	}
}

func (r *resolver) of(d *Derivative) {
	if d.Of == nil {
		d.Of = r.allResults(d.Pos)
		if d.Of == nil {
			r.errorf(d.Pos, "derivative of "+r.fn.Name.Name, "name the outputs: of=y, where y is a slice or pointer parameter",
				"no result holds floats")
		}
		return
	}
	valid := append(r.results(), r.inputs()...)
	var out []Name
	for _, n := range d.Of {
		if n.Text == "return" && r.sig.Results().Len() > 1 {
			out = append(out, r.allResults(n.Pos)...)
			continue
		}
		r.name(&n, "of", valid)
		if n.Var != nil && n.Role != Result && n.Role != Global && !ir.IsRef(n.Var.Type()) {
			r.errorf(n.Pos, "of="+n.Text, "return the value, or take a pointer or slice",
				"%s is passed by value, so the caller never sees what the function leaves in it", n.Var.Name())
		}
		out = append(out, n)
	}
	d.Of = out
}

// allResults returns the results that hold floats, or, if none does and results without
// floats are allowed, all.
func (r *resolver) allResults(pos token.Pos) []Name {
	var all, floats []Name
	for _, n := range r.results() {
		n.Pos = pos
		all = append(all, n)
		if ir.HasFloat(n.Type) {
			floats = append(floats, n)
		}
	}
	if floats == nil && r.discrete {
		return all
	}
	return floats
}

func blank(name string) bool { return name == "" || name == "_" }

// inputs returns the names of the receiver and the parameters.
func (r *resolver) inputs() []Name {
	var out []Name
	if v := r.sig.Recv(); v != nil {
		out = append(out, Name{Text: v.Name(), Role: Receiver, Var: v, Type: v.Type()})
	}
	for i := range r.sig.Params().Len() {
		v := r.sig.Params().At(i)
		out = append(out, Name{Text: v.Name(), Role: Param, Index: i, Var: v, Type: v.Type()})
	}
	return out
}

// results returns return (for one result) or return0, return1 …, each under
// its own name if the source gives it one.
func (r *resolver) results() []Name {
	var out []Name
	n := r.sig.Results().Len()
	for i := range n {
		v := r.sig.Results().At(i)
		text := v.Name()
		if blank(text) {
			text = "return"
			if n > 1 {
				text += strconv.Itoa(i)
			}
		}
		out = append(out, Name{Text: text, Role: Result, Index: i, Var: v, Type: v.Type()})
	}
	return out
}

// name resolves n among valid.
func (r *resolver) name(n *Name, key string, valid []Name) {
	head, path, _ := strings.Cut(n.Text, ".")
	var list []string
	if r.global(n, key, head, path, valid) {
		return
	}
	for _, v := range valid {
		if v.Text == head || v.Role == Result && head == r.position(v) {
			n.Role, n.Index, n.Var, n.Type = v.Role, v.Index, v.Var, v.Type
			r.path(n, key, path)
			return
		}
		if !blank(v.Text) && ir.HasFloat(v.Type) && (key == "wrt" || v.Role == Result || ir.IsRef(v.Type)) {
			list = append(list, v.Text)
		}
	}
	do := "this function has no name that fits"
	if len(list) > 0 {
		do = suggestFrom(head, list, "valid names: "+strings.Join(list, ", "))
	}
	r.errorf(n.Pos, key+"="+n.Text, do, "%s has no %s named %q", r.fn.Name.Name,
		map[string]string{"wrt": "parameter", "of": "result or parameter"}[key], head)
	correctFrom(r.diags, "", head, list)
}

// global resolves the name of a variable of the package, which names of the signature hide.
func (r *resolver) global(n *Name, key, head, path string, valid []Name) bool {
	for _, v := range valid {
		if v.Text == head || v.Role == Result && head == r.position(v) {
			return false
		}
	}
	v, ok := r.pkg.Scope().Lookup(head).(*types.Var)
	if !ok {
		return false
	}
	n.Role, n.Var, n.Type = Global, v, v.Type()
	r.path(n, key, path)
	return true
}

// position is the name by position of a result that may have its own.
func (r *resolver) position(v Name) string {
	if r.sig.Results().Len() == 1 {
		return "return"
	}
	return fmt.Sprintf("return%d", v.Index)
}

// path follows the field names after the first dot.
func (r *resolver) path(n *Name, key, path string) {
	before := strings.TrimSuffix(n.Text, path)
	for path != "" {
		var field string
		field, path, _ = strings.Cut(path, ".")
		t := n.Type
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			r.errorf(n.Pos, key+"="+n.Text, "end the name before it", "%s is not a field: %s is no struct", field, t)
			return
		}
		index := fieldIndex(t, field, r.pkg)
		if index == nil {
			list := fieldsWithFloats(st)
			r.errorf(n.Pos, key+"="+n.Text, suggestFrom(field, list, "its fields with floats: "+strings.Join(list, ", ")),
				"%s has no field %s", t, field)
			correctFrom(r.diags, before, field, list)
			return
		}
		before += field + "."
		n.Path = append(n.Path, index...)
		n.Type = fieldType(t, index)
	}
	if !ir.HasFloat(n.Type) && !r.discrete {
		r.errorf(n.Pos, key+"="+n.Text, "leave it out", "its type %s holds no floats", n.Type)
	}
}

// fieldIndex is the way to a field of t, one promoted from an embedded struct
// included; nil if there is none.
func fieldIndex(t types.Type, name string, pkg *types.Package) []int {
	obj, index, _ := types.LookupFieldOrMethod(t, true, pkg, name)
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		return index
	}
	return nil
}

func fieldType(t types.Type, index []int) types.Type {
	for _, i := range index {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		t = t.Underlying().(*types.Struct).Field(i).Type()
	}
	return t
}

func fieldsWithFloats(st *types.Struct) []string {
	var list []string
	for i := range st.NumFields() {
		if f := st.Field(i); ir.HasFloat(f.Type()) {
			list = append(list, f.Name())
		}
	}
	return list
}
