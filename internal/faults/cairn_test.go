package faults

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/internal/faults/protocols"
	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/vfs"
)

// cairn saves with package ckpt, as the doubles do in their ways.
type cairn struct {
	disk vfs.FS
	run  *ckpt.Run
	data []byte
}

func newCairn(disk vfs.FS) *cairn { return &cairn{disk: disk} }

// open opens the run when it is first needed, so that a crashed disk is opened anew.
func (c *cairn) open() error {
	if c.run != nil {
		return nil
	}
	s, err := store.OpenFS(c.disk)
	if err != nil {
		return err
	}
	if c.run, err = ckpt.OpenStore(s, ckpt.Options{Keep: 2, Logger: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	return c.run.Protect("data", &c.data)
}

// Close gives the lock of the run back.
func (c *cairn) Close() error {
	if c.run == nil {
		return nil
	}
	return c.run.Close()
}

func (c *cairn) Save(step int, ranks [][]byte) error {
	if err := c.open(); err != nil {
		return err
	}
	c.data = ranks[0]
	return c.run.Save(context.Background(), step)
}

func (c *cairn) Load() (int, [][]byte, error) {
	if err := c.open(); err != nil {
		return 0, nil, err
	}
	c.data = nil
	step, ok, err := c.run.Restore(context.Background())
	if err == nil && !ok {
		err = errors.New("nothing was ever saved")
	}
	return step, [][]byte{c.data}, err
}

// state is what a rank holds at a step: no two states agree in any sector.
func state(step, rank, sectors int) []byte {
	b := make([]byte, sectors*512-100)
	for i := 0; i+8 <= len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], uint64(step)<<40|uint64(rank)<<32|uint64(i)+1)
	}
	return b
}

func states(step, ranks, sectors int) (out [][]byte) {
	for rank := range ranks {
		out = append(out, state(step, rank, sectors))
	}
	return out
}

// outcome is what became of a job.
type outcome int

const (
	kept    outcome = iota // the newest acknowledged state, or the one after it
	lost                   // an older one
	nothing                // no state
	wrong                  // what was never a state
)

func (o outcome) String() string { return [...]string{"kept", "lost", "nothing", "wrong"}[o] }

// judge loads what a crash has left. acked is the newest step whose Save returned nil, 0 if
// none did; attempted the newest that was begun.
func judge(s protocols.Saver, acked, attempted, ranks, sectors int) (outcome, error) {
	step, got, err := s.Load()
	if c, ok := s.(io.Closer); ok {
		if err := c.Close(); err != nil {
			return wrong, err
		}
	}
	switch {
	case err != nil && acked == 0:
		return kept, nil
	case err != nil:
		return nothing, err
	case step < 1 || step > attempted || len(got) != ranks:
		return wrong, fmt.Errorf("step %d of %d, %d ranks", step, attempted, len(got))
	}
	for rank, want := range states(step, ranks, sectors) {
		if !bytes.Equal(got[rank], want) {
			return wrong, fmt.Errorf("step %d: the state of rank %d is none that was saved", step, rank)
		}
	}
	if step < acked {
		return lost, fmt.Errorf("step %d, and %d was acknowledged", step, acked)
	}
	return kept, nil
}
