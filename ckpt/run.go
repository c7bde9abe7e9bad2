package ckpt

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/ckpt/interval"
	"github.com/cairn-ad/cairn/store"
)

// Options say where and when a run is saved. The zero value saves once a minute
// under the name "run" and keeps three checkpoints.
type Options struct {
	// Name tells the checkpoints of several runs in one store apart; "run" if empty.
	Name string
	// Keep is how many checkpoints to keep, the newest; 3 if zero. Damaged ones do not count
	// and are not removed.
	Keep int
	// KeepEvery keeps besides every checkpoint whose number is a multiple of it.
	KeepEvery int
	// KeepSpacing keeps besides, of all older checkpoints, those that are so far apart in time.
	KeepSpacing time.Duration
	// Tries is how often a checkpoint is restored without a successful save, or the end of the
	// loop, after it, before it counts as one that kills the program and the next older one is
	// taken; 3 if zero. A negative value takes it again and again.
	Tries int
	// StartAnew starts the run from its beginning if there are checkpoints and none of them is
	// valid, in place of failing with [ErrNoValid]. A valid one is restored all the same, and one
	// that cannot be read because the store fails is no reason to begin anew.
	StartAnew bool
	// Every saves when so many steps were executed since the last save. Zero means
	// that steps do not count.
	Every int
	// Interval saves when so much time has passed since the last save. Zero means
	// one minute if Every and all of the next group are zero too, else that time does not
	// count.
	Interval time.Duration

	// The options of this group, if any is set, have the loop's steps and saves measured,
	// and save as often as is best within these limits; see package interval and
	// [Run.Tuning]. Saves that are due by Every or Interval are taken besides.

	// Overhead is the largest share of the time of the steps that saves may take, such
	// as 0.02.
	Overhead float64
	// MTBF is the mean time between failures of what the run needs: saves are as frequent as
	// loses the least time.
	MTBF time.Duration
	// Recovery is the time from a failure until the loop goes on, if it is long; it refines
	// MTBF.
	Recovery time.Duration
	// RPO is the largest loss of work that is acceptable, if Overhead and StoragePerHour
	// permit it (recovery point objective).
	RPO time.Duration
	// StoragePerHour is how many bytes may be written in an hour of steps.
	StoragePerHour int64

	// Deadline is when the process will be killed. The loop saves at the last moment that is
	// early enough and ends with [ErrDeadline]. A first save comes early, to learn what is.
	Deadline time.Time
	// Slack is how much before Deadline the last save must be done; one second if zero.
	Slack time.Duration

	// The options of this group say how the state is kept as it is while the loop goes on and
	// the state is written in the background. The zero values are safe: one save is in flight
	// at most, and the loop waits for it if the next is due.

	// Mode is how; ModeAuto, the zero value, chooses by what is measured. A mode that the system
	// refuses is replaced by another one, with a warning.
	Mode Mode
	// InFlight is how many saves may be on their way to the store; 1 if zero. Each may take
	// as much memory as the state, within Memory.
	InFlight int
	// SkipBusy has a save that is due while InFlight others are on their way wait for the
	// first step that finds one of them done. The loop does not wait then.
	SkipBusy bool
	// Memory is how many bytes buffers for copies of the state may take; half of what the system has available
	// if zero. A state that is larger is not copied.
	Memory int64
	// FullEvery has every so many saves hold the whole state, and those between only the
	// blocks that have changed; they refer to older files for the others. If it is 0 or 1 all saves
	// are whole.
	FullEvery int
	// Changes is how saves that hold only what has changed find that; ChangesAuto, the zero value,
	// asks the system where it can tell.
	Changes Changes

	// Uncritical is where the elements go that masks leave out, if anywhere: a store that may be
	// lost, beside the run's own, which holds what matters. After a restore they have the
	// saved values, or, if this store has lost them, those that the program has given them.
	// The loop waits for the saves of both.
	Uncritical store.Store

	// Hooks are called before and after saves, and after a restore.
	Hooks Hooks

	// Watchdog is how long a save or a restore may take before the Logger is told that the
	// store does not return, and then again and again; meanwhile [Run.Err] tells, too. Such a
	// call cannot be ended from here. A loop that waits for its save goes on when that returns,
	// and [Run.Warnings] tells; a loop whose saves are written in the background waits no
	// longer than this for the one that is stuck, and goes on without further saves until it
	// returns. Ten minutes if zero; a negative value keeps it silent.
	Watchdog time.Duration

	// Schema is the version number that the program gives to its set of variables. It is
	// recorded in checkpoints; those of a later schema are not restored. See [Added],
	// [RenamedFrom] and [ConvertedFrom] for variables that checkpoints of earlier ones have in
	// another way.
	Schema int
	// Dropped are names of variables that older checkpoints have and the program does not need
	// any more.
	Dropped []string

	// Codec encodes the payloads of all variables that have none of their own; see package
	// ckpt/codec. With nil they are stored as they are.
	Codec Codec
	// Exact promises that a resumed run goes on bit for bit: it refuses [Lossy] variables.
	Exact bool

	// Logger is told of damaged checkpoints and failed saves; slog.Default() if nil.
	Logger *slog.Logger

	// now is the clock. Differences of its times are taken with the monotonic part that they
	// have, so that a clock that is set meanwhile moves nothing.
	now func() time.Time
}

// since is how long ago a time of the clock was.
func (o *Options) since(t time.Time) time.Duration { return o.now().Sub(t) }

// Run is the durable state of one loop. Use [Open] or [OpenStore].
type Run struct {
	store store.Store
	opts  Options
	vars  []*variable

	nextSeq   uint64          // of the next save, 0 before the store was listed
	damaged   map[string]bool // blobs that this run found to be invalid
	keeping   keeping
	sharing   sharing
	used      bool        // by a loop
	restored  bool        // the store was looked at
	ticking   bool        // by Tick
	busy      atomic.Bool // a call is at work, or a hook
	lastTime  time.Time   // of the last attempt to save
	lastStep  int         // step of the last attempt to save, or of the restore
	safeStep  int         // newest step that is in the store, if safe
	safe      bool
	protected error  // errors of Protect
	tuner     *tuner // of a loop, if Options ask for it
	flight    flight
	freezer   freezer
	pages     pages
	changes   changes
	history   history
	image     image     // the last one captured while the loop waited; its memory is used again
	bases     []fileRef // older files that the save in hand may refer to
	writer    payloadWriter
	chunker   chunker
	head      dataHeader
	text      []byte
	dog       watchdog
	rest      *Run            // saves what masks leave out; nil before it was needed
	costs     *interval.State // what the life measured that saved the restored checkpoint

	mu       sync.Mutex // guards what follows, which other goroutines may ask for
	saved    Saved
	warnings []string
	finished bool
	report   Snapshot
	loop     error // why a loop ended early
	failed   failures
	hooks    failures
}

// Saved describes the last checkpoint that a Run has saved.
type Saved struct {
	Saves    int   // successful saves of this Run
	Step     int   // step of the last one
	Bytes    int64 // its size
	Elements int   // elements of all variables
	Stored   int   // elements that it holds; the masks left out the others
}

// Open opens a run in the store of a URL, such as "file:checkpoints" or "mem:"; see
// package store. It does not read checkpoints yet.
func Open(url string, opts Options) (*Run, error) {
	s, err := store.Open(url)
	if err != nil {
		return nil, err
	}
	return OpenStore(s, opts)
}

// OpenStore opens a run in a store.
func OpenStore(s store.Store, opts Options) (*Run, error) {
	if s == nil {
		return nil, errors.New("ckpt: the store is nil")
	}
	tellUnits(s)
	if opts.Name == "" {
		opts.Name = "run"
	}
	if err := store.CheckName(blobName(opts.Name, math.MaxUint64, math.MinInt)); err != nil {
		return nil, fmt.Errorf("ckpt: Options.Name: %w", err)
	}
	if opts.Every < 0 || opts.Interval < 0 {
		return nil, fmt.Errorf("ckpt: Every %d and Interval %v must not be negative", opts.Every, opts.Interval)
	}
	if err := opts.checkRetention(); err != nil {
		return nil, err
	}
	if err := opts.checkTuning(); err != nil {
		return nil, err
	}
	if err := opts.checkSnapshots(); err != nil {
		return nil, err
	}
	if err := opts.checkCodecs(); err != nil {
		return nil, err
	}
	if err := opts.checkRules(); err != nil {
		return nil, err
	}
	if opts.Every == 0 && opts.Interval == 0 && !opts.tuned() {
		opts.Interval = time.Minute
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	opts.checkWatchdog()
	opts.now = time.Now
	r := &Run{store: s, opts: opts, dog: watchdog{limit: opts.Watchdog, logger: opts.Logger}, damaged: make(map[string]bool)}
	if opts.FullEvery > 1 {
		r.chunker.chunk = incrementLen
	}
	return r, nil
}

// Protect makes a variable part of every checkpoint. The pointer stays with the Run;
// the variable's name must be unique in the run and must not change between the
// program's lives.
//
// It returns an error if the pointer is no pointer or nil, if its type holds
// something that cannot be saved, if the name is empty or taken, if the variable
// shares memory with another one or two of its slices share elements, or if a mask
// does not fit. The error need not be looked at: a run with such an error saves,
// restores and steps nothing, and says so. Memory may come to be shared later, by an
// assignment of a slice; [Run.Save] and [Run.Restore] look for that too.
func (r *Run) Protect(name string, pointer any, options ...ProtectOption) error {
	v, err := r.variable(name, pointer, options)
	if err != nil {
		err = fmt.Errorf("ckpt: protect %q: %w", name, err)
		r.mu.Lock()
		r.protected = errors.Join(r.protected, err)
		r.mu.Unlock()
		return err
	}
	r.vars = append(r.vars, v)
	return nil
}

func (r *Run) variable(name string, pointer any, options []ProtectOption) (*variable, error) {
	if r.busy.Load() {
		return nil, errBusy
	}
	if err := checkVariableName(name); err != nil {
		return nil, err
	}
	value := reflect.ValueOf(pointer)
	if value.Kind() != reflect.Pointer {
		return nil, fmt.Errorf("it is given as %T; give a pointer to the variable", pointer)
	}
	if value.IsNil() {
		return nil, errors.New("the pointer is nil")
	}
	n, err := compile(value.Type().Elem(), hostLittle)
	if err != nil {
		return nil, err
	}
	tree, err := parseType(n.text)
	if err != nil {
		return nil, fmt.Errorf("its type %v could not be restored: %w", n.rtype, err)
	}
	v := &variable{name: name, pointer: pointer, user: value.UnsafePointer(), p: value.UnsafePointer(), node: n, tree: tree}
	for _, other := range r.vars {
		if other.name == name {
			return nil, errors.New("the name is taken by another variable")
		}
	}
	if err := r.sharing.check(append(slices.Clip(r.vars), v)); err != nil {
		return nil, err
	}
	for _, option := range options {
		if err := option(v); err != nil {
			return nil, err
		}
	}
	if err := r.opts.checkCodec(v); err != nil {
		return nil, err
	}
	if err := r.opts.checkSchema(v); err != nil {
		return nil, err
	}
	if v.keep != nil && v.resizable {
		return nil, errors.New("a variable with a mask has a fixed size; leave out Resizable or the mask")
	}
	if v.keep != nil && n.opaque {
		return nil, fmt.Errorf("a variable of type %v takes no mask, since it has pointers, maps or values that marshal themselves, and so no elements that could be left out; leave the option away", n.user)
	}
	if err := v.take(); err != nil {
		return nil, err
	}
	m := new(measure)
	if err := walk(n, v.p, false, m); err != nil {
		return nil, err
	}
	if m.elements > 0 {
		return v, v.fits(m.elements)
	}
	return v, nil
}

func checkVariableName(name string) error {
	switch {
	case name == "":
		return errors.New("the name is empty")
	case len(name) > 1024:
		return errors.New("the name has more than 1024 bytes")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return errors.New("the name has control characters or is not UTF-8")
	}
	return nil
}

// Saved describes the last checkpoint that this Run has saved. Like Warnings, Err and
// Finished it may be called by any goroutine at any time.
func (r *Run) Saved() Saved {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.saved
}

// Warnings returns what the user should know although nothing failed: damaged
// checkpoints that were passed over, old ones that could not be removed, saves that took
// longer than Options.Watchdog.
func (r *Run) Warnings() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(slices.Clone(r.warnings), r.dog.warnings()...)
}

func (r *Run) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.mu.Lock()
	r.warnings = append(r.warnings, text)
	r.mu.Unlock()
	r.opts.Logger.Warn("ckpt: " + text)
}

// Err returns what went wrong, or nil: errors of [Run.Protect], the reason why a loop
// ended before its last step (an error of the restore, or the context's), the
// saves that failed while the loop went on, which match [ErrSave], and errors of hooks,
// which match [ErrHook]. A loop whose results are complete although saves failed is told by
//
//	errors.Is(err, ckpt.ErrSave) && run.Finished()
func (r *Run) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(r.protected, r.loop, r.failed.err(ErrSave), r.hooks.err(ErrHook), r.dog.err())
}

// failures sums up errors of one kind.
type failures struct {
	count     int
	firstStep int
	first     error
	lastStep  int
	last      error
}

func (f *failures) add(step int, err error) {
	if f.count == 0 {
		f.firstStep, f.first = step, err
	}
	f.count++
	f.lastStep, f.last = step, err
}

func (f *failures) err(kind error) error {
	switch f.count {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%w: %w", kind, f.first)
	}
	return fmt.Errorf("%w, %d times between steps %d and %d: first: %w; last: %w", kind, f.count, f.firstStep, f.lastStep, f.first, f.last)
}
