package exchange

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/ckpt"
)

// The NPY format: numpy.lib.format in the NumPy manual. A file is "\x93NUMPY", the version,
// the length of the header as 2 bytes in version 1 and 4 in versions 2 and 3, the header, a
// literal of a Python dictionary padded with spaces and ended by a newline, and the elements.
// The text of the header is Latin-1, in version 3 UTF-8.

const npyMagic = "\x93NUMPY"

// npyHeader returns the header of an array of little-endian elements in row-major order. The
// data begin at a multiple of 64.
func npyHeader(descr string, shape []int) []byte {
	var dims strings.Builder
	for _, n := range shape {
		fmt.Fprintf(&dims, "%d, ", n)
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, strings.TrimSuffix(dims.String(), " "))
	prefix := []byte(npyMagic + "\x01\x00")
	room := 2
	if len(text)+64 > math.MaxUint16 {
		prefix[6], room = 2, 4
	}
	total := (len(prefix) + room + len(text) + 1 + 63) / 64 * 64
	length := total - len(prefix) - room
	if room == 2 {
		prefix = binary.LittleEndian.AppendUint16(prefix, uint16(length))
	} else {
		prefix = binary.LittleEndian.AppendUint32(prefix, uint32(length))
	}
	prefix = append(prefix, text...)
	return append(append(prefix, bytes.Repeat([]byte{' '}, total-len(prefix)-1)...), '\n')
}

// npyDescr is the type of an element in NumPy's words; strings have a width of their own.
func npyDescr(k ckpt.Kind) string {
	letter := byte('f')
	switch {
	case reflect.Kind(k) == reflect.Bool:
		return "|b1"
	case k.Signed():
		letter = 'i'
	case k.Unsigned():
		letter = 'u'
	case k.Complex():
		letter = 'c'
	}
	order := byte('<')
	if k.Size() == 1 {
		order = '|'
	}
	return fmt.Sprintf("%c%c%d", order, letter, k.Size())
}

// npyKinds are the types of elements that are read, apart from strings.
var npyKinds = map[string]reflect.Kind{
	"b1": reflect.Bool,
	"i1": reflect.Int8, "i2": reflect.Int16, "i4": reflect.Int32, "i8": reflect.Int64,
	"u1": reflect.Uint8, "u2": reflect.Uint16, "u4": reflect.Uint32, "u8": reflect.Uint64,
	"f4": reflect.Float32, "f8": reflect.Float64, "c8": reflect.Complex64, "c16": reflect.Complex128,
}

// npyArray is what a header says.
type npyArray struct {
	kind    reflect.Kind
	big     bool // big-endian
	fortran bool // the first index runs fastest
	shape   []int
	count   int  // of elements
	size    int  // bytes of an element
	wide    bool // a string is UTF-32, else bytes
}

const (
	npyMaxHeader = 1 << 20
	npyMaxDims   = 64 // as NumPy 2
)

// readNPYHeader reads all that comes before the elements.
func readNPYHeader(in io.Reader) (*npyArray, error) {
	var b [12]byte
	if _, err := io.ReadFull(in, b[:8]); err != nil || string(b[:6]) != npyMagic {
		return nil, ended(err, "it does not begin like an NPY file")
	}
	room := 2
	switch version := b[6]; {
	case version == 2, version == 3:
		room = 4
	case version != 1:
		return nil, fmt.Errorf("it is of version %d.%d of NPY, and 1 to 3 are known", version, b[7])
	}
	if _, err := io.ReadFull(in, b[8:8+room]); err != nil {
		return nil, ended(err, "it ends in the header")
	}
	n := le.Uint32(b[8:]) // the two bytes beyond room are 0
	if n > npyMaxHeader {
		return nil, fmt.Errorf("its header claims %d bytes", n)
	}
	var text strings.Builder
	if _, err := io.CopyN(&text, in, int64(n)); err != nil {
		return nil, ended(err, "it ends in the header")
	}
	a, err := parseNPYHeader(text.String())
	if err != nil {
		return nil, fmt.Errorf("its header %.80q: %w", strings.TrimSpace(text.String()), err)
	}
	return a, nil
}

// ended is err unless that is the end of the file.
func ended(err error, why string) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New(why)
	}
	return err
}

// parseNPYHeader reads the dictionary.
func parseNPYHeader(text string) (*npyArray, error) {
	p := &literal{strings.TrimRight(text, " \n\x00")}
	if !p.eat("{") {
		return nil, errors.New("it is no dictionary")
	}
	a := new(npyArray)
	seen := map[string]bool{}
	for !p.eat("}") {
		key, err := p.text()
		if err != nil {
			return nil, err
		}
		if seen[key] || !p.eat(":") {
			return nil, fmt.Errorf("the key %.20q is not followed by a value, or there twice", key)
		}
		seen[key] = true
		switch key {
		case "descr":
			err = a.descr(p)
		case "fortran_order":
			a.fortran, err = p.boolean()
		case "shape":
			a.shape, err = p.shape()
		default:
			err = fmt.Errorf("the key %.20q is not known", key)
		}
		if err != nil {
			return nil, err
		}
		if !p.eat(",") && !p.at("}") {
			return nil, errors.New("the dictionary does not end")
		}
	}
	if p.rest != "" || len(seen) != 3 {
		return nil, errors.New("it needs descr, fortran_order and shape, and no more")
	}
	return a, a.measure()
}

// descr reads the type of the elements.
func (a *npyArray) descr(p *literal) error {
	if p.at("[") || p.at("(") {
		return errors.New("it is a structured array: save each of its fields as an array of its own, in one NPZ file")
	}
	text, err := p.text()
	if err != nil {
		return err
	}
	order, name := byte('|'), text
	if text != "" && strings.IndexByte("<>|=", text[0]) >= 0 {
		order, name = text[0], text[1:]
	}
	a.big = order == '>'
	if kind, ok := npyKinds[name]; ok {
		a.kind, a.size = kind, ckpt.Kind(kind).Size()
		if order == '=' || order == '|' && a.size > 1 {
			return fmt.Errorf("the type %q does not tell the byte order", text)
		}
		return nil
	}
	if name != "" && (name[0] == 'U' || name[0] == 'S') {
		a.kind, a.wide = reflect.String, name[0] == 'U'
		width, err := strconv.ParseUint(name[1:], 10, 28)
		if err != nil || width == 0 || a.wide && order != '<' && order != '>' {
			return fmt.Errorf("the type %.20q is no string with a width of 1 or more", text)
		}
		a.size = int(width)
		if a.wide {
			a.size = 4 * int(width)
		}
		return nil
	}
	return fmt.Errorf("arrays of type %.20q%s", text, npyWhy(name))
}

// npyWhy tells why a type is not read and what to do.
func npyWhy(name string) string {
	switch {
	case name == "f2":
		return " are not read: Go has no type for them; convert with astype('f4')"
	case name == "f12", name == "f16", name == "c24", name == "c32":
		return " are not read: Go has no type for them; convert with astype('f8') or astype('c16')"
	case name == "O":
		return " hold Python objects, which are not read: save arrays of numbers"
	case strings.HasPrefix(name, "M8"), strings.HasPrefix(name, "m8"):
		return " are not read: convert with astype('i8')"
	case strings.HasPrefix(name, "V"):
		return " are not read: they have no meaning without a program; convert with view('u1')"
	}
	return " are not known"
}

// measure checks the sizes.
func (a *npyArray) measure() error {
	if len(a.shape) > npyMaxDims {
		return fmt.Errorf("it has %d dimensions, and at most %d are read", len(a.shape), npyMaxDims)
	}
	n, err := product(a.shape)
	if err != nil {
		return err
	}
	if n > math.MaxInt/a.size {
		return errors.New("it has more bytes than can be counted")
	}
	a.count = n
	return nil
}

// literal is what is left of a Python literal.
type literal struct{ rest string }

func (p *literal) space() { p.rest = strings.TrimLeft(p.rest, " \t\n\r") }

// at reports whether a token comes next.
func (p *literal) at(token string) bool {
	p.space()
	return strings.HasPrefix(p.rest, token)
}

// eat passes a token and the space around it.
func (p *literal) eat(token string) bool {
	if !p.at(token) {
		return false
	}
	p.rest = p.rest[len(token):]
	p.space()
	return true
}

// text reads a string without escapes.
func (p *literal) text() (string, error) {
	for _, quote := range []string{"'", `"`} {
		if rest, ok := strings.CutPrefix(p.rest, quote); ok {
			s, rest, ok := strings.Cut(rest, quote)
			if !ok || strings.ContainsAny(s, "\\\n") {
				break
			}
			p.rest = rest
			p.space()
			return s, nil
		}
	}
	return "", fmt.Errorf("at %.20q there should be a string", p.rest)
}

func (p *literal) boolean() (bool, error) {
	switch {
	case p.eat("True"):
		return true, nil
	case p.eat("False"):
		return false, nil
	}
	return false, fmt.Errorf("at %.20q there should be True or False", p.rest)
}

// shape reads a tuple of lengths. Python 2 wrote an L after some.
func (p *literal) shape() ([]int, error) {
	if !p.eat("(") {
		return nil, fmt.Errorf("at %.20q there should be a tuple", p.rest)
	}
	shape := []int{}
	for !p.eat(")") {
		end := 0
		for end < len(p.rest) && p.rest[end] >= '0' && p.rest[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(p.rest[:end])
		if err != nil {
			return nil, fmt.Errorf("at %.20q there should be a length", p.rest)
		}
		shape = append(shape, n)
		p.rest = p.rest[end:]
		p.eat("L")
		if !p.eat(",") && !p.at(")") {
			return nil, errors.New("the tuple does not end")
		}
	}
	return shape, nil
}
