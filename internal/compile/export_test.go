package compile

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/load"
)

// RulesFor returns what finds the rules that p sees.
func RulesFor(p *load.Package) func(*types.Func) *ir.Rule {
	return collectRules(newUnit(p, nil, Options{})).find
}

// Pipeline runs the stages for one package that is not loaded from a module.
func Pipeline(p *load.Package, opts Options) ([]File, diag.List, error) {
	return newUnit(p, nil, opts).pipeline()
}

// Partial makes [Packages] return files beside diagnostics of transforms, for the functions
// that these do not stand in.
func Partial(opts Options) Options {
	opts.partial = true
	return opts
}
