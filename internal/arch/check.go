package arch

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Check returns one line for everything in pkgs that breaks a rule, in order.
func Check(pkgs []*Package) []string {
	var bad []string
	for _, p := range pkgs {
		bad = append(bad, checkDoc(p)...)
		library, tests := ruleFor(p.Dir), testRuleFor(p.Dir)
		if library == nil {
			bad = append(bad, p.Dir+": this package has no place in internal/arch/rules.go; add it to one of the lists there")
			continue
		}
		for _, f := range p.Files {
			r := library
			if f.Test {
				r = tests
			}
			for _, imp := range f.Imports {
				if !r.allows(imp) {
					bad = append(bad, fmt.Sprintf("%s: imports %s: %s", f.Path, imp, r.text))
				}
			}
		}
	}
	bad = append(bad, checkGenerated(pkgs)...)
	slices.Sort(bad)
	return bad
}

func (r *rule) allows(imp string) bool {
	dir, own := inModule(imp)
	switch {
	case own:
		return r.own(dir)
	case standard(imp):
		return r.std(imp)
	}
	return r.foreign(imp)
}

// inModule returns the folder of an import path of this module.
func inModule(imp string) (dir string, ok bool) {
	if imp == Module {
		return ".", true
	}
	return strings.CutPrefix(imp, Module+"/")
}

func standard(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return !strings.Contains(first, ".")
}

const shortestDoc = 100 // letters: two short sentences

var (
	saysIn  = regexp.MustCompile(`(?i)\bin( and out)?:|\bgoes?\s+in\b`)
	saysOut = regexp.MustCompile(`(?i)\bout:|\bcomes?\s+out\b`)
)

// checkDoc wants a package comment that says what the package is for, what goes in
// and what comes out. Commands and examples may say it in their own way.
func checkDoc(p *Package) []string {
	if p.Name == "" {
		return []string{p.Dir + ": a package of tests only has no doc comment; add a doc.go"}
	}
	free := p.Name == "main" || strings.HasPrefix(p.Dir, "examples/")
	switch {
	case p.Doc == "":
		return []string{p.Dir + ": there is no package doc comment; say what the package is for, what goes in and what comes out"}
	case p.Name != "main" && !strings.HasPrefix(p.Doc, "Package "+p.Name+" "):
		return []string{p.Dir + ": the doc comment must begin with \"Package " + p.Name + " \""}
	case len(p.Doc) < shortestDoc:
		return []string{fmt.Sprintf("%s: the doc comment has %d letters; say what the package is for, what goes in and what comes out", p.Dir, len(p.Doc))}
	case !free && (!saysIn.MatchString(p.Doc) || !saysOut.MatchString(p.Doc)):
		return []string{p.Dir + ": the doc comment must say what goes in and what comes out (\"In: …\", \"Out: …\")"}
	}
	return nil
}

// checkGenerated wants generated code to import the runtime and what the types in
// the primal code come from: the imports of the hand-written files of its package
// and of the packages of this module that these lead to.
func checkGenerated(pkgs []*Package) []string {
	byDir := map[string]*Package{}
	for _, p := range pkgs {
		byDir[p.Dir] = p
	}
	var bad []string
	for _, p := range pkgs {
		var needed map[string]bool
		for _, f := range p.Files {
			if !f.Generated {
				continue
			}
			if needed == nil {
				needed = map[string]bool{}
				collect(byDir, p, needed)
			}
			for _, imp := range f.Imports {
				if !slices.Contains(runtime, imp) && !needed[imp] {
					bad = append(bad, fmt.Sprintf("%s: imports %s: generated code imports %s and what its primal code imports",
						f.Path, imp, strings.Join(runtime, ", ")))
				}
			}
		}
	}
	return bad
}

func collect(byDir map[string]*Package, p *Package, into map[string]bool) {
	for _, f := range p.Files {
		if f.Test || f.Generated {
			continue
		}
		for _, imp := range f.Imports {
			if into[imp] {
				continue
			}
			into[imp] = true
			if dir, ok := inModule(imp); ok && byDir[dir] != nil {
				collect(byDir, byDir[dir], into)
			}
		}
	}
}
