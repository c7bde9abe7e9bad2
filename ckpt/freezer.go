package ckpt

import (
	"fmt"
	"math"
	"reflect"
	"time"
	"unsafe"

	"github.com/cairn-ad/cairn/ckpt/internal/freeze"
)

// freezer has what the modes need of the system, as far as it was needed yet.
type freezer struct {
	forker    *freeze.Forker
	forkErr   error // why there is none
	mappings  freeze.Mappings
	checked   []freeze.Stretch // not shared with other processes when it was last looked
	arena     *freeze.Arena
	arenaErr  error     // why there is none, if one was asked for
	allocated int       // bytes of the arena that were given out
	asked     time.Time // when the system was asked for its free memory
	free      int64
	known     bool
	told      bool // a mode was refused
}

// canFork returns an error if copies of the process cannot be made.
func (f *freezer) canFork() error {
	if f.forker == nil && f.forkErr == nil {
		f.forker, f.forkErr = freeze.NewForker()
	}
	return f.forkErr
}

// close ends what is not needed after a loop. The arena stays: the program has its memory.
func (f *freezer) close() {
	if f.forker != nil {
		f.forker.Close()
		f.forker = nil
	}
}

// fork freezes a snapshot by a copy of the process.
func (f *freezer) fork(s *snapshot) error {
	s.stretches = s.stretches[:0]
	for i := range s.collectors[:len(s.image.vars)] {
		for _, p := range s.collectors[i].list {
			if p.far {
				s.stretches = append(s.stretches, freeze.Stretch{Addr: p.addr, Len: p.n})
			}
		}
	}
	if !equal(f.checked, s.stretches) {
		i, err := f.mappings.Shared(s.stretches)
		if err != nil {
			return err
		}
		if i >= 0 {
			return fmt.Errorf("%w: %d bytes of the state are in memory that is shared with other processes, which a fork does not freeze",
				freeze.ErrRefused, s.stretches[i].Len)
		}
		f.checked = append(f.checked[:0], s.stretches...)
		for _, p := range s.large {
			freeze.Collapse(p)
		}
	}
	return f.forker.Fork(&s.child)
}

func equal(a, b []freeze.Stretch) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Alloc returns a slice of n zero values for a variable that is to be protected, in memory
// that a save can freeze without a copy; see [ModeArena]. The memory stays until the process
// ends, so it is for what the program has all the time. Where the system does not permit
// that, or values of the type hold pointers, it is ordinary memory, and saves of the loop take another mode.
//
//	u := ckpt.Alloc[float64](run, 1<<27)
//	run.Protect("u", &u)
func Alloc[T any](r *Run, n int) []T {
	var zero T
	size := int(unsafe.Sizeof(zero))
	if n <= 0 || size == 0 || size > maxAlloc/n || !plainMemory(reflect.TypeFor[T]()) {
		return make([]T, n)
	}
	b, err := r.alloc(n * size)
	if err != nil {
		return make([]T, n)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)
}

const maxAlloc = min(1<<46, math.MaxInt)

// plainMemory reports whether values of a type hold no pointers.
func plainMemory(t reflect.Type) bool {
	switch k := t.Kind(); k {
	case reflect.Array:
		return plainMemory(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !plainMemory(t.Field(i).Type) {
				return false
			}
		}
		return true
	default:
		return k >= reflect.Bool && k <= reflect.Complex128
	}
}

// alloc returns memory of the arena, which is made by the first call.
func (r *Run) alloc(n int) ([]byte, error) {
	f := &r.freezer
	if f.arena == nil && f.arenaErr == nil {
		limit, ok := available()
		if !ok {
			limit = 1 << 36
		}
		f.arena, f.arenaErr = freeze.NewArena(int(min(limit, maxAlloc)))
	}
	if f.arenaErr != nil {
		return nil, f.arenaErr
	}
	b, err := f.arena.Alloc(n)
	if err != nil {
		f.arenaErr = err
		return nil, err
	}
	f.allocated += n
	return b, nil
}
