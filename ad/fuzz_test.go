package ad

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"testing"
)

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// within fails if f allocates more than the length of what it reads justifies: 64 bytes for
// each of its bytes, what the loop may have made in advance, and what other goroutines need.
func within(t *testing.T, n int, room uint64, f func()) {
	t.Helper()
	if got, most := allocated(f), 64*uint64(n)+room+1<<17; got > most {
		t.Errorf("%d bytes are allocated for an input of %d, at most %d may be", got, n, most)
	}
}

// sealed returns b with the checksum of a file of a run.
func sealed(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(slices.Clone(b), crc32.Checksum(b, castagnoli))
}

// FuzzRunFile reads the files of a run: with the checksum that is in the input, and with the
// right one. What is read is written and read again.
func FuzzRunFile(f *testing.F) {
	j := journal{
		Run: 7, Words: "words", Types: "types;", Steps: 12, Slots: 3, Start: 1 << 63, Phase: inReverse, Actions: 40,
		Live: []liveSlot{{0, 0, 0, 0}, {1, 2, 3, 4}},
	}
	for _, v := range []any{j, []int{0, 3, 3, 9}, uint64(12)} {
		b, err := encodeRun(v, []byte("blob"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)-4])
	}
	f.Add([]byte{})
	f.Add(sealed(binary.LittleEndian.AppendUint64(nil, 1<<63)))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, b := range [][]byte{b, sealed(b)} {
			for _, v := range []any{new(journal), new([]int), new(uint64)} {
				var blob []byte
				var err error
				within(t, len(b), 0, func() { blob, err = decodeRun(b, v) })
				if err != nil {
					continue
				}
				again := reflect.New(reflect.TypeOf(v).Elem()).Interface()
				c, err := encodeRun(v, blob)
				if err != nil {
					t.Fatal(err)
				}
				if rest, err := decodeRun(c, again); err != nil || string(rest) != string(blob) || !reflect.DeepEqual(v, again) {
					t.Errorf("%+v is read again as %+v, %q as %q, %v", v, again, blob, rest, err)
				}
			}
		}
	})
}

// fuzzNode is a type with all kinds of references.
type fuzzNode struct {
	next  *fuzzNode
	x     float64
	kids  []*fuzzNode
	name  string
	table map[string][]float64
	pairs [2]struct {
		small int8
		to    *float64
	}
	empty []struct{}
	call  func()
	value any
}

// fuzzState is the variables of a loop.
type fuzzState struct {
	u, un []float64
	rows  [][]float64
	kinds []int
	node  *fuzzNode
	last  *float64
	codes map[[2]int8]fuzzNode
}

func (v *fuzzState) each(f func(ptrs ...any)) {
	f(&v.u, &v.un, &v.rows, &v.kinds, &v.node, &v.last, &v.codes)
}

func newFuzzState() *fuzzState {
	u := []float64{1, 2, 3, 4}
	leaf := &fuzzNode{x: 2, name: "leaf", call: func() {}, value: 3}
	return &fuzzState{
		u: u[:2], un: u[2:], rows: [][]float64{u[1:3], nil, {}}, kinds: make([]int, 1, 3), last: &u[3],
		node:  &fuzzNode{next: leaf, kids: []*fuzzNode{leaf, nil}, table: map[string][]float64{"a": u, "b": nil}, empty: make([]struct{}, 2)},
		codes: map[[2]int8]fuzzNode{{1, 2}: {x: 4}},
	}
}

// change makes the state one that a loop may come to.
func (v *fuzzState) change(how int) {
	if how&1 != 0 {
		v.u, v.un, v.last = v.un, v.u, &v.u[0]
	}
	if how&2 != 0 {
		v.rows, v.kinds = append(v.rows, []float64{7, 8}), []int{1, 2, 3}
	}
	if how&4 != 0 {
		v.node = &fuzzNode{next: v.node, kids: v.node.kids[:1], table: map[string][]float64{"c": {1}}}
		v.node.pairs[1].to = &v.u[0]
	}
	if how&8 != 0 {
		v.codes = nil
		v.node.kids = v.node.kids[1:]
	}
}

func (v *fuzzState) snapshot() *Snapshot {
	s := new(Snapshot)
	v.each(s.Save)
	return s
}

// FuzzRefs reads the references of a snapshot. Damage is an error; what is no error is a state
// that can be restored, and be written and read again.
func FuzzRefs(f *testing.F) {
	littleRoom(f)
	for _, c := range refsOfStates(f) {
		f.Add(c.b, c.raw)
	}
	f.Add([]byte{1, 255, 255, 255, 255, 255, 255, 255, 255, 63}, uint16(0))
	f.Fuzz(func(t *testing.T, b []byte, raw uint16) { readDamaged(t, b, raw) })
}

// TestRefsOfFlippedBits does what FuzzRefs does, for all references with a bit flipped or cut off.
func TestRefsOfFlippedBits(t *testing.T) {
	littleRoom(t)
	wrong, all := 0, 0
	for _, c := range refsOfStates(t) {
		if !readDamaged(t, c.b, c.raw) {
			t.Fatal("what is not damaged cannot be read")
		}
		for k := range c.b {
			if readDamaged(t, c.b[:k], c.raw) {
				t.Errorf("%d of %d bytes are read", k, len(c.b))
			}
			for bit := range 8 {
				b := slices.Clone(c.b)
				b[k] ^= 1 << bit
				all++
				if !readDamaged(t, b, c.raw) {
					wrong++
				}
			}
		}
	}
	if wrong < all/2 { // the others have a reference to another place of the same type, or other keys
		t.Errorf("%d of %d are known to be damaged", wrong, all)
	}
}

// TestRefsThatLie reads references of a slice of floats to memory that is not there.
func TestRefsThatLie(t *testing.T) {
	x := make([]float64, 4)
	s := new(Snapshot)
	s.Save(&x)
	m := mapOf(s)
	read := func(raw int, numbers ...uint64) error {
		var b []byte
		for _, n := range numbers {
			b = binary.AppendUvarint(b, n)
		}
		return m.readRefs(b, &Snapshot{items: s.items}, raw)
	}
	if err := read(16, 0, 2, 3, refStart, 0, 8); err != nil {
		t.Errorf("elements 1 to 3: %v", err)
	}
	if err := read(8, 1, 16, 1, 2, refNew, 0, 0); err != nil {
		t.Errorf("memory of two elements: %v", err)
	}
	for what, err := range map[string]error{
		"beyond the end":              read(16, 0, 2, 3, refStart, 0, 16),
		"between two elements":        read(16, 0, 2, 3, refStart, 0, 4),
		"a room that wraps around":    read(8, 0, 1, 1<<61+1, refStart, 0, 0),
		"an offset that wraps around": read(8, 0, 1, 1, refStart, 0, 1<<62),
		"longer than its room":        read(16, 0, 2, 1, refStart, 0, 0),
		"a nil with room":             read(8, 0, 1, 1, refNil),
		"another object":              read(8, 0, 1, 1, refStart, 1, 0),
		"memory without end":          read(0, 1, 1<<50, 0, 1<<47, refNew, 0, 0),
		"memory twice without end":    read(0, 2, 1<<29, 1<<62, 0, 1, refNew, 0, 0),
		"half an element":             read(8, 1, 12, 1, 1, refNew, 0, 0),
		"an unknown reference":        read(8, 0, 1, 1, 9, 0, 0),
		"less than is there":          read(16, 0, 1, 3, refStart, 0, 8),
	} {
		if err == nil {
			t.Errorf("%s is no error", what)
		}
	}
}

// littleRoom leaves the reader of references little room in advance.
func littleRoom(t testing.TB) {
	spare := spareRoom
	spareRoom = 1 << 12
	t.Cleanup(func() { spareRoom = spare })
}

// writtenRefs is what is written of a snapshot.
type writtenRefs struct {
	b   []byte
	raw uint16 // bytes of numbers
}

// refsOfStates are the references of states that a loop may come to.
func refsOfStates(t testing.TB) (list []writtenRefs) {
	for how := range 16 {
		v := newFuzzState()
		m := mapOf(v.snapshot())
		v.change(how)
		s := v.snapshot()
		b, err := m.appendRefs(nil, s)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, writtenRefs{b, uint16(len(s.data.raw))})
	}
	return list
}

// readDamaged reads references that may be damaged, and reports whether that is no error.
func readDamaged(t *testing.T, b []byte, raw uint16) bool {
	t.Helper()
	v := newFuzzState()
	like := v.snapshot()
	d := &durable{mem: mapOf(like)}
	packed := append(make([]byte, raw), b...)
	for _, x := range []uint64{uint64(raw), uint64(len(b)), 3, 0} {
		packed = binary.LittleEndian.AppendUint64(packed, x)
	}
	_ = d.unpack(new(Snapshot), like, b, 3)
	var s Snapshot
	var err error
	within(t, len(packed), 2*d.mem.room(int(raw)), func() { err = d.unpack(&s, like, packed, 3) })
	if err != nil {
		return false
	}
	v.each(s.Restore)
	now := v.snapshot()
	if c, err := d.mem.appendRefs(nil, now); err == nil {
		var again Snapshot
		again.items = now.items
		if err := d.mem.readRefs(c, &again, len(now.data.raw)); err != nil {
			t.Errorf("what was written again cannot be read: %v", err)
		}
	}
	return true
}

// FuzzDrawn reads what iterations have drawn.
func FuzzDrawn(f *testing.F) {
	type pair struct {
		a int8
		b []string
	}
	d := drawn{values: []any{1.5, 3, "word", nil, pair{3, []string{"x", ""}}, []struct{}{{}, {}}, [2]complex64{1, 2i}}}
	b, err := d.pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{10, 255, 255, 255, 255, 255, 255, 255, 255, 63})
	f.Fuzz(func(t *testing.T, b []byte) {
		var d drawn
		var err error
		within(t, len(b), 0, func() { err = d.unpack(b) })
		if err != nil {
			return
		}
		for _, v := range d.values {
			p, ok := v.(packed)
			if !ok {
				continue
			}
			within(t, 8*len(p), 0, func() {
				drawnAs[float64](t, p)
				drawnAs[int8](t, p)
				drawnAs[string](t, p)
				drawnAs[pair](t, p)
				drawnAs[[]pair](t, p)
				drawnAs[[]struct{}](t, p)
				drawnAs[[2]complex64](t, p)
				drawnAs[*int](t, p)
			})
		}
	})
}

// drawnAs reads p as a T, and if that is one writes it and reads it again.
func drawnAs[T any](t *testing.T, p packed) {
	var v, again T
	if readPacked(p, &v) != nil {
		return
	}
	b, err := appendValue(nil, reflect.ValueOf(&v).Elem())
	if err == nil {
		err = readPacked(b, &again)
	}
	if c, _ := appendValue(nil, reflect.ValueOf(&again).Elem()); err != nil || string(c) != string(b) {
		t.Errorf("%x is read again as %x, %v", b, c, err)
	}
}

// FuzzSlotFile reads the file of a snapshot, also with a head whose checksum is right.
func FuzzSlotFile(f *testing.F) {
	dir := f.TempDir()
	s := &slotFiles{prefix: filepath.Join(dir, "slot-")}
	if _, err := s.Write(0, []byte("what is stored")); err != nil {
		f.Fatal(err)
	}
	b, err := os.ReadFile(s.name(0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, false)
	f.Add(append(binary.LittleEndian.AppendUint64(nil, 1<<63), make([]byte, 20)...), true)
	f.Add(append(binary.LittleEndian.AppendUint64(nil, 1<<63-1), make([]byte, 20)...), true)
	f.Fuzz(func(t *testing.T, b []byte, head bool) {
		if head && len(b) >= slotHead {
			b = slices.Clone(b)
			binary.LittleEndian.PutUint32(b[12:], crc32.Checksum(b[:12], castagnoli))
		}
		if err := os.WriteFile(s.name(1), b, 0o666); err != nil {
			t.Fatal(err)
		}
		within(t, len(b), 0, func() {
			got, err := s.Read(1, nil)
			if err == nil && string(got) != string(b[slotHead:slotHead+len(got)]) {
				t.Errorf("%q is read from %q", got, b)
			}
		})
	})
}
