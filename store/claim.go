package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Claim tells who holds a lock, or held it when he died.
type Claim struct {
	Name   string // of the lock
	Where  string // in which of several stores, if the one that was asked is made of such
	Holder Holder // the zero value if it is not known
	Gone   bool   // the holder was a process of this host, and is dead
	// Lease reports whether the lock outlives its holder, as in a bucket. Others end with
	// him, and only so.
	Lease bool

	store leased
}

// Gathering is implemented by stores whose locks are those of other stores.
type Gathering interface {
	// Locking yields these stores, with what tells one from the other.
	Locking() iter.Seq2[string, Store]
}

// Claims returns the locks in s that are held: of the given names and, where locks are
// leases, of all others, too. Of stores that cannot keep anybody out it knows none.
func Claims(ctx context.Context, s Store, names ...string) ([]Claim, error) {
	switch s := s.(type) {
	case Gathering:
		return gathered(ctx, s, names)
	case Locker:
		var out []Claim
		for _, name := range names {
			l, err := s.Lock(ctx, name, func(string) bool { return false })
			var locked *LockedError
			switch {
			case errors.As(err, &locked):
				out = append(out, Claim{Name: name, Holder: locked.Holder})
			case err != nil:
				return nil, err
			default:
				if err := l.Release(); err != nil {
					return nil, err
				}
			}
		}
		return out, nil
	case leased:
		return leaseClaims(ctx, s)
	}
	return nil, nil
}

// gathered returns the claims of several stores. Those that fail are told in the error.
func gathered(ctx context.Context, g Gathering, names []string) (out []Claim, err error) {
	var errs []error
	for where, s := range g.Locking() {
		claims, err := Claims(ctx, s, names...)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", where, err))
		}
		for _, c := range claims {
			if c.Where != "" {
				c.Where = "/" + c.Where
			}
			c.Where = where + c.Where
			out = append(out, c)
		}
	}
	return out, errors.Join(errs...)
}

func leaseClaims(ctx context.Context, s leased) ([]Claim, error) {
	infos, err := s.List(ctx, "")
	if err != nil {
		return nil, err
	}
	newest := map[string]uint64{}
	for _, info := range infos {
		at := strings.LastIndex(info.Name, leaseMark)
		if at < 1 {
			continue
		}
		name := info.Name[:at]
		epoch, err := strconv.ParseUint(info.Name[at+len(leaseMark):], 10, 63)
		if err == nil && leaseName(name, epoch) == info.Name {
			newest[name] = max(newest[name], epoch)
		}
	}
	var out []Claim
	for _, name := range slices.Sorted(maps.Keys(newest)) {
		epoch := newest[name]
		note, err := readLease(ctx, s, name, epoch)
		if errors.Is(err, ErrNotExist) { // given back meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Claim{Name: name, Holder: note.Holder, Gone: note.gone(), Lease: true, store: s})
	}
	return out, nil
}

// ClaimWatch is for how long [Claim.Break] watches a lease: longer than its holder takes to renew
// it twice.
const ClaimWatch = 5 * leaseRenewal / 2

// Break takes a lease from its holder and gives it up, so that the next writer need not wait.
// Unless it is forced, the lease is watched for [ClaimWatch] before, if its holder is not known
// to be dead, and if he renews it the error matches [ErrLocked]. A holder that lives in
// spite of all finds that the lock is lost before he publishes anything; what was on its way may still
// arrive. That a lock is no lease is an error that matches ErrLocked.
func (c Claim) Break(ctx context.Context, force bool) error {
	if !c.Lease {
		return fmt.Errorf("%w: this lock ends with its holder", &LockedError{c.Name, c.Holder})
	}
	patience := ClaimWatch
	if force {
		patience = 0
	}
	l, err := acquireLease(ctx, c.store, c.Name, patience)
	if err != nil {
		return err
	}
	return l.Release()
}
