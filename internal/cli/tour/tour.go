// Package tour runs the whole of Cairn once, from a gradient to a restart, and compares
// every result with its reference.
//
// In: a directory for what it writes, and the command that starts a second process of
// this program. Out: a [Record] of all numbers and comparisons, a heat map for every
// state variable and the record as JSON.
//
// The first part is the two-dimensional Burgers equation (examples/burgers): energies,
// gradient, forward steps and memory under two binomial schedules and with every step
// kept. The second part is NPB CG, class S (npb/cg): the elements of its state are
// scrutinized, a child process runs the loop and saves only the elements that matter,
// is killed with SIGKILL on the way, and a second child resumes. It starts with NaN in
// every element that was not saved and must still find the same zeta, bit for bit.
package tour

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Options say how the tour is made.
type Options struct {
	// Dir is where the maps and the record are written; it is made if missing.
	Dir string
	// Quick takes every time once instead of keeping the least of three.
	Quick bool
	// Child is the command, without its arguments, that calls [Child] in a new process.
	Child []string
	// Progress is told before each of total stages what is done next; nil for nobody.
	Progress func(done, total int, what string)
	// Logger is told of the child's lives; nil for nobody.
	Logger *slog.Logger
}

// stages is how often progress is reported: five for Burgers, five for CG, the files.
const stages = 11

// tour is a tour on its way.
type tour struct {
	Options
	done   int
	record *Record
}

// Run makes the tour. The record is returned, and written into opts.Dir, whether the
// comparisons hold or not: see [Record.Passed]. An error means that the tour could not
// be made to its end.
func Run(ctx context.Context, opts Options) (*Record, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(opts.Dir, 0o777); err != nil {
		return nil, fmt.Errorf("the tour's directory cannot be made: %w; name another with --dir", err)
	}
	t := &tour{Options: opts, record: &Record{Dir: opts.Dir}}
	begin := time.Now()
	for _, part := range []func(context.Context) error{t.burgers, t.cg} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	t.stage("writing the record")
	t.record.Seconds = number(time.Since(begin).Seconds())
	if err := t.write(); err != nil {
		return nil, err
	}
	return t.record, nil
}

// stage reports that the next stage begins.
func (t *tour) stage(format string, args ...any) {
	if t.Progress != nil {
		t.Progress(t.done, stages, fmt.Sprintf(format, args...))
	}
	t.done++
}

// write puts the record beside the maps.
func (t *tour) write() error {
	name := filepath.Join(t.Dir, "tour.json")
	t.record.Files = append(t.record.Files, name)
	text, err := json.MarshalIndent(t.record, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o666)
}
