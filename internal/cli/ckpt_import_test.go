package cli

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
)

// A program restores what was exported from another run and imported, and goes on from it.
func TestImportIsRestored(t *testing.T) {
	type state struct {
		Map   map[string]int
		Field [2][3]float32
		n     int
	}
	want := state{map[string]int{"a": 1}, [2][3]float32{{1, 2, 3}, {4, 5, 6}}, -3}
	dir := t.TempDir()
	protected := func(url string, s *state) *ckpt.Run {
		run, err := ckpt.Open(url, ckpt.Options{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Protect("s", s); err != nil {
			t.Fatal(err)
		}
		return run
	}
	run := protected("file:"+dir, &want)
	if err := errors.Join(run.Save(context.Background(), 12), run.Close()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"s.json", "s.txt"} {
		file, other := filepath.Join(t.TempDir(), name), "file:"+t.TempDir()
		wantCairn(t, 0, []string{"export", "file:" + dir, "-o", file})
		wantCairn(t, 0, []string{"import", file, other}, "run run, step 12, 1 variable")
		var got state
		run := protected(other, &got)
		step, ok, err := run.Restore(context.Background())
		if err := run.Close(); err != nil {
			t.Error(err)
		}
		if err != nil || !ok || step != 12 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v of step %d, %v, %v", name, got, step, ok, err)
		}
		wantCairn(t, 0, []string{"diff", "file:" + dir, other})
	}
}

// Arrays come back with the types that they had, and all older checkpoints stay.
func TestImportArraysLike(t *testing.T) {
	dir := savedRun(t)
	url := "file:" + dir
	saveInto(t, dir, "b", 1)
	file := filepath.Join(t.TempDir(), "a.npz")
	wantCairn(t, 0, []string{"export", url, "--run", "run", "--step", "6", "--var", "x", "--var", "k", "--var", "field", "--var", "wave", "--var", "z", "--var", "word", "-o", file})
	wantCairn(t, 2, []string{"import", file, url}, "--step")
	wantCairn(t, 2, []string{"import", file, url, "--type", "x"}, "NAME=TYPE")
	wantCairn(t, 1, []string{"import", file, url, "--step", "6", "--type", "y=int"}, `"y"`)
	wantCairn(t, 1, []string{"import", file, url, "--step", "6", "--type", "k=float64"}, "elements")
	var j struct {
		Run       string
		Step      int
		Variables []string
	}
	out := wantCairn(t, 0, []string{"import", file, url, "--step", "6", "--like", url, "--json"})
	if err := json.Unmarshal([]byte(out), &j); err != nil || j.Run != "run" || j.Step != 6 || strings.Join(j.Variables, " ") != "k field wave z word x" {
		t.Errorf("%v: %s", err, out)
	}
	got := names(t, dir)
	if want := 7; strings.Count(got, "-step-") != want {
		t.Errorf("%d checkpoints, want %d: %s", strings.Count(got, "-step-"), want, got)
	}
	newest := url + "/run-00000006-step-6.ckpt"
	wantCairn(t, 3, []string{"diff", url + "/" + ckptName(2), newest}, "2 of 8 variables differ", "only in A")
	out = wantCairn(t, 0, []string{"inspect", newest, "--json"})
	if !strings.Contains(out, `"type":"[4][6]float64"`) || !strings.Contains(out, `"mask":"3C2D"`) {
		t.Error(out)
	}
	// Without a type the dimensions are slices, and the mask is that of x.stored.
	other := "file:" + t.TempDir()
	wantCairn(t, 0, []string{"import", file, other, "--step", "1", "--type", "k=int", "--run", "c"})
	out = wantCairn(t, 0, []string{"inspect", other, "--json"})
	for _, part := range []string{`"name":"field","rank":0,"type":"[][]float64"`, `"name":"k","rank":0,"type":"int"`, `"file":"c-00000001-step-1.ckpt"`} {
		if !strings.Contains(out, part) {
			t.Errorf("no %s in %s", part, out)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	good := write("a.json", `{"step":1,"variables":[{"name":"v","type":"int","value":7}]}`)
	store := filepath.Join(dir, "store")
	for _, c := range []struct {
		status int
		args   []string
		want   string
	}{
		{2, []string{good}, "URL is missing"},
		{2, []string{good, "mem:"}, "gone with its process"},
		{1, []string{good, "ftp:x"}, "ftp"},
		{2, []string{"-", "file:" + store}, "--format"},
		{2, []string{write("a.xyz", ""), "file:" + store}, `format "xyz" is unknown`},
		{1, []string{filepath.Join(dir, "none.json"), "file:" + store}, "no such file"},
		{1, []string{dir, "file:" + store, "--format", "json"}, "no regular file"},
		{1, []string{write("b.json", "{"), "file:" + store}, "ends too early"},
		{1, []string{write("c.json", `{"step":1,"variables":[{"name":"a\u0001","type":"int","value":7}]}`), "file:" + store}, "control characters"},
		{1, []string{good, "file:" + store, "--run", "a/../b"}, "Options.Name"},
		{1, []string{good, "file:" + store, "--memory", "1B"}, "memory"},
		{2, []string{good, "file:" + store, "--memory", "x"}, "--memory"},
		{2, []string{good, "file:" + store, "--like", "file:" + dir}, "the types stand in the file"},
		{1, []string{good, "file:" + store, "--type", "v=int"}, "types stand in the file"},
	} {
		wantCairn(t, c.status, append([]string{"import"}, c.args...), c.want)
	}
	if list, err := filepath.Glob(store + "/*.ckpt"); err != nil || len(list) > 0 {
		t.Errorf("%v is left, %v", list, err)
	}
	wantCairn(t, 0, []string{"import", good, "file:" + store, "--step", "-4"}, "step -4")
}
