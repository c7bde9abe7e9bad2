// Command cairn is everything around the generator: the guided tour, the cost of a
// schedule, the benchmarks, the scrutiny of a loop's state, and what looks into durable
// checkpoints. "cairn help" lists the verbs.
//
// Exit status: 0 for success; 1 when something failed, a verification for example; 2 for
// wrong usage; of the verbs for checkpoints, 3 when one is invalid or two differ, 4 when
// none is valid.
package main

import (
	"os"

	"github.com/cairn-ad/cairn/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
