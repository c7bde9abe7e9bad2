package compile_test

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/difftest"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/irinterp"
)

// depends compares the pattern of a call with what the interpreter has seen, where the
// arguments are literals.
func (c *caseFile) depends(t *testing.T, k call, r difftest.Report) {
	t.Helper()
	d := c.requested(k.fn)
	if d.Pattern == nil || k.setup != "" || k.blind || len(r.Failures) > 0 || withFields(d) {
		return
	}
	fn := c.function(t, k.fn)
	if usesVariables(fn) {
		return
	}
	var wrt, of []bool
	for _, v := range fn.Inputs() {
		wrt = append(wrt, c.named(fn, d.Pattern.Wrt, v))
		of = append(of, c.named(fn, d.Pattern.Of, v))
	}
	var ofResult []bool
	for _, v := range fn.Results {
		ofResult = append(ofResult, c.named(fn, d.Pattern.Of, v))
	}
	if msg := comparePattern(new(irinterp.Interp), c.prog, fn, cloneArgs(t, splitArgs(k.args), fn), wrt, of, ofResult, r); msg != "" {
		t.Errorf("%s: %s: %s", k.fn, k.args, msg)
	}
}

// withFields reports whether a directive names fields, of which the interpreter has no
// notion, or differ among each other.
func withFields(d *directive.Func) bool {
	for _, n := range append(d.Pattern.Wrt[:len(d.Pattern.Wrt):len(d.Pattern.Wrt)], d.Pattern.Of...) {
		if len(n.Path) > 0 {
			return true
		}
	}
	return d.Adjoint != nil && (differ(d.Adjoint.Wrt, d.Pattern.Wrt) || differ(d.Adjoint.Of, d.Pattern.Of))
}

func differ(a, b []directive.Name) bool {
	if len(a) != len(b) {
		return true
	}
	for i := range a {
		if a[i].Text != b[i].Text {
			return true
		}
	}
	return false
}

// comparePattern compares a reported pattern with the interpreter's record: it must have
// all that an output surely depends on, and nothing that it can not depend on. It returns
// "" if that is so.
func comparePattern(in *irinterp.Interp, prog *ir.Program, fn *ir.Func, args []irinterp.Value, wrt, of, ofResult []bool, r difftest.Report) string {
	dep, err := in.Depend(prog, fn, args)
	if err != nil {
		return "interpreter: " + err.Error()
	}
	var want []irinterp.Depends
	for i, ds := range dep.Results {
		if ofResult[i] {
			want = append(want, ds...)
		}
	}
	for i, ds := range dep.Args {
		if of[i] {
			want = append(want, ds...)
		}
	}
	if len(want) != len(r.Pattern) {
		return fmt.Sprintf("the pattern has %d output leaves, the interpreter %d", len(r.Pattern), len(want))
	}
	for row, text := range r.Pattern {
		got := map[string]bool{}
		for _, f := range strings.Fields(text) {
			got[f] = true
		}
		sure, possible := names(want[row].Sure, wrt), names(want[row].Possible, wrt)
		if missing := without(sure, got); missing != "" {
			return fmt.Sprintf("output leaf %d depends on %s, which the pattern has not: it has %q", row, missing, text)
		}
		if more := without(got, possible); more != "" {
			return fmt.Sprintf("output leaf %d does not depend on %s, which the pattern has", row, more)
		}
	}
	return ""
}

func names(leaves map[irinterp.Leaf]bool, wrt []bool) map[string]bool {
	out := map[string]bool{}
	for l := range leaves {
		if wrt[l.Arg] {
			out[fmt.Sprintf("%d.%d", l.Arg, l.Leaf)] = true
		}
	}
	return out
}

// without lists what is in a and not in b.
func without(a, b map[string]bool) string {
	var out []string
	for x := range a {
		if !b[x] {
			out = append(out, x)
		}
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}
