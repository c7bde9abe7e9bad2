// Command cairngen generates the tangents, adjoints and scrutiny entry points
// that the //cairn: directives of a package ask for.
//
// In a package: //go:generate go tool cairngen
package main

import (
	"os"

	"github.com/cairn-ad/cairn/internal/gencli"
)

func main() { os.Exit(gencli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
