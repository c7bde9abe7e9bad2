package emit

import (
	"fmt"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// vectors writes the fields of one Root for derivatives in several directions.
func (w *testWriter) vectors(g Group) error {
	for _, form := range []struct {
		field string
		n     int
		parts []vectorPart
	}{
		{"TangentVector", g.TangentDirections, []vectorPart{{"Tangent", "func(a *A, d []A) (r R, rd []R)", g.TangentVector, "d", "rd", nil}}},
		{"AdjointVector", g.AdjointDirections, []vectorPart{
			{"Adjoint", "func(a *A, b []A, rb []R) (r R)", g.AdjointVector, "b", "rb", w.seeded(g.Of, false)},
			{"Forward", "func(a *A, b []A, st *AD.Stack) (r R, rb []R)", g.ForwardVector, "b", "rb", nil},
			{"Reverse", "func(a *A, b []A, rb []R, st *AD.Stack)", g.ReverseVector, "b", "rb", w.seeded(g.Of, true)},
		}},
	} {
		var texts []string
		for _, p := range form.parts {
			if p.made == nil {
				continue
			}
			text, err := w.vector(p, form.n)
			if err != nil {
				return err
			}
			texts = append(texts, text)
		}
		if len(texts) > 0 {
			w.linef("%s: %s.RootVector[A, R]{\nDirections: %d,\n%s\n},", form.field, w.gradcheck, form.n, strings.Join(texts, "\n"))
		}
	}
	return nil
}

// vectorPart is one derivative in several directions: what calls it has the signature.
type vectorPart struct {
	field, signature string
	made             *ir.Func
	shadow, seeds    string // the variables that hold the shadows of arguments and results
	seeded           []*ir.Var
}

// vector writes the function that calls the derivative: it brings the shadows of the
// directions from structs into arrays and back.
func (w *testWriter) vector(p vectorPart, n int) (string, error) {
	a := &arrays{writer: w, part: p, n: n, prefix: w.freePrefix()}
	call, err := w.call(p.made, shadows{a.argument, a.seed, a.returned}, p.seeded, p.field == "Tangent")
	if err != nil {
		return "", err
	}
	signature := p.signature
	if strings.Contains(signature, "AD.") {
		signature = strings.Replace(signature, "AD", w.use("ad", adPath), 1)
	}
	var b strings.Builder
	loop := func(body string) {
		if body != "" {
			fmt.Fprintf(&b, "for k := range %d {\n%s}\n", n, body)
		}
	}
	fmt.Fprintf(&b, "%s: %s {\n%s", p.field, signature, a.decls.String())
	loop(a.before.String())
	b.WriteString(call + "\n")
	returns := p.field == "Tangent" || p.field == "Forward"
	if returns {
		fmt.Fprintf(&b, "%s = make([]R, %d)\n", p.seeds, n)
	}
	loop(a.after.String())
	switch {
	case returns:
		fmt.Fprintf(&b, "return r, %s\n", p.seeds)
	case p.field == "Adjoint":
		b.WriteString("return r\n")
	}
	return b.String() + "},", nil
}

// freePrefix is a letter or more with which, and a number, no name of the package begins.
func (w *testWriter) freePrefix() string {
	prefix := "v"
	for _, name := range w.pkg.Scope().Names() {
		for strings.HasPrefix(name, prefix) {
			prefix += "v"
		}
	}
	return prefix
}

// arrays gathers the arrays of one call.
type arrays struct {
	writer               *testWriter
	part                 vectorPart
	n, made              int
	prefix               string
	decls, before, after strings.Builder // declarations, and what fills and empties the arrays
}

// array declares an array of values of v's type.
func (a *arrays) array(v *ir.Var) string {
	name := fmt.Sprint(a.prefix, a.made)
	a.made++
	fmt.Fprintf(&a.decls, "var %s [%d]%s\n", name, a.n, a.writer.typeOf(v))
	return name
}

func (a *arrays) argument(v *ir.Var, pointer bool) string {
	name, field := a.array(v), a.part.shadow+"[k]."+a.writer.fields[v]
	fmt.Fprintf(&a.before, "%s[k] = %s\n", name, field)
	if !pointer {
		return name
	}
	fmt.Fprintf(&a.after, "%s = %s[k]\n", field, name)
	return "&" + name
}

func (a *arrays) seed(v *ir.Var) string {
	name := a.array(v)
	fmt.Fprintf(&a.before, "%s[k] = %s[k].%s\n", name, a.part.seeds, a.writer.values[v])
	return name
}

func (a *arrays) returned(v *ir.Var) string {
	name := a.array(v)
	fmt.Fprintf(&a.after, "%s[k].%s = %s[k]\n", a.part.seeds, a.writer.values[v], name)
	return name
}
