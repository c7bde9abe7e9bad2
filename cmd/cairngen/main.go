// Command cairngen generates the tangents, adjoints and scrutiny entry points
// that the //cairn: directives of a package ask for.
//
// In a package: //go:generate go tool cairngen
package main

import (
	"os"
	"runtime/debug"

	"github.com/cairn-ad/cairn/internal/gencli"
)

func main() {
	collectLess()
	os.Exit(gencli.Main(os.Args[1:], os.Stdout, os.Stderr))
}

// collectLess gives the garbage collector less to do, which takes a third of the processor time
// otherwise, up to a heap of 4 GiB. Go's own variables say something else if they are set.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(4 << 30)
	}
}
