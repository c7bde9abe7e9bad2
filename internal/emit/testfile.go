package emit

import (
	"bytes"
	"fmt"
	"go/format"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

const gradcheckPath = "github.com/cairn-ad/cairn/gradcheck"

// A Test is what the test of one root needs: the root and the functions made from it.
type Test struct {
	Root   *ir.Func
	Groups []Group

	// Rule: the derivatives are written by hand. The adjoint may then leave results and
	// memory as it likes; Kept, if not nil, runs the function and gives the adjoint its
	// first argument.
	Rule bool
	Kept *ir.Func
}

// A Group holds derivatives of a root with the same independents and dependents. Those
// that do not exist are nil.
type Group struct {
	Wrt, Of                            []Place
	Tangent, Adjoint, Forward, Reverse *ir.Func
	Hessian                            *ir.Func

	// The same in several directions, and their numbers.
	TangentVector, AdjointVector, ForwardVector, ReverseVector *ir.Func
	TangentDirections, AdjointDirections                       int
}

// A Place is a variable of the root's signature, or the field of it that Path leads to.
type Place struct {
	Var  *ir.Var
	Path []int
}

// TestFile returns the text of a Go test file of package pkg with a test for each root.
func TestFile(pkg *types.Package, source, constraint string, tests []*Test) ([]byte, error) {
	e := &emitter{pkg: pkg, imports: map[string]string{}, names: map[string]string{}}
	var made []*ir.Func
	for _, t := range tests {
		made = append(made, t.Root)
	}
	e.reserve(made)
	for _, local := range []string{"a", "b", "bd", "d", "r", "rb", "rbd", "rd", "rng", "st", "t", "err", "before", "kept"} {
		e.names[local] = ""
	}
	w := &testWriter{emitter: e}
	w.testing, w.rand, w.gradcheck = w.use("testing", "testing"), w.use("rand", "math/rand/v2"), w.use("gradcheck", gradcheckPath)
	for _, t := range tests {
		if err := w.test(t); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n// Source: %s\n\n", Header, source)
	if constraint != "" {
		fmt.Fprintf(&out, "%s\n\n", constraint)
	}
	fmt.Fprintf(&out, "package %s\n", pkg.Name())
	e.writeImports(&out)
	out.WriteString(w.out.String())
	text, err := format.Source(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("emit: the test for %s does not parse: %w\n%s", source, err, numbered(out.String()))
	}
	return text, nil
}

// testWriter writes the tests of one file.
type testWriter struct {
	*emitter
	out                      strings.Builder
	testing, rand, gradcheck string // names of packages

	root           *ir.Func
	rule           bool
	kept           *ir.Func
	base           string // CairnSolverStep, from which the names of declarations are made
	args, results  string // their types
	draw           string // the variable that draws arguments
	fields, values map[*ir.Var]string
	blank          map[*ir.Var]bool // inputs without a name
}

func (w *testWriter) use(want, path string) string {
	name := w.name(want, path)
	w.imports[path] = name
	return name
}

func (w *testWriter) linef(format string, args ...any) {
	fmt.Fprintf(&w.out, format+"\n", args...)
}

func (w *testWriter) test(t *Test) error {
	w.root, w.rule, w.kept = t.Root, t.Rule, t.Kept
	w.declare()
	w.argsType()
	w.resultsType()
	w.drawVariable()
	w.linef("\n// Test%s checks the derivatives of %s against the function and each other.", w.base, w.called())
	w.linef("func Test%s(t *%s.T) {", w.base, w.testing)
	w.linef("type A = %s\ntype R = %s", w.args, w.results)
	if len(t.Groups) > 1 {
		w.linef("\n// Tangent and adjoint have other inputs or outputs, so neither is tested against the other.")
	}
	for _, g := range t.Groups {
		name := "root"
		if len(t.Groups) > 1 {
			switch {
			case g.Tangent != nil:
				name = "tangent"
			case g.Adjoint != nil || g.Forward != nil:
				name = "adjoint"
			default:
				name = "hessian"
			}
		}
		w.linef("%s := %s.Root[A, R]{", name, w.gradcheck)
		if err := w.group(g); err != nil {
			return err
		}
		w.linef("}\nif err := %s.Check(%s.Options{}); err != nil {\nt.Error(err)\n}", name, w.gradcheck)
	}
	w.linef("}")
	return nil
}

// called is the name of the root for a person.
func (w *testWriter) called() string {
	if w.rule && w.root.Pkg != w.pkg {
		return w.root.Pkg.Name() + "." + w.root.Name
	}
	return w.root.Name
}

// declare chooses the names of what the test declares.
func (w *testWriter) declare() {
	for i := 1; ; i++ {
		w.base = "Cairn"
		if w.rule {
			w.base = "CairnRule"
		}
		for part := range strings.SplitSeq(w.called(), ".") {
			w.base += strings.ToUpper(part[:1]) + part[1:]
		}
		if i > 1 {
			w.base += fmt.Sprint(i)
		}
		own := "c" + w.base[1:]
		w.args, w.results, w.draw = own+"Args", own+"Results", own+"Draw"
		free := true
		for _, n := range []string{"Test" + w.base, w.args, w.results, w.draw} {
			if _, taken := w.names[n]; taken {
				free = false
			}
		}
		if !free {
			continue
		}
		for _, n := range []string{"Test" + w.base, w.args, w.results, w.draw} {
			w.names[n] = ""
		}
		break
	}
	w.fields, w.values = map[*ir.Var]string{}, map[*ir.Var]string{}
	w.blank = blanks(w.root)
	used := map[string]bool{}
	take := func(v *ir.Var, i int) string {
		name := v.Name
		for name == "" || name == "_" || used[name] {
			name = fmt.Sprintf("p%d", i)
			i++
		}
		used[name] = true
		return name
	}
	for i, v := range w.root.Inputs() {
		w.fields[v] = take(v, i)
	}
	used = map[string]bool{}
	for i, v := range w.root.Results {
		w.values[v] = take(v, i)
	}
}

// blanks returns the inputs of f that have no name in the source, so that f cannot read
// them.
func blanks(f *ir.Func) map[*ir.Var]bool {
	out := map[*ir.Var]bool{}
	if f.Obj == nil {
		return out
	}
	named := func(v *types.Var) bool { return v.Name() != "" && v.Name() != "_" }
	sig := f.Obj.Signature()
	if sig.Recv() != nil {
		out[f.Recv] = !named(sig.Recv())
	}
	for i, p := range f.Params {
		out[p] = !named(sig.Params().At(i))
	}
	return out
}

func (w *testWriter) typeOf(v *ir.Var) string { return types.TypeString(v.Type, w.qualify) }

func (w *testWriter) argsType() {
	w.linef("\n// %s are the arguments of %s.", w.args, w.called())
	w.structType(w.args, w.root.Inputs(), w.fields)
}

func (w *testWriter) resultsType() {
	w.linef("\n// %s are the results of %s.", w.results, w.called())
	w.structType(w.results, w.root.Results, w.values)
}

func (w *testWriter) structType(name string, vars []*ir.Var, fields map[*ir.Var]string) {
	if len(vars) == 0 {
		w.linef("type %s struct{}", name)
		return
	}
	w.linef("type %s struct {", name)
	for _, v := range vars {
		w.linef("%s %s", fields[v], w.typeOf(v))
	}
	w.linef("}")
}

func (w *testWriter) drawVariable() {
	var why []string
	for _, v := range w.root.Inputs() {
		if w.blank[v] {
			continue // not read
		}
		if reason := unknown(v.Type, w.pkg, w.qualify); reason != "" {
			why = append(why, w.fields[v]+" "+reason)
		}
	}
	rng := fmt.Sprintf("func(rng *%s.Rand) (a %s, err error)", w.rand, w.args)
	if len(why) == 0 {
		w.linef("\n// %s draws arguments for the test of %s. To test it with others,\n// assign another function in the init function of a test file of this package.", w.draw, w.called())
		w.linef("var %s = %s {\nerr = %s.Fill(rng, &a)\nreturn a, err\n}", w.draw, rng, w.gradcheck)
		return
	}
	w.linef("\n// %s draws arguments for the test of %s. Assign it in the init\n// function of a test file of this package, since these values cannot be invented:", w.draw, w.called())
	for _, l := range why {
		w.linef("//   - %s", l)
	}
	w.linef("//\n// For example:\n//\n//\tfunc init() {\n//\t\t%s = %s {", w.draw, rng)
	for _, v := range w.root.Inputs() {
		if value := example(v.Type, w.qualify); value != "" && !w.blank[v] {
			w.linef("//\t\t\ta.%s = %s", w.fields[v], value)
		}
	}
	w.linef("//\t\t\terr = %s.Fill(rng, &a) // the floats\n//\t\t\treturn a, err\n//\t\t}\n//\t}", w.gradcheck)
	w.linef("var %s func(rng *%s.Rand) (a %s, err error)", w.draw, w.rand, w.args)
}

// group writes the fields of one Root.
func (w *testWriter) group(g Group) error {
	w.linef("Name: %q,\nDraw: %s,\nDrawName: %q,", w.called(), w.draw, w.draw)
	w.linef("Wrt: func(a *A) []any { return []any{%s} },", w.places(g.Wrt))
	w.linef("Of: func(a *A, r *R) []any { return []any{%s} },", w.places(g.Of))
	for _, part := range []struct {
		field, signature string
		made             *ir.Func
		shadow, seeds    string // the variables that hold the shadows of arguments and results
		seeded           []*ir.Var
	}{
		{"Call", "func(a *A) (r R)", w.root, "", "", nil},
		{"Tangent", "func(a, d *A) (r, rd R)", g.Tangent, "d", "rd", nil},
		{"Adjoint", "func(a, b *A, rb *R) (r R)", g.Adjoint, "b", "rb", w.seeded(g.Of, false)},
		{"Forward", "func(a, b *A, st *AD.Stack) (r, rb R)", g.Forward, "b", "rb", nil},
		{"Reverse", "func(a, b *A, rb *R, st *AD.Stack)", g.Reverse, "b", "rb", w.seeded(g.Of, true)},
	} {
		if part.made == nil {
			continue
		}
		signature := part.signature
		if strings.Contains(signature, "AD.") {
			signature = strings.Replace(signature, "AD", w.use("ad", adPath), 1)
		}
		call, err := w.call(part.made, w.fieldsOf(part.shadow, part.seeds), part.seeded, part.field == "Tangent")
		if err != nil {
			return err
		}
		if w.rule && part.field == "Adjoint" {
			if call, err = w.byHand(call); err != nil {
				return err
			}
		}
		switch part.field {
		case "Call", "Adjoint":
			call += "\nreturn r"
		case "Tangent", "Forward":
			call += "\nreturn r, " + part.seeds
		}
		w.linef("%s: %s {\n%s\n},", part.field, signature, call)
	}
	if g.Hessian != nil {
		if err := w.hessian(g); err != nil {
			return err
		}
	}
	return w.vectors(g)
}

// byHand is the call of an adjoint that was written by hand: what the function leaves is
// left by the function itself.
func (w *testWriter) byHand(call string) (string, error) {
	plain, err := w.call(w.root, w.fieldsOf("", ""), nil, false)
	if err != nil {
		return "", err
	}
	before := fmt.Sprintf("before := %s.NewSnapshot()\nbefore.Save(a)\n", w.use("ad", adPath))
	if w.kept != nil {
		left := make([]string, len(w.root.Results))
		for i := range left {
			left[i] = "_"
		}
		var args []string
		for _, v := range w.root.Inputs() {
			args = append(args, "a."+w.fields[v])
		}
		before += strings.Join(append(left, "kept"), ", ") + " := " + w.function(w.kept, &args) + "(" + strings.Join(args, ", ") + ")\nbefore.Restore(a)\n"
	}
	if _, results, ok := strings.Cut(call, " = "); ok {
		call = results
	}
	return before + call + "\nbefore.Restore(a)\n" + plain, nil
}

// function is how f is called; a receiver is taken from the arguments.
func (w *testWriter) function(f *ir.Func, args *[]string) string {
	name := f.Name[strings.LastIndex(f.Name, ".")+1:]
	switch {
	case f.Recv != nil:
		name = (*args)[0] + "." + name
		*args = (*args)[1:]
	case f.Pkg != nil && f.Pkg != w.pkg:
		name = w.qualify(f.Pkg) + "." + name
	}
	return name
}

// places lists pointers to places of the signature.
func (w *testWriter) places(list []Place) string {
	var out []string
	for _, p := range list {
		x := "&a." + w.fields[p.Var]
		if name, ok := w.values[p.Var]; ok {
			x = "&r." + name
		}
		t := p.Var.Type
		for _, i := range p.Path {
			if ptr, ok := t.Underlying().(*types.Pointer); ok {
				t = ptr.Elem()
			}
			field := t.Underlying().(*types.Struct).Field(i)
			x += "." + field.Name()
			t = field.Type()
		}
		out = append(out, x)
	}
	return strings.Join(out, ", ")
}

// shadows names what holds the shadows in a call.
type shadows struct {
	argument       func(v *ir.Var, pointer bool) string // of an argument, or a pointer to it
	seed, returned func(v *ir.Var) string               // of a result
}

// fieldsOf names fields of two structs, one for arguments and one for results.
func (w *testWriter) fieldsOf(args, results string) shadows {
	result := func(v *ir.Var) string { return results + "." + w.values[v] }
	return shadows{
		argument: func(v *ir.Var, pointer bool) string {
			if pointer {
				return "&" + args + "." + w.fields[v]
			}
			return args + "." + w.fields[v]
		},
		seed: result, returned: result,
	}
}

// call writes the call of the root or of a function made from it. What is no variable
// of the root in the made signature is the shadow of the variable before it, then come
// the seeds and the stack.
func (w *testWriter) call(f *ir.Func, names shadows, seeded []*ir.Var, tangent bool) (string, error) {
	inputs, stack := f.Inputs(), false
	if n := len(inputs); f != w.root && n > 0 && strings.HasSuffix(inputs[n-1].Type.String(), adPath+".Stack") {
		stack, inputs = true, inputs[:n-1]
	}
	if len(inputs) < len(seeded) {
		return "", fmt.Errorf("emit: no test for %s: %s has no room for its seeds", w.root.Name, f.Name)
	}
	var args []string
	var last *ir.Var
	for _, v := range inputs[:len(inputs)-len(seeded)] {
		switch {
		case w.fields[v] != "":
			last = v
			args = append(args, "a."+w.fields[v])
		case last == nil && w.kept != nil:
			args = append(args, "kept")
		case last == nil:
			return "", fmt.Errorf("emit: no test for %s: %s of %s has no place in it", w.root.Name, v.Name, f.Name)
		default:
			args = append(args, names.argument(last, !tangent && !ir.IsRef(last.Type)))
		}
	}
	for _, v := range seeded {
		args = append(args, names.seed(v))
	}
	if stack {
		args = append(args, "st")
	}
	if f.Obj != nil && f.Obj.Signature().Variadic() {
		args[len(args)-1] += "..."
	}
	call := w.function(f, &args)
	call += "(" + strings.Join(args, ", ") + ")"
	if left := w.left(f, names); len(left) > 0 {
		call = strings.Join(left, ", ") + " = " + call
	}
	return call, nil
}

// left lists what a call is assigned to: results, each with its shadow if f returns it.
func (w *testWriter) left(f *ir.Func, names shadows) []string {
	var out []string
	var value *ir.Var
	for _, v := range f.Results {
		if w.values[v] != "" {
			value = v
			out = append(out, "r."+w.values[v])
		} else {
			out = append(out, names.returned(value))
		}
	}
	return out
}

// seeded lists the results whose seeds a derivative gets; the reverse sweep finds those
// of slices and pointers in the shadows that the forward sweep returned.
func (w *testWriter) seeded(of []Place, reverse bool) []*ir.Var {
	var out []*ir.Var
	for _, r := range w.root.Results {
		if slices.ContainsFunc(of, func(p Place) bool { return p.Var == r }) && !(reverse && ir.IsRef(r.Type)) {
			out = append(out, r)
		}
	}
	return out
}
