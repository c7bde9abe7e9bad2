package compile_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
)

// TestSecondDerivatives examines the cases of TestGradients with the tangent of the
// adjoint beside the adjoint. Those whose source asks for it are examined there, too.
func TestSecondDerivatives(t *testing.T) {
	runtimeBuilds(t)
	all, _ := readCases(t)
	var cases []*caseFile
	for i, c := range all {
		text := c.allText()
		if !strings.Contains(text, "//cairn:adjoint") || strings.Contains(text, "//cairn:hessian") || rulesOrFixed.MatchString(text) || writesVariables.MatchString(c.name) || unsteady.MatchString(c.name) {
			continue
		}
		if *only == "*" && testing.Short() && i%5 != 0 {
			continue
		}
		cases = append(cases, c)
	}
	examine(t, compile.Options{}, cases, func(int, *caseFile) func(string) string { return withHessians })
}

// Refused, with a case for each: rules, those for sorting too, loops to a fixed point,
// package-level variables that are written. Cases that call vector forms would lack them.
var (
	rulesOrFixed    = regexp.MustCompile(`//cairn:(rule|solver|fixedpoint)|Vector\(`)
	writesVariables = regexp.MustCompile(`pkgvar|^random_block$|^nested_global$` +
		"|^call_left_to_right$" +
		"|^combo_array_addresses$" +
		"|^combo_block_in_iterator$" +
		"|^combo_defer_global$" +
		"|^combo_global_argument$" +
		"|^combo_global_index_binomial$" +
		"|^combo_map_closure_joint$" +
		"|^combo_map_odd$" +
		"|^combo_nan_sizes$" +
		"|^combo_passive_reads_global$" +
		"|^combo_recursion_maps$" +
		"|^combo_shadowed$" +
		"|^combo_sort_state$" +
		"|^combo_values_in_schedule$" +
		"|^rule_sort$")
	// The first derivative has a kink or is too steep where these are called.
	unsteady = regexp.MustCompile(`^func_joint$|^math_composed$`)
)

var (
	hessianLine = regexp.MustCompile(`(?m)^//cairn:hessian.*\n`)
	// What the compiler says of roots whose second derivatives it does not make.
	refusesTwice = regexp.MustCompile(`: second derivative of .*: (it writes the package-level variable \w+|the function has a rule, whose derivatives are not differentiated again|its loop to a fixed point is differentiated at the converged state only); `)
)

// notTwice reports whether the lines of diagnostics say nothing but that second derivatives
// are not made.
func notTwice(lines []string) bool {
	return len(lines) > 0 && !slices.ContainsFunc(lines, func(l string) bool { return !refusesTwice.MatchString(l) })
}

var adjointLine = regexp.MustCompile(`(?m)^//cairn:adjoint(.*)$`)

// withHessians asks for the tangent of each adjoint that src asks for.
func withHessians(src string) string {
	return adjointLine.ReplaceAllStringFunc(src, func(l string) string {
		again := regexp.MustCompile(` (mode|vector)=\w+`).ReplaceAllString(l, "")
		return l + "\n" + strings.Replace(again, "adjoint", "hessian", 1)
	})
}
