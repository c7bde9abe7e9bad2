package tidy

import (
	"go/types"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

// TestBundle: which pushes and pops become one, by a short notation: a letter pushes the variable,
// a letter and ! takes it back, = is an assignment, i pushes an integer, - opens a branch with
// what follows up to the next -.
func TestBundle(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a b c", "kept := st.Room(3) | kept[0], kept[1], kept[2] = a, b, c"},
		{"a b", "st.PushFloat(a) | st.PushFloat(b)"},
		{"a = b = c", "kept := st.Room(3) | kept[0] = a | x = 1.0 | kept[1] = b | x = 1.0 | kept[2] = c"},
		{"a b i c d", "st.PushFloat(a) | st.PushFloat(b) | st.PushInt(n) | st.PushFloat(c) | st.PushFloat(d)"},
		{"a b c i c d", "kept := st.Room(3) | kept[0], kept[1], kept[2] = a, b, c | st.PushInt(n) | st.PushFloat(c) | st.PushFloat(d)"},
		{"c! b! a!", "kept := st.Take(3) | c, b, a := kept[2], kept[1], kept[0]"},
		{"_! b! _!", "kept := st.Take(3) | b := kept[1]"},
		{"_! _! _!", "st.Take(3)"},
		{"c! = b! a!", "kept := st.Take(3) | c := kept[2] | x = 1.0 | b, a := kept[1], kept[0]"},
		{"a b c! d!", "st.PushFloat(a) | st.PushFloat(b) | c := st.PopFloat() | d := st.PopFloat()"},
		{"a b - = - c", "kept := st.Room(3) | kept[0], kept[1] = a, b | if y { | x = 1.0 | } | kept[2] = c"},
		{"a b - c - d", "st.PushFloat(a) | st.PushFloat(b) | if y { | st.PushFloat(c) | } | st.PushFloat(d)"},
		{"a b - a b c - d", "st.PushFloat(a) | st.PushFloat(b) | if y { | kept := st.Room(3) | kept[0], kept[1], kept[2] = a, b, c | } | st.PushFloat(d)"},
		{"a b c d a b c d a b", "kept := st.Room(10) | kept[0], kept[1], kept[2], kept[3], kept[4], kept[5], kept[6], kept[7] = a, b, c, d, a, b, c, d | kept[8], kept[9] = a, b"},
	} {
		f := bundleCase(c.in)
		Bundle(f)
		text := strings.ReplaceAll(ir.FormatFunc(f), "(*[3]float64)(st.Room(3))", "st.Room(3)")
		text = strings.NewReplacer("(*[3]float64)(st.Take(3))", "st.Take(3)", "(*[10]float64)(st.Room(10))", "st.Room(10)").Replace(text)
		var lines []string
		for line := range strings.Lines(text) {
			lines = append(lines, strings.TrimSpace(line))
		}
		got := strings.Join(lines[1:], " | ")
		got = strings.TrimSuffix(strings.TrimSpace(got), " | }")
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func bundleCase(notation string) *ir.Func {
	float := types.Typ[types.Float64]
	st := &ir.Var{Name: "st", Type: types.NewPointer(types.NewNamed(types.NewTypeName(0, types.NewPackage("p/ad", "ad"), "Stack", nil), types.NewStruct(nil, nil), nil)), Kind: ir.Param}
	vars := map[string]*ir.Var{"n": {Name: "n", Type: types.Typ[types.Int64]}, "y": {Name: "y", Type: types.Typ[types.Bool]}}
	ref := func(name string) ir.Expr {
		if vars[name] == nil {
			vars[name] = &ir.Var{Name: name, Type: float}
		}
		return &ir.Ref{V: vars[name]}
	}
	body := &ir.Block{}
	into := body
	for _, op := range strings.Fields(notation) {
		var s ir.Stmt
		switch {
		case op == "=":
			s = ir.Set(ref("x"), ir.Number(1, float))
		case op == "i":
			s = &ir.Call{Name: "PushInt", On: st, Args: []ir.Expr{ref("n")}}
		case op == "-" && into == body:
			into = &ir.Block{}
			body.Stmts = append(body.Stmts, &ir.If{Cond: ref("y"), Then: into})
			continue
		case op == "-":
			into = body
			continue
		case strings.HasSuffix(op, "!"):
			s = &ir.Call{L: []ir.Expr{ref(op[:1])}, Define: true, Name: "PopFloat", On: st}
			if op == "_!" {
				s = &ir.Call{L: []ir.Expr{nil}, Name: "PopFloat", On: st}
			}
		default:
			s = &ir.Call{Name: "PushFloat", On: st, Args: []ir.Expr{ref(op)}}
		}
		into.Stmts = append(into.Stmts, s)
	}
	return &ir.Func{Name: "F", Params: []*ir.Var{st}, Body: body}
}
