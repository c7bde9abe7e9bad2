package difftest

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"unsafe"
)

// A column is a float leaf of an input in wrt=: leaf j of input i.
type column struct{ i, j int }

func (c column) String() string { return fmt.Sprintf("%d.%d", c.i, c.j) }

// columns lists the leaves of the inputs in wrt=; shared memory is listed once.
func (e *examination) columns() []column {
	var out []column
	once(e.newRun().places, e.wrt, func(i, j int, _ leaf) { out = append(out, column{i, j}) })
	return out
}

// runPattern finds the pattern, as many columns at a time as masks have room for, and
// checks that it has all nonzeros that the tangent finds column by column. A NaN proves
// nothing: the tangent has one where zero meets infinity.
func (e *examination) runPattern() {
	columns := e.columns()
	width := 64
	if e.Single {
		width = 32
	}
	var rows [][]string
	for from := 0; from < len(columns) || rows == nil; from += width {
		strip := columns[from:min(from+width, len(columns))]
		masks := e.patternOf(strip)
		if rows == nil {
			rows = make([][]string, len(masks))
		}
		for r, m := range masks {
			for k, c := range strip {
				if m>>k&1 != 0 {
					rows[r] = append(rows[r], c.String())
				}
			}
			if len(strip) < 64 && m>>len(strip) != 0 {
				e.failf("the pattern has bits that no seed has: output leaf %d has %#x", r, m)
			}
		}
		if e.Tangent != nil && from < 256 {
			e.nonzeros(strip, masks)
		}
	}
	for _, r := range rows {
		e.report.Pattern = append(e.report.Pattern, strings.Join(r, " "))
	}
}

// patternOf runs the pattern function with a bit for each column of the strip and
// returns the masks of the output leaves: results, then inputs in of=.
func (e *examination) patternOf(strip []column) []uint64 {
	args, dots := e.newRun(), e.shadows()
	for k, c := range strip {
		setMask(dots.places[c.i][c.j], 1<<k)
	}
	primals, out := e.forward(e.Pattern, args, dots)
	e.unchanged("the pattern", args, primals)
	masks := make([]uint64, len(out))
	for i, p := range out {
		masks[i] = maskOf(p)
	}
	return masks
}

// nonzeros checks a strip of the pattern against the tangent.
func (e *examination) nonzeros(strip []column, masks []uint64) {
	for k, c := range strip {
		args, dots := e.newRun(), e.shadows()
		dots.places[c.i][c.j].SetFloat(1)
		_, out := e.forward(e.Tangent, args, dots)
		if len(out) != len(masks) {
			e.failf("the tangent has %d output leaves, the pattern %d", len(out), len(masks))
			return
		}
		for r, p := range out {
			if x := p.Float(); x != 0 && x == x && masks[r]>>k&1 == 0 {
				e.failf("the pattern lacks column %v of output leaf %d, where the tangent is %v", c, r, x)
			}
		}
	}
}

// forward calls a function of the forward mode and returns the primal results and the
// places of the output leaves' shadows.
func (e *examination) forward(f any, args, dots run) (primals []reflect.Value, out []leaf) {
	results := e.call(f, args, dots, false, nil)
	next := 0
	for k := range reflect.TypeOf(e.Primal).NumOut() {
		primals = append(primals, results[next])
		next++
		if e.ofResult(k) {
			out = append(out, leaves(results[next])...)
			next++
		}
	}
	once(dots.foundAs(args), e.of, func(_, _ int, p leaf) { out = append(out, p) })
	return primals, out
}

// setMask puts the mask m into the float p.
func setMask(at leaf, m uint64) {
	l, inMap := at.(entryLeaf)
	var element, p reflect.Value
	if inMap {
		element, p = l.value()
		defer func() { l.m.SetMapIndex(l.key, element) }()
	} else {
		p = at.(reflect.Value)
	}
	if p.Kind() == reflect.Float32 {
		*(*uint32)(unsafe.Pointer(p.UnsafeAddr())) = uint32(m)
		return
	}
	p.SetFloat(math.Float64frombits(m))
}

// maskOf returns the mask in the float p.
func maskOf(at leaf) uint64 {
	p, ok := at.(reflect.Value)
	if !ok {
		_, p = at.(entryLeaf).value()
	}
	if p.Kind() == reflect.Float32 {
		return uint64(*(*uint32)(unsafe.Pointer(p.UnsafeAddr())))
	}
	return math.Float64bits(p.Float())
}
