package ckpt

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

// put writes the number or boolean at p to dst, which has n.enc bytes.
func put(dst []byte, n *node, p unsafe.Pointer) {
	switch n.kind {
	case reflect.Int:
		binary.LittleEndian.PutUint64(dst, uint64(*(*int)(p)))
	case reflect.Uint:
		binary.LittleEndian.PutUint64(dst, uint64(*(*uint)(p)))
	case reflect.Complex64, reflect.Complex128:
		half := len(dst) / 2
		putWord(dst[:half], p)
		putWord(dst[half:], unsafe.Add(p, half))
	default:
		putWord(dst, p)
	}
}

func putWord(dst []byte, p unsafe.Pointer) {
	switch len(dst) {
	case 1:
		dst[0] = *(*byte)(p)
	case 2:
		binary.LittleEndian.PutUint16(dst, *(*uint16)(p))
	case 4:
		binary.LittleEndian.PutUint32(dst, *(*uint32)(p))
	case 8:
		binary.LittleEndian.PutUint64(dst, *(*uint64)(p))
	}
}

// get reads the number or boolean at p from src, which check has accepted.
func get(p unsafe.Pointer, n *node, src []byte) {
	switch n.kind {
	case reflect.Int:
		*(*int)(p) = int(binary.LittleEndian.Uint64(src))
	case reflect.Uint:
		*(*uint)(p) = uint(binary.LittleEndian.Uint64(src))
	case reflect.Complex64, reflect.Complex128:
		half := len(src) / 2
		getWord(p, src[:half])
		getWord(unsafe.Add(p, half), src[half:])
	default:
		getWord(p, src)
	}
}

func getWord(p unsafe.Pointer, src []byte) {
	switch len(src) {
	case 1:
		*(*byte)(p) = src[0]
	case 2:
		*(*uint16)(p) = binary.LittleEndian.Uint16(src)
	case 4:
		*(*uint32)(p) = binary.LittleEndian.Uint32(src)
	case 8:
		*(*uint64)(p) = binary.LittleEndian.Uint64(src)
	}
}

// check returns an error if src is no value of type n on this machine.
func check(n *node, src []byte) error {
	switch n.kind {
	case reflect.Bool:
		if src[0] > 1 {
			return fmt.Errorf("%w: a boolean is stored as %d", ErrCorrupt, src[0])
		}
	case reflect.Int:
		if x := int64(binary.LittleEndian.Uint64(src)); x < math.MinInt || x > math.MaxInt {
			return fmt.Errorf("%w: %d is too large for an int of this machine", ErrMismatch, x)
		}
	case reflect.Uint:
		if x := binary.LittleEndian.Uint64(src); x > math.MaxUint {
			return fmt.Errorf("%w: %d is too large for a uint of this machine", ErrMismatch, x)
		}
	}
	return nil
}

// memory returns the n bytes at p.
func memory(p unsafe.Pointer, n int) []byte { return unsafe.Slice((*byte)(p), n) }
