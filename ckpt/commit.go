package ckpt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/cairn-ad/cairn/store"
)

// commit stores an image: first the data file, then the manifest, without which the data
// file is nothing.
func (r *Run) commit(ctx context.Context, step int, im *image) error {
	if r.opts.FullEvery > 1 {
		r.bases, r.chunker.reuse = r.history.plan(r.opts.FullEvery)
	}
	h := r.header(step, im)
	name := blobName(r.opts.Name, h.Seq, step)
	data := dataName(strings.TrimSuffix(name, suffix), h.Rank)
	r.nextSeq++ // also if the save fails: it may have left something under its name
	ref := fileRef{Name: data[strings.LastIndexByte(data, '/')+1:]}
	err := r.store.Put(ctx, data, func(w io.Writer) (err error) {
		ref.Bytes, ref.Digest, err = r.chunker.write(w, h, im)
		return err
	})
	if err != nil {
		return err
	}
	m := manifest{Seq: h.Seq, Step: step, Time: h.Time, Files: []fileRef{ref}, Bases: h.Bases}
	text, err := m.append(r.text[:0])
	if err == nil {
		r.text = text
		err = r.store.Put(ctx, name, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
	}
	if err != nil {
		return err
	}
	r.remember(name, data, r.bases)
	r.history.learn(ref, r.bases, r.chunker.table)
	r.mu.Lock()
	r.saved = Saved{Saves: r.saved.Saves + 1, Step: step, Bytes: ref.Bytes + int64(len(text)), Elements: im.elements, Stored: im.stored}
	r.mu.Unlock()
	r.safe, r.safeStep = true, step
	return nil
}

// header describes the data file of the next save.
func (r *Run) header(step int, im *image) *dataHeader {
	h := &r.head
	list := h.Variables[:0]
	for i := range im.vars {
		list = append(list, im.vars[i].head)
	}
	*h = dataHeader{
		Seq: r.nextSeq, Step: step, Time: im.time, Ranks: 1,
		Costs: im.costs, Host: hostname(), Program: program(), Bases: r.bases, Variables: list,
	}
	return h
}

var hostname = sync.OnceValue(func() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
})

// program tells what the build knows of the running program: the path of its main package,
// its version, and the state of its source.
var program = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	parts := []string{info.Path, info.Main.Version}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			parts = append(parts, s.Value)
		case s.Key == "vcs.modified" && s.Value == "true":
			parts = append(parts, "modified")
		}
	}
	parts = slices.DeleteFunc(append(parts, info.GoVersion), func(s string) bool { return s == "" })
	return strings.Join(parts, " ")
})

// remove removes a checkpoint: first the manifest, then it is none any more, then its data.
// What is gone already was removed by another process that saves under this name.
func (r *Run) remove(ctx context.Context, e entry, needed map[string]bool) error {
	for _, name := range append([]string{e.name}, e.data...) {
		if needed[name] {
			continue
		}
		if err := r.store.Delete(ctx, name); err != nil && !errors.Is(err, store.ErrNotExist) {
			return err
		}
	}
	return nil
}

// prune removes the oldest checkpoints beyond Keep. Those known to be damaged neither
// count nor are removed. It runs after a successful save only, so the newest one kept
// is sound. One that is gone already was removed by another process that saves under
// this name.
func (r *Run) prune(ctx context.Context) {
	defer r.dog.returned(r.dog.watch(pruning, 0))
	entries, err := r.list(ctx)
	if err != nil {
		r.warn("old checkpoints were not removed: %v", err)
		return
	}
	stay, surplus := r.retain(entries)
	if len(stay) == 0 || len(surplus) == 0 && len(r.orphans) == 0 {
		return
	}
	needed, err := r.needs(ctx, stay)
	if err != nil {
		r.warn("old checkpoints were not removed: %v", err)
		return
	}
	for _, e := range surplus {
		if err := r.remove(ctx, e, needed); err != nil {
			r.warn("an old checkpoint was not removed: %v", err)
		}
	}
	oldest := stay[len(stay)-1].seq
	for _, o := range r.orphans {
		if o.seq >= oldest || needed[o.name] {
			continue
		}
		if err := r.store.Delete(ctx, o.name); err != nil && !errors.Is(err, store.ErrNotExist) {
			r.warn("an old data file was not removed: %v", err)
		}
	}
}

// retain divides checkpoints into those that stay and those that are too many.
func (r *Run) retain(entries []entry) (stay, surplus []entry) {
	kept := 0
	for _, e := range entries {
		if !r.damaged[e.name] {
			kept++
		}
		if r.damaged[e.name] || kept <= r.opts.Keep {
			stay = append(stay, e)
		} else {
			surplus = append(surplus, e)
		}
	}
	return stay, surplus
}

// entry is a blob whose name is that of a checkpoint of this run.
type entry struct {
	name string
	seq  uint64
	step int
	data []string // its data files
}

// orphan is a data file whose checkpoint is gone, or has none yet.
type orphan struct {
	name string
	seq  uint64
}

// list returns the run's checkpoints, newest first, and learns the next number.
func (r *Run) list(ctx context.Context) ([]entry, error) {
	infos, err := r.store.List(ctx, r.opts.Name+"-")
	if err != nil {
		return nil, err
	}
	var out []entry
	data := make(map[string][]string) // by the name of the manifest
	next := max(r.nextSeq, 1)
	for _, info := range infos {
		name, _, isData := splitDataName(info.Name)
		if !isData {
			name = info.Name
		}
		e, ok := r.parse(name)
		if !ok {
			continue
		}
		next = max(next, e.seq+1)
		if isData {
			data[name] = append(data[name], info.Name)
		} else {
			out = append(out, e)
		}
	}
	for i := range out {
		out[i].data = data[out[i].name]
		delete(data, out[i].name)
	}
	r.orphans = r.orphans[:0]
	for name, files := range data {
		e, _ := r.parse(name)
		for _, file := range files {
			r.orphans = append(r.orphans, orphan{file, e.seq})
		}
	}
	r.nextSeq = next
	sort.Slice(out, func(i, j int) bool {
		return out[i].seq > out[j].seq || out[i].seq == out[j].seq && out[i].name > out[j].name
	})
	return out, nil
}

const (
	stepMark = "-step-"
	suffix   = ".ckpt"
)

func blobName(run string, seq uint64, step int) string {
	return fmt.Sprintf("%s-%08d%s%d%s", run, seq, stepMark, step, suffix)
}

// parse reads the name of a blob; other blobs in the store are not ours.
func (r *Run) parse(name string) (entry, bool) {
	rest, ok := strings.CutPrefix(name, r.opts.Name+"-")
	if !ok {
		return entry{}, false
	}
	rest, _ = strings.CutSuffix(rest, suffix)
	first, second, _ := strings.Cut(rest, stepMark)
	seq, err1 := strconv.ParseUint(first, 10, 63)
	step, err2 := strconv.ParseInt(second, 10, strconv.IntSize)
	e := entry{name: name, seq: seq, step: int(step)}
	if err1 != nil || err2 != nil || seq == math.MaxInt64 || blobName(r.opts.Name, seq, e.step) != name {
		return entry{}, false
	}
	return e, true
}
