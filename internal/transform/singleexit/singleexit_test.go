package singleexit

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
)

var update = flag.Bool("update", false, "rewrite the part after of testdata/*.txtar")

func part(ar *txtar.Archive, name string) string {
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func printed(t testing.TB, prog *ir.Program) string {
	t.Helper()
	var b strings.Builder
	if err := ir.Print(&b, prog); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func last(prog *ir.Program) *ir.Func { return prog.Funcs[len(prog.Funcs)-1] }

// TestCases transforms the part before of each case and compares with the part
// after; both compute the same from each line of inputs.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before, err := ir.Parse(part(ar, "before"))
			if err != nil {
				t.Fatal(err)
			}
			source := printed(t, before)
			after := Transform(before)
			checkForm(t, after)
			if d := cmp.Diff(source, printed(t, before)); d != "" {
				t.Errorf("the program that went in has changed:\n%s", d)
			}
			got := printed(t, after)
			if *update {
				ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool { return f.Name == "after" })
				ar.Files = append(ar.Files, txtar.File{Name: "after", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if d := cmp.Diff(part(ar, "after"), got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			inputs := strings.Split(strings.TrimSpace(part(ar, "inputs")), "\n")
			for _, in := range inputs {
				compareRuns(t, before, last(before), after, last(after), strings.Split(in, "; "))
			}
		})
	}
}

// checkForm checks that the program is well formed and has no exits left.
func checkForm(t testing.TB, prog *ir.Program) {
	t.Helper()
	if err := ir.Verify(prog); err != nil {
		t.Error(err)
	}
	for _, f := range prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			switch s := s.(type) {
			case *ir.Break, *ir.Continue, *ir.Return:
				t.Errorf("%s: %T is left", f.Name, s)
			case *ir.Call:
				for _, l := range s.L {
					if _, plain := l.(*ir.Ref); l != nil && !plain {
						t.Errorf("%s: a call gives its result to %s", f.Name, ir.Format(l))
					}
				}
			}
		})
	}
}

// compareRuns interprets two functions on the same arguments and compares
// results, memory behind the arguments and panics bit for bit.
func compareRuns(t testing.TB, p *ir.Program, f *ir.Func, q *ir.Program, g *ir.Func, args []string) {
	t.Helper()
	want, err := outcome(p, f, args, 0)
	if err != nil {
		t.Fatalf("%s%s: %v", f.Name, args, err)
	}
	got, err := outcome(q, g, args, 0)
	if err != nil {
		t.Fatalf("%s%s: %v", f.Name, args, err)
	}
	if got != want {
		t.Errorf("%s%s\n\tgives %s\n\twants %s", f.Name, args, got, want)
	}
}

// outcome runs a function on literals, their floats moved by shift, and writes
// down everything that it leaves behind.
func outcome(prog *ir.Program, f *ir.Func, lits []string, shift float64) (string, error) {
	var args []irinterp.Value
	for i, s := range lits {
		v, err := irinterp.ParseValue(s, f.Inputs()[i].Type)
		if err != nil {
			return "", err
		}
		move := make([]float64, len(irinterp.Floats(v)))
		for k := range move {
			move[k] = math.Sin(float64(3*k + 5*i + 1))
		}
		irinterp.Perturb(&v, shift, move)
		args = append(args, v)
	}
	out, err := (&irinterp.Interp{MaxSteps: 1 << 20}).Run(prog, f, args)
	var b strings.Builder
	var p *irinterp.Panic
	switch {
	case errors.As(err, &p):
		fmt.Fprintf(&b, "panic %s; ", p.Msg)
	case err != nil:
		return "", err
	}
	for _, v := range append(out, args...) {
		write(&b, v, 0)
		b.WriteByte(' ')
	}
	return b.String(), nil
}

// write prints a value to the bit, through pointers to a depth that ends cycles.
func write(b *strings.Builder, v irinterp.Value, depth int) {
	switch v.Kind() {
	case irinterp.Float:
		fmt.Fprintf(b, "%v/%x", v.Float(), math.Float64bits(v.Float()))
	case irinterp.Pointer:
		if p := v.Deref(); p != nil && depth < 6 {
			b.WriteByte('&')
			write(b, *p, depth+1)
			return
		}
		b.WriteString(v.String())
	case irinterp.Slice, irinterp.Array, irinterp.Struct:
		b.WriteByte('{')
		for i := range v.Len() {
			write(b, *v.Elem(i), depth+1)
			b.WriteByte(' ')
		}
		b.WriteByte('}')
	default:
		b.WriteString(v.String())
	}
}
