package lower

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
)

// namer hands out the names of one function's variables, each once.
type namer struct {
	taken  map[string]bool
	source map[string]bool // identifiers of the source: made names avoid them
	temps  int
	last   map[string]int // the last number behind a name
}

// runtime names that generated code uses.
var runtimeNames = []string{"st", "ad", "schedule", "math", "cmplx"}

// newNamer reserves what the names of variables must not hide: predeclared
// identifiers, run-time packages, and the package-level names and packages that
// the function mentions.
func newNamer(b *builder) *namer {
	n := &namer{taken: map[string]bool{}, source: map[string]bool{}}
	for _, s := range types.Universe.Names() {
		n.taken[s] = true
	}
	for _, s := range runtimeNames {
		n.taken[s] = true
	}
	if b.l.tagged != nil {
		for name := range b.l.tagged.names {
			n.taken[name] = true
		}
	}
	root := b.l.in.Root.Types
	reserve := func(obj types.Object) {
		switch {
		case obj.Pkg() == nil:
		case obj.Pkg() == root:
			n.taken[obj.Name()] = true
		default:
			n.taken[obj.Pkg().Name()] = true
			n.taken[obj.Pkg().Name()+obj.Name()] = true // of a copy
			n.taken[obj.Pkg().Name()+strings.ToUpper(obj.Name()[:1])+obj.Name()[1:]] = true
		}
	}
	if b.src.pkg.Types != root {
		n.taken[b.src.pkg.Types.Name()] = true
	}
	seen := map[types.Type]bool{}
	for _, src := range b.l.inPlace(b.src) {
		info := src.pkg.Info
		if src == b.src {
			info = b.info
		}
		n.reserve(b, src, info, seen, reserve)
	}
	return n
}

// inPlace lists src and the functions whose bodies may come to stand in its own.
func (l *lowerer) inPlace(src *source) []*source {
	list := []*source{src}
	in := map[*source]bool{src: true}
	for i := 0; i < len(list); i++ {
		ast.Inspect(list[i].decl, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if f, ok := list[i].pkg.Info.Uses[id].(*types.Func); ok && takesFuncs(f.Signature()) {
					s := l.sources[f.Origin()]
					if l.foreign(f) {
						s = l.outside(f.Origin())
					}
					if s != nil && !in[s] {
						in[s] = true
						list = append(list, s)
					}
				}
			}
			return true
		})
	}
	return list
}

// reserve takes the names that a declaration mentions.
func (n *namer) reserve(b *builder, src *source, info *types.Info, seen map[types.Type]bool, reserve func(types.Object)) {
	ast.Inspect(src.decl, func(node ast.Node) bool {
		id, ok := node.(*ast.Ident)
		if !ok {
			return true
		}
		for a := range info.Instances[id].TypeArgs.Types() {
			mentioned(b.typ(a), seen, reserve)
		}
		if obj := info.Defs[id]; obj != nil {
			n.source[id.Name] = true
			mentioned(obj.Type(), seen, reserve)
		}
		switch obj := info.Uses[id].(type) {
		case nil:
		case *types.PkgName:
			n.taken[obj.Imported().Name()] = true
			n.taken[obj.Name()] = true
		default:
			if obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
				reserve(obj)
			}
			mentioned(obj.Type(), seen, reserve)
		}
		return true
	})
}

// mentioned calls f for the name of each named type that a declaration of a
// variable of type t would write.
func mentioned(t types.Type, seen map[types.Type]bool, f func(types.Object)) {
	if t == nil || seen[t] {
		return
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		f(t.Obj())
		for a := range t.TypeArgs().Types() {
			mentioned(a, seen, f)
		}
	case *types.Alias:
		f(t.Obj())
		mentioned(types.Unalias(t), seen, f)
	case *types.Slice:
		mentioned(t.Elem(), seen, f)
	case *types.Array:
		mentioned(t.Elem(), seen, f)
	case *types.Pointer:
		mentioned(t.Elem(), seen, f)
	case *types.Map:
		mentioned(t.Key(), seen, f)
		mentioned(t.Elem(), seen, f)
	case *types.Signature:
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for i := range tuple.Len() {
				mentioned(tuple.At(i).Type(), seen, f)
			}
		}
	}
}

// own returns name itself the first time and name2, name3 … later.
func (n *namer) own(name string) string {
	if n.taken[name] {
		return n.numbered(name)
	}
	n.taken[name] = true
	return name
}

// made returns a name for something that has none in the source.
func (n *namer) made(name string) string {
	if n.taken[name] || n.source[name] {
		return n.numbered(name)
	}
	n.taken[name] = true
	return name
}

func (n *namer) numbered(name string) string {
	for i := max(n.last[name], 1) + 1; ; i++ {
		s := name + strconv.Itoa(i)
		if !n.taken[s] && !n.source[s] {
			n.taken[s] = true
			if n.last == nil {
				n.last = map[string]int{}
			}
			n.last[name] = i
			return s
		}
	}
}

// temp returns t1, t2 ….
func (n *namer) temp() string {
	for {
		n.temps++
		s := "t" + strconv.Itoa(n.temps)
		if !n.taken[s] && !n.source[s] {
			n.taken[s] = true
			return s
		}
	}
}
