package alias

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// settled is what is kept once the analysis is done, so that questions about one
// expression, or about equal sets, are answered once. Sets that it hands out are shared.
type settled struct {
	places map[ir.Expr]Set // of fields, elements and what pointers lead to
	vars   map[*Object]Set // the sets of one variable
	sets   map[string]Set  // by their locations
	ones   map[Identity]bool
}

// settle makes equal sets one set.
func (in *Info) settle() {
	in.settled = &settled{places: map[ir.Expr]Set{}, vars: map[*Object]Set{}, sets: map[string]Set{}, ones: map[Identity]bool{}}
	for l, s := range in.pts {
		in.pts[l] = in.settled.one(s)
	}
}

// one returns the set that stands for all that are equal to s.
func (k *settled) one(s Set) Set {
	if len(s) < 2 || k.ones[s.Identity()] {
		return s
	}
	var b strings.Builder
	for _, l := range s.Sorted() {
		b.WriteString(strconv.Itoa(l.Obj.ID))
		b.WriteString(l.Path)
		b.WriteByte(' ')
	}
	if old := k.sets[b.String()]; old != nil {
		return old
	}
	k.sets[b.String()] = s
	k.ones[s.Identity()] = true // it is kept, so no other gets its identity
	return s
}

// variable returns the set of one variable.
func (in *Info) variable(v *ir.Var) Set {
	o := in.VarObject(v)
	if in.settled == nil {
		return Set{Loc{o, ""}: true}
	}
	s := in.settled.vars[o]
	if s == nil {
		s = Set{Loc{o, ""}: true}
		in.settled.vars[o] = s
	}
	return s
}

// An Identity tells sets apart that are handed out once the analysis is done: of two
// with one identity, the locations are the same.
type Identity uintptr

// Identity returns that of s, which must not be changed as long as it is of use.
func (s Set) Identity() Identity { return Identity(reflect.ValueOf(s).Pointer()) }
