package redundant

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/internal/keyed"
)

func init() {
	for _, name := range []string{"rs", "copies"} {
		store.Register(name, store.Scheme{
			Open:         func(url string) (store.Store, error) { return open(url, store.Open) },
			OpenExisting: func(url string) (store.Store, error) { return open(url, store.OpenExisting) },
		})
	}
}

// Options are those of [New].
type Options struct {
	// Strict makes Put fail if any member fails. Else it succeeds as long as no more of them
	// fail than there are parity shards.
	Strict bool
	// Logger is told of members that fail and of damaged shards; slog.Default() if nil.
	Logger *slog.Logger
}

// Member is one of the stores.
type Member struct {
	Name  string // for messages, such as its URL
	Store store.Store
}

// Store is a store over several others. Use store.Open or [New].
type Store struct {
	members []Member
	k, m    int
	opts    Options
	block   int         // bytes of the blocks that are written
	busy    keyed.Locks // names that are being put
}

var _ store.Store = (*Store)(nil)

// New makes one store of k + m members. The order of the members does not matter. Blobs that
// were written with other numbers can be read.
func New(k, m int, members []Member, opts Options) (*Store, error) {
	if err := checkNumbers(k, m, len(members)); err != nil {
		return nil, fmt.Errorf("store: redundant: %w", err)
	}
	seen := map[string]bool{}
	for i, member := range members {
		if member.Store == nil {
			return nil, fmt.Errorf("store: redundant: member %d has no store", i)
		}
		if member.Name != "mem:" && member.Name != "" && seen[member.Name] {
			return nil, fmt.Errorf("store: redundant: %s is given twice: what happens to one happens to both", member.Name)
		}
		seen[member.Name] = true
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	return &Store{members: members, k: k, m: m, opts: opts, block: blockLen}, nil
}

func checkNumbers(k, m, members int) error {
	switch {
	case k < 1 || m < 0 || k+m > maxShards:
		return fmt.Errorf("%d data and %d parity shards: take at least one of data, and at most %d in all", k, m, maxShards)
	case members != k+m:
		return fmt.Errorf("%d+%d shards need %d stores, and %d are given", k, m, k+m, members)
	}
	return nil
}

// open opens the members of a URL. Up to m of them may fail to open.
func open(url string, openMember func(string) (store.Store, error)) (store.Store, error) {
	k, m, urls, err := parseURL(url)
	if err != nil {
		return nil, fmt.Errorf("store: %q: %w", url, err)
	}
	var members []Member
	var errs []error
	for _, u := range urls {
		s, err := openMember(u)
		if err != nil {
			errs = append(errs, err)
			s = lost{err}
		}
		members = append(members, Member{u, s})
	}
	if len(errs) > m {
		return nil, fmt.Errorf("store: %q: %d of its stores cannot be opened, and it can do without %d: %w", url, len(errs), m, errors.Join(errs...))
	}
	s, err := New(k, m, members, Options{})
	if err != nil {
		return nil, err
	}
	for _, err := range errs {
		s.opts.Logger.Warn("store: a member cannot be opened; its shards count as lost", "error", err)
	}
	return s, nil
}

func parseURL(url string) (k, m int, urls []string, err error) {
	scheme, rest, _ := strings.Cut(url, ":")
	if scheme == "rs" {
		numbers, list, ok := strings.Cut(rest, ":")
		data, parity, ok2 := strings.Cut(numbers, "+")
		k, err = strconv.Atoi(data)
		if err == nil {
			m, err = strconv.Atoi(parity)
		}
		if !ok || !ok2 || err != nil {
			return 0, 0, nil, errors.New("write rs:K+M:URL,URL,…, with K+M stores")
		}
		rest = list
	}
	if urls, err = store.SplitList(rest); err != nil {
		return 0, 0, nil, err
	}
	for i, u := range urls {
		if inner, ok := strings.CutPrefix(u, "["); ok {
			urls[i] = strings.TrimSuffix(inner, "]")
		}
	}
	if scheme == "copies" {
		k, m = 1, len(urls)-1
	}
	return k, m, urls, checkNumbers(k, m, len(urls))
}

// lost stands for a member that could not be opened.
type lost struct{ err error }

func (l lost) Put(context.Context, string, func(io.Writer) error) error { return l.err }

func (l lost) Get(context.Context, string) (io.ReadCloser, int64, error) { return nil, 0, l.err }

func (l lost) List(context.Context, string) ([]store.Info, error) { return nil, l.err }

func (l lost) Delete(context.Context, string) error { return l.err }
