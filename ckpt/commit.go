package ckpt

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// commit stores an image: first the data file, then the manifest, without which the data
// file is nothing.
func (r *Run) commit(ctx context.Context, step int, im *image) error {
	if err := r.clear(ctx); err != nil {
		return err
	}
	if r.opts.FullEvery > 1 {
		r.bases, r.chunker.reuse = r.history.plan(r.opts.FullEvery)
		r.chunker.before = nil
		if im.unchanged.since != 0 && im.unchanged.since == r.history.image {
			r.chunker.before = r.history.table
		}
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
		r.keeping.fails(data)
		return err
	}
	m := manifest{Seq: h.Seq, Step: step, Time: h.Time, Files: []fileRef{ref}, Bases: h.Bases}
	text, err := m.append(r.text[:0])
	if err == nil {
		r.text = text
		err = r.holds(ctx)
	}
	if err == nil {
		err = r.store.Put(ctx, name, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
	}
	if err != nil {
		r.keeping.fails(data)
		return err
	}
	r.know(name, m.facts(name))
	r.history.learn(ref, r.bases, r.chunker.table, im.number)
	r.mu.Lock()
	r.report.Unread = r.chunker.unread
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
		Costs: im.costs, Host: hostname(), Program: program(), Schema: r.opts.Schema, Bases: r.bases, Variables: list,
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

// entry is a blob whose name is that of a checkpoint of this run.
type entry struct {
	name string
	seq  uint64
	step int
	data []string // its data files
}

// list returns the run's checkpoints, newest first, and learns the next number.
func (r *Run) list(ctx context.Context) ([]entry, error) {
	out, _, err := r.listAll(ctx)
	return out, err
}

// listAll returns besides the data files that have no manifest, under the name of that.
func (r *Run) listAll(ctx context.Context) (out, loose []entry, err error) {
	infos, err := r.store.List(ctx, r.opts.Name+"-")
	if err != nil {
		return nil, nil, err
	}
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
	for _, name := range slices.Sorted(maps.Keys(data)) {
		e, _ := r.parse(name)
		e.data = data[name]
		loose = append(loose, e)
	}
	r.nextSeq = next + r.keeping.late
	r.keeping.late = 0
	sort.Slice(out, func(i, j int) bool {
		return out[i].seq > out[j].seq || out[i].seq == out[j].seq && out[i].name > out[j].name
	})
	return out, loose, nil
}

const (
	stepMark = "-step-"
	suffix   = ".ckpt"
)

func blobName[I int | int64](run string, seq uint64, step I) string {
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
	step, err2 := strconv.ParseInt(second, 10, 64)
	// A step that an int of this machine does not hold is that of a checkpoint all the same: to
	// read it is an error.
	e := entry{name: name, seq: seq, step: int(max(math.MinInt, min(step, math.MaxInt)))}
	if err1 != nil || err2 != nil || seq == math.MaxInt64 || blobName(r.opts.Name, seq, step) != name {
		return entry{}, false
	}
	return e, true
}
