package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/suite"
)

// newAllKernels is the command that runs one kernel after the other.
func newAllKernels(s *streams, kernels []suite.Kernel) *cobra.Command {
	var f kernelFlags
	c := &cobra.Command{
		Use:   "all [--class CLASS] [--procs N]",
		Short: "All of them, as a table",
		Long: `All kernels, one after the other, as a table.

The exit status is 1 if a result does not agree with the official value.`,
		Args: exactArgs(),
		RunE: func(*cobra.Command, []string) error {
			class, err := f.parse(kernels...)
			if err != nil {
				return err
			}
			return f.runAll(s, kernels, class)
		},
	}
	f.add(c, commonClasses(kernels))
	return c
}

// runAll prints a line of the table as soon as a kernel is done, or at the end all results as
// one array.
func (f *kernelFlags) runAll(s *streams, kernels []suite.Kernel, class common.Class) error {
	const header, row = "%-6s  %-5s  %-8s  %9s  %8s\n", "%-6s  %-5s  %-8s  %9.3f  %8.1f\n"
	if !f.json {
		if _, err := fmt.Fprintf(s.out, header, "kernel", "class", "verified", "seconds", "Mop/s"); err != nil {
			return err
		}
	}
	var results []common.Result
	var failed []string
	for _, k := range kernels {
		r := f.run(s, k, class)
		results = append(results, r)
		verified := "yes"
		if !r.Verified {
			verified = "NO"
			failed = append(failed, k.Name)
		}
		if f.json {
			continue
		}
		if _, err := fmt.Fprintf(s.out, row, r.Kernel, r.Class, verified, r.Seconds, r.Mops); err != nil {
			return err
		}
	}
	if f.json {
		if err := writeJSON(s.out, results); err != nil {
			return err
		}
	}
	if failed != nil {
		return fmt.Errorf("npb class %s: verification failed: %s; run cairn npb KERNEL to see which values differ", class, strings.Join(failed, ", "))
	}
	return nil
}

// commonClasses are the classes that all kernels have.
func commonClasses(kernels []suite.Kernel) []common.Class {
	classes := slices.Clone(kernels[0].Classes())
	return slices.DeleteFunc(classes, func(c common.Class) bool {
		return slices.ContainsFunc(kernels, func(k suite.Kernel) bool { return !slices.Contains(k.Classes(), c) })
	})
}
