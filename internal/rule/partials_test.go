package rule_test

import (
	"go/ast"
	"go/parser"
	"math"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/internal/rule"
)

// TestEveryPartialHasARule asks that derivatives can be differentiated again: each
// function that stands in a partial derivative has a rule itself.
func TestEveryPartialHasARule(t *testing.T) {
	for _, r := range append(rule.All(), rule.Partials()...) {
		for _, p := range r.Partials {
			e, err := parser.ParseExpr(p)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(e, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				name := ""
				switch f := call.Fun.(type) {
				case *ast.Ident:
					name = f.Name
				case *ast.SelectorExpr:
					name = f.X.(*ast.Ident).Name + "." + f.Sel.Name
				}
				if rule.Lookup(name) == nil {
					t.Errorf("%s: there is no rule for %s", r.Fn, name)
				}
				return true
			})
		}
	}
}

// partialPoints is points for the functions of rule.Partials.
var partialPoints = map[string][][]float64{
	"ad.Sign": {{2}, {-2}}, "ad.Step": {{2}, {-2}}, "ad.FrexpScale": {{3}, {-0.3}},
	"ad.Ratio": {{3, 2}, {-1, 0.7}}, "ad.RatioX": {{3, 2}, {-1, 0.7}},
	"ad.Digamma":   {{0.7}, {1}, {12}, {-0.4}, {-2.3}},
	"ad.Polygamma": {{1, 0.7}, {1, 4}, {1, 30}, {1, -0.4}, {2, 1.5}, {2, -0.4}, {2, -1.3}, {3, 2.5}, {3, -0.4}, {5, 3}},
	"ad.PowX":      {{2, 3}, {0.5, -1.5}, {2, 1}, {2, 1.5}},
	"ad.PowY":      {{2, 3}, {0.5, 1}},
	"ad.PowPos":    {{2, 3}, {0.5, -1.5}, {-2, 1}},
	"ad.LogPos":    {{2}, {0.5}, {-1}},
	"ad.InvPos":    {{2}, {0.5}, {-1}},
	"ad.Times":     {{2, 3}, {-0.5, 4}},
}

func TestPartialsOfPartials(t *testing.T) {
	for _, r := range rule.Partials() {
		if isComplexPartial(r.Fn) {
			continue
		}
		if partialPoints[r.Fn] == nil {
			t.Errorf("%s has no points", r.Fn)
		}
		for _, at := range partialPoints[r.Fn] {
			got, want := gradient(&r, at), differences(r.Fn, at)
			for i := range got {
				if apart(got[i], want[i]) > 1e-8 {
					t.Errorf("%s%v: argument %d: %v, differences %v", r.Fn, at, i, got[i], want[i])
				}
			}
		}
	}
}

func isComplexPartial(fn string) bool { return complexPartialPoints[fn] != nil }

var complexPartialPoints = map[string][][]complex128{
	"ad.Conj": {{1 + 2i}}, "ad.Unit": {{3 - 4i, 5}, {1i, 2}},
	"ad.Root":  {{1 + 2i, 1}, {1 + 2i, -1}, {-3, 1i}},
	"ad.CPowX": {{1 + 2i, 0.5 - 1i}, {-1 + 0.5i, 2}}, "ad.CPowY": {{1 + 2i, 0.5}},
	"ad.CPowNonzero": {{1 + 2i, 0.5 - 1i}}, "ad.CLogNonzero": {{1 + 2i}}, "ad.CInvNonzero": {{1 - 2i}},
	"ad.CTimes": {{1 + 2i, 3 - 1i}},
}

func init() {
	complexFns["ad.CPowNonzero"] = f2(ad.CPowNonzero)
	complexFns["ad.CLogNonzero"] = f1(ad.CLogNonzero)
	complexFns["ad.CInvNonzero"] = f1(ad.CInvNonzero)
	complexFns["ad.CTimes"] = f2(ad.CTimes)
	complexFns["ad.InvPos"] = f1(func(x complex128) complex128 { return re(ad.InvPos(real(x))) })
}

func TestComplexPartialsOfPartials(t *testing.T) {
	for fn, points := range complexPartialPoints {
		for _, at := range points {
			r := rule.Lookup(fn)
			c := callAt(r, at)
			for i := range at {
				if r.Partial(i, c.args, c.r0) == nil {
					continue
				}
				for _, dx := range directions(c.args[i].Type()) {
					got, want := c.change(i, dx), c.difference(i, dx)
					if !near(got, want, 1e-8) {
						t.Errorf("%s%v: a change of argument %d by %v gives %v, differences %v", fn, at, i, dx, got, want)
					}
				}
			}
		}
	}
}

// TestPartialsApart asks for the values at the points that case distinctions set apart.
func TestPartialsApart(t *testing.T) {
	for _, c := range []struct {
		fn   string
		at   []float64
		want []float64
	}{
		{"ad.Ratio", []float64{0, 0}, []float64{0, 0}},
		{"ad.PowX", []float64{0, 2}, []float64{2, 0}},
		{"ad.PowX", []float64{-3, 2}, []float64{2, 0}},
		{"ad.PowX", []float64{0, 1}, []float64{0, 0}},
		{"ad.PowX", []float64{0, 0}, []float64{0, 0}},
		{"ad.PowY", []float64{-1, 2}, []float64{0, 0}},
		{"ad.Sign", []float64{0}, []float64{0}},
	} {
		for i, got := range gradient(rule.Lookup(c.fn), c.at) {
			if got != c.want[i] {
				t.Errorf("%s%v: argument %d: %v, not %v", c.fn, c.at, i, got, c.want[i])
			}
		}
	}
	if !math.IsNaN(ad.Polygamma(1, -2)) {
		t.Error("Polygamma has a value at a pole")
	}
	// Abramowitz & Stegun 6.4.2 and 6.4.4: psi'(1) is pi^2/6, psi'(1/2) is pi^2/2.
	if d := ad.Polygamma(1, 1) - math.Pi*math.Pi/6; math.Abs(d) > 1e-15 {
		t.Error(d)
	}
	if d := ad.Polygamma(1, 0.5) - math.Pi*math.Pi/2; math.Abs(d) > 2e-15 {
		t.Error(d)
	}
}
