package ckpttest

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// part is a stretch of a result: one element, or all elements of a slice or array of
// plain ones. Its fields are exported for gob.
type part struct {
	Path string
	Kind reflect.Kind
	Many bool     // the elements are Path[0], Path[1], …
	Bits []uint64 // of booleans and numbers; two for a complex one
	Text []string // of strings
}

// takeApart lists the parts of a result in a fixed order.
func takeApart(result any) ([]part, error) {
	a := apart{on: map[uintptr]bool{}}
	a.add("result", reflect.ValueOf(result))
	return a.parts, errors.Join(a.errs...)
}

type apart struct {
	parts []part
	errs  []error
	on    map[uintptr]bool // pointers on the way to the value in hand
}

func (a *apart) add(path string, v reflect.Value) {
	switch k := v.Kind(); k {
	case reflect.Invalid:
		a.parts = append(a.parts, part{Path: path, Kind: reflect.String, Text: []string{"nil"}})
	case reflect.Struct:
		for i := range v.NumField() {
			a.add(path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice:
		a.note("len("+path+")", uint64(v.Len()))
		a.elements(path, v)
	case reflect.Array:
		a.elements(path, v)
	case reflect.Map:
		a.note("len("+path+")", uint64(v.Len()))
		a.entries(path, v)
	case reflect.Pointer:
		a.pointer(path, v)
	case reflect.Interface:
		if !v.IsNil() {
			a.parts = append(a.parts, part{Path: "type of " + path, Kind: reflect.String, Text: []string{v.Elem().Type().String()}})
		}
		a.add(path, v.Elem())
	default:
		if !plain(k) {
			a.errs = append(a.errs, fmt.Errorf("ckpttest: %s is a %s, which cannot be compared: return what it stands for", path, v.Type()))
			return
		}
		p := part{Path: path, Kind: k}
		p.append(v)
		a.parts = append(a.parts, p)
	}
}

func (a *apart) note(path string, x uint64) {
	a.parts = append(a.parts, part{Path: path, Kind: reflect.Uint64, Bits: []uint64{x}})
}

func (a *apart) elements(path string, v reflect.Value) {
	k := v.Type().Elem().Kind()
	if !plain(k) {
		for i := range v.Len() {
			a.add(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
		return
	}
	p := part{Path: path, Kind: k, Many: true}
	for i := range v.Len() {
		p.append(v.Index(i))
	}
	a.parts = append(a.parts, p)
}

// entries adds the elements of a map in the order of their keys' texts.
func (a *apart) entries(path string, v reflect.Value) {
	type entry struct {
		key   string
		value reflect.Value
	}
	var list []entry
	for it := v.MapRange(); it.Next(); {
		list = append(list, entry{fmt.Sprintf("%#v", it.Key()), it.Value()})
	}
	slices.SortFunc(list, func(x, y entry) int { return strings.Compare(x.key, y.key) })
	for _, e := range list {
		a.add(path+"["+e.key+"]", e.value)
	}
}

func (a *apart) pointer(path string, v reflect.Value) {
	if v.IsNil() {
		a.add(path, reflect.Value{})
		return
	}
	p := v.Pointer()
	if a.on[p] {
		a.errs = append(a.errs, fmt.Errorf("ckpttest: %s leads back to itself: return a result without cycles", path))
		return
	}
	a.on[p] = true
	a.add("(*"+path+")", v.Elem())
	delete(a.on, p)
}

func plain(k reflect.Kind) bool {
	return k == reflect.String || k >= reflect.Bool && k <= reflect.Complex128
}

// append adds a plain value. Float32 keeps its own bits.
func (p *part) append(v reflect.Value) {
	switch k := v.Kind(); {
	case k == reflect.String:
		p.Text = append(p.Text, v.String())
	case k == reflect.Bool:
		b := uint64(0)
		if v.Bool() {
			b = 1
		}
		p.Bits = append(p.Bits, b)
	case v.CanInt():
		p.Bits = append(p.Bits, uint64(v.Int()))
	case v.CanUint():
		p.Bits = append(p.Bits, v.Uint())
	case v.CanFloat():
		p.Bits = append(p.Bits, floatBits(v.Float(), k == reflect.Float32))
	default:
		z, single := v.Complex(), k == reflect.Complex64
		p.Bits = append(p.Bits, floatBits(real(z), single), floatBits(imag(z), single))
	}
}

func floatBits(x float64, single bool) uint64 {
	if single {
		return uint64(math.Float32bits(float32(x)))
	}
	return math.Float64bits(x)
}

// size is the number of elements.
func (p *part) size() int {
	switch p.Kind {
	case reflect.String:
		return len(p.Text)
	case reflect.Complex64, reflect.Complex128:
		return len(p.Bits) / 2
	}
	return len(p.Bits)
}

// same reports whether element i is bit for bit the same in p and q, which are of one kind.
func (p *part) same(q *part, i int) bool {
	switch p.Kind {
	case reflect.String:
		return p.Text[i] == q.Text[i]
	case reflect.Complex64, reflect.Complex128:
		return p.Bits[2*i] == q.Bits[2*i] && p.Bits[2*i+1] == q.Bits[2*i+1]
	}
	return p.Bits[i] == q.Bits[i]
}

// path names element i.
func (p *part) path(i int) string {
	if p.Many {
		return fmt.Sprintf("%s[%d]", p.Path, i)
	}
	return p.Path
}

// value is element i as text from which its bits can be read back.
func (p *part) value(i int) string {
	switch k := p.Kind; {
	case k == reflect.String:
		return strconv.Quote(p.Text[i])
	case k == reflect.Bool:
		return strconv.FormatBool(p.Bits[i] == 1)
	case k >= reflect.Int && k <= reflect.Int64:
		return strconv.FormatInt(int64(p.Bits[i]), 10)
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return strconv.FormatUint(p.Bits[i], 10)
	case k == reflect.Float32 || k == reflect.Float64:
		return floatText(p.Bits[i], k == reflect.Float32)
	}
	single := p.Kind == reflect.Complex64
	return "(" + floatText(p.Bits[2*i], single) + ", " + floatText(p.Bits[2*i+1], single) + ")"
}

func floatText(bits uint64, single bool) string {
	if single {
		return number(float64(math.Float32frombits(uint32(bits))), bits, 32)
	}
	return number(math.Float64frombits(bits), bits, 64)
}

// number is a floating-point number as text; a NaN has its bits.
func number(x float64, bits uint64, size int) string {
	if math.IsNaN(x) {
		return fmt.Sprintf("NaN(%#x)", bits)
	}
	return strconv.FormatFloat(x, 'g', -1, size)
}

// ulps counts the numbers from element i of p to that of q, if they are floating-point
// numbers and none is a NaN.
func (p *part) ulps(q *part, i int) (n uint64, ok bool) {
	single := p.Kind == reflect.Float32
	if !single && p.Kind != reflect.Float64 {
		return 0, false
	}
	return apartBy(p.Bits[i], q.Bits[i], single)
}

func apartBy(a, b uint64, single bool) (n uint64, ok bool) {
	x, okX := ordinal(a, single)
	y, okY := ordinal(b, single)
	return uint64(max(x, y)) - uint64(min(x, y)), okX && okY
}

// ordinal numbers the floating-point numbers in their order; ok is false for a NaN.
func ordinal(bits uint64, single bool) (n int64, ok bool) {
	if single {
		x := math.Float32frombits(uint32(bits))
		n = int64(int32(uint32(bits)))
		if n < 0 {
			n = math.MinInt32 - n
		}
		return n, x == x
	}
	n = int64(bits)
	if n < 0 {
		n = math.MinInt64 - n
	}
	return n, !math.IsNaN(math.Float64frombits(bits))
}

// difference is the first element in which two results differ, and how many do.
type difference struct {
	path, a, b string
	ulps       uint64
	floats     bool
	count, of  int // elements that differ, of all that were compared
	shape      bool
}

// compare returns nil if two results are the same.
func compare(a, b []part) *difference {
	var first *difference
	count, of := 0, 0
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i].Path != b[i].Path || a[i].Kind != b[i].Kind || a[i].size() != b[i].size() {
			if first == nil {
				first = &difference{path: "result", a: shapeAt(a, i), b: shapeAt(b, i), shape: true}
			}
			return first.sum(count, of)
		}
		p, q := &a[i], &b[i]
		for e := range p.size() {
			of++
			if p.same(q, e) {
				continue
			}
			count++
			if first == nil {
				first = &difference{path: p.path(e), a: p.value(e), b: q.value(e)}
				first.ulps, first.floats = p.ulps(q, e)
			}
		}
	}
	return first.sum(count, of)
}

func shapeAt(list []part, i int) string {
	if i >= len(list) {
		return "its end"
	}
	return fmt.Sprintf("%s with %d of kind %s", list[i].Path, list[i].size(), list[i].Kind)
}

func (d *difference) sum(count, of int) *difference {
	if d != nil {
		d.count, d.of = count, of
	}
	return d
}

// text says what differs between what the words name.
func (d *difference) text(one, other string) string {
	s := fmt.Sprintf("%s is %s %s, %s %s", d.path, d.a, one, d.b, other)
	if d.shape {
		return fmt.Sprintf("the result has another shape: %s %s, %s %s", d.a, one, d.b, other)
	}
	if d.floats {
		s += ", " + ulpsText(d.ulps)
	}
	return fmt.Sprintf("%s; %d of %d elements differ", s, d.count, d.of)
}

func ulpsText(n uint64) string {
	if n == 1 {
		return "1 ULP apart"
	}
	return fmt.Sprintf("%d ULPs apart", n)
}
