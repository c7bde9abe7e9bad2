package ckpt

import (
	"context"
	"fmt"
	"time"
)

// flight is what a loop has on its way to the store. One goroutine stores the snapshots in
// the order in which they were taken; meanwhile it alone works with what commit uses of the
// Run, apart from what mu guards.
type flight struct {
	ctx     context.Context // of the loop, without its end
	queue   chan *snapshot
	landed  chan *snapshot
	all     []*snapshot
	free    []*snapshot // those of all that are not in flight
	flying  int
	running bool                 // the goroutine that stores; guarded by mu
	persist func()               // is what it runs
	stalls  [modes]time.Duration // the shortest one of each mode
	taken   [modes]int           // saves of each mode
}

// result is what became of a snapshot.
type result struct {
	began time.Time
	took  time.Duration // until it was durable
	saved Saved
	err   error
	// changed is what the history knew after it.
	changed float64
}

// attempt saves the state before step and remembers a failure. The end of ctx does not keep
// it from finishing: the state of a step that is done is worth keeping. If last is set nobody
// changes the state before it is durable: the loop waits.
func (r *Run) attempt(ctx context.Context, step int, last bool) {
	if r.flight.ctx == nil {
		r.flight.ctx = context.WithoutCancel(ctx)
	}
	if last {
		r.lastStep, r.lastTime = step, r.opts.now()
		r.saveNow(step, "the loop waits for its last save")
		return
	}
	if r.crowded() {
		return // it stays due
	}
	r.lastStep, r.lastTime = step, r.opts.now()
	launched, why, err := r.launch(step)
	switch {
	case err != nil:
		r.tuner.failed(r.opts.since(r.lastTime))
		r.tell(step, false, fmt.Errorf("ckpt: save of step %d: %w", step, err))
	case !launched:
		r.saveNow(step, why)
	}
}

// saveNow saves while the loop waits.
func (r *Run) saveNow(step int, why string) {
	r.wait()
	began := r.opts.now()
	saved, err := r.saveAndTell(r.flight.ctx, step)
	took := r.opts.since(began)
	r.note(ModeSync, why, took)
	if saved {
		r.tuner.snapshot(took)
		r.durable(result{took: took, saved: r.Saved(), changed: r.history.changed})
	} else {
		r.tuner.failed(took)
	}
	r.tell(step, saved, err)
}

// tell remembers and tells an error of a save, or of the hook after it.
func (r *Run) tell(step int, saved bool, err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	kind, text := &r.failed, "ckpt: the job goes on without this checkpoint"
	if saved {
		kind, text = &r.hooks, "ckpt: the job goes on"
	}
	kind.add(step, err)
	r.mu.Unlock()
	r.opts.Logger.Error(text, "step", step, "error", err)
}

// durable tells the tuner and the report of a save that has become durable.
func (r *Run) durable(res result) {
	r.tuner.persisted(res.took, res.saved.Bytes)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Persist = res.took
	r.report.Changed = res.changed
}

// note reports what a save has cost the loop.
func (r *Run) note(m Mode, why string, stall time.Duration) {
	f := &r.flight
	if f.taken[m]++; f.taken[m] == 1 || stall < f.stalls[m] {
		f.stalls[m] = stall
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Mode, r.report.Why, r.report.Stall = m, why, stall
}

// crowded reports whether a save has to be left out because as many are in flight as may be. It
// waits for the oldest of them instead, unless Options say not to or the watchdog has spoken:
// then nothing more piles up.
func (r *Run) crowded() bool {
	r.poll()
	if r.flight.flying < max(r.opts.InFlight, 1) {
		return false
	}
	if !r.opts.SkipBusy {
		select {
		case s := <-r.flight.landed:
			r.land(s)
			return false
		case <-r.dog.barks(): // the loop does not hang with the store
		}
	}
	r.mu.Lock()
	r.report.Skipped++
	r.mu.Unlock()
	return true
}

// launch takes a snapshot of the state before step and has it stored in the background. It
// reports false, and why, if there is no mode for that.
func (r *Run) launch(step int) (ok bool, why string, err error) {
	if err := r.enter("Save"); err != nil {
		return false, "", err
	}
	defer r.leave()
	if err := r.before(r.flight.ctx, step); err != nil {
		return false, "", err
	}
	s := r.slot()
	began := r.opts.now()
	s.step, s.result = step, result{began: began}
	mode, why, err := r.freeze(s)
	if err != nil || mode == ModeSync {
		r.flight.free = append(r.flight.free, s)
		return false, why, err
	}
	stall := r.opts.since(began)
	r.note(mode, why, stall)
	r.tuner.snapshot(stall)
	r.send(s)
	return true, why, nil
}

// slot returns a snapshot that is not in flight.
func (r *Run) slot() *snapshot {
	f := &r.flight
	if f.queue == nil {
		n := max(r.opts.InFlight, 1)
		f.queue, f.landed = make(chan *snapshot, n), make(chan *snapshot, n)
		f.persist = r.persist
	}
	if n := len(f.free); n > 0 {
		s := f.free[n-1]
		f.free = f.free[:n-1]
		return s
	}
	s := new(snapshot)
	f.all = append(f.all, s)
	return s
}

// send has a snapshot stored in the background.
func (r *Run) send(s *snapshot) {
	f := &r.flight
	f.flying++
	r.mu.Lock()
	defer r.mu.Unlock()
	f.queue <- s // has room
	if !f.running {
		f.running = true
		go f.persist()
	}
}

// persist stores snapshots until there are none to be stored.
func (r *Run) persist() {
	f := &r.flight
	for {
		r.mu.Lock()
		var s *snapshot
		select {
		case s = <-f.queue:
		default:
			f.running = false
		}
		r.mu.Unlock()
		if s == nil {
			return
		}
		r.storeOne(s)
		f.landed <- s // has room
	}
}

// storeOne stores one snapshot and lets go of what it holds.
func (r *Run) storeOne(s *snapshot) {
	if s.mode == ModeFork {
		s.child.DieFirst()
	}
	res := &s.result
	res.err = r.put(r.flight.ctx, s.step, &s.image)
	if err := s.release(); err != nil {
		r.warn("what a snapshot had frozen was not let go of: %v", err)
	}
	res.took = r.opts.since(res.began)
	res.saved, res.changed = r.Saved(), r.history.changed
}

// put commits an image and removes checkpoints that are too many.
func (r *Run) put(ctx context.Context, step int, im *image) error {
	if err := r.saveBeside(ctx, step, im); err != nil {
		return fmt.Errorf("ckpt: save of step %d: %w", step, err)
	}
	r.worked(ctx)
	r.prune(ctx)
	return nil
}

func (r *Run) save(ctx context.Context, step int, im *image) error {
	defer r.dog.returned(r.dog.watch(saving, step))
	if err := r.hold(ctx); err != nil {
		return err
	}
	if r.nextSeq == 0 {
		if _, err := r.list(ctx); err != nil {
			return err
		}
	}
	return r.commit(ctx, step, im)
}

// land takes notice of a snapshot that was stored, or was not.
func (r *Run) land(s *snapshot) {
	f := &r.flight
	f.flying--
	f.free = append(f.free, s)
	if err := s.result.err; err != nil {
		r.tuner.abandoned()
		r.tell(s.step, false, err)
		return
	}
	r.durable(s.result)
	if r.enter("AfterSave") == nil { // else the caller has entered
		defer r.leave()
	}
	r.tell(s.step, true, r.after(f.ctx, s.result.saved))
}

// poll takes notice of what has become durable or has failed meanwhile.
func (r *Run) poll() {
	for r.flight.flying > 0 {
		select {
		case s := <-r.flight.landed:
			r.land(s)
		default:
			return
		}
	}
}

// wait waits until nothing is in flight.
func (r *Run) wait() {
	for r.flight.flying > 0 {
		r.land(<-r.flight.landed)
	}
}

// ground waits until nothing is in flight and gives back what snapshots need, apart from the
// memory of Alloc.
func (r *Run) ground() {
	r.wait()
	f := &r.flight
	for _, s := range f.free {
		if err := s.drop(); err != nil {
			r.warn("the buffer of a snapshot was not given back: %v", err)
		}
	}
	f.all, f.free = nil, nil
	r.freezer.close()
	r.pages.close()
	r.changes.close()
	r.mu.Lock()
	r.report.Memory = 0
	r.mu.Unlock()
}
