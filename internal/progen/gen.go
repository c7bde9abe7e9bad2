package progen

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

// typ is the type of a variable of a generated program.
type typ uint8

const (
	tFloat     typ = iota // float64
	tFloat32              // float32
	tInt                  // int
	tBool                 // bool
	tSlice                // []float64
	tSingles              // []float32
	tInts                 // []int
	tRows                 // [][]float64
	tArray                // [k]float64
	tComplex              // complex128
	tComplexes            // []complex128
	tFloatP               // *float64
	tMap                  // map[int]float64
	tNames                // map[string]float64
	tPlainMap             // map[string]V
	tPlain                // the struct V of plain values
	tPlainP               // *V
	tPlains               // []V
	tDeep                 // the struct S with slices
	tDeepP                // *S
)

// deepLen is the length of the slices inside an S, plainLen that of the array
// inside a V, paramLen the length that a helper expects of its slices at least.
const (
	deepLen  = 4
	plainLen = 2
	paramLen = 2
)

// variable is one name in sight.
type variable struct {
	name   string
	t      typ
	fixed  bool // not to be assigned as a whole
	read   bool // Go does not ask for a mention
	lo, hi int  // range of an int, of the elements of tInts
	n      int  // least length of a slice or array, number of rows
	m      int  // length of each row
	class  int  // slices of one class have equal lengths: n if positive
	bound  int  // an int below the length of this class; 0: none

	hides  *variable // the one in sight before that has the same name
	hidden bool
}

// loop is a loop or switch that is being filled.
type loop struct {
	label    string
	used     bool // the label is
	isSwitch bool
	overFunc bool // no break or continue may come from inside to a loop around it
}

// function describes the function that is being filled.
type function struct {
	results []string // names, "" if unnamed
	entry   bool
	slice   string // name of the slice that is returned
	loops   []*loop
	iters   int // executions of the current statement
	depth   int // of the scopes in its outermost block
}

// helper is a function that later ones may call.
type helper struct {
	name    string
	params  []typ
	results int
	pure    bool // changes no memory
	recv    typ  // of a method
	method  bool
	slice   bool // returns a slice as long as the first parameter
	rule    bool // has derivatives by hand
	spread  bool // variadic: the last parameter is ...float64, of two or more
	depth   bool // recursive: the last parameter, an int, says how deep to go
	cost    int
}

type gen struct {
	r        *rand.Rand
	opts     Options
	c        Case
	out      []string
	scopes   []*block
	named    map[string]*variable // the one in sight of each name
	fn       *function
	helpers  []helper
	generics generics
	ids      int
	classes  int // negative class numbers given
	budget   int
	smooth   bool // no kinks, no active control

	complexShare int      // percent of the statements that are about complex numbers
	mapShare     int      // and about maps
	noMaps       int      // above 0 where no map may be used
	overFunc     bool     // the next loop is one over a function
	funcs        bool     // functions that take functions are called
	curves       bool     // values are kept in interfaces
	global       bool     // there are package-level variables
	rareShare    int      // percent of the statements that are rare ones
	otherShare   int      // and of those in others.go
	apart        bool     // its functions are called
	lists        bool     // there are linked lists
	rules        bool     // functions have derivatives by hand
	touching     []string // names of variables of the package, and of helpers that use them
}

func (g *gen) line(format string, args ...any) { g.out = append(g.out, fmt.Sprintf(format, args...)) }

func (g *gen) chance(percent int) bool { return g.r.IntN(100) < percent }

// in returns a number from lo to hi, both included.
func (g *gen) in(lo, hi int) int { return lo + g.r.IntN(hi-lo+1) }

// one returns one of the choices.
func (g *gen) one(choices ...string) string { return choices[g.r.IntN(len(choices))] }

// num returns a float literal from lo to hi with two decimals, never integral.
func (g *gen) num(lo, hi float64) string {
	x := lo + (hi-lo)*g.r.Float64()
	n := int(x*100)*10 + 3
	return strconv.FormatFloat(float64(n)/1000, 'f', 3, 64)
}

func (g *gen) fresh(prefix string) string {
	g.ids++
	return prefix + strconv.Itoa(g.ids)
}

func (g *gen) newClass() int {
	g.classes--
	return g.classes
}

// capture runs f and returns what it printed.
func (g *gen) capture(f func()) []string {
	saved := g.out
	g.out = nil
	f()
	body := g.out
	g.out = saved
	return body
}

func (g *gen) emit(lines []string) { g.out = append(g.out, lines...) }

// block is a scope of the program: its variables, and where its text begins.
type block struct {
	vars  []*variable
	start int // in out
}

func (g *gen) open() { g.scopes = append(g.scopes, &block{start: len(g.out)}) }

func (g *gen) top() *block { return g.scopes[len(g.scopes)-1] }

// scope runs f in a scope of its own.
func (g *gen) scope(f func()) {
	g.open()
	f()
	g.mention(nil)
	g.close()
}

func (g *gen) close() {
	vars := g.top().vars
	for i := len(vars) - 1; i >= 0; i-- {
		v := vars[i]
		if g.named[v.name] = v.hides; v.hides != nil {
			v.hides.hidden = false
		}
	}
	g.scopes = g.scopes[:len(g.scopes)-1]
}

// mention mentions the variables of the scope that neither its text nor rest
// reads, as Go asks, and prints rest.
func (g *gen) mention(rest []string) {
	read := map[string]bool{}
	addReads(read, g.out[g.top().start:])
	addReads(read, rest)
	for _, v := range g.top().vars {
		if !v.read && !read[v.name] {
			g.line("_ = %s", v.name)
		}
	}
	g.emit(rest)
}

var (
	declaration = regexp.MustCompile(`^var \w+ `)
	identifiers = regexp.MustCompile(`\w+`)
)

// addReads adds the names that the lines mention other than to assign them.
func addReads(read map[string]bool, lines []string) {
	add := func(text string) {
		for _, name := range identifiers.FindAllString(text, -1) {
			read[name] = true
		}
	}
	for _, l := range lines {
		l = strings.TrimPrefix(l, "for ")
		l = l[len(declaration.FindString(l)):]
		left, right, ok := strings.Cut(l, " := ")
		if !ok {
			left, right, ok = strings.Cut(l, " = ")
		}
		if !ok {
			add(l)
			continue
		}
		add(right)
		for _, place := range strings.Split(left, ", ") {
			if identifiers.FindString(place) != place { // more than a name
				add(place)
			}
		}
	}
}

func (g *gen) declare(v *variable) *variable {
	g.top().vars = append(g.top().vars, v)
	if g.named == nil {
		g.named = map[string]*variable{}
	}
	if v.hides = g.named[v.name]; v.hides != nil {
		v.hides.hidden = true
	}
	g.named[v.name] = v
	return v
}

// param declares a parameter, which Go never calls unused.
func (g *gen) param(v *variable) *variable {
	v.read = true
	return g.declare(v)
}

// newFloat returns a name for a float variable, now and then one that hides a
// float of an outer scope.
func (g *gen) newFloat() (name string, hides bool) {
	if g.chance(12) && len(g.scopes) > 2 {
		taken := map[string]bool{}
		for _, v := range g.top().vars {
			taken[v.name] = true
		}
		for _, v := range g.visible(func(v *variable) bool { return v.t == tFloat && !v.fixed }) {
			if !taken[v.name] && !g.isResult(v.name) {
				g.line("_ = %s", v.name)
				return v.name, true
			}
		}
	}
	return g.fresh("a"), false
}

func (g *gen) isResult(name string) bool {
	for _, r := range g.fn.results {
		if r == name {
			return true
		}
	}
	return false
}

// visible returns the variables in sight that ok accepts.
func (g *gen) visible(ok func(v *variable) bool) []*variable {
	var out []*variable
	for i := len(g.scopes) - 1; i >= 0; i-- {
		vars := g.scopes[i].vars
		for j := len(vars) - 1; j >= 0; j-- {
			if v := vars[j]; !v.hidden && !(g.noMaps > 0 && isMap(v.t)) && ok(v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// pick returns one visible variable that ok accepts, or nil.
func (g *gen) pick(ok func(v *variable) bool) *variable {
	vs := g.visible(ok)
	if len(vs) == 0 {
		return nil
	}
	return vs[g.r.IntN(len(vs))]
}

func (g *gen) pickType(t typ) *variable {
	return g.pick(func(v *variable) bool { return v.t == t })
}

func (g *gen) typeName(t typ, n int) string {
	switch t {
	case tFloat:
		return "float64"
	case tFloat32:
		return "float32"
	case tInt:
		return "int"
	case tBool:
		return "bool"
	case tSlice:
		return "[]float64"
	case tSingles:
		return "[]float32"
	case tInts:
		return "[]int"
	case tRows:
		return "[][]float64"
	case tArray:
		return fmt.Sprintf("[%d]float64", n)
	case tFloatP:
		return "*float64"
	case tComplex:
		return "complex128"
	case tComplexes:
		return "[]complex128"
	case tMap:
		return "map[int]float64"
	case tNames:
		return "map[string]float64"
	case tPlainMap:
		return "map[string]" + g.c.Name + "V"
	case tPlain:
		return g.c.Name + "V"
	case tPlainP:
		return "*" + g.c.Name + "V"
	case tPlains:
		return "[]" + g.c.Name + "V"
	case tDeep:
		return g.c.Name + "S"
	}
	return "*" + g.c.Name + "S"
}
