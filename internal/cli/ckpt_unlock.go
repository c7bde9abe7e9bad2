package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

// unlockOptions are those of unlock.
type unlockOptions struct {
	run    string
	force  bool
	dryRun bool
	json   bool
}

func newUnlock(s *streams) *cobra.Command {
	var o unlockOptions
	c := &cobra.Command{
		Use:   "unlock URL",
		Short: "Tell who holds a run, and release what a dead writer holds",
		Long: fmt.Sprintf(`Tell which process holds the lock of a run, on which host and since when, and release the
lease of one that has died. In a bucket a lease outlives its holder by a minute. It is watched for
%.0f seconds, unless its holder was a process of this host that is gone, and is left if its holder renews it.
The lock of a directory ends with its holder and needs no command.

--force releases without watching. If the holder lives, its saves are refused from then on: what it
computes from its newest checkpoint on is lost, and a checkpoint that it is publishing at that moment
may still appear beside those of its successor.

Exit status: 0 if nobody holds a lock any more, or with --dry-run; 1 if a lock is left.`, store.ClaimWatch.Seconds()),
		Example: "  cairn unlock s3://bucket/runs --run wave",
		Args:    exactArgs("URL"),
		RunE: func(c *cobra.Command, args []string) error {
			return o.unlock(c, s, args[0])
		},
	}
	runFlag(c, &o.run)
	c.Flags().BoolVar(&o.force, "force", false, "release without looking whether the holder lives")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "tell who holds a lock, and do nothing")
	c.Flags().BoolVar(&o.json, "json", false, "print JSON")
	return c
}

// lockJSON is a lock that was held.
type lockJSON struct {
	Run      string    `json:"run"`
	Store    string    `json:"store,omitempty"` // which of several
	Host     string    `json:"host,omitempty"`
	PID      int       `json:"pid,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	Lease    bool      `json:"lease"`
	Gone     bool      `json:"gone"` // the process was one of this host and has ended
	Released bool      `json:"released"`
	Error    string    `json:"error,omitempty"` // why not
}

func (o *unlockOptions) unlock(c *cobra.Command, s *streams, url string) error {
	ctx, stop := interruptible(c)
	defer stop()
	src, err := openSource(url, "")
	if err != nil {
		return err
	}
	if src.file != "" {
		return usagef("%s is one file: give the directory, file:%s", url, src.dir)
	}
	claims, err := o.claims(ctx, src)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			err = fmt.Errorf("%w: run as who saved", err)
		}
		return fmt.Errorf("%s: %w", url, err)
	}
	locks := []lockJSON{}
	var left error
	for _, claim := range claims {
		lock, err := o.release(ctx, s, claim)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if left == nil && err != nil {
			left = fmt.Errorf("%s: run %s: %w", url, printable(claim.Name), err)
		}
		locks = append(locks, lock)
	}
	if o.json {
		err = writeJSON(s.out, struct {
			URL    string     `json:"url"`
			DryRun bool       `json:"dry_run"`
			Locks  []lockJSON `json:"locks"`
		}{url, o.dryRun, locks})
	} else if len(claims) == 0 {
		_, err = fmt.Fprintln(s.out, "nobody holds a lock")
	}
	return errors.Join(err, left)
}

// claims are the locks that are held, of the run that was asked for or all.
func (o *unlockOptions) claims(ctx context.Context, src *source) (out []store.Claim, err error) {
	names := []string{o.run}
	if o.run == "" {
		list, err := ckpt.Find(ctx, src.store)
		if err != nil {
			return nil, err
		}
		names = nil
		for i, f := range list {
			if f.Run != "" && (i == 0 || f.Run != list[i-1].Run) {
				names = append(names, f.Run)
			}
		}
	}
	all, err := store.Claims(ctx, src.store, names...)
	for _, c := range all {
		if o.run == "" || c.Name == o.run {
			out = append(out, c)
		}
	}
	return out, err
}

// release tells of a lock and has it released.
func (o *unlockOptions) release(ctx context.Context, s *streams, c store.Claim) (lockJSON, error) {
	lock := lockJSON{Run: c.Name, Store: c.Where, Host: c.Holder.Host, PID: c.Holder.PID, Since: c.Holder.Since, Lease: c.Lease, Gone: c.Gone}
	tell := func(w io.Writer, format string, args ...any) {
		if !o.json || w == s.err {
			fmt.Fprintf(w, format+"\n", args...)
		}
	}
	where := ""
	if c.Where != "" {
		where = ", in " + printable(c.Where)
	}
	who := "somebody whose note cannot be read"
	if c.Holder.PID != 0 {
		who = fmt.Sprintf("process %d on %s, since %s", c.Holder.PID, printable(c.Holder.Host), c.Holder.Since.UTC().Format(time.RFC3339))
	}
	if c.Gone {
		who += "; that process has ended"
	}
	tell(s.out, "run %s is held by %s%s", printable(c.Name), who, where)
	switch {
	case o.dryRun:
		return lock, nil
	case c.Lease && o.force && !c.Gone:
		tell(s.err, "cairn: if the holder lives, its saves are refused from now on, and what it computes from its newest checkpoint on is lost")
	case c.Lease && !c.Gone:
		tell(s.err, "cairn: the lease is watched for %.0f s", store.ClaimWatch.Seconds())
	}
	err := c.Break(ctx, o.force)
	switch {
	case err == nil:
		lock.Released = true
		tell(s.out, "released")
		return lock, nil
	case !c.Lease && errors.Is(err, store.ErrLocked):
		err = fmt.Errorf("%w: the lock is given back by the operating system when %s ends: stop it there", store.ErrLocked, holderText(c.Holder))
	case errors.Is(err, store.ErrLocked):
		err = fmt.Errorf("%w: %s has renewed its lease, so it lives: stop it, and what it holds is released; --force takes it away while it runs", store.ErrLocked, holderText(c.Holder))
	}
	lock.Error = err.Error()
	return lock, err
}

// holderText names a holder in a sentence.
func holderText(h store.Holder) string {
	if h.PID == 0 {
		return "its holder"
	}
	return fmt.Sprintf("process %d on %s", h.PID, printable(h.Host))
}
