package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/npb/cg"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/ep"
	"github.com/cairn-ad/cairn/npb/ft"
	"github.com/cairn-ad/cairn/npb/is"
	"github.com/cairn-ad/cairn/npb/lu"
	"github.com/cairn-ad/cairn/npb/mg"
)

// A kernel is one benchmark of the suite.
type kernel struct {
	name, title string
	classes     func() []common.Class
	run         func(common.Class) common.Result
}

var kernels = []kernel{{
	name: "cg", title: "smallest eigenvalue of a sparse matrix by conjugate gradients",
	classes: cg.Classes,
	run:     func(c common.Class) common.Result { return cg.Run(c).Report() },
}, {
	name: "ep", title: "Gaussian pairs by the polar method",
	classes: ep.Classes,
	run:     func(c common.Class) common.Result { return ep.Run(c).Report() },
}, {
	name: "is", title: "ranks of random integer keys",
	classes: is.Classes,
	run:     func(c common.Class) common.Result { return is.Run(c).Report() },
}, {
	name: "lu", title: "Navier-Stokes equations by symmetric successive over-relaxation",
	classes: lu.Classes,
	run:     func(c common.Class) common.Result { return lu.Run(c).Report() },
}, {
	name: "ft", title: "heat equation in three dimensions by Fourier transforms",
	classes: ft.Classes,
	run:     func(c common.Class) common.Result { return ft.Run(c).Report() },
}, {
	name: "mg", title: "V-cycles of a multigrid method for the Poisson equation",
	classes: mg.Classes,
	run:     func(c common.Class) common.Result { return mg.Run(c).Report() },
}}

func newNPB(s *streams) *cobra.Command {
	var names []string
	known := func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usagef("unknown kernel %q: the kernels are %s", args[0], strings.Join(names, ", "))
		}
		return nil
	}
	c := &cobra.Command{
		Use:   "npb KERNEL",
		Short: "Run a NAS Parallel Benchmark and verify its result",
		Args:  known,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	// The flags of a kernel are unknown here, but not what is wrong.
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if unknown := known(c, c.Flags().Args()); unknown != nil && c.Name() == "npb" {
			return unknown
		}
		return c.Parent().Root().FlagErrorFunc()(c, err)
	})
	for _, k := range kernels {
		names = append(names, k.name)
		c.AddCommand(newKernel(s, k))
	}
	return c
}

func newKernel(s *streams, k kernel) *cobra.Command {
	var class string
	var asJSON bool
	var names []string
	for _, known := range k.classes() {
		names = append(names, string(known))
	}
	c := &cobra.Command{
		Use:   k.name + " [--class CLASS]",
		Short: strings.ToUpper(k.name) + ": " + k.title,
		Long: fmt.Sprintf(`%s: %s.

The exit status is 1 if the result does not agree with the official value.`, strings.ToUpper(k.name), k.title),
		Args: exactArgs(),
		RunE: func(*cobra.Command, []string) error {
			parsed, err := common.ParseClass(class, k.classes())
			if err != nil {
				return usageError{err}
			}
			s.log.Info("running", "kernel", k.name, "class", parsed)
			return report(s, k.run(parsed), asJSON)
		},
	}
	c.Flags().StringVar(&class, "class", "S", "problem class: "+strings.Join(names, ", "))
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// report prints a result; one that is not verified is a failure.
func report(s *streams, r common.Result, asJSON bool) error {
	write := r.WriteText
	if asJSON {
		write = r.WriteJSON
	}
	if err := write(s.out); err != nil {
		return err
	}
	if !r.Verified {
		return fmt.Errorf("npb %s class %s: verification failed: a value differs from the official one; run the package's tests", r.Kernel, r.Class)
	}
	return nil
}
