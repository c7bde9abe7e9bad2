package recompute

import (
	"sort"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// writers finds, among the statements of a block that come after one of them, those that may
// write what is read there, without a look at each: the time to look at all the variables of a
// block grows with its length and not with the square.
type writers struct {
	in    *Info
	stmts []ir.Stmt
	from  int                   // where the rest begins
	at    map[alias.Class][]int // ascending indices; nil until they are worth it
}

// few is how many statements are looked at one by one.
const few = 16

// any reports whether of the rest, among the statements that may write one of the locations,
// one is such that is reports it; others may be asked for, too.
func (w *writers) any(reads alias.Set, is func(ir.Stmt) bool) bool {
	if len(w.stmts)-w.from <= few {
		for _, s := range w.stmts[w.from:] {
			if is(s) {
				return true
			}
		}
		return false
	}
	if w.at == nil {
		w.index()
	}
	asked := map[alias.Class]bool{}
	for l := range reads {
		c := l.Class()
		if asked[c] {
			continue
		}
		asked[c] = true
		list := w.at[c]
		for _, i := range list[sort.SearchInts(list, w.from):] {
			if is(w.stmts[i]) {
				return true
			}
		}
	}
	return false
}

func (w *writers) index() {
	w.at = map[alias.Class][]int{}
	for i, s := range w.stmts {
		for l := range w.in.eff.Writes(s) {
			c := l.Class()
			if list := w.at[c]; len(list) == 0 || list[len(list)-1] != i {
				w.at[c] = append(list, i)
			}
		}
	}
}
