// Command tool is a tool of GradBench: it answers the messages of an eval.
//
// In: messages on standard input, one JSON object in a line. Out: an answer to each on
// standard output, with the result of a function and how long each run of it took.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "tool:", err)
		os.Exit(1)
	}
}
