package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
)

// saveTo saves steps 1 to n of one variable in the store of a URL.
func saveTo(t *testing.T, url string, n int) {
	t.Helper()
	run, err := ckpt.Open(url, ckpt.Options{Keep: n, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	u := make([]float64, 100)
	run.Protect("u", &u)
	for step := 1; step <= n; step++ {
		u[step]++
		if err := run.Save(context.Background(), step); err != nil {
			t.Fatal(err)
		}
	}
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
}

func empty(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
}

// A store over three directories does without one, repair fills it again, and then another
// one may be lost.
func TestRepairOfARedundantStore(t *testing.T) {
	d := t.TempDir()
	url := fmt.Sprintf("rs:2+1:file:%s/a,file:%s/b,file:%s/c", d, d, d)
	saveTo(t, url, 3)
	wantCairn(t, 0, []string{"verify", url}, "3 valid, 0 not")
	empty(t, filepath.Join(d, "b"))
	wantCairn(t, 0, []string{"verify", url}, "3 valid, 0 not")
	wantCairn(t, 0, []string{"repair", url, "--dry-run"}, "dry run: run-00000003-step-3.ckpt: writes shard 1 to file:"+d+"/b")
	wantCairn(t, 0, []string{"repair", url}, "writes the head to file:"+d+"/b")
	empty(t, filepath.Join(d, "a"))
	wantCairn(t, 0, []string{"verify", url}, "3 valid, 0 not")
	empty(t, filepath.Join(d, "c"))
	wantCairn(t, 4, []string{"repair", url}, "too few shards of the blob are left")
}
