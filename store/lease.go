package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Creator is implemented by stores that can put a blob under a name that is free, and only
// then, by a conditional request.
type Creator interface {
	// Create does what Put does if there is no blob of that name. Otherwise the error matches
	// fs.ErrExist. Of two that create one blob at the same time one succeeds.
	Create(ctx context.Context, name string, write func(w io.Writer) error) error
}

// leaseTime is how long a lease must not have been renewed to count as that of a dead holder.
// It is measured by whoever waits for it, so clocks need not agree.
const leaseTime = time.Minute

const (
	leaseRenewal = leaseTime / 6  // how often it is renewed
	leaseLook    = leaseTime / 12 // how often it is looked at by who waits
	holderLook   = leaseTime / 600
)

// lease is a blob NAME-lock-EPOCH that its holder renews. A lease that is not renewed is
// superseded by creating the next epoch, which only one can do; the newest epoch counts.
type lease struct {
	store Store
	name  string // of the lock
	epoch uint64
	heir  bool // the one before has not given it up
	stop  context.CancelFunc
	ended sync.WaitGroup

	mu   sync.Mutex
	note leaseNote
}

// leaseNote is the content of a lease.
type leaseNote struct {
	Holder
	Process process `json:"process"`
	Token   string  `json:"token"`   // of the holder, not used twice
	Renewed int     `json:"renewed"` // how often
}

// gone reports whether the holder was a process of this host and is dead.
func (n leaseNote) gone() bool { return n.Process.gone(n.PID) }

// leaseMark stands between the name of a lock and the epoch of its lease.
const leaseMark = "-lock-"

func leaseName(name string, epoch uint64) string {
	return fmt.Sprintf("%s%s%08d", name, leaseMark, epoch)
}

// Lease takes the lock of a store that is a [Creator]. A holder that does not renew its lease
// for a minute counts as dead, so a run that was killed is taken over after a minute, and at
// once if the holder was a process of this host that is gone, as can be told on Linux; an
// error that matches [ErrLocked] comes as soon as the other one's renewal is seen. A holder
// that was stopped for longer and goes on learns of it from Check. See [Claim] for less than a minute.
func Lease[S interface {
	Store
	Creator
}](ctx context.Context, s S, name string) (Lock, error) {
	l, err := acquireLease(ctx, s, name, leaseTime)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// leased is a store that keeps leases.
type leased interface {
	Store
	Creator
}

// acquireLease takes a lease, whose holder counts as dead when it has not renewed it for so long.
func acquireLease(ctx context.Context, s leased, name string, patience time.Duration) (*lease, error) {
	if err := CheckName(leaseName(name, 1)); err != nil {
		return nil, err
	}
	l := &lease{store: s, name: name, note: leaseNote{Holder: thisHolder(), Process: thisProcess(), Token: rand.Text()}}
	for {
		newest, err := newestLease(ctx, s, name)
		if err == nil && newest > 0 {
			err = awaitEnd(ctx, s, name, newest, patience)
		}
		if errors.Is(err, fs.ErrNotExist) { // given back meanwhile
			if err := pause(ctx); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		l.epoch, l.heir = newest+1, newest > 0
		err = s.Create(ctx, leaseName(name, l.epoch), l.write)
		if errors.Is(err, fs.ErrExist) { // another one was faster
			continue
		}
		if err != nil {
			return nil, err
		}
		break
	}
	for epoch := l.epoch - 1; epoch > 0; epoch-- {
		if err := s.Delete(ctx, leaseName(name, epoch)); err != nil { // or there is none
			break
		}
	}
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	l.ended.Go(func() { l.renew(ctx) })
	return l, nil
}

// pause waits a little before a store is asked again: one whose list is not up to date may give the
// same answer for a while.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}

// newestLease returns the greatest epoch, 0 if there is none.
func newestLease(ctx context.Context, s Store, name string) (uint64, error) {
	prefix := name + leaseMark
	infos, err := s.List(ctx, prefix)
	if err != nil {
		return 0, err
	}
	var newest uint64
	for _, info := range infos {
		epoch, err := strconv.ParseUint(strings.TrimPrefix(info.Name, prefix), 10, 63)
		if err == nil && leaseName(name, epoch) == info.Name {
			newest = max(newest, epoch)
		}
	}
	return newest, nil
}

// awaitEnd returns nil when the lease of an epoch was not renewed for so long, or its holder
// is certainly dead.
func awaitEnd(ctx context.Context, s Store, name string, epoch uint64, patience time.Duration) error {
	first, err := readLease(ctx, s, name, epoch)
	if err != nil {
		return err
	}
	for start := time.Now(); time.Since(start) < patience; {
		if gone, err := awaitDeath(ctx, first, leaseLook); gone || err != nil {
			return err
		}
		now, err := readLease(ctx, s, name, epoch)
		if err != nil {
			return err
		}
		if now != first {
			return &LockedError{name, now.Holder}
		}
	}
	return nil
}

// awaitDeath waits for a while, or until the holder of a lease is seen to be dead.
func awaitDeath(ctx context.Context, n leaseNote, d time.Duration) (gone bool, err error) {
	for end := time.Now().Add(d); ; {
		if n.gone() {
			return true, nil
		}
		left := time.Until(end)
		if left <= 0 {
			return false, nil
		}
		if n.Process.here() {
			left = min(left, holderLook)
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-time.After(left):
		}
	}
}

func readLease(ctx context.Context, s Store, name string, epoch uint64) (note leaseNote, err error) {
	r, _, err := s.Get(ctx, leaseName(name, epoch))
	if err != nil {
		return note, err
	}
	text, err := io.ReadAll(io.LimitReader(r, 4096))
	if err = errors.Join(err, r.Close()); err != nil {
		return note, err
	}
	if err := json.Unmarshal(text, &note); err != nil { // counts as that of nobody, and must end too
		return leaseNote{Token: string(text)}, nil
	}
	return note, nil
}

func (l *lease) write(w io.Writer) error {
	l.mu.Lock()
	text, err := json.Marshal(l.note)
	l.mu.Unlock()
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// renew renews the lease until it is given back. A renewal that fails is tried again; if it
// fails for long, Check tells.
func (l *lease) renew(ctx context.Context) {
	tick := time.NewTicker(leaseRenewal)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if l.Check(ctx) != nil {
			continue
		}
		l.mu.Lock()
		l.note.Renewed++
		l.mu.Unlock()
		_ = l.store.Put(ctx, leaseName(l.name, l.epoch), l.write)
	}
}

// Check implements [Lock].
func (l *lease) Check(ctx context.Context) error {
	newest, err := newestLease(ctx, l.store, l.name)
	if err != nil {
		return err
	}
	if newest == 0 {
		return &LockedError{Name: l.name} // superseded, and given back
	}
	note, err := readLease(ctx, l.store, l.name, newest)
	if err != nil {
		return err
	}
	if newest != l.epoch || note.Token != l.note.Token {
		return &LockedError{l.name, note.Holder}
	}
	return nil
}

// Inherited implements [Heir].
func (l *lease) Inherited() bool { return l.heir }

// Release implements [Lock].
func (l *lease) Release() error {
	l.stop()
	l.ended.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), leaseTime)
	defer cancel()
	if err := l.Check(ctx); err != nil {
		if errors.Is(err, ErrLocked) {
			return nil
		}
		return err
	}
	return l.store.Delete(ctx, leaseName(l.name, l.epoch))
}
