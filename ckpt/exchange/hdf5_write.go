//go:build hdf5 && cgo

package exchange

/*
#include <stdlib.h>
#include "hdf5_lib.h"
*/
import "C"

import (
	"fmt"
	"io/fs"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
)

func writeHDF5(file string, st *State) error {
	return withHDF5(func() (err error) {
		name, free := cString(file)
		defer free()
		w := &hdf5Writer{file: C.cairn_create(name), links: C.cairn_links()}
		if w.file < 0 {
			return hdf5Error(fmt.Sprintf("%s cannot be made", file))
		}
		defer func() {
			C.H5Pclose(w.links)
			if C.H5Fclose(w.file) < 0 && err == nil {
				err = hdf5Error(fmt.Sprintf("%s cannot be written", file))
			}
		}()
		return w.state(st)
	})
}

// hdf5Writer writes a file.
type hdf5Writer struct {
	file, links C.hid_t
	mask        *scrutiny.Mask // of the variable in hand
	at          int            // number of its next element
}

func (w *hdf5Writer) state(st *State) error {
	seq, step := C.ulonglong(st.Seq), C.longlong(st.Step)
	if C.cairn_attribute(w.file, c("seq"), 'u', 8, unsafe.Pointer(&seq)) < 0 {
		return hdf5Error("the attribute seq cannot be written")
	}
	if st.HasStep && C.cairn_attribute(w.file, c("step"), 'i', 8, unsafe.Pointer(&step)) < 0 {
		return hdf5Error("the attribute step cannot be written")
	}
	if !st.Time.IsZero() {
		if err := w.note(w.file, "time", st.Time.UTC().Format(time.RFC3339Nano)); err != nil {
			return err
		}
	}
	if st.Program != "" {
		if err := w.note(w.file, "program", st.Program); err != nil {
			return err
		}
	}
	for i := range st.Variables {
		if err := w.variable(&st.Variables[i]); err != nil {
			return fmt.Errorf("variable %q: %w", st.Variables[i].Name, err)
		}
	}
	return nil
}

// c is the name of an attribute for C; there are few of them, so they are never freed.
func c(name string) *C.char {
	p := hdf5Names[name]
	if p == nil {
		p = C.CString(name)
		hdf5Names[name] = p
	}
	return p
}

var hdf5Names = map[string]*C.char{}

// note writes an attribute that is a string.
func (w *hdf5Writer) note(at C.hid_t, name, text string) error {
	p, free := cString(text)
	defer free()
	if C.cairn_attribute(at, c(name), 's', 0, unsafe.Pointer(p)) < 0 {
		return hdf5Error(fmt.Sprintf("the attribute %s cannot be written", name))
	}
	return nil
}

func (w *hdf5Writer) variable(v *Variable) error {
	if !fs.ValidPath(v.Name) || v.Name == "." || strings.Contains(v.Name, "\x00") {
		return fmt.Errorf("this is no name in an HDF5 file: choose other variables, or json")
	}
	value := reflect.ValueOf(v.Pointer)
	if value.Kind() != reflect.Pointer || value.IsNil() {
		return fmt.Errorf("it is given as %T, and not as a pointer", v.Pointer)
	}
	typ := v.Type
	if typ == "" {
		typ = typeText(value.Type().Elem())
	}
	w.mask, w.at = v.Mask, 0
	object, err := w.value(w.file, v.Name, value.Elem())
	if err != nil {
		return err
	}
	defer C.H5Oclose(object)
	if err := w.note(object, "name", v.Name); err != nil {
		return err
	}
	if err := w.note(object, "type", typ); err != nil {
		return err
	}
	if v.Mask != nil {
		return w.note(object, "mask", v.Mask.RunLength())
	}
	return nil
}

// value writes a value as the member of a group and returns the open object.
func (w *hdf5Writer) value(at C.hid_t, name string, v reflect.Value) (C.hid_t, error) {
	if elem, _ := plain(v.Type()); elem != nil {
		if ckpt.Kind(elem.Kind()).Size() == 0 && elem.Kind() != reflect.String {
			return -1, fmt.Errorf("a value of type %v is not in the form of a checkpoint: load it from one", v.Type())
		}
		if shape, regular := shapeOf(v); regular {
			return w.array(at, name, flatten(v, shape))
		}
	}
	p, free := cString(name)
	defer free()
	group := C.cairn_group(at, p, w.links)
	if group < 0 {
		return -1, hdf5Error(fmt.Sprintf("the group %q cannot be made", name))
	}
	if err := w.members(group, v); err != nil {
		C.H5Oclose(group)
		return -1, err
	}
	return group, nil
}

func (w *hdf5Writer) members(group C.hid_t, v reflect.Value) error {
	member := func(name string, v reflect.Value) error {
		object, err := w.value(group, name, v)
		if err == nil {
			C.H5Oclose(object)
		}
		return err
	}
	if v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			if err := member(memberName(v.Type().Field(i), i), field(v, i)); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range v.Len() {
		if err := member(strconv.Itoa(i), v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// hdf5Letter is the letter of a kind of elements.
func hdf5Letter(kind reflect.Kind) byte {
	k := ckpt.Kind(kind)
	switch {
	case kind == reflect.Bool:
		return 'b'
	case kind == reflect.String:
		return 's'
	case k.Signed():
		return 'i'
	case k.Unsigned():
		return 'u'
	case k.Complex():
		return 'c'
	}
	return 'f'
}

func (w *hdf5Writer) array(at C.hid_t, name string, f *flat) (C.hid_t, error) {
	n, err := product(f.shape)
	if err != nil {
		return -1, err
	}
	f.blank(w.mask, w.at)
	w.at += n
	letter := hdf5Letter(f.kind)
	for _, s := range f.text {
		if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
			letter = 'v'
		}
	}
	if len(f.shape) > C.H5S_MAX_RANK {
		return -1, fmt.Errorf("it has %d dimensions, and HDF5 has at most %d", len(f.shape), C.H5S_MAX_RANK)
	}
	dims := make([]C.hsize_t, len(f.shape)+1)
	for i, d := range f.shape {
		dims[i] = C.hsize_t(d)
	}
	typ := C.cairn_type(C.char(letter), C.int(ckpt.Kind(f.kind).Size()), c("r"), c("i"))
	defer C.H5Tclose(typ)
	space := C.cairn_space(C.int(len(f.shape)), &dims[0])
	defer C.H5Sclose(space)
	p, free := cString(name)
	defer free()
	set := C.cairn_dataset(at, p, typ, space, w.links)
	if set < 0 {
		return -1, hdf5Error(fmt.Sprintf("the dataset %q cannot be made", name))
	}
	if n > 0 && !f.write(set, typ, letter) {
		err := hdf5Error(fmt.Sprintf("the dataset %q cannot be written", name))
		C.H5Oclose(set)
		return -1, err
	}
	return set, nil
}

// write writes the elements of which there is at least one.
func (f *flat) write(set, typ C.hid_t, letter byte) bool {
	if f.kind != reflect.String {
		return C.cairn_write(set, typ, unsafe.Pointer(&f.raw[0])) >= 0
	}
	var all strings.Builder
	lengths := make([]C.ulonglong, len(f.text))
	for i, s := range f.text {
		all.WriteString(s)
		all.WriteByte(0)
		lengths[i] = C.ulonglong(len(s))
	}
	bytes := C.CBytes([]byte(all.String()))
	defer C.free(bytes)
	return C.cairn_write_text(set, typ, C.char(letter), C.size_t(len(lengths)), (*C.char)(bytes), &lengths[0]) >= 0
}
