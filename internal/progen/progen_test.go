package progen

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const programs = 700

func generate(t testing.TB, n int, opts Options) []Case {
	t.Helper()
	var out []Case
	for seed := range n {
		c, err := Generate(uint64(seed), fmt.Sprintf("F%d", seed), opts)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func TestProgramsAreWellTyped(t *testing.T) {
	fset := token.NewFileSet()
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil), Error: func(err error) { t.Error(err) }}
	file, err := parser.ParseFile(fset, "all.go", File("p", generate(t, programs, Options{})...), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conf.Check("p", fset, []*ast.File{file}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestSameSeedSameProgram(t *testing.T) {
	a, err := Generate(42, "F", Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Generate(42, "F", Options{})
	other, _ := Generate(43, "F", Options{})
	if a.Src != b.Src || fmt.Sprint(a.Args) != fmt.Sprint(b.Args) {
		t.Error("one seed gives two programs")
	}
	if a.Src == other.Src {
		t.Error("two seeds give one program")
	}
}

func TestOptionsLeaveOut(t *testing.T) {
	for _, c := range generate(t, 60, Options{NoFloat32: true, NoComplex: true, NoCheckpoint: true, NoStructs: true, NoCallModes: true, NoMaps: true, NoVars: true, NoRules: true, Smooth: true}) {
		if c.Kinks || c.Branches || c.Float32 || c.Loops > 0 {
			t.Errorf("seed %d is marked as having what was left out", c.Seed)
		}
		for _, word := range []string{"float32", "complex", "cmplx.E", "cairn:checkpoint", "struct", "cairn:joint", "cairn:split", "math.Abs", "math.Floor", "max(", "map[", "cairn:rule", "\nvar "} {
			if strings.Contains(c.Src, word) {
				t.Errorf("seed %d has %s", c.Seed, word)
			}
		}
	}
}

// TestLanguageIsCovered asks that each construct stands in some program.
func TestLanguageIsCovered(t *testing.T) {
	cases := generate(t, programs, Options{})
	all := File("p", cases...)
	for _, text := range []string{
		"cairn:checkpoint scheme=binomial", "\t\t//cairn:checkpoint", ") []float64 {", "cairn:checkpoint scheme=store", "cairn:joint", "cairn:split", "cairn:adjoint", "cairn:tangent",
		"switch {", "switch ", "default:", "} else if ", "} else {", "for {", "for range ", " := range ", "+= 3 {", "-- {", "-= 2 {", "break L", "continue L", "\tbreak\n", "\tcontinue\n", "\treturn\n",
		"copy(", "make([]float64, ", "make([][]float64", "append(", "append([]float64(nil)", "float32(", "[]float32", "[1:]", "1103515245", "math.FMA(", "max(", "min(", "math.Abs(", "math.Floor(",
		".W, s", "&ps[", ":= *s", "[3]float64", "_ = ", "seed", "|| ", "&& ", "!(", "of=out", "of=x,return", "of=return0,return1", "wrt=s", ".C[", ".K = ", ".K%2 == ", "ks", "complex128", "complex64(", "cmplx.Pow(", "real(", "imag(",
		"map[int]float64{", "map[string]float64{", "delete(m", ", ok", " + 256 - 256", "sort.Strings(", "Var0 = ", "of=m", "Adjoint\n", "undo\n", ".Next = ", "[]func(float64) float64{", " := range rows {",
		"T(math.Sin(float64(", "[float64](", "(float32(", ").At(", ".Add(", "[T](", "make(",
	} {
		if !strings.Contains(all, text) {
			t.Errorf("no program has %q", text)
		}
	}
	flags := map[string]int{"method": 0, "float32": 0, "kinks": 0, "loops": 0, "blocks": 0, "branches": 0, "smooth": 0}
	for _, c := range cases {
		for name, set := range map[string]bool{"method": c.Recv != nil, "float32": c.Float32, "kinks": c.Kinks, "loops": c.Loops > 0, "blocks": c.Blocks > 0, "branches": c.Branches, "smooth": !c.Kinks && !c.Branches} {
			if set {
				flags[name]++
			}
		}
	}
	for name, n := range flags {
		if n == 0 || n == programs {
			t.Errorf("%d of %d programs are %s", n, programs, name)
		}
	}
}

var half = regexp.MustCompile(`\[(:len\(\w+\)/2|len\(\w+\)/2:)\]`)

// TestRecursion counts the programs whose helpers call themselves or each other.
func TestRecursion(t *testing.T) {
	direct, mutual, halves := 0, 0, 0
	for _, c := range generate(t, programs, Options{}) {
		file, err := parser.ParseFile(token.NewFileSet(), "a.go", "package p\n"+c.Src, 0)
		if err != nil {
			t.Fatal(err)
		}
		calls := map[string]map[string]bool{}
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			called := map[string]bool{}
			ast.Inspect(fd.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					called[n.Sel.Name] = true
				case *ast.Ident:
					called[n.Name] = true
				}
				return true
			})
			calls[fd.Name.Name] = called
		}
		self, each := false, false
		for f, called := range calls {
			for g := range called {
				self = self || f == g
				each = each || f != g && calls[g][f]
			}
		}
		if self {
			direct++
		}
		if each {
			mutual++
		}
		if half.MatchString(c.Src) {
			halves++
		}
	}
	t.Logf("%d programs with direct, %d with mutual recursion, %d on halves", direct, mutual, halves)
	if direct < programs/5 || mutual < programs/20 || halves < programs/50 {
		t.Errorf("of %d programs only %d have direct, %d mutual recursion, %d on halves", programs, direct, mutual, halves)
	}
}

// checker is the part of the batch program that looks at results.
const checker = `package main

import (
	"fmt"
	"math"
	"os"
	"reflect"
)

var faults int

// check walks all floats of v and complains about NaN, Inf and huge ones.
func check(name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Float64, reflect.Float32:
		if x := v.Float(); math.IsNaN(x) || math.Abs(x) > 1e6 {
			fmt.Println(name, "has", x)
			faults++
		}
	case reflect.Complex128:
		if z := v.Complex(); z != z || math.Abs(real(z)) > 1e6 || math.Abs(imag(z)) > 1e6 {
			fmt.Println(name, "has", z)
			faults++
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			check(name, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			check(name, v.Field(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			check(name, v.MapIndex(k))
		}
	case reflect.Pointer:
		check(name, v.Elem())
	}
}

func guard(name string, run func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "panics:", r)
			faults++
		}
	}()
	run()
}
`

func TestProgramsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs a program")
	}
	cases := generate(t, programs, Options{})
	var main strings.Builder
	main.WriteString(checker)
	main.WriteString("\nfunc main() {\n")
	for _, c := range cases {
		fmt.Fprintf(&main, "guard(%q, func() {\n", c.Name)
		var names, watch []string
		for i, a := range c.Inputs() {
			names = append(names, fmt.Sprintf("v%d", i))
			fmt.Fprintf(&main, "v%d := %s\n", i, a.Lit)
		}
		watch = append(watch, names...)
		var results []string
		for i := range c.Results {
			results = append(results, fmt.Sprintf("r%d", i))
		}
		if len(results) > 0 {
			fmt.Fprintf(&main, "%s := ", strings.Join(results, ", "))
		}
		fmt.Fprintf(&main, "%s\n", c.CallExpr(names...))
		for _, w := range append(watch, results...) {
			fmt.Fprintf(&main, "check(%q, reflect.ValueOf(%s))\n", c.Name, w)
		}
		main.WriteString("})\n")
	}
	main.WriteString("if faults > 0 { os.Exit(1) }\nfmt.Println(\"fine\")\n}\n")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module batch\n\ngo 1.26\n", "main.go": main.String(), "cases.go": File("main", cases...),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "run", "-gcflags=-N -l", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "fine" {
		t.Errorf("%v\n%s", err, out)
	}
}

// The name of a program is nothing but a name: variants of one program carry others.
func TestNameDoesNotMatter(t *testing.T) {
	for seed := range uint64(400) {
		var texts []string
		for _, name := range []string{"Prog", "ProgOfALongerName"} {
			c, err := Generate(seed, name, Options{})
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, spaces.ReplaceAllString(strings.ReplaceAll(c.Src, name, "Name"), " "))
		}
		if texts[0] != texts[1] {
			t.Fatalf("seed %d: another name gives another program:\n%s\n%s", seed, texts[0], texts[1])
		}
	}
}

var spaces = regexp.MustCompile(`\s+`) // gofmt aligns by the length of names
