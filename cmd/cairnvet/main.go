// Command cairnvet reports what cannot be differentiated, in the way of go vet: as
// go vet -vettool=$(which cairnvet) ./... or as cairnvet ./..., with -fix to correct
// directives that are almost right.
package main

import (
	"golang.org/x/tools/go/analysis/multichecker"

	"github.com/cairn-ad/cairn/cairnanalysis"
)

func main() { multichecker.Main(cairnanalysis.Analyzer) }
