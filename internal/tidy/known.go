package tidy

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// known is what is known at a place of a function: which variables hold values of
// expressions, and what was known at the ends of the branches of ifs before it. All that
// happens to it is noted, so that leaving a branch or a loop takes back what was found there;
// nothing is copied or looked through on the way, however long the function is.
type known struct {
	values map[string][]*held     // by the text of the expression, alive ones, the oldest first
	past   map[string][]*branched // by the text of the condition, likewise
	users  map[string][]*held     // by the names of variables, what mentions them
	conds  map[string][]*branched // the same of conditions
	added  []*held                // that will be taken back
	log    []func()               // takes back what happened, the last first
	depth  int                    // of what will be taken back
}

func newKnown() *known {
	return &known{values: map[string][]*held{}, past: map[string][]*branched{}, users: map[string][]*held{}, conds: map[string][]*branched{}}
}

// held says that v has the value of e, whose text is key.
type held struct {
	key   string
	e     ir.Expr
	v     *ir.Var
	names []string // of v, and of the variables in e
	dead  bool     // one of them has changed
}

// branched is what was known at the ends of the branches of an if, and not before it. Each is
// true as long as nothing changes what it mentions.
type branched struct {
	key       string
	names     []string // of the variables in the condition
	then, els []*held
	dead      bool
}

// mostPast is how many ifs with the same condition are remembered.
const mostPast = 16

// set gives a map another value for the key, until that is taken back. Lists may be appended to in
// place, since the longer one is gone when the shorter one is back.
func set[V any](k *known, m map[string]V, key string, v V) {
	old, had := m[key]
	m[key] = v
	k.note(func() {
		if had {
			m[key] = old
		} else {
			delete(m, key)
		}
	})
}

// note notes what takes back something that has happened, if anything will be.
func (k *known) note(undo func()) {
	if k.depth > 0 {
		k.log = append(k.log, undo)
	}
}

// add makes h known.
func (k *known) add(h *held) {
	set(k, k.values, h.key, append(k.values[h.key], h))
	k.watch(h)
	if k.depth > 0 {
		k.added = append(k.added, h)
	}
}

// watch lets h die with the variables that it mentions.
func (k *known) watch(h *held) {
	for _, name := range h.names {
		set(k, k.users, name, append(k.users[name], h))
	}
}

// forget drops what v is mentioned in, or another variable of that name, which v hides.
func (k *known) forget(v *ir.Var) {
	if v == nil {
		return
	}
	if users := k.users[v.Name]; len(users) > 0 {
		set(k, k.users, v.Name, nil)
		for _, h := range users {
			if h.dead {
				continue
			}
			h.dead = true
			k.note(func() { h.dead = false })
			k.drop(h)
		}
	}
	if conds := k.conds[v.Name]; len(conds) > 0 {
		set(k, k.conds, v.Name, nil)
		for _, p := range conds {
			if p.dead {
				continue
			}
			p.dead = true
			k.note(func() { p.dead = false })
			set(k, k.past, p.key, without(k.past[p.key], p))
		}
	}
}

// drop takes h from the values.
func (k *known) drop(h *held) {
	if slices.Contains(k.values[h.key], h) {
		set(k, k.values, h.key, without(k.values[h.key], h))
	}
}

// without returns a new list without x.
func without[T comparable](list []T, x T) []T {
	out := make([]T, 0, len(list))
	for _, y := range list {
		if y != x {
			out = append(out, y)
		}
	}
	return out
}

func (k *known) forgetAll(vs map[*ir.Var]bool) {
	for v := range vs {
		k.forget(v)
	}
}

// inside runs look, in which more gets known, and takes all back. It returns what look has added
// that was still true at its end.
func (k *known) inside(look func()) []*held {
	mark, before := len(k.log), len(k.added)
	k.depth++
	look()
	k.depth--
	var out []*held
	for _, h := range k.added[before:] {
		if !h.dead {
			out = append(out, h)
		}
	}
	k.added = k.added[:before]
	for len(k.log) > mark {
		undo := k.log[len(k.log)-1]
		k.log = k.log[:len(k.log)-1]
		undo()
	}
	return out
}

// remember notes what was known at the ends of the branches of an if, whose condition has that
// text and still has its value.
func (k *known) remember(key string, cond ir.Expr, then, els []*held) {
	p := &branched{key: key, names: namesIn(cond), then: then, els: els}
	list := k.past[key]
	list = list[max(0, len(list)-mostPast+1):]
	set(k, k.past, key, append(list, p))
	for _, name := range p.names {
		set(k, k.conds, name, append(k.conds[name], p))
	}
	for _, hs := range [][]*held{then, els} {
		for _, h := range hs {
			k.watch(h)
		}
	}
}

// again makes known what was known in branches for the condition with that text: the first ones,
// or those behind else.
func (k *known) again(key string, els bool) {
	for _, p := range k.past[key] {
		list := p.then
		if els {
			list = p.els
		}
		for _, h := range list {
			if !h.dead {
				k.add(h)
			}
		}
	}
}

// namesIn lists the names of the variables in e.
func namesIn(e ir.Expr) []string {
	var out []string
	ir.WalkExpr(e, func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok && !slices.Contains(out, r.V.Name) {
			out = append(out, r.V.Name)
		}
		return true
	})
	return out
}
