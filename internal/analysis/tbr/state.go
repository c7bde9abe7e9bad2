package tbr

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// An entry is a value that the reverse sweep will read: the content of loc, read in one way.
type entry struct {
	loc alias.Loc
	access
}

// An access is how a value was read. Via is the slice or pointer variable through which it was
// read directly, while that variable still refers to it; it sharpens the question whether a write
// through another variable can hit it. At is the place itself, nil if it is any of loc.
type access struct {
	via *ir.Var
	at  *spot
}

// set is a set of values.
type set map[entry]bool

func (s set) Join(t set) bool {
	n := len(s)
	for e := range t {
		s[e] = true
	}
	return len(s) > n
}

// state is the set of values to be recorded if they are overwritten, at one point of the
// program. It changes in place: a walk through a branch can be undone, at a cost that
// depends on what it has changed and not on how much is known.
type state struct {
	of     map[*alias.Object]byLoc
	via    map[*ir.Var]set
	rooted map[*alias.Object]bool // those that lie behind parameters, and perhaps have entries
	dated  map[*ir.For]set        // entries by the loop that their spots know
	blocks map[*ir.Var]*spot      // variables with other memory in each iteration, and what that is then
	log    []change
	marks  int // changes are logged while there are any

	// Large sets of memory that were added, with the number of entries of that variable for
	// memory that had been taken out until then: all of a set is there while none goes.
	added map[source]addedAt
	gone  map[*ir.Var]int
}

// addedAt is a set, whose identity is in use as long as it is kept, and when it was added.
type addedAt struct {
	set  alias.Set
	gone int
}

// source is a set of locations that is read in one way.
type source struct {
	set alias.Identity
	access
}

// byLoc are the entries of one object: for each location the ways in which it was read.
type byLoc map[alias.Loc]map[access]bool

// into adds the entries to out.
func (p byLoc) into(out set) {
	for loc, ways := range p {
		for way := range ways {
			out[entry{loc, way}] = true
		}
	}
}

// change is an entry that was added to a state, or removed.
type change struct {
	e     entry
	added bool
}

func newState(from set) *state {
	s := &state{
		of: map[*alias.Object]byLoc{}, via: map[*ir.Var]set{}, rooted: map[*alias.Object]bool{},
		added: map[source]addedAt{}, gone: map[*ir.Var]int{}, dated: map[*ir.For]set{}, blocks: map[*ir.Var]*spot{},
	}
	s.join(from)
	return s
}

func (s *state) has(e entry) bool { return s.of[e.loc.Obj][e.loc][e.access] }

func (s *state) join(t set) {
	for e := range t {
		s.add(e)
	}
}

// largeSet is the length of sets of which it is noted that they were added.
const largeSet = 4

// addAll adds the locations, which were read in one way; it reports false if they are known to
// be there. The set is one that [alias.Info] hands out.
func (s *state) addAll(locs alias.Set, way access) bool {
	large := len(locs) >= largeSet
	key := source{locs.Identity(), way}
	if large {
		if a, ok := s.added[key]; ok && a.gone == s.gone[way.via] {
			return false
		}
	}
	memory := true
	for l := range locs {
		s.add(entry{l, way})
		memory = memory && l.Obj.Var == nil
	}
	if large && memory {
		s.added[key] = addedAt{locs, s.gone[way.via]}
	}
	return true
}

func (s *state) add(e entry) {
	if s.has(e) {
		return
	}
	s.put(e)
	if s.marks > 0 {
		s.log = append(s.log, change{e, true})
	}
}

func (s *state) remove(e entry) {
	if !s.has(e) {
		return
	}
	s.take(e)
	if s.marks > 0 {
		s.log = append(s.log, change{e, false})
	}
}

func (s *state) put(e entry) {
	obj := e.loc.Obj
	if s.of[obj] == nil {
		s.of[obj] = byLoc{}
		if obj.Root != nil {
			s.rooted[obj] = true
		}
	}
	if s.of[obj][e.loc] == nil {
		s.of[obj][e.loc] = map[access]bool{}
	}
	s.of[obj][e.loc][e.access] = true
	if e.via != nil {
		if s.via[e.via] == nil {
			s.via[e.via] = set{}
		}
		s.via[e.via][e] = true
	}
	if l := e.at.dated(); l != nil {
		if s.dated[l] == nil {
			s.dated[l] = set{}
		}
		s.dated[l][e] = true
	}
}

func (s *state) take(e entry) {
	if e.loc.Obj.Var == nil {
		s.gone[e.via]++
	}
	at := s.of[e.loc.Obj]
	if delete(at[e.loc], e.access); len(at[e.loc]) == 0 {
		delete(at, e.loc)
	}
	if e.via != nil {
		delete(s.via[e.via], e)
	}
	if l := e.at.dated(); l != nil {
		delete(s.dated[l], e)
	}
}

// all returns the entries.
func (s *state) all() set {
	out := set{}
	for _, es := range s.of {
		es.into(out)
	}
	return out
}

// mark starts to log changes; every mark is followed by a release.
func (s *state) mark() int {
	s.marks++
	return len(s.log)
}

func (s *state) release() {
	if s.marks--; s.marks == 0 {
		s.log = s.log[:0]
	}
}

// since tells what has changed since the mark: true for an entry that is new, false for
// one that has gone.
func (s *state) since(mark int) set {
	net := set{}
	for _, c := range s.log[mark:] {
		if old, ok := net[c.e]; ok && old != c.added { // back to what it was
			delete(net, c.e)
		} else {
			net[c.e] = c.added
		}
	}
	return net
}

// undo goes back to the mark.
func (s *state) undo(mark int) {
	for i := len(s.log) - 1; i >= mark; i-- {
		if c := s.log[i]; c.added {
			s.take(c.e)
		} else {
			s.put(c.e)
		}
	}
	s.log = s.log[:mark]
}

// branch joins what each of the two makes of the state, as [flow.Branch] does.
func (s *state) branch(one, other func()) {
	mark := s.mark()
	one()
	first := s.since(mark)
	s.undo(mark)
	other()
	second := s.since(mark)
	for e, added := range first {
		if added {
			s.add(e)
		}
	}
	for e, added := range second {
		if _, changed := first[e]; !added && !changed { // the first has kept it
			s.add(e)
		}
	}
	s.release()
}

// loop adds what the body makes of the state until nothing is new, as [flow.Loop] does.
// The body gets the mark of its start.
func (s *state) loop(body func(mark int)) {
	for grew := true; grew; {
		grew = false
		mark := s.mark()
		body(mark)
		for e, added := range s.since(mark) {
			grew = grew || added
			s.add(e)
		}
		s.release()
	}
}

// kill removes what is known of variable v, which has got a new value.
func (s *state) kill(obj *alias.Object) {
	for loc, ways := range s.of[obj] {
		for way := range ways {
			s.remove(entry{loc, way})
		}
	}
	s.unname(obj.Var)
}

// unname forgets that entries were read through v, which refers to something else now; but if v
// never leads to the same memory again, that is kept in mind.
func (s *state) unname(v *ir.Var) {
	gone := s.blocks[v]
	for e := range s.via[v] {
		n := entry{loc: e.loc}
		if gone != nil && (e.at == gone || e.at.bounded()) {
			n = entry{e.loc, access{v, gone}}
		}
		if n != e {
			s.remove(e)
			s.add(n)
		}
	}
}

// forget is kill for the value that the variable v has in the running call. What
// an earlier call still needs of its own v stays needed if it may be reached.
func (in *Info) forget(s *state, v *ir.Var) {
	if obj := in.mem.VarObject(v); in.mem.Many(obj) {
		s.unname(v)
	} else {
		s.kill(obj)
	}
}

// rename follows a permutation: what was reached via R[i] is now reached via
// L[i].
func (s *state) rename(a *ir.Assign, in *Info) {
	to := map[*ir.Var]*ir.Var{}
	touched := set{}
	for i, r := range a.R {
		v := r.(*ir.Ref).V
		to[v] = a.L[i].(*ir.Ref).V
		touched.Join(s.via[v])
		s.of[in.mem.VarObject(v)].into(touched)
	}
	moved := set{}
	for e := range touched {
		n := e
		if v := to[e.via]; e.via != nil && v != nil {
			n.via = v
		}
		if e.loc.Obj.Var != nil {
			if v := to[e.loc.Obj.Var]; v != nil {
				n.loc.Obj = in.mem.VarObject(v)
			}
		}
		if n != e {
			if !in.mem.Many(e.loc.Obj) {
				s.remove(e)
			}
			moved[n] = true
		}
	}
	s.join(moved)
}

// into returns a function for [Info.reads] that adds to out.
func into(out set) func(alias.Set, access) {
	return func(locs alias.Set, way access) {
		for l := range locs {
			out[entry{l, way}] = true
		}
	}
}

// reads calls out for the values that evaluating e reads.
func (in *Info) reads(e ir.Expr, out func(locs alias.Set, way access)) {
	switch e := e.(type) {
	case nil:
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		if locs := in.mem.Places(e); len(locs) > 0 {
			out(locs, in.access(e))
		}
		in.address(e, out)
		if f, ok := e.(*ir.Field); ok && len(in.mem.Places(e)) == 0 {
			in.reads(f.X, out)
		}
	case *ir.Addr:
		if _, ok := e.X.(*ir.Composite); ok {
			in.reads(e.X, out)
		} else {
			in.address(e.X, out)
		}
	case *ir.SliceOf:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			in.address(e.X, out)
		} else {
			in.reads(e.X, out)
		}
		for _, b := range []ir.Expr{e.Lo, e.Hi, e.Max} {
			in.reads(b, out)
		}
	default:
		if m := ir.Whole(e); m != nil {
			if locs := in.mem.PointsTo(m); len(locs) > 0 {
				out(locs, access{via: alias.Reference(m)})
			}
		}
		for _, c := range ir.Children(e) {
			in.reads(c, out)
		}
	}
}

// address calls out for what finding the place e reads.
func (in *Info) address(e ir.Expr, out func(locs alias.Set, way access)) {
	switch e := e.(type) {
	case *ir.Field:
		in.address(e.X, out)
	case *ir.Index:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			in.address(e.X, out)
		} else {
			in.reads(e.X, out)
		}
		in.reads(e.I, out)
	case *ir.Deref:
		in.reads(e.X, out)
	}
}

// hits reports whether writing the locations, reached via a variable or not, may
// overwrite a value of s.
func (in *Info) hits(s *state, writes alias.Set, via *ir.Var) bool {
	return in.hitsAt(s, writes, access{via: via})
}

// hitsAt is hits for a write to one place.
func (in *Info) hitsAt(s *state, writes alias.Set, to access) bool {
	for w := range writes {
		hit := in.overlapping(s, w, func(_ alias.Loc, ways map[access]bool) bool {
			if to.via == nil {
				return true
			}
			for way := range ways {
				switch {
				case way.via == to.via:
					if !in.apart(way.at, to.at) {
						return true
					}
				case way.via == nil || way.at.past() || !in.mem.Disjoint(way.via, to.via):
					return true
				}
			}
			return false
		})
		if hit {
			return true
		}
	}
	return false
}

// overlapping reports whether the locations of s that may share memory with w have one that
// found accepts; it gets the ways in which that was read, too.
func (in *Info) overlapping(s *state, w alias.Loc, found func(alias.Loc, map[access]bool) bool) bool {
	look := func(es byLoc) bool {
		for loc, ways := range es {
			if in.mem.Overlap(loc, w) && found(loc, ways) {
				return true
			}
		}
		return false
	}
	if look(s.of[w.Obj]) {
		return true
	}
	if w.Obj.Root == nil { // then it overlaps with itself only
		return false
	}
	for obj := range s.rooted {
		if obj != w.Obj && obj.Root == w.Obj.Root && look(s.of[obj]) {
			return true
		}
	}
	return false
}
