package load

import (
	"go/types"
	"maps"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/packages"

	"github.com/cairn-ad/cairn/internal/directive"
)

// outside is what one load knows of the packages that are not of the module.
type outside struct {
	loader  *loader
	roots   []*packages.Package
	byTypes map[*types.Package]*packages.Package
	made    map[*packages.Package]*Package
	missing map[string]bool
}

// Outside returns a package of another module, or of the standard library, that
// the load has come across; nil if its source cannot be used: it does not compile
// as it is, cgo makes a part of it, or the bodies of its functions were left out.
// Missing then tells what to load.
func (p *Package) Outside(t *types.Package) *Package { return p.outside.find(t) }

// Missing lists the packages of the standard library that Outside was asked for
// and whose function bodies were left out: Options.Bodies of another load, whose
// packages replace all of this one's.
func (p *Package) Missing() []string { return slices.Sorted(maps.Keys(p.outside.missing)) }

// Others returns the packages of other modules, not of the standard library, that p
// imports and whose source can be used, in the order of their paths.
func (p *Package) Others() []*Package {
	var out []*Package
	for _, path := range slices.Sorted(maps.Keys(p.raw.Imports)) {
		i := p.raw.Imports[path]
		if i.Module == nil || i.Module.Main {
			continue
		}
		if q := p.outside.find(i.Types); q != nil {
			out = append(out, q)
		}
	}
	return out
}

func (o *outside) find(t *types.Package) *Package {
	if o.byTypes == nil {
		o.byTypes = map[*types.Package]*packages.Package{}
		packages.Visit(o.roots, nil, func(p *packages.Package) { o.byTypes[p.Types] = p })
	}
	p := o.byTypes[t]
	if p == nil || t == types.Unsafe {
		return nil
	}
	if q, ok := o.made[p]; ok {
		return q
	}
	q := o.make(p)
	o.made[p] = q
	return q
}

func (o *outside) make(p *packages.Package) *Package {
	if o.isStripped(p) {
		o.missing[p.PkgPath] = true
		return nil
	}
	if len(p.Errors) > 0 || len(p.TypeErrors) > 0 || usesCgo(p) {
		return nil
	}
	q := &Package{
		Path: p.PkgPath, Name: p.Name, Dir: p.Dir, Fset: o.loader.fset,
		Types: p.Types, Info: p.TypesInfo, outside: o, raw: p,
	}
	for _, f := range p.Syntax {
		name := o.loader.fset.Position(f.FileStart).Filename
		if !o.loader.hidden.has(name) {
			q.Files = append(q.Files, f)
			q.FileNames = append(q.FileNames, name)
		}
	}
	set, diags := directive.Parse(q.Fset, q.Files)
	if len(diags) > 0 || len(set.Resolve(q.Fset, q.Info)) > 0 {
		return nil
	}
	q.Directives = set
	return q
}

// isStripped reports whether p was read without function bodies. Such a package has
// type errors: imports that nothing uses.
func (o *outside) isStripped(p *packages.Package) bool {
	return slices.ContainsFunc(p.CompiledGoFiles, o.loader.stripped.has)
}

// usesCgo reports whether a file that the build compiles is none of the source.
func usesCgo(p *packages.Package) bool {
	for _, name := range p.CompiledGoFiles {
		if !slices.Contains(p.GoFiles, name) {
			return true
		}
	}
	return false
}

// keepsBodies reports whether the functions in a file of the standard library
// are wanted with their bodies.
func (l *loader) keepsBodies(name string) bool {
	return slices.ContainsFunc(l.bodies, func(path string) bool {
		return filepath.Dir(name) == filepath.Join(l.std, filepath.FromSlash(path))
	})
}
