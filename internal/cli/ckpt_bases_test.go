package cli

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/ckpt/codec"
)

// Checkpoints that are compressed, and that have parts in older ones, are looked into, exported
// and tidied up like others.
func TestCompressedInParts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	url := "file:" + dir
	u := make([]float64, 3<<20) // of several chunks
	for i := range u {
		u[i] = float64(i % 1000)
	}
	n := 0
	run, err := ckpt.Open(url, ckpt.Options{Keep: 9, FullEvery: 8, Codec: codec.Zstd(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(run.Protect("u", &u), run.Protect("n", &n)); err != nil {
		t.Fatal(err)
	}
	for n = 1; n <= 3; n++ {
		u[5]++
		if err := run.Save(context.Background(), n); err != nil {
			t.Fatal(err)
		}
	}
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	out := wantCairn(t, 0, []string{"inspect", url})
	if !strings.Contains(out, "zstd") || !strings.Contains(out, "with parts of") {
		t.Error(out)
	}
	wantCairn(t, 0, []string{"prune", url, "--keep", "1"}, "1 valid kept, 2 removed", "run-00000001-step-1.0.data stays")
	wantCairn(t, 0, []string{"verify", url}, "1 valid, 0 not", "a restore takes step 3")
	if out := wantCairn(t, 0, []string{"ls", url}); strings.Contains(out, "of no checkpoint") {
		t.Error(out)
	}
	file, other := filepath.Join(t.TempDir(), "a.npz"), "file:"+t.TempDir()
	wantCairn(t, 0, []string{"export", url, "-o", file})
	wantCairn(t, 0, []string{"import", file, other, "--like", url, "--step", "3"})
	wantCairn(t, 0, []string{"diff", url, other})
}
