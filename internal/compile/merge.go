package compile

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// merger gathers the functions made for several roots. Functions of one name and
// text are one function; of those that differ, later ones get a number.
type merger struct {
	pkg   *types.Package
	funcs []*ir.Func
	known map[string]*ir.Func // by name
	roots map[string]bool     // names that the directives promise

	tables map[string]bool     // names of made variables
	texts  map[*ir.Func]string // of functions that others were compared with
}

func newMerger(pkg *types.Package) *merger {
	return &merger{pkg: pkg, known: map[string]*ir.Func{}, roots: map[string]bool{}, texts: map[*ir.Func]string{}}
}

// reserve keeps the names that a directive promises for the functions that it
// stands for.
func (m *merger) reserve(prefix string, names []string) {
	for _, n := range names {
		m.roots[prefix+n] = true
	}
}

// add takes the functions made for one root, which has the promised names; they
// call only each other and functions of the user.
func (m *merger) add(funcs []*ir.Func, prefix string, promised []string) {
	mine := map[string]bool{}
	for _, n := range promised {
		mine[prefix+n] = true
	}
	differs := map[*ir.Func]bool{}
	theirs := map[string]bool{} // names that are to stay free
	for _, f := range funcs {
		theirs[f.Name] = true
		old := m.known[f.Name]
		differs[f] = old != nil && m.text(f) != m.knownText(old) || (m.roots[f.Name] || m.declared(f.Name)) && !mine[f.Name]
	}
	for changed := true; changed; { // who calls a renamed function differs too
		changed = false
		for _, f := range funcs {
			if differs[f] || m.known[f.Name] == nil {
				continue
			}
			for _, c := range ir.Callees(f) {
				if differs[c] {
					differs[f], changed = true, true
				}
			}
		}
	}
	for _, f := range funcs {
		switch {
		case differs[f]:
			old := f.Name
			f.Name = m.free(old, theirs)
			if doc, ok := strings.CutPrefix(f.Doc, base(old)+" "); ok {
				f.Doc = base(f.Name) + " " + doc
			}
		case m.known[f.Name] != nil:
			continue // the same function was made for another root
		}
		m.known[f.Name] = f
		m.funcs = append(m.funcs, f)
	}
}

func (m *merger) free(name string, theirs map[string]bool) string {
	for i := 2; ; i++ {
		try := fmt.Sprintf("%s%d", name, i)
		if m.known[try] == nil && !theirs[try] && !m.roots[try] && !m.declared(try) {
			return try
		}
	}
}

// declared reports whether the user's package has a declaration of that name: for a
// method, the type has a method or field.
func (m *merger) declared(name string) bool {
	recv, method, ok := strings.Cut(name, ".")
	if !ok {
		return m.tables[name] || m.pkg.Scope().Lookup(name) != nil
	}
	t := m.pkg.Scope().Lookup(recv)
	if t == nil {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(t.Type(), true, m.pkg, method)
	return obj != nil
}

func base(name string) string { return name[strings.LastIndex(name, ".")+1:] }

// knownText is the text of a function that was taken before, and does not change.
func (m *merger) knownText(f *ir.Func) string {
	text, ok := m.texts[f]
	if !ok {
		text = m.text(f)
		m.texts[f] = text
	}
	return text
}

func (m *merger) text(f *ir.Func) string {
	p := &ir.Printer{Qualify: types.RelativeTo(m.pkg)}
	p.Func(f)
	return p.String()
}
