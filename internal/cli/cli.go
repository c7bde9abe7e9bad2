// Package cli is the command line of cairn, one file for each verb.
//
// In: the arguments. Out: results on one stream, as text or with --json as JSON; errors,
// logs and progress on the other; and the exit status: 0 for success, 1 when something
// failed, 2 for wrong usage; 3 and 4 tell what was found in checkpoints.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/internal/diag"
)

// The exit statuses.
const (
	statusOK    = 0
	statusFail  = 1
	statusUsage = 2
	statusFound = 3 // an invalid checkpoint beside valid ones; a difference
	statusNone  = 4 // there is no valid checkpoint
)

// statusError is an error with its exit status.
type statusError struct {
	error
	status int
}

// streams are where a verb writes.
type streams struct {
	out, err io.Writer
	log      *slog.Logger
}

// usageError is a mistake in the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Main runs one command and returns its exit status.
func Main(args []string, out, errs io.Writer) int {
	s := &streams{out: out, err: errs, log: slog.New(slog.DiscardHandler)}
	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(context.Background())
	var usage usageError
	switch {
	case err == nil:
		return statusOK
	case errors.As(err, &usage):
		printError(errs, err)
		return statusUsage
	}
	var told statusError
	if errors.As(err, &told) {
		printError(errs, err)
		return told.status
	}
	printError(errs, err)
	return statusFail
}

// interruptible is the context of a verb that starts processes and writes temporary
// files: a signal ends it in order. The other verbs simply die of it.
func interruptible(c *cobra.Command) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
}

// printError writes "cairn: " and the error; diagnostics of the compiler begin with
// their position instead.
func printError(w io.Writer, err error) {
	var d *diag.Error
	if errors.As(err, &d) {
		fmt.Fprintln(w, d)
		return
	}
	fmt.Fprintf(w, "cairn: %v\n", err)
}

func newRoot(s *streams) *cobra.Command {
	verbose := false
	root := &cobra.Command{
		Use:   "cairn",
		Short: "Checkpoints for running backwards and for running again",
		Long: `cairn: checkpoints for running backwards and for running again.

Exit status: 0 for success, 1 when something failed, 2 for wrong usage; of the commands
for checkpoints, 3 when a checkpoint is invalid or two differ, 4 when none is valid.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown command %q: the commands are %s", args[0], verbs(c))
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRun: func(*cobra.Command, []string) {
			if verbose {
				s.log = slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelDebug}))
			}
		},
	}
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%w; see %s --help", err, c.CommandPath())
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().BoolVarP(&verbose, "verbose", "v", false, "log what is done")
	root.AddCommand(newTour(s), newTourChild(s), newPlan(s), newNPB(s), newScrutinize(s),
		newLs(s), newInspect(s), newVerify(s), newDiff(s), newExport(s), newImport(s), newPrune(s), newRepair(s), newUnlock(s))
	root.AddCommand(newInterval(s), newVerifyRestart(s))
	return root
}

// verbs lists the subcommands of c that help shows.
func verbs(c *cobra.Command) string {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return strings.Join(names, ", ")
}

// exactArgs requires the arguments that the words name.
func exactArgs(words ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(words):
			return usagef("%s is missing: write %s; see %s --help", words[len(args)], c.UseLine(), c.CommandPath())
		case len(args) > len(words):
			return usagef("unexpected argument %q: write %s; see %s --help", args[len(words)], c.UseLine(), c.CommandPath())
		}
		return nil
	}
}

// writeJSON writes v as one line.
func writeJSON(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }
