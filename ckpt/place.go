package ckpt

import (
	"reflect"
	"slices"
)

// placing puts the elements of large vectors where they belong as soon as their chunk is
// verified, while later chunks are still being read. What was there is kept in the chunk's memory and comes
// back if the checkpoint turns out not to be valid, or not to fit: a restore changes all variables or none.
type placing struct {
	vars []*variable
	done []exchanged
}

// exchanged is a chunk that has changed places with elements of a variable.
type exchanged struct{ to, chunk []byte }

// placedLeast is how many bytes a vector must have. Smaller ones are copied when all is verified.
const placedLeast = 1 << 20

// room returns the memory of the elements of a record, if it is whole and is filled as it stands in
// the file, by a variable of its name. The record has its layout already.
func (p *placing) room(rec *record) []byte {
	if p == nil || rec.keep != nil || rec.PayloadBytes < placedLeast {
		return nil
	}
	for _, v := range p.vars {
		if v.name != rec.Name {
			continue
		}
		if v.keep != nil || v.node.opaque || v.node.text != rec.Type {
			return nil
		}
		to := v.elements(rec.layout)
		if int64(len(to)) != rec.PayloadBytes {
			return nil
		}
		return to
	}
	return nil
}

// elements returns the memory of a slice or an array of plain numbers, if it has the length that a
// layout tells.
func (v *variable) elements(layout []byte) []byte {
	switch n := v.node; {
	case n.image && n.fixed && len(layout) == 0:
		return memory(v.p, n.enc)
	case n.elem != nil && n.elem.image && n.elem.fixed && n.kind == reflect.Slice && len(layout) == 8:
		if h := (*header)(v.p); uint64(h.len) == le.Uint64(layout) {
			return memory(h.data, h.len*n.elem.enc)
		}
	}
	return nil
}

// exchange lets a chunk and the memory that it is for change places.
func (p *placing) exchange(to, chunk []byte) {
	swap(to, chunk)
	p.done = append(p.done, exchanged{to, chunk})
}

// undo gives all variables the elements back that they had, the last exchange first. The memory of
// the chunks must be there still.
func (p *placing) undo() {
	if p == nil {
		return
	}
	for _, d := range slices.Backward(p.done) {
		swap(d.to, d.chunk)
	}
	p.done = nil
}

// swap exchanges the contents of two stretches of one length, by parts that stay in the cache.
func swap(a, b []byte) {
	var part [16 << 10]byte
	for len(a) > 0 {
		n := copy(part[:], a)
		copy(a[:n], b)
		copy(b[:n], part[:n])
		a, b = a[n:], b[n:]
	}
}
