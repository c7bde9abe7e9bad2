package tiers

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
	"github.com/cairn-ad/cairn/store"
)

func init() {
	store.Register("tiers", store.Scheme{
		Open:         func(url string) (store.Store, error) { return open(url, store.Open, false) },
		OpenExisting: func(url string) (store.Store, error) { return open(url, store.OpenExisting, true) },
	})
}

// Level is one level of a store.
type Level struct {
	Name  string // for messages, such as the URL
	Store store.Store
	// Wait makes Put return only when this level has the blob. The last level with it
	// counts; without one it is the first.
	Wait bool
	// Every is how old the last unit that the level has taken must be before it takes
	// another one. Zero takes all. It is for levels that Put does not wait for.
	Every time.Duration
	// Tune lets the time between the units that the level takes follow from what copying them
	// costs, and from these limits, instead of Every: a Level of package interval, whose steps
	// are the units of the store and whose stalls are the copies. Its Name does not matter.
	Tune interval.Level
	// Keep is how many units of each series the level keeps by itself. Zero deletes what is
	// deleted from the store.
	Keep int
}

// Options are those of [New].
type Options struct {
	// Pending is how many units may wait for a level; 4 if zero.
	Pending int
	// Attempts is how often a copy is tried; 5 if zero.
	Attempts int
	// Pause is that after the first attempt; each is twice as long. One second if zero.
	Pause time.Duration
	// ReadOnly changes nothing in any level.
	ReadOnly bool
	// Logger is told of what fails and what is skipped; slog.Default() if nil.
	Logger *slog.Logger
}

// Store is a store of levels. Use store.Open or [New].
type Store struct {
	levels []*level
	wait   int // the last level that Put waits for
	opts   Options

	mu     sync.Mutex
	change sync.Cond       // of what is guarded by mu
	units  Units           // what belongs together
	found  map[string]int  // level from which a unit is read, by its last blob
	later  map[string]Unit // blobs to delete when their unit was copied
	begun  bool            // what an earlier life has left was queued
}

var _ store.Store = (*Store)(nil)

// New makes one store of levels, the fastest first.
func New(levels []Level, opts Options) (*Store, error) {
	if len(levels) == 0 {
		return nil, errors.New("store: tiers: give one level at least")
	}
	if opts.Pending < 0 || opts.Attempts < 0 || opts.Pause < 0 {
		return nil, fmt.Errorf("store: tiers: Pending %d, Attempts %d and Pause %v must not be negative", opts.Pending, opts.Attempts, opts.Pause)
	}
	if opts.Pending == 0 {
		opts.Pending = 4
	}
	if opts.Attempts == 0 {
		opts.Attempts = 5
	}
	if opts.Pause == 0 {
		opts.Pause = time.Second
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	s := &Store{opts: opts, units: each{}, found: make(map[string]int), later: make(map[string]Unit)}
	s.change.L = &s.mu
	for i, l := range levels {
		if l.Store == nil || l.Every < 0 || l.Keep < 0 {
			return nil, fmt.Errorf("store: tiers: level %d: a store must be there, and Every %v and Keep %d not negative", i, l.Every, l.Keep)
		}
		if l.Name == "" {
			l.Name = fmt.Sprint("level ", i)
		}
		if l.Wait {
			s.wait = i
		}
		rhythm, err := newRhythm(l)
		if err != nil {
			return nil, fmt.Errorf("store: tiers: %s: %w", l.Name, err)
		}
		if l.Every > 0 && l.tuned() {
			return nil, fmt.Errorf("store: tiers: %s: every is a fixed time, and the other limits are for one that adapts: give one or the other", l.Name)
		}
		s.levels = append(s.levels, &level{Level: l, number: i, rhythm: rhythm})
	}
	for _, l := range s.levels[:s.wait+1] {
		if !l.rhythm.all() {
			return nil, fmt.Errorf("store: tiers: %s: Put waits for it, so it takes everything: leave out every, and all other limits", l.Name)
		}
	}
	return s, nil
}

// open opens the levels of a URL. To look into it, levels in memory are left out.
func open(url string, openLevel func(string) (store.Store, error), readOnly bool) (store.Store, error) {
	levels, err := parseURL(url)
	if err != nil {
		return nil, fmt.Errorf("store: %q: %w", url, err)
	}
	var kept []Level
	for _, l := range levels {
		if readOnly && l.Name == "mem:" {
			continue
		}
		if l.Store, err = openLevel(l.Name); err != nil {
			return nil, fmt.Errorf("store: %q: %w", url, err)
		}
		kept = append(kept, l)
	}
	if kept == nil {
		return nil, fmt.Errorf("store: %q is always empty when it is opened", url)
	}
	return New(kept, Options{ReadOnly: readOnly})
}

func parseURL(url string) ([]Level, error) {
	_, rest, _ := strings.Cut(url, ":")
	entries, err := store.SplitList(rest)
	if err != nil {
		return nil, err
	}
	var levels []Level
	waits := false
	for _, entry := range entries {
		l, err := parseLevel(entry)
		if err != nil {
			return nil, err
		}
		waits = waits || l.Wait
		levels = append(levels, l)
	}
	for i := range levels {
		if !waits && levels[i].Name != "mem:" {
			levels[i].Wait, waits = true, true
		}
	}
	return levels, nil
}

// parseLevel reads a URL and the options after it.
func parseLevel(entry string) (Level, error) {
	url, options := entry, ""
	if inner, ok := strings.CutPrefix(entry, "["); ok {
		end := strings.LastIndexByte(inner, ']') // the brackets are balanced
		url, options = inner[:end], inner[end+1:]
	} else if i := strings.IndexByte(entry, ';'); i >= 0 {
		url, options = entry[:i], entry[i:]
	}
	l := Level{Name: url}
	for option := range strings.SplitSeq(strings.TrimPrefix(options, ";"), ";") {
		key, value, _ := strings.Cut(option, "=")
		var err error
		switch {
		case option == "":
		case option == "wait":
			l.Wait = true
		case key == "every":
			l.Every, err = time.ParseDuration(value)
		case key == "keep":
			l.Keep, err = strconv.Atoi(value)
		case key == "mtbf":
			l.Tune.MTBF, err = time.ParseDuration(value)
		case key == "recovery":
			l.Tune.Recovery, err = time.ParseDuration(value)
		case key == "rpo":
			l.Tune.RPO, err = time.ParseDuration(value)
		case key == "overhead":
			l.Tune.Overhead, err = strconv.ParseFloat(value, 64)
		case key == "perhour":
			l.Tune.BytesPerHour, err = strconv.ParseInt(value, 10, 64)
		default:
			err = errors.New("a level has the options wait, every=TIME, keep=K, mtbf=TIME, recovery=TIME, rpo=TIME, overhead=SHARE and perhour=BYTES; a URL with a semicolon stands in brackets")
		}
		if err != nil {
			return Level{}, fmt.Errorf("%q: %w", entry, err)
		}
	}
	return l, nil
}

// Locking implements [store.Gathering].
func (s *Store) Locking() iter.Seq2[string, store.Store] {
	return func(yield func(string, store.Store) bool) { yield(s.levels[s.wait].Name, s.levels[s.wait].Store) }
}

// Lock implements [store.Locker] with the lock of the level that Put waits for.
func (s *Store) Lock(ctx context.Context, name string, owns func(blob string) bool) (store.Lock, error) {
	return store.Acquire(ctx, s.levels[s.wait].Store, name, owns)
}
