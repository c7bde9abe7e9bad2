package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// cell is a struct of several kinds.
type cell struct {
	A float64
	N int32
	S string
	B [2]bool
}

// savedRun saves checkpoints of steps 3, 6, … 15 into a new directory.
func savedRun(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "run")
	saveInto(t, dir, "run", 1, 2, 3, 4, 5)
	return dir
}

func saveInto(t *testing.T, dir, name string, ks ...int) {
	t.Helper()
	run, err := ckpt.Open("file:"+dir, ckpt.Options{Name: name, Keep: 9, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	mask, err := scrutiny.Parse("x", "[]float64", []int{5}, "3C1Z1D")
	if err != nil {
		t.Fatal(err)
	}
	x, k := make([]float64, 5), int64(0)
	var field [4][6]float64
	wave := make([]float32, 200)
	rows := [][]int32{{1, 2}, {}, {-7}}
	parts := []cell{{1, 2, "a\n", [2]bool{true, false}}, {math.Inf(1), -3, "ü", [2]bool{}}}
	z := []complex128{3 + 4i, complex(math.NaN(), 0)}
	word := "go \"on\""
	for i, p := range []any{&k, &field, &wave, &rows, &parts, &z, &word} {
		run.Protect([]string{"k", "field", "wave", "rows", "parts", "z", "word"}[i], p)
	}
	run.Protect("x", &x, ckpt.Masked(mask))
	for _, i := range ks {
		k = int64(i) << 60
		x[0], x[1], x[2] = float64(i), math.NaN(), 0.1
		for r := range field {
			for c := range field[r] {
				field[r][c] = float64(i * (r + c))
			}
		}
		for j := range wave {
			wave[j] = float32(math.Sin(float64(j) / 20))
		}
		if err := run.Save(context.Background(), 3*i); err != nil {
			t.Fatal(err)
		}
	}
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
}

func ckptName(i int) string { return fmt.Sprintf("run-%08d-step-%d.ckpt", i, 3*i) }

// change rewrites a file.
func change(t *testing.T, file string, f func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, f(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

// damagedRun is savedRun with a flipped bit, a truncation, two wrong names, and an
// empty file; the newest valid checkpoint is that of step 6.
func damagedRun(t *testing.T) (dir string) {
	t.Helper()
	dir = savedRun(t)
	change(t, filepath.Join(dir, ckptName(5)), func(b []byte) []byte { b[len(b)-100] ^= 4; return b })
	change(t, filepath.Join(dir, ckptName(4)), func(b []byte) []byte { return b[:len(b)/3] })
	if err := os.Rename(filepath.Join(dir, ckptName(3)), filepath.Join(dir, "run-00000003-step-99.ckpt")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"run-00000006-step-18.ckpt", "run-00000007-step-21.ckpt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("hello")[:len(name)%2*5], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, ckptName(2)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "copy.ckpt"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// wantCairn runs a command and looks for parts of what it prints.
func wantCairn(t *testing.T, status int, args []string, parts ...string) (out string) {
	t.Helper()
	got, out, errs := cairn(args...)
	if got != status {
		t.Errorf("cairn %s: status %d, want %d\n%s%s", strings.Join(args, " "), got, status, out, errs)
	}
	for _, part := range parts {
		if !strings.Contains(out+errs, part) {
			t.Errorf("cairn %s: no %q in\n%s%s", strings.Join(args, " "), part, out, errs)
		}
	}
	return out
}

func TestLsAndVerifyOfASoundRun(t *testing.T) {
	url := "file:" + savedRun(t)
	out := wantCairn(t, 0, []string{"ls", url}, "run   5     15", "run   1     3 ")
	if strings.Count(out, "valid") != 5 {
		t.Errorf("ls:\n%s", out)
	}
	wantCairn(t, 0, []string{"verify", url}, "5 valid, 0 not", "a restore takes step 15")
	wantCairn(t, 0, []string{"verify", url + "/" + ckptName(2)}, "1 valid, 0 not", "a restore takes step 6")
	var v verdict
	if err := json.Unmarshal([]byte(wantCairn(t, 0, []string{"verify", url, "--json"})), &v); err != nil {
		t.Fatal(err)
	}
	if v.Valid != 5 || v.Invalid != 0 || len(v.Checkpoints) != 5 || *v.Restores[0].Step != 15 || *v.Checkpoints[0].Variables != 8 {
		t.Errorf("verdict %+v", v)
	}
}

func TestLsAndVerifyTellWhatIsWrong(t *testing.T) {
	dir := damagedRun(t)
	url := "file:" + dir
	reasons := []string{
		"run-00000007-step-21.ckpt: the checkpoint is damaged: it has 5 bytes",
		"run-00000006-step-18.ckpt: the checkpoint is damaged: it has 5 bytes",
		ckptName(5) + ": the checkpoint is damaged: the checksum of its",
		ckptName(4) + ": the checkpoint is damaged: it has ",
		"run-00000003-step-99.ckpt: the checkpoint is damaged: it was saved as number 3 of step 9 and its name was changed: rename it to " + ckptName(3),
		"copy.ckpt: the checkpoint is damaged: its name is not one of a run",
	}
	wantCairn(t, 0, []string{"ls", url}, reasons...)
	wantCairn(t, 3, []string{"verify", url}, append(reasons, "2 valid, 6 not", "a restore takes step 6", "6 of 8 checkpoints are not valid")...)
	var v verdict
	if err := json.Unmarshal([]byte(wantCairn(t, 3, []string{"verify", url, "--json"})), &v); err != nil {
		t.Fatal(err)
	}
	if v.Invalid != 6 || v.Restores[0].Lost != 5 || v.Restores[0].File != ckptName(2) || v.Checkpoints[2].State != stateDamaged || v.Checkpoints[7].State != stateRenamed || v.Checkpoints[7].Error == "" {
		t.Errorf("verdict %+v", v)
	}
	// A restore agrees.
	run, err := ckpt.Open(url, ckpt.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := run.Restore(context.Background()); err == nil || !strings.Contains(err.Error(), ckptName(2)) {
		t.Errorf("Restore = %v", err)
	}
	for i := 1; i <= 2; i++ {
		change(t, filepath.Join(dir, ckptName(i)), func(b []byte) []byte { b[len(b)-1] ^= 1; return b })
	}
	wantCairn(t, 4, []string{"verify", url}, "no valid checkpoint", "0 valid, 8 not", "restore the files from a copy")
	wantCairn(t, 4, []string{"inspect", url}, "no valid checkpoint", "its SHA-256")
}

func TestVerifyOfAnotherVersion(t *testing.T) {
	dir := savedRun(t)
	change(t, filepath.Join(dir, ckptName(5)), func([]byte) []byte {
		b := []byte("\x89CKPT\r\n\x1a\x09\x00\x00\x00\x00\x00\x00\x00\x44\x00\x00\x00\x00\x00\x00\x00")
		b = append(b, crc(b)...)
		return append(b, make([]byte, 0x44-len(b))...)
	})
	wantCairn(t, 4, []string{"verify", "file:" + dir}, "other version", "it is of version 9, this program reads versions up to 2; use the cairn of the version that wrote it", "a restore stops there")
	wantCairn(t, 0, []string{"inspect", "file:" + dir}, "step 12", "passed over "+ckptName(5))
}

func TestURLs(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "note.txt")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing")
	for _, verb := range []string{"ls", "verify", "inspect"} {
		wantCairn(t, 1, []string{verb, "file:" + missing}, "there is no such directory")
		wantCairn(t, 1, []string{verb, "file:" + file}, "not named like a checkpoint")
		wantCairn(t, 1, []string{verb, "file:" + file + "/x"}, "it is no store")
		wantCairn(t, 2, []string{verb, dir}, "write file:"+dir)
		wantCairn(t, 2, []string{verb, "mem:"}, "gone with its process")
		wantCairn(t, 2, []string{verb, "ftp:x"}, "is no store")
		wantCairn(t, 1, []string{verb, "s3:x"}, "write s3://BUCKET/PREFIX")
		wantCairn(t, 2, []string{verb}, "URL is missing")
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("a directory was made")
	}
	wantCairn(t, 0, []string{"ls", "file:" + dir}, "has no checkpoints")
	wantCairn(t, 4, []string{"verify", "file:" + dir}, "there is no checkpoint")
	wantCairn(t, 4, []string{"inspect", "file:" + dir}, "there is no checkpoint")
}

// refusing is a store that refuses some blobs, and one that lets a writer be faster than
// its readers for a while.
type refusing struct {
	store.Store
	name string
	err  error
	gone int // how many Gets find nothing
}

func (r *refusing) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if name == r.name {
		return nil, 0, fmt.Errorf("get %s: %w", name, r.err)
	}
	if r.gone > 0 {
		r.gone--
		return nil, 0, store.ErrNotExist
	}
	return r.Store.Get(ctx, name)
}

func TestUnreadableCheckpoints(t *testing.T) {
	src, err := openSource("file:"+savedRun(t), "")
	if err != nil {
		t.Fatal(err)
	}
	src.store = &refusing{Store: src.store, name: ckptName(5), err: fs.ErrPermission}
	list, err := src.survey(context.Background(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	v := newVerdict(src.url, list, time.Second)
	var out bytes.Buffer
	if err := v.print(&out, list); err != nil {
		t.Fatal(err)
	}
	var told statusError
	if !errors.As(v.err(src.url), &told) || told.status != statusFound || list[0].state != stateUnreadable ||
		!strings.Contains(out.String(), "permission denied; look at its permissions") || !strings.Contains(out.String(), "a restore takes step 12") {
		t.Errorf("%v\n%s", told, out.String())
	}
	r := &tidied{}
	if err := new(tidyOptions).repair(context.Background(), &source{store: src.store.(*refusing).Store}, list, r); err != nil {
		t.Fatal(err)
	}
	if !errors.As(r.err(), &told) || told.status != statusFound || len(r.Left) != 1 || len(r.Moved) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestCheckpointsThatVanish(t *testing.T) {
	src, err := openSource("file:"+savedRun(t), "")
	if err != nil {
		t.Fatal(err)
	}
	inner := src.store
	for _, c := range []struct{ gone, left int }{{1, 4}, {5, 5}, {7, 3}} {
		src.store = &refusing{Store: inner, gone: c.gone}
		list, err := src.survey(context.Background(), io.Discard)
		if err != nil || len(list) != c.left {
			t.Errorf("%d gone: %d are left, %v", c.gone, len(list), err)
		}
		src.store = &refusing{Store: inner, gone: c.gone}
		if f, _, err := src.pick(context.Background(), nil, io.Discard); err != nil || f.Run != "run" {
			t.Errorf("%d gone: %v, %v", c.gone, f, err)
		}
	}
	src.store = &refusing{Store: inner, gone: 1000}
	if _, _, err := src.pick(context.Background(), nil, io.Discard); !errors.Is(err, errGone) {
		t.Errorf("pick = %v", err)
	}
}

func TestInspect(t *testing.T) {
	url := "file:" + savedRun(t)
	out := wantCairn(t, 0, []string{"inspect", url, "--step", "9"}, ckptName(3)+": step 9, number 3", `"go \"on\""`)
	table := map[string]string{}
	for _, line := range strings.Split(out, "\n") {
		if f := strings.Fields(line); len(f) > 1 {
			table[f[0]] = strings.Join(f[1:], " ")
		}
	}
	for name, want := range map[string]string{
		"x":     "[]float64 5 5 3 24 0.1 3 1.55 1",
		"k":     "int64 - 1 1 8 3458764513820540928 3458764513820540928 3.458765e+18 0",
		"field": "[4][6]float64 4×6 24 24 192 0 24 12 0",
		"rows":  "[][]int32 ragged 3 3 12 -7 2 -1.333333 0",
		"z":     "[]complex128 2 2 2 32 5 5 5 1",
	} {
		if table[name] != want {
			t.Errorf("%s: %q, want %q", name, table[name], want)
		}
	}
	wantCairn(t, 2, []string{"inspect", url, "--step", "4"}, "no checkpoint of step 4; it has those of 15, 12, 9, 6, 3")
	wantCairn(t, 2, []string{"inspect", url, "--var", "y"}, `no variable "y"; it has`)
	wantCairn(t, 2, []string{"inspect", url, "--run", "y"}, `no run "y"; it has run`)
	wantCairn(t, 2, []string{"inspect", url, "--png", "y"}, "name it with --var")
	wantCairn(t, 0, []string{"inspect", url, "--var", "rows"}, "cannot be drawn: it is no regular array of numbers")
	wantCairn(t, 0, []string{"inspect", url, "--var", "k"}, "it has one element")
	var j struct {
		Step      int
		Variables []variableJSON
	}
	if err := json.Unmarshal([]byte(wantCairn(t, 0, []string{"inspect", url, "--var", "x", "--json"})), &j); err != nil {
		t.Fatal(err)
	}
	if v := j.Variables[0]; j.Step != 15 || len(j.Variables) != 1 || v.Mask != "3C1Z1D" || v.Stored != 3 || v.NaN != 1 || v.Max != 5.0 {
		t.Errorf("inspect --json: %+v", j)
	}
}

func TestInspectOfSeveralRuns(t *testing.T) {
	dir := savedRun(t)
	saveInto(t, dir, "b/other", 7)
	wantCairn(t, 2, []string{"inspect", "file:" + dir}, "choose one with --run: b/other, run")
	wantCairn(t, 0, []string{"inspect", "file:" + dir, "--run", "b/other"}, "step 21")
	wantCairn(t, 0, []string{"ls", "file:" + dir, "--run", "b/other"}, "b/other   1     21")
	wantCairn(t, 0, []string{"verify", "file:" + dir}, "6 valid, 0 not", "run b/other: a restore takes step 21", "run run: a restore takes step 15")
}

func TestInspectDraws(t *testing.T) {
	url := "file:" + savedRun(t)
	wantCairn(t, 0, []string{"inspect", url, "--var", "field"}, ".:-=+*\n", "4×6 elements in 4×6 cells; . is 0, # is 40")
	out := wantCairn(t, 0, []string{"inspect", url, "--var", "wave"}, " |", "199")
	if strings.Count(out, "*") < 80 {
		t.Errorf("curve:\n%s", out)
	}
	for name, want := range map[string][2]int{"field": {798, 532}, "wave": {800, 400}} {
		file := filepath.Join(t.TempDir(), name+".png")
		wantCairn(t, 0, []string{"inspect", url, "--var", name, "--png", file})
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != want[0] || b.Dy() != want[1] {
			t.Errorf("%s: %v, want %v", name, b, want)
		}
	}
	wantCairn(t, 1, []string{"inspect", url, "--var", "field", "--png", filepath.Join(t.TempDir(), "a", "b")}, "choose another file with --png")
	wantCairn(t, 1, []string{"inspect", url, "--var", "rows", "--png", "x"}, "cannot be drawn")
}

// Numbers at the edges: no panic, and the right extremes.
func TestStatsAndFieldsOfExtremes(t *testing.T) {
	f64 := func(x ...float64) ckpt.Block {
		var b []byte
		for _, v := range x {
			b = le64(b, math.Float64bits(v))
		}
		return ckpt.Block{Count: len(x), Kind: kindOf(0.0), Data: b}
	}
	inf, big := math.Inf(1), math.MaxFloat64
	for _, c := range []struct {
		x             []float64
		lo, hi, mean  string
		nan, infinite int
	}{
		{nil, "-", "-", "-", 0, 0},
		{[]float64{math.NaN()}, "-", "-", "-", 1, 0},
		{[]float64{big, -big, big, -big}, "-1.797693e+308", "1.797693e+308", "0", 0, 0},
		{[]float64{inf, 1}, "1", "+Inf", "+Inf", 0, 1},
		{[]float64{inf, 1, -inf}, "-Inf", "+Inf", "NaN", 0, 2},
		{[]float64{5e-324, 0}, "0", "4.940656e-324", "4.940656e-324", 0, 0},
	} {
		var s stats
		if err := s.Block(f64(c.x...)); err != nil {
			t.Fatal(err)
		}
		if lo, hi, mean := s.texts(); lo != c.lo || hi != c.hi || mean != c.mean || s.nan != c.nan || s.inf != c.infinite {
			t.Errorf("%v: %s %s %s, %d NaN, %d Inf", c.x, lo, hi, mean, s.nan, s.inf)
		}
		for _, rows := range []int{1, 2} {
			f := &field{name: "x", rows: rows, cols: 3, gr: rows, gc: 3}
			n := rows * 3
			f.lo, f.hi, f.sum, f.n = make([]float64, n), make([]float64, n), make([]float64, n), make([]int, n)
			if err := f.Block(f64(c.x...)); err != nil {
				t.Fatal(err)
			}
			if err := f.terminal(io.Discard); err != nil {
				t.Error(err)
			}
			if err := f.png(io.Discard); (err != nil) == f.any {
				t.Error(err)
			}
		}
	}
}
