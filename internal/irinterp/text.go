package irinterp

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// partOf is x[lo:hi] of a string.
func (m *machine) partOf(f *frame, s string, e *ir.SliceOf) Value {
	lo, hi := 0, len(s)
	if e.Lo != nil {
		lo = int(m.eval(f, e.Lo).Int())
	}
	if e.Hi != nil {
		hi = int(m.eval(f, e.Hi).Int())
	}
	if lo < 0 || hi < lo || hi > len(s) {
		panic(panicf("runtime error: slice bounds out of range [%d:%d] with length %d", lo, hi, len(s)))
	}
	return StringOf(s[lo:hi])
}

// convertText converts between a string and a slice of its bytes or characters.
func convertText(v Value, from, to types.Type) (out Value, ok bool) {
	if v.kind == String {
		s, slice := to.Underlying().(*types.Slice)
		if !slice {
			return v, false
		}
		elems := []Value{}
		if isBytes(s) {
			for _, b := range []byte(v.Str()) {
				elems = append(elems, Uint64(uint64(b)))
			}
		} else {
			for _, r := range v.Str() {
				elems = append(elems, Int64(int64(r)))
			}
		}
		return SliceOf(elems), true
	}
	s, slice := from.Underlying().(*types.Slice)
	b, basic := to.Underlying().(*types.Basic)
	if !slice || !basic || b.Info()&types.IsString == 0 {
		return v, false
	}
	if isBytes(s) {
		text := []byte{}
		for _, e := range v.elems {
			text = append(text, byte(e.Uint()))
		}
		return StringOf(string(text)), true
	}
	text := []rune{}
	for _, e := range v.elems {
		text = append(text, rune(e.Int()))
	}
	return StringOf(string(text)), true
}

func isBytes(s *types.Slice) bool {
	b, ok := s.Elem().Underlying().(*types.Basic)
	return ok && b.Kind() == types.Uint8
}
