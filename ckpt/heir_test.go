package ckpt

import (
	"context"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// inherited is a store whose lock was taken over from a dead writer.
type inherited struct{ store.Store }

func (inherited) Lock(context.Context, string, func(string) bool) (store.Lock, error) {
	return heir{}, nil
}

type heir struct{}

func (heir) Check(context.Context) error { return nil }
func (heir) Release() error              { return nil }
func (heir) Inherited() bool             { return true }

// What a dead writer had sent may arrive late, so its successor does not use the numbers next to
// those that are there.
func TestNumbersAfterADeadWriter(t *testing.T) {
	s := inherited{store.NewMem()}
	put1(t, s, "run-00000007-step-9.ckpt", []byte("old"))
	r := open(t, s, quiet)
	x := 1.0
	protect(t, r, "x", &x)
	save(t, r, 10)
	save(t, r, 11)
	for _, name := range []string{"run-00000108-step-10.ckpt", "run-00000109-step-11.ckpt"} {
		if _, _, err := s.Get(context.Background(), name); err != nil {
			t.Error(err)
		}
	}
}
