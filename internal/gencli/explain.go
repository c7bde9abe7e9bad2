package gencli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/cairn-ad/cairn/internal/compile"
)

// explain prints what the adjoint decided for a function.
func (c *command) explain(results []compile.Result, fn string) int {
	var known []string
	for _, r := range results {
		for _, root := range r.Decisions {
			if d, ok := root.Func(fn); ok {
				return c.explained(d)
			}
			known = append(known, root.Funcs()...)
		}
	}
	for _, r := range results {
		if slices.Contains(r.Inlined, fn) {
			return c.fail(fmt.Errorf("cairngen: %s is small enough to be part of its callers: explain one of those, or add -without=inline", fn))
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	if len(known) == 0 {
		return c.fail(errors.New("cairngen: nothing to explain: no function here has an adjoint; put //cairn:adjoint above one"))
	}
	return c.fail(fmt.Errorf("cairngen: %s is not part of any adjoint here: the functions are %s", fn, strings.Join(known, ", ")))
}

func (c *command) explained(d compile.FuncDecision) int {
	if c.json {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(d); err != nil {
			return c.fail(fmt.Errorf("cairngen: %w", err))
		}
		return 0
	}
	fmt.Fprintf(c.out, "func %s\n", d.Func)
	if len(d.Others) > 0 {
		fmt.Fprintf(c.out, "In calls with other active arguments it is %s.\n", strings.Join(d.Others, ", "))
	}
	fmt.Fprint(c.out, "\nVariables\n")
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, v := range d.Variables {
		how := v.Value
		if v.Reason != "" {
			how += ": " + v.Reason
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", v.Name, v.Type, v.Kind, v.Active, how)
	}
	w.Flush()
	fmt.Fprint(c.out, "\nStatements, and what their reverse is\n")
	w = tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, s := range d.Statements {
		line := ""
		if s.Line > 0 {
			line = fmt.Sprint(s.Line)
		}
		fmt.Fprintf(w, "  %s\t%s%s\t%s\n", line, strings.Repeat("  ", s.Depth), s.Text, s.Reverse)
	}
	w.Flush()
	return 0
}
