package lower

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/types"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cairn-ad/cairn/internal/ir"
)

// TestInstancesReadBack parses the printed form of the cases with generic code and
// prints it again.
func TestInstancesReadBack(t *testing.T) {
	n := 0
	for _, file := range cases(t) {
		if !strings.Contains(file, "/generic_") {
			continue
		}
		in, _ := load(t, file, readCase(t, file))
		prog, diags := Lower(in)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		// the printed form has no constants and aliases
		first := strings.NewReplacer("third", "2", "twice", "2", "x V", "x Vec[float64]").Replace(printed(t, prog))
		again, err := ir.Parse(first)
		if err != nil {
			t.Errorf("%s: %v\n%s", file, err, first)
			continue
		}
		if diff := cmp.Diff(first, printed(t, again)); diff != "" {
			t.Errorf("%s:\n%s", file, diff)
		}
		n++
	}
	if n < 2 {
		t.Errorf("only %d cases", n)
	}
}

func printed(t *testing.T, prog *ir.Program) string {
	t.Helper()
	var buf bytes.Buffer
	if err := ir.Print(&buf, prog); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// TestSubstitute gives the type parameters of a function with many types the
// types float32 and Real.
func TestSubstitute(t *testing.T) {
	const src = `package p
type Real float64
type Pair[A, B any] struct { A A; B B }
type List[T any] = []T
func f[A, B any](
	_ A, _ *B, _ []A, _ [3]B, _ map[string]A, _ chan<- B, _ struct{ X A; Y int },
	_ func(A, int) (B, error), _ interface{ M(A) B; N() }, _ Pair[A, []B], _ List[A],
	_ int, _ []Real, _ func(x ...A), _ Pair[int, int],
) {}
`
	want := strings.Split(`float32, *Real, []float32, [3]Real, map[string]float32, chan<- Real, struct{X float32; Y int}, `+
		`func(float32, int) (Real, error), interface{M(float32) Real; N()}, Pair[float32, []Real], []float32, `+
		`int, []Real, func(x ...float32), Pair[int, int]`, ", ")
	file, err := parser.ParseFile(fset, "substitute.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{}).Check("p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sig := pkg.Scope().Lookup("f").(*types.Func).Signature()
	sub := &substitution{ctx: types.NewContext(), args: map[*types.TypeParam]types.Type{
		sig.TypeParams().At(0): types.Typ[types.Float32],
		sig.TypeParams().At(1): pkg.Scope().Lookup("Real").Type(),
	}}
	var got []string
	for v := range sig.Params().Variables() {
		u := sub.typ(v.Type())
		got = append(got, types.TypeString(u, types.RelativeTo(pkg)))
		if mentions := strings.ContainsAny(types.TypeString(v.Type(), types.RelativeTo(pkg)), "AB"); mentions != (u != v.Type()) && v.Type().String() != "[]p.Real" {
			t.Errorf("%s becomes %s", v.Type(), u)
		}
	}
	if diff := cmp.Diff(strings.Join(want, ", "), strings.Join(got, ", ")); diff != "" {
		t.Error(diff)
	}
}

// TestEndlessInstances lowers functions that ask for ever larger type arguments,
// which the type checker forbids, but only after it has typed them.
func TestEndlessInstances(t *testing.T) {
	src := `package p

type box[T any] struct{ v T }

func f[T any](x T, n int) float64 { return f(box[T]{x}, n) }

func (b box[T]) g() float64 { return box[box[T]]{b}.g() }

//cairn:adjoint wrt=x of=return
func F(x float64) float64 { return f(x, 1) + box[float64]{x}.g() }
`
	diags := lowerBroken(t, "endless.go", []byte(src))
	if !strings.Contains(diags.String(), "its type arguments are not known") {
		t.Errorf("diagnostics:\n%s", diags)
	}
}
