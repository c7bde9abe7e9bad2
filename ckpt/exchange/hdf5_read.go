//go:build hdf5 && cgo

package exchange

/*
#include <stdlib.h>
#include "hdf5_lib.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/cairn-ad/cairn/ckpt"
)

func readHDF5(file string, o ReadOptions) (st *State, err error) {
	err = withHDF5(func() error {
		name, free := cString(file)
		defer free()
		id := C.cairn_open(name)
		if id < 0 {
			return hdf5Error(fmt.Sprintf("%s cannot be read", file))
		}
		defer C.H5Fclose(id)
		r := &hdf5Reader{types: o.Types, left: limit(o.MaxBytes), members: hdf5Most, state: new(State)}
		st = r.state
		return r.file(id)
	})
	if err != nil {
		return nil, err
	}
	return st, checkNames(st, o.Types)
}

// hdf5Reader reads a file.
type hdf5Reader struct {
	state   *State
	types   map[string]string
	left    int64 // bytes of memory
	members int   // that may still be looked at
	mask    *masked
}

func (r *hdf5Reader) file(id C.hid_t) error {
	var seq, step C.longlong
	if C.cairn_get_int(id, c("seq"), &seq) != 0 && seq > 0 {
		r.state.Seq = uint64(seq)
	}
	if C.cairn_get_int(id, c("step"), &step) != 0 {
		r.state.Step, r.state.HasStep = int(step), true
	}
	if text, ok := note(id, "time"); ok {
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			r.state.Time = t
		}
	}
	r.state.Program, _ = note(id, "program")
	return r.group(id, "", hdf5Deepest)
}

// note reads an attribute that is a string.
func note(object C.hid_t, name string) (string, bool) {
	p := C.cairn_get_text(object, c(name))
	if p == nil {
		C.cairn_forget()
		return "", false
	}
	defer C.H5free_memory(unsafe.Pointer(p))
	return C.GoString(p), true
}

// group reads the variables of a group that is none itself.
func (r *hdf5Reader) group(id C.hid_t, path string, depth int) error {
	if depth == 0 {
		return fmt.Errorf("the groups of %.60q are nested too deep, or in each other", path)
	}
	names, err := r.list(id)
	if err != nil {
		return err
	}
	for _, name := range names {
		err := r.member(id, name, func(object C.hid_t) error {
			_, named := note(object, "name")
			if C.cairn_is_group(object) != 0 && !named {
				return r.group(object, path+name+"/", depth-1)
			}
			return r.variable(object, path+name)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// list returns the names of the members of a group.
func (r *hdf5Reader) list(id C.hid_t) ([]string, error) {
	n := C.cairn_links_of(id)
	if n < 0 {
		return nil, hdf5Error("a group cannot be read")
	}
	if r.members -= int(min(n, hdf5Most+1)); r.members < 0 {
		return nil, fmt.Errorf("the file has more than %d members", hdf5Most)
	}
	var names []string
	for i := range n {
		var buf [1 << 12]C.char
		length := C.cairn_link(id, C.hsize_t(i), &buf[0], C.size_t(len(buf)))
		if length < 0 || int(length) >= len(buf) {
			return nil, hdf5Error("the name of a member of a group cannot be read")
		}
		names = append(names, C.GoString(&buf[0]))
	}
	return names, nil
}

// member opens a member of a group.
func (r *hdf5Reader) member(group C.hid_t, name string, f func(C.hid_t) error) error {
	p, free := cString(name)
	defer free()
	if C.cairn_hard(group, p) == 0 {
		return fmt.Errorf("%.60q is a link to somewhere else: copy what it links to into the file, such as with h5repack or h5copy", name)
	}
	object := C.cairn_object(group, p)
	if object < 0 {
		return hdf5Error(fmt.Sprintf("%.60q cannot be opened", name))
	}
	defer C.H5Oclose(object)
	return f(object)
}

// variable reads an object that is a variable.
func (r *hdf5Reader) variable(object C.hid_t, path string) error {
	name, ok := note(object, "name")
	if !ok {
		name = path
	}
	v, err := r.read(object, name)
	if err != nil {
		return fmt.Errorf("variable %.60q: %w", name, err)
	}
	r.state.Variables = append(r.state.Variables, *v)
	return nil
}

func (r *hdf5Reader) read(object C.hid_t, name string) (*Variable, error) {
	typ, ok := note(object, "type")
	switch asked := r.types[name]; {
	case asked != "" && ok && asked != typ:
		return nil, fmt.Errorf("it has the type %.60q, and %.60q is asked for", typ, asked)
	case !ok && asked == "":
		return r.foreign(object, name)
	case !ok:
		typ = asked
	}
	t, err := parseType(typ)
	if err != nil {
		return nil, err
	}
	text, _ := note(object, "mask")
	if r.mask, err = newMasked(name, text); err != nil {
		return nil, err
	}
	if int64(t.Size()) > r.left {
		return nil, fmt.Errorf("a value of type %.60q takes more memory than is allowed", typ)
	}
	p := reflect.New(t)
	if err := r.value(object, p.Elem()); err != nil {
		return nil, err
	}
	if err := r.mask.end(); err != nil {
		return nil, err
	}
	return &Variable{Name: name, Type: typ, Pointer: p.Interface(), Mask: r.mask.mask}, nil
}

// foreign reads a dataset of another program.
func (r *hdf5Reader) foreign(object C.hid_t, name string) (*Variable, error) {
	f, err := r.array(object)
	if err != nil {
		return nil, err
	}
	return f.variable(name, "")
}

func (r *hdf5Reader) value(object C.hid_t, v reflect.Value) error {
	if C.cairn_is_dataset(object) != 0 {
		f, err := r.array(object)
		if err != nil {
			return err
		}
		n, err := product(f.shape)
		if err != nil {
			return err
		}
		r.mask.at += n
		p, err := f.value(v.Type())
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(p).Elem())
		return nil
	}
	if C.cairn_is_group(object) == 0 {
		return errors.New("it is neither a dataset nor a group")
	}
	names, err := r.list(object)
	if err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.Struct:
		if len(names) != v.NumField() {
			return fmt.Errorf("a group has %d members, and %.60q has %d fields", len(names), typeText(v.Type()), v.NumField())
		}
		for i := range v.NumField() {
			if err := r.part(object, memberName(v.Type().Field(i), i), field(v, i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice:
		if size := int64(v.Type().Elem().Size()); size > 0 && int64(len(names)) > r.left/size {
			return errors.New("it takes more memory than is allowed")
		} else {
			r.left -= size * int64(len(names))
		}
		v.Set(reflect.MakeSlice(v.Type(), len(names), len(names)))
	case reflect.Array:
		if v.Len() != len(names) {
			return fmt.Errorf("a group has %d members, and %.60q has %d", len(names), typeText(v.Type()), v.Len())
		}
	default:
		return fmt.Errorf("it is a group, and not a value of type %v", v.Type())
	}
	for i := range v.Len() {
		if err := r.part(object, strconv.Itoa(i), v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *hdf5Reader) part(group C.hid_t, name string, v reflect.Value) error {
	err := r.member(group, name, func(object C.hid_t) error { return r.value(object, v) })
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// array reads a dataset.
func (r *hdf5Reader) array(set C.hid_t) (*flat, error) {
	if C.cairn_is_dataset(set) == 0 {
		return nil, errors.New("it is no dataset")
	}
	if C.cairn_elsewhere(set) != 0 {
		return nil, errors.New("its elements are in other files: copy them into this one")
	}
	space := C.H5Dget_space(set)
	defer C.H5Sclose(space)
	f, err := hdf5Shape(space)
	if err != nil {
		return nil, err
	}
	typ := C.H5Dget_type(set)
	defer C.H5Tclose(typ)
	var size C.int
	var re, im *C.char
	letter := byte(C.cairn_elements(typ, &size, &re, &im))
	defer func() { C.H5free_memory(unsafe.Pointer(re)); C.H5free_memory(unsafe.Pointer(im)) }()
	if letter == 0 {
		return nil, errors.New("its elements are none that are read: integers, IEEE floating-point numbers of 4 and 8 bytes, booleans and complex numbers as h5py has them, and strings are")
	}
	width := int(size)
	if letter == 's' || letter == 'v' {
		width = headerBytes
	}
	if width == 0 {
		return nil, errors.New("its elements have no size")
	}
	bytes, err := f.fits(width, int64(C.H5Dget_storage_size(set)), &r.left)
	if err != nil {
		return nil, err
	}
	f.kind = hdf5Kind(letter, width)
	if bytes == 0 {
		return f, nil
	}
	switch letter {
	case 's', 'v':
		return f, r.texts(set, space, f, letter, bytes/width)
	case 'S':
		raw := make([]byte, bytes)
		if C.cairn_read(set, typ, unsafe.Pointer(&raw[0])) < 0 {
			return nil, hdf5Error("its elements cannot be read")
		}
		for i := range bytes / width {
			f.text = append(f.text, fixed(string(raw[i*width:][:width]), C.cairn_string_pad(typ) == C.H5T_STR_SPACEPAD))
		}
		return f, nil
	}
	want := C.cairn_type(C.char(letter), size, re, im)
	defer C.H5Tclose(want)
	f.raw = make([]byte, bytes)
	if C.cairn_read(set, want, unsafe.Pointer(&f.raw[0])) < 0 {
		return nil, hdf5Error("its elements cannot be read")
	}
	return f, nil
}

// fixed is a string of fixed length without what fills it up.
func fixed(s string, spaces bool) string {
	if spaces {
		return strings.TrimRight(s, " ")
	}
	s, _, _ = strings.Cut(s, "\x00")
	return s
}

// hdf5Shape reads the lengths of the dimensions.
func hdf5Shape(space C.hid_t) (*flat, error) {
	rank := int(C.H5Sget_simple_extent_ndims(space))
	if rank < 0 || C.H5Sget_simple_extent_type(space) == C.H5S_NULL {
		return nil, errors.New("it has no elements and no shape")
	}
	f := &flat{shape: make([]int, rank)}
	if rank > 0 {
		dims := make([]C.hsize_t, rank)
		C.H5Sget_simple_extent_dims(space, &dims[0], nil)
		for i, d := range dims {
			if d > 1<<62 {
				return nil, fmt.Errorf("a dimension has the length %d", d)
			}
			f.shape[i] = int(d)
		}
	}
	return f, nil
}

// hdf5Kind is the inverse of hdf5Letter.
func hdf5Kind(letter byte, size int) reflect.Kind {
	if letter == 's' || letter == 'v' || letter == 'S' {
		return reflect.String
	}
	for kind := reflect.Bool; kind <= reflect.Complex128; kind++ {
		if kind != reflect.Int && kind != reflect.Uint && ckpt.Kind(kind).Size() == size && hdf5Letter(kind) == letter {
			return kind
		}
	}
	return reflect.Invalid
}

// texts reads n strings of variable length.
func (r *hdf5Reader) texts(set, space C.hid_t, f *flat, letter byte, n int) error {
	want := C.cairn_type(C.char(letter), 0, c("r"), c("i"))
	defer C.H5Tclose(want)
	buf := C.calloc(C.size_t(n), C.cairn_width(C.char(letter)))
	if buf == nil {
		return errors.New("there is not enough memory")
	}
	defer C.free(buf)
	if C.cairn_read(set, want, buf) < 0 {
		return hdf5Error("its elements cannot be read")
	}
	defer C.cairn_reclaim(want, space, buf)
	for i := range n {
		var p *C.char
		length := int64(C.cairn_length(C.char(letter), buf, C.size_t(i), &p))
		if r.left -= length; r.left < 0 || length > 1<<30 {
			return errors.New("its strings take more memory than is allowed")
		}
		f.text = append(f.text, C.GoStringN(p, C.int(length)))
	}
	return nil
}
