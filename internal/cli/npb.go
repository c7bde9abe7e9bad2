package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/suite"
)

func newNPB(s *streams) *cobra.Command {
	kernels := suite.Kernels()
	names := make([]string, len(kernels))
	for i, k := range kernels {
		names[i] = k.Name
	}
	known := func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usagef("unknown kernel %q: the kernels are %s, and all", args[0], strings.Join(names, ", "))
		}
		return nil
	}
	c := &cobra.Command{
		Use:   "npb KERNEL",
		Short: "Run NAS Parallel Benchmarks and verify their results",
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
		c.AddCommand(newKernel(s, k))
	}
	c.AddCommand(newAllKernels(s, kernels))
	return c
}

// kernelFlags are those of every kernel.
type kernelFlags struct {
	class string
	procs int
	json  bool
}

func (f *kernelFlags) add(c *cobra.Command, classes []common.Class) {
	c.Flags().StringVar(&f.class, "class", "S", "problem class: "+classList(classes))
	c.Flags().IntVar(&f.procs, "procs", 1, "goroutines that share the loops")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
}

// mostProcs bounds --procs: far more than any machine has is a slip of the finger.
const mostProcs = 4096

// parse reads the class, which must be one of each kernel's, and checks the rest.
func (f *kernelFlags) parse(kernels ...suite.Kernel) (class common.Class, err error) {
	for _, k := range kernels {
		if class, err = common.ParseClass(f.class, k.Classes()); err != nil {
			return "", usagef("%s: %w", k.Name, err)
		}
	}
	if f.procs < 1 || f.procs > mostProcs {
		return "", usagef("--procs %d: choose a number from 1 to %d", f.procs, mostProcs)
	}
	return class, nil
}

// run runs a kernel with the goroutines that the flags ask for.
func (f *kernelFlags) run(s *streams, k suite.Kernel, class common.Class) common.Result {
	s.log.Info("running", "kernel", k.Name, "class", class, "procs", f.procs)
	defer common.SetProcs(common.SetProcs(f.procs))
	return k.Run(class)
}

func newKernel(s *streams, k suite.Kernel) *cobra.Command {
	var f kernelFlags
	title := strings.ToUpper(k.Name) + ": " + k.Title
	c := &cobra.Command{
		Use:   k.Name + " [--class CLASS] [--procs N]",
		Short: title,
		Long: title + `.

The exit status is 1 if the result does not agree with the official value.`,
		Args: exactArgs(),
		RunE: func(*cobra.Command, []string) error {
			class, err := f.parse(k)
			if err != nil {
				return err
			}
			return report(s, f.run(s, k, class), f.json)
		},
	}
	f.add(c, k.Classes())
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

func classList(classes []common.Class) string {
	names := make([]string, len(classes))
	for i, c := range classes {
		names[i] = string(c)
	}
	return strings.Join(names, ", ")
}
