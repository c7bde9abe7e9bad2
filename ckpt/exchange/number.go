package exchange

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/ckpt"
)

// A floating-point number is written with the fewest digits from which it is read back. A
// NaN is NaN if it is the one of math.NaN, -NaN if it is the one that amd64 makes, and
// otherwise NaN: and its bits in hexadecimal digits.
const (
	nan64, negNaN64 = 0x7ff8000000000001, 0xfff8000000000000
	nan32, negNaN32 = 0x7fc00000, 0xffc00000
)

// floatText is the text of the number with these bits; size is 4 or 8 bytes.
func floatText(bits uint64, size int) string {
	x, plain, negative := math.Float64frombits(bits), uint64(nan64), uint64(negNaN64)
	if size == 4 {
		x, plain, negative = float64(math.Float32frombits(uint32(bits))), nan32, negNaN32
	}
	switch {
	case x == x:
		return strconv.FormatFloat(x, 'g', -1, 8*size)
	case bits == plain:
		return "NaN"
	case bits == negative:
		return "-NaN"
	}
	return fmt.Sprintf("NaN:%0*x", 2*size, bits)
}

// floatBits is the inverse of floatText. It takes any decimal or hexadecimal number.
func floatBits(text string, size int) (uint64, error) {
	plain, negative := uint64(nan64), uint64(negNaN64)
	if size == 4 {
		plain, negative = nan32, negNaN32
	}
	digits, special := strings.CutPrefix(text, "NaN:")
	switch {
	case special:
		bits, err := strconv.ParseUint(digits, 16, 8*size)
		if x := math.Float64frombits(bits); err == nil && size == 8 && x == x {
			err = errors.New("these are not the bits of a NaN")
		} else if y := math.Float32frombits(uint32(bits)); err == nil && size == 4 && y == y {
			err = errors.New("these are not the bits of a NaN")
		}
		if err != nil || len(digits) != 2*size {
			return 0, fmt.Errorf("%.30q is no number: after NaN: stand the %d hexadecimal digits of a NaN", text, 2*size)
		}
		return bits, nil
	case text == "NaN":
		return plain, nil
	case text == "-NaN":
		return negative, nil
	}
	x, err := strconv.ParseFloat(text, 8*size)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%.30q is too large for a number of %d bytes; write +Inf or -Inf if that is meant", text, size)
	case err != nil || x != x:
		return 0, fmt.Errorf("%.30q is no number", text)
	case size == 4:
		return uint64(math.Float32bits(float32(x))), nil
	}
	return math.Float64bits(x), nil
}

// elementText is element i of a block as text from which the very element is read back.
func elementText(b ckpt.Block, i int) string {
	size := b.Kind.Size()
	switch {
	case b.Kind.Complex():
		re, im := parts(b, i)
		text := floatText(im, size/2)
		if text[0] != '-' && text[0] != '+' {
			text = "+" + text
		}
		return "(" + floatText(re, size/2) + text + "i)"
	case b.Kind.Real() && !b.Kind.Integer():
		return floatText(b.Bits(i), size)
	}
	return b.Text(i)
}

// parts are the bits of the two parts of complex number i.
func parts(b ckpt.Block, i int) (re, im uint64) {
	raw := b.Raw(i)
	if len(raw) == 8 {
		return uint64(le.Uint32(raw)), uint64(le.Uint32(raw[4:]))
	}
	return le.Uint64(raw), le.Uint64(raw[8:])
}

// elementRaw is the inverse of elementText for booleans and numbers: it appends the bytes
// of the element in a checkpoint.
func elementRaw(raw []byte, kind reflect.Kind, text string) ([]byte, error) {
	k := ckpt.Kind(kind)
	size := k.Size()
	switch {
	case kind == reflect.Bool:
		switch text {
		case "false":
			return append(raw, 0), nil
		case "true":
			return append(raw, 1), nil
		}
		return nil, fmt.Errorf("%.30q is neither true nor false", text)
	case k.Signed():
		x, err := strconv.ParseInt(text, 10, 8*size)
		if err != nil {
			return nil, fmt.Errorf("%.30q is no %v", text, kind)
		}
		return appendBits(raw, uint64(x), size), nil
	case k.Unsigned():
		x, err := strconv.ParseUint(text, 10, 8*size)
		if err != nil {
			return nil, fmt.Errorf("%.30q is no %v", text, kind)
		}
		return appendBits(raw, x, size), nil
	case k.Complex():
		re, im, ok := cutComplex(text, size/2)
		if !ok {
			return nil, fmt.Errorf("%.30q is no complex number, such as (1-2i)", text)
		}
		raw, err := appendFloat(raw, re, size/2)
		if err != nil {
			return nil, err
		}
		return appendFloat(raw, im, size/2)
	}
	return appendFloat(raw, text, size)
}

func appendFloat(raw []byte, text string, size int) ([]byte, error) {
	bits, err := floatBits(text, size)
	return appendBits(raw, bits, size), err
}

func appendBits(raw []byte, bits uint64, size int) []byte {
	for range size {
		raw = append(raw, byte(bits))
		bits >>= 8
	}
	return raw
}

// cutComplex cuts "(RE+IMi)".
func cutComplex(text string, size int) (re, im string, ok bool) {
	rest, begins := strings.CutPrefix(text, "(")
	rest, ends := strings.CutSuffix(rest, "i)")
	if !begins || !ends {
		return "", "", false
	}
	from := 1
	if strings.HasPrefix(rest, "NaN:") {
		from = len("NaN:") + 2*size
	}
	for i := from; i < len(rest); i++ {
		exponent := i > from && (rest[i-1] == 'e' || rest[i-1] == 'E')
		if (rest[i] == '+' || rest[i] == '-') && !exponent {
			return rest[:i], strings.TrimPrefix(rest[i:], "+"), true
		}
	}
	return "", "", false
}
