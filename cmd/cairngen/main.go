package main

import (
	"fmt"
	"os"

	"github.com/cairn-ad/cairn/internal/compile"
)

func main() {
	dump := ""
	args := os.Args[1:]
	if len(args) > 0 && len(args[0]) > 6 && args[0][:6] == "-dump=" {
		dump, args = args[0][6:], args[1:]
	}
	rs, err := compile.Packages(".", args, compile.Options{Dump: dump, DumpTo: os.Stdout})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, r := range rs {
		for _, f := range r.Files {
			if err := os.WriteFile(f.Name, f.Text, 0o644); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
}
