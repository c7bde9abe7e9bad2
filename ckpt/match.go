package ckpt

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// match pairs the records of a file with the protected variables, by their names and the
// rules of the program. It returns an error for each that does not fit, and writes nothing.
func match(f *file, vars []*variable, dropped []string) ([]*filler, error) {
	m := &matcher{have: make(map[string]*record), of: make(map[*variable]*record)}
	for i := range f.records {
		m.have[f.records[i].Name] = &f.records[i]
	}
	m.names(vars)
	var fills []*filler
	for _, v := range vars {
		rec, err := m.record(v)
		if err != nil {
			return nil, err
		}
		if rec == nil {
			continue
		}
		fill := &filler{v: v, rec: rec}
		if err := fill.prepare(); err != nil {
			return nil, err
		}
		fills = append(fills, fill)
	}
	for _, rec := range f.records {
		if m.have[rec.Name] != nil && !slices.Contains(dropped, rec.Name) {
			m.fault("variable %q is in the checkpoint but not protected: if the program does not need it any more, put it in Options.Dropped", rec.Name)
		}
	}
	if len(m.faults) > 0 {
		return nil, fmt.Errorf("%w: %s; or restore with the program that saved it, or start with another name or an empty store",
			ErrMismatch, strings.Join(m.faults, "; "))
	}
	return fills, nil
}

// matcher finds the records of variables.
type matcher struct {
	have   map[string]*record // not taken yet
	of     map[*variable]*record
	faults []string
}

func (m *matcher) fault(format string, args ...any) {
	m.faults = append(m.faults, fmt.Sprintf(format, args...))
}

// names gives each variable the record of its name, and then, of those left, that of an
// older name.
func (m *matcher) names(vars []*variable) {
	take := func(v *variable, name string) {
		if rec := m.have[name]; rec != nil && m.of[v] == nil {
			m.of[v] = rec
			delete(m.have, name)
		}
	}
	for _, v := range vars {
		take(v, v.name)
	}
	for _, v := range vars {
		for _, old := range v.was {
			take(v, old)
		}
	}
}

// record returns the record for a variable, converted if a rule says so; nil if there is
// none, with a fault unless a rule says so.
func (m *matcher) record(v *variable) (*record, error) {
	rec := m.of[v]
	switch {
	case rec == nil && v.added:
		return nil, nil
	case rec == nil:
		m.fault("variable %q is protected but not in the checkpoint: if it is new, protect it with ckpt.Added()%s", v.name, m.candidates(v))
		return nil, nil
	case rec.Type == v.node.text:
		return rec, nil
	case slices.Contains(v.from, rec.Type):
		return v.convert(rec)
	}
	way := "give it the old type, or another name and work it out of the old one"
	switch t, err := parseType(rec.Type); {
	case err == nil && v.node.like(t):
		way = fmt.Sprintf("if only names of fields have changed, protect it with ckpt.As(%q)", rec.Type)
	case !v.node.opaque && convertible(rec.Type, v.node.text) == nil:
		way = fmt.Sprintf("if its numbers are to be converted, protect it with ckpt.ConvertedFrom(%q)", rec.Type)
	}
	m.fault("variable %q is %s in the program and %s in the checkpoint: %s", v.name, v.node.text, rec.Type, way)
	return nil, nil
}

// candidates tells which records may be those of a variable that was renamed.
func (m *matcher) candidates(v *variable) string {
	var names []string
	for name, rec := range m.have {
		if rec.Type == v.node.text {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return fmt.Sprintf(", or if it was renamed, with ckpt.RenamedFrom(%q)", names[0])
}

// filler moves one record into its variable. It runs twice: first dry, which checks
// everything and writes nothing, then for real, which cannot fail. A variable that has a
// form of its own is filled by way of a gift.
type filler struct {
	v       *variable
	rec     *record
	form    unsafe.Pointer // filled in place of the variable, if not nil
	gift    *gift
	dry     bool
	at      int // number of the next element
	layout  []byte
	payload cursor
	scratch [16]byte
}

// prepare does all that may fail and changes no variable.
func (f *filler) prepare() (err error) {
	if !f.v.node.opaque {
		return f.run(false)
	}
	f.form = f.v.blank()
	if err := f.run(false); err != nil {
		return err
	}
	if err := f.run(true); err != nil {
		return err
	}
	f.gift, err = f.v.gift(f.form)
	return err
}

// write changes the variable.
func (f *filler) write() error {
	if f.gift == nil {
		return f.run(true)
	}
	f.gift.give()
	return nil
}

func (f *filler) run(write bool) error {
	f.dry, f.at, f.layout, f.payload = !write, 0, f.rec.layout, newCursor(f.rec.payload)
	if f.dry {
		if err := f.masks(); err != nil {
			return err
		}
	}
	target := f.v.p
	if f.form != nil {
		target = f.form
	}
	if err := walk(f.v.node, target, f.masked(), f); err != nil {
		return err
	}
	if len(f.layout) > 0 || f.payload.left > 0 || f.at != f.rec.Elements || !f.shapeFits() {
		return f.corrupt("its lengths contradict each other")
	}
	return nil
}

func (f *filler) masked() bool { return f.v.keep != nil || f.rec.keep != nil }

// masks checks that the file holds every element that the program wants back.
func (f *filler) masks() error {
	if f.v.keep != nil && f.v.keep.elements != f.rec.Elements {
		return fmt.Errorf("%w: variable %q has %d elements in the checkpoint and %d in its mask", ErrMismatch, f.v.name, f.rec.Elements, f.v.keep.elements)
	}
	if i, lacking := f.rec.keep.lacks(f.v.keep, f.rec.Elements); lacking {
		return fmt.Errorf("%w: element %d of variable %q was not stored; protect it with the mask it was saved with", ErrMismatch, i, f.v.name)
	}
	return nil
}

// shapeFits reports whether the shape in the header, if any, gives the elements.
func (f *filler) shapeFits() bool {
	inner := innermost(f.v.node)
	per := inner.elements
	if inner.kind == reflect.String {
		per = 1
	}
	if f.rec.Shape == nil || !inner.fixed && inner.kind != reflect.String {
		return true
	}
	n := per
	for _, d := range f.rec.Shape {
		if d < 0 || n > 0 && d > math.MaxInt/n {
			return false
		}
		n *= d
	}
	return n == f.rec.Elements
}

func (f *filler) corrupt(why string) error {
	return fmt.Errorf("%w: the record of %q: %s", ErrCorrupt, f.v.name, why)
}

// slice makes the slice at p as long as the file's, if it is empty.
func (f *filler) slice(n *node, p unsafe.Pointer) (int, unsafe.Pointer, error) {
	if len(f.layout) == 0 {
		return 0, nil, f.corrupt("a slice has no length")
	}
	stored := le.Uint64(f.layout)
	f.layout = f.layout[8:]
	if stored > math.MaxInt64 || !f.plausible(int64(stored), n.elem) {
		return 0, nil, f.corrupt(fmt.Sprintf("a slice claims %d elements", stored))
	}
	if stored > math.MaxInt {
		return 0, nil, fmt.Errorf("%w: variable %q: a slice has %d elements, more than an int counts on this machine", ErrMismatch, f.v.name, stored)
	}
	want := int(stored)
	var h header
	if p != nil {
		h = *(*header)(p)
	}
	switch {
	case h.len == want:
		return want, h.data, nil
	case h.len > 0 && !n.free || f.masked():
		hint := "make it that long, or nil, before the restore, or protect it with ckpt.Resizable"
		if f.masked() {
			hint = "with a mask it must be made that long before the restore"
		}
		return 0, nil, fmt.Errorf("%w: variable %q: a slice of type %s has %d elements in the program and %d in the checkpoint; %s",
			ErrMismatch, f.v.name, n.text, h.len, want, hint)
	case f.dry:
		return want, nil, nil
	case h.len > want:
		reflect.NewAt(n.rtype, p).Elem().SetLen(want)
		return want, h.data, nil
	}
	made := reflect.MakeSlice(n.rtype, want, want)
	reflect.NewAt(n.rtype, p).Elem().Set(made)
	return want, made.UnsafePointer(), nil
}

// plausible reports whether what is left of the file suffices for count values. With
// a mask nothing is allocated, so the program's own lengths are bound enough.
func (f *filler) plausible(count int64, elem *node) bool {
	if elem.minLayout > 0 && count > int64(len(f.layout)/8/elem.minLayout) {
		return false
	}
	return f.masked() || elem.minEnc == 0 || count <= int64(f.payload.left/elem.minEnc)
}

func (f *filler) block(n *node, p unsafe.Pointer, count int) error {
	from := f.at
	f.at += count * n.elements
	if !f.masked() {
		return f.move(n, p, count, n.enc)
	}
	if f.at > f.rec.Elements {
		return f.corrupt("it has fewer elements than the variable")
	}
	return f.rec.keep.within(from, f.at, func(a, b int) error {
		if err := f.need((b - a) * n.leaf); err != nil {
			return err
		}
		at := a
		err := f.v.keep.within(a, b, func(x, y int) error {
			f.payload.skip((x - at) * n.leaf)
			at = y
			return f.move(n, offset(p, uintptr((x-from)*n.stride())), y-x, n.leaf)
		})
		if err == nil {
			f.payload.skip((b - at) * n.leaf)
		}
		return err
	})
}

// need returns an error unless n bytes of the payload are left.
func (f *filler) need(n int) error {
	if n < 0 || n > f.payload.left {
		return f.corrupt("its payload is too short")
	}
	return nil
}

// move copies, or when dry checks, count parts of enc bytes each.
func (f *filler) move(n *node, p unsafe.Pointer, count, enc int) error {
	if err := f.need(count * enc); err != nil {
		return err
	}
	switch {
	case n.image && (f.dry || f.rec.placed):
		f.payload.skip(count * enc)
		return nil
	case n.image:
		f.payload.read(memory(p, count*enc))
		return nil
	}
	for i := range count {
		src := f.payload.next(enc)
		if len(src) < enc { // it goes on in the next part
			k := copy(f.scratch[:], src)
			f.payload.read(f.scratch[k:enc])
			src = f.scratch[:enc]
		}
		if !f.dry {
			get(unsafe.Add(p, i*int(n.size)), n, src)
		} else if err := check(n, src); err != nil {
			return fmt.Errorf("variable %q: %w", f.v.name, err)
		}
	}
	return nil
}

func (f *filler) text(_ *node, p unsafe.Pointer) error {
	from := f.at
	f.at++
	if f.at > f.rec.Elements {
		return f.corrupt("it has fewer elements than the variable")
	}
	return f.rec.keep.within(from, f.at, func(int, int) error {
		if err := f.need(8); err != nil {
			return err
		}
		f.payload.read(f.scratch[:8])
		length := le.Uint64(f.scratch[:8])
		if length > uint64(f.payload.left) {
			return f.corrupt("a string is longer than its payload")
		}
		if f.dry || f.v.keep.count(from, f.at) == 0 {
			f.payload.skip(int(length))
			return nil
		}
		s := make([]byte, length)
		f.payload.read(s)
		*(*string)(p) = string(s)
		return nil
	})
}
