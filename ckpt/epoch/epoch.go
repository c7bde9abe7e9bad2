// Package epoch iterates over a data set in epochs, each item exactly once per epoch, also
// if the program is killed and goes on from a checkpoint in the middle of one (the invariant
// of CheckFreq: Mohan, Phanishayee, Chidambaram, FAST 2021).
//
// What goes in are the number of items and a seed; what comes out are batches of item
// numbers, in an order that the seed shuffles anew for each epoch:
//
//	it, err := epoch.New(len(images), epoch.Options{Seed: 7, Batch: 32})
//	run.Protect("data", &it.State)
//	for t := range run.Steps(ctx, n) {
//		batch, err := it.Next()
//		…
//	}
//
// All that a checkpoint needs is State, five words whatever the size of the data set: the
// place in the order, and not the order, which is computed item by item.
//
// # Several ranks
//
// The ranks of a parallel program iterate in step: each step takes the next stretch of the
// order, at most Batch items for each rank, and cuts it into one part per rank. What is
// saved is the place of the stretch, which is the same in all ranks, so a program may be
// restarted with another number of ranks, or another Batch, in the middle of an epoch: the
// parts of all ranks together are still every item once. They must be restored to the same
// step, as they must be anyway.
package epoch

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Options say how to iterate. The zero value is one rank that takes items one by one,
// shuffled with seed 0.
type Options struct {
	// Seed makes the order of all epochs. What a checkpoint has wins.
	Seed uint64
	// Ordered takes the items in order of their numbers instead. What a checkpoint has
	// wins.
	Ordered bool
	// Batch is how many items each rank takes at a time; 1 if zero.
	Batch int
	// Rank is the number of this process among Ranks; Ranks is 1 if zero.
	Rank, Ranks int
}

// State is where an iteration stands. It is for Run.Protect, and for a look; the iterator
// moves it before it gives a batch away, so in the loop's body the batch in hand counts as
// taken. A save belongs after the work on it, which is where the loops of package ckpt have
// theirs.
type State struct {
	Seed    uint64
	Ordered bool
	Epoch   int // number of the epoch, from 0
	Items   int // items in it
	Next    int // how many of them were taken, by all ranks
}

// Iterator gives away batches. One goroutine may use it at a time.
type Iterator struct {
	State State

	items int
	opts  Options
	order order
	of    State // what order was made for
	err   error
}

// New returns an iterator at the begin of epoch 0 over so many items.
func New(items int, o Options) (*Iterator, error) {
	if o.Batch == 0 {
		o.Batch = 1
	}
	if o.Ranks == 0 {
		o.Ranks = 1
	}
	switch {
	case items < 0:
		return nil, fmt.Errorf("epoch: %d items", items)
	case o.Batch < 0 || o.Ranks < 0 || o.Rank < 0 || o.Rank >= o.Ranks:
		return nil, fmt.Errorf("epoch: Batch %d, Rank %d of Ranks %d: a batch has at least one item, and ranks are numbered from 0", o.Batch, o.Rank, o.Ranks)
	}
	return &Iterator{State: State{Seed: o.Seed, Ordered: o.Ordered, Items: items}, items: items, opts: o}, nil
}

// Steps is how many batches an epoch has with this Batch and number of ranks.
func (it *Iterator) Steps() int {
	n := it.items / it.opts.Ranks / it.opts.Batch
	if n*it.opts.Ranks*it.opts.Batch < it.items {
		n++
	}
	return n
}

// Next gives away the next batch of this rank, of the next epoch if this one is at its end.
// At the end of an epoch batches are smaller, and some ranks' may be empty: every rank gets
// as many batches as the others. The caller owns the slice. An error, also told by Err,
// means that nothing was taken: the data set is empty, or it has another number of items
// than when an epoch was begun that a checkpoint was taken in. At the begin of an epoch the
// number may change.
func (it *Iterator) Next() ([]int, error) {
	if it.err = it.check(); it.err != nil {
		return nil, it.err
	}
	if it.items == 0 {
		it.err = errors.New("epoch: the data set has no items")
		return nil, it.err
	}
	return it.take(), nil
}

// Epochs yields what is left of the first n epochs: the number of the epoch and the next
// batch of this rank. It ends early when ctx ends, or with an error that Err tells. To save
// in the loop, call Run.Tick after the work on the batch.
func (it *Iterator) Epochs(ctx context.Context, n int) iter.Seq2[int, []int] {
	return func(yield func(int, []int) bool) {
		for it.State.Epoch < n && ctx.Err() == nil {
			if it.err = it.check(); it.err != nil {
				return
			}
			if it.items == 0 {
				it.State.Epoch++
				continue
			}
			e := it.State.Epoch
			if !yield(e, it.take()) {
				return
			}
		}
		if it.State.Epoch < n {
			it.err = ctx.Err()
		}
	}
}

// Err returns why the last call of Next failed or the last loop of Epochs ended early, nil
// if they did not.
func (it *Iterator) Err() error { return it.err }

// check refuses a state that does not fit the data set.
func (it *Iterator) check() error {
	s := &it.State
	switch {
	case s.Epoch < 0 || s.Next < 0 || s.Next > 0 && s.Next >= s.Items:
		return fmt.Errorf("epoch: the state %+v is not one of an iterator", *s)
	case s.Next == 0:
		s.Items = it.items
	case s.Items != it.items:
		return fmt.Errorf("epoch: epoch %d was begun with %d items, %d of them were taken, and now there are %d; finish it with the same data, or set State.Next to 0 to begin the epoch again", s.Epoch, s.Items, s.Next, it.items)
	}
	return nil
}

// take moves on by a stretch of the order and returns this rank's part of it.
func (it *Iterator) take() []int {
	s, o := &it.State, it.opts
	left := s.Items - s.Next
	n := left
	if left/o.Ranks >= o.Batch {
		n = o.Batch * o.Ranks
	}
	from, to := share(n, o.Rank, o.Ranks), share(n, o.Rank+1, o.Ranks)
	it.arrange()
	batch := make([]int, 0, to-from)
	for i := from; i < to; i++ {
		batch = append(batch, it.order.at(s.Next+i))
	}
	s.Next += n
	if s.Next == s.Items {
		s.Epoch, s.Next = s.Epoch+1, 0
	}
	return batch
}

// share is where the part of a rank begins in n items: parts differ by at most one item.
func share(n, rank, ranks int) int { return n/ranks*rank + min(rank, n%ranks) }

// arrange makes the order of the epoch in hand.
func (it *Iterator) arrange() {
	of := it.State
	of.Next = 0
	if it.of == of {
		return
	}
	it.of = of
	it.order = order{n: of.Items}
	if !of.Ordered {
		it.order = shuffled(of.Items, of.Seed, of.Epoch)
	}
}
