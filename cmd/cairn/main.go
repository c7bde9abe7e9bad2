// Command cairn is everything around the generator: the guided tour, the cost of a
// schedule, the benchmarks, and the scrutiny of a loop's state. "cairn help" lists the
// verbs.
//
// Exit status: 0 for success; 1 when something failed, a verification for example; 2 for
// wrong usage.
package main

import (
	"os"

	"github.com/cairn-ad/cairn/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
