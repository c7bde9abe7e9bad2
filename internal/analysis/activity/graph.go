package activity

import "github.com/cairn-ad/cairn/internal/analysis/alias"

// A graph tells where values flow. Its nodes are locations, and joints: what comes to a
// joint goes on to all that the joint leads to, so that the values of m locations that go
// to n others make m + n edges. All statements that write through one set of places, or
// read through it, share a joint.
type graph struct {
	locs   []alias.Loc // by node; the zero Loc for a joint
	nodes  map[alias.Loc]int32
	into   map[setAt]int32 // joints that lead to the components of a set
	outOf  map[setAt]int32 // joints to which they lead
	next   [][]int32
	before [][]int32
	sets   []alias.Set // of the joints: their identities are in use
}

// setAt is the components at a path of the locations of a set.
type setAt struct {
	set  alias.Identity
	path string
}

func newGraph() *graph {
	return &graph{nodes: map[alias.Loc]int32{}, into: map[setAt]int32{}, outOf: map[setAt]int32{}}
}

func (g *graph) add(l alias.Loc) int32 {
	g.locs, g.next, g.before = append(g.locs, l), append(g.next, nil), append(g.before, nil)
	return int32(len(g.locs) - 1)
}

func (g *graph) node(l alias.Loc) int32 {
	n, ok := g.nodes[l]
	if !ok {
		n = g.add(l)
		g.nodes[l] = n
	}
	return n
}

func (g *graph) edge(from, to int32) {
	g.next[from] = append(g.next[from], to)
	g.before[to] = append(g.before[to], from)
}

// A source is locations that a value depends on: the components of a set at a path.
type source struct {
	set  alias.Set
	path string
}

// from returns the node from which the values of s flow on; ok is false if there are none.
func (g *graph) from(s source) (n int32, ok bool) { return g.side(s, g.outOf, g.edge) }

// to returns the node to which what is to come to s is to flow.
func (g *graph) to(s source) (n int32, ok bool) {
	return g.side(s, g.into, func(loc, joint int32) { g.edge(joint, loc) })
}

func (g *graph) side(s source, joints map[setAt]int32, link func(loc, joint int32)) (int32, bool) {
	switch len(s.set) {
	case 0:
		return 0, false
	case 1:
		for l := range s.set {
			return g.node(alias.Loc{Obj: l.Obj, Path: l.Path + s.path}), true
		}
	}
	key := setAt{s.set.Identity(), s.path}
	if j, ok := joints[key]; ok {
		return j, true
	}
	j := g.add(alias.Loc{})
	joints[key] = j
	g.sets = append(g.sets, s.set)
	for l := range s.set {
		link(g.node(alias.Loc{Obj: l.Obj, Path: l.Path + s.path}), j)
	}
	return j, true
}

// flow lets the values of the sources flow to the places of at.
func (g *graph) flow(sources []source, at source) {
	to, ok := g.to(at)
	if !ok {
		return
	}
	for _, s := range sources {
		if from, ok := g.from(s); ok {
			g.edge(from, to)
		}
	}
}

// reach returns the locations that can be reached from the given ones along the edges.
func (g *graph) reach(from alias.Set, edges [][]int32) alias.Set {
	out := alias.Set{}
	var work []int32
	for l := range from {
		out[l] = true
		if n, ok := g.nodes[l]; ok {
			work = append(work, n)
		}
	}
	seen := make([]bool, len(g.locs))
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		if l := g.locs[n]; l.Obj != nil {
			out[l] = true
		}
		work = append(work, edges[n]...)
	}
	return out
}
