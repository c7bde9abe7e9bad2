package difftest

import (
	"reflect"
	"strings"
)

// meant tells for each leaf of v whether one of the fields leads to it.
func meant(v reflect.Value, fields []string) []bool {
	var out []bool
	walk(v, nil, eachLeaf(sortedKeys, func(way string, _ leaf) {
		found := false
		for _, f := range fields {
			rest, ok := strings.CutPrefix(way, f)
			found = found || ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
		}
		out = append(out, found)
	}))
	return out
}

// indices lists the positions of what is true.
func indices(list []bool) []int {
	out := []int{}
	for i, is := range list {
		if is {
			out = append(out, i)
		}
	}
	return out
}

// leafNamed reports whether leaf j of input i is among the fields, in of= or in wrt=.
func (c *Case) leafNamed(of bool, i, j int) bool {
	fields := c.WrtFields[i]
	if of {
		fields = c.OfFields[i]
	}
	if fields == nil {
		return true
	}
	if c.named == nil {
		c.named = map[bool]map[int][]bool{false: {}, true: {}}
	}
	if c.named[of][i] == nil {
		c.named[of][i] = meant(c.newRun().args[i], fields)
	}
	return c.named[of][i][j]
}

// wrt reports whether leaf j of input i is an independent.
func (c *Case) wrt(i, j int) bool { return c.Inputs[i].Wrt && c.leafNamed(false, i, j) }

// of reports whether leaf j of input i is an output.
func (c *Case) of(i, j int) bool { return c.Inputs[i].Of && c.leafNamed(true, i, j) }

// taking reports whether the shadow of leaf j of input i brings or takes a derivative.
func (c *Case) taking(i, j int) bool { return c.wrt(i, j) || c.of(i, j) }

// unnamed reports whether leaf j of input i is in a shadow, but in a field that the directive
// does not name.
func (c *Case) unnamed(i, j int) bool { return c.shadowed(i) && !c.taking(i, j) }

// list returns those of the leaves of input i that use accepts.
func list(ps []leaf, i int, use func(i, j int) bool) []leaf {
	var out []leaf
	for j, p := range ps {
		if use(i, j) {
			out = append(out, p)
		}
	}
	return out
}

// strayed checks that an adjoint left alone what no field names.
func (e *examination) strayed(what string, bars run) {
	named := map[uintptr]bool{}
	once(bars.places, e.taking, func(_, _ int, p leaf) { named[p.UnsafeAddr()] = true })
	once(bars.places, e.unnamed, func(i, j int, p leaf) {
		if p.Float() != Stray(i, j) && !named[p.UnsafeAddr()] {
			e.failf("%s changes leaf %d of the shadow of %s, which is in no field that is named, from %v to %v", what, j, e.Inputs[i].Name, Stray(i, j), p.Float())
		}
	})
}

// noteFields writes into the report which leaves are meant.
func (e *examination) noteFields(results []reflect.Value) {
	r := e.newRun()
	e.report.Wrt, e.report.Of = map[int][]int{}, map[int][]int{}
	for i, fields := range e.WrtFields {
		e.report.Wrt[i] = indices(meant(r.args[i], fields))
	}
	for i, fields := range e.OfFields {
		if i >= ResultIndex {
			e.report.Of[i] = indices(meant(results[i-ResultIndex], fields))
		} else {
			e.report.Of[i] = indices(meant(r.args[i], fields))
		}
	}
}
