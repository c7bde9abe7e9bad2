package ad

import (
	"fmt"
	"reflect"
	"unsafe"
)

// Snapshot is a copy of variables from which a run can be taken up again. It keeps
// what the variables hold and everything reachable from them through slices (up to
// their length), pointers, maps, arrays and structs, unexported fields included;
// channels, functions, interfaces and strings are kept as the references they are.
//
// [Snapshot.Restore] brings back the identity of memory too: a slice variable gets the
// very header it had, and the elements are written into the array it had then, even if
// the variable points elsewhere by now. So slices that shared an array share it again,
// and a swap of two headers is undone.
//
// One snapshot takes any number of Save calls; Restore is called with the same
// variables in the same order, split into calls in any way, and as often as wanted: after
// the last variable it begins again at the first. Buffers are kept for reuse, and no
// call allocates once they are large enough, but for maps. The zero Snapshot is ready for use.
type Snapshot struct {
	data  arena
	items []item
	read  extent // where the next item to be restored begins
	next  int    // its number
	seen  map[visit]struct{}
}

// item is one saved variable, kept to find an order of Restore that is not that of Save.
type item struct {
	typ reflect.Type // of the pointer
	reach
}

// reach tells what of a variable is kept.
type reach struct {
	headers bool // no floats
	room    bool // slices up to their capacity
}

// Reset empties the snapshot and keeps its buffers for reuse.
func (s *Snapshot) Reset() {
	s.data.forget(s.data.extent())
	s.data.truncate(extent{})
	s.items = s.items[:0]
	s.rewind()
}

// rewind makes the next restored item the first.
func (s *Snapshot) rewind() { s.next, s.read = 0, extent{} }

// Bytes returns the size of what is kept.
func (s *Snapshot) Bytes() int64 { return s.data.extent().bytes() }

// Save records the variables that ptrs point to, and all that is reachable from them.
// Each of ptrs is a *T for a variable of type T.
func (s *Snapshot) Save(ptrs ...any) {
	for _, p := range ptrs {
		s.save(p, reach{})
	}
}

// SaveHeaders makes the same walk as Save but leaves the floats out, wherever they
// are: headers, pointers, integers and the like are recorded. It is for shadows, whose
// floats are sums that must survive a restore.
func (s *Snapshot) SaveHeaders(ptrs ...any) {
	for _, p := range ptrs {
		s.save(p, reach{headers: true})
	}
}

// Restore writes back what Save recorded for these variables.
func (s *Snapshot) Restore(ptrs ...any) {
	for _, p := range ptrs {
		s.restore(p, reach{})
	}
}

// RestoreHeaders writes back what SaveHeaders recorded for these variables.
func (s *Snapshot) RestoreHeaders(ptrs ...any) {
	for _, p := range ptrs {
		s.restore(p, reach{headers: true})
	}
}

// SaveRoom is Save with slices up to their capacity, for a run that appends to them: it
// may overwrite elements, behind their length, that belong to another slice.
func (s *Snapshot) SaveRoom(ptrs ...any) {
	for _, p := range ptrs {
		s.save(p, reach{room: true})
	}
}

// RestoreRoom writes back what SaveRoom recorded for these variables.
func (s *Snapshot) RestoreRoom(ptrs ...any) {
	for _, p := range ptrs {
		s.restore(p, reach{room: true})
	}
}

// SaveRoomHeaders is SaveHeaders with slices up to their capacity.
func (s *Snapshot) SaveRoomHeaders(ptrs ...any) {
	for _, p := range ptrs {
		s.save(p, reach{headers: true, room: true})
	}
}

// RestoreRoomHeaders writes back what SaveRoomHeaders recorded for these variables.
func (s *Snapshot) RestoreRoomHeaders(ptrs ...any) {
	for _, p := range ptrs {
		s.restore(p, reach{headers: true, room: true})
	}
}

func (s *Snapshot) save(ptr any, r reach) {
	s.items = append(s.items, item{reflect.TypeOf(ptr), r})
	if !r.room && s.saveFast(ptr, r.headers) {
		return
	}
	w := walker{s, r}
	w.save(address(ptr), pointee("Snapshot.Save", ptr))
	clear(s.seen)
}

func (s *Snapshot) restore(ptr any, r reach) {
	if s.next == len(s.items) {
		s.rewind()
	}
	s.match(ptr, r)
	if !r.room && s.restoreFast(ptr, r.headers) {
		return
	}
	w := walker{s, r}
	w.restore(address(ptr), pointee("Snapshot.Restore", ptr))
	clear(s.seen)
}

// match panics unless the next item to be restored is that of ptr.
func (s *Snapshot) match(ptr any, r reach) {
	if s.next >= len(s.items) {
		panic("ad: Snapshot.Restore without a Save: nothing is recorded")
	}
	if was := &s.items[s.next]; !was.is(ptr, r) {
		panic(fmt.Sprintf("ad: Snapshot.Restore of variable %d as %v, but it was saved as %v: restore in the order of saving", s.next, item{reflect.TypeOf(ptr), r}, *was))
	}
	s.next++
}

// is reports whether the item is that of ptr. The words for its type are compared in place:
// == of two reflect.Type is a call.
func (it *item) is(ptr any, r reach) bool {
	was := (*[2]unsafe.Pointer)(unsafe.Pointer(&it.typ))
	return was[1] == (*[2]unsafe.Pointer)(unsafe.Pointer(&ptr))[0] && it.reach == r
}

func (it item) String() string {
	s := fmt.Sprint(it.typ)
	if it.room {
		s += " with its room"
	}
	if it.headers {
		s = "headers of " + s
	}
	return s
}
