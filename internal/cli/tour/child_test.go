package tour

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/npb/cg"
	"github.com/cairn-ad/cairn/store"
)

// masks writes the masks of CG and returns the file and its tour.
func masks(t *testing.T) (string, *tour) {
	t.Helper()
	tr := newTour()
	tr.Dir = t.TempDir()
	if err := tr.scrutinize(); err != nil {
		t.Fatal(err)
	}
	if err := tr.draw(tr.record.CG.Scrutiny); err != nil {
		t.Fatal(err)
	}
	return tr.masksFile(), tr
}

// A life that ends before its last step is continued by the next, from NaN; with a mask
// that leaves out what matters the result is spoiled, so the test would notice.
func TestChildResumes(t *testing.T) {
	right, tr := masks(t)
	text, err := os.ReadFile(right)
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.json")
	spoiled := strings.NewReplacer("1400C1Z1D", "1399C1Z2D", `"critical": 1400`, `"critical": 1399`, `"dead": 1,`, `"dead": 2,`)
	if err := os.WriteFile(wrong, []byte(spoiled.Replace(string(text))), 0o666); err != nil {
		t.Fatal(err)
	}
	want := cg.Run(cgClass).Zeta
	for _, c := range []struct {
		masks string
		same  bool
	}{{right, true}, {wrong, false}} {
		dir := filepath.Join(tr.Dir, filepath.Base(c.masks)+"-checkpoints")
		ctx, cancel := context.WithCancel(context.Background())
		blobs, err := store.OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		go cancelAtStep(t, blobs, 5, cancel)
		if err := Child(ctx, ChildOptions{Dir: dir, Masks: c.masks, Hold: 6}, nil); err == nil {
			t.Fatal("a life that holds came to its end")
		}
		var out bytes.Buffer
		if err := Child(context.Background(), ChildOptions{Dir: dir, Masks: c.masks}, &out); err != nil {
			t.Fatal(err)
		}
		var res childResult
		if err := json.Unmarshal(out.Bytes(), &res); err != nil {
			t.Fatal(err)
		}
		if res.First != 5 && res.First != 6 {
			t.Errorf("%s: resumed at step %d", c.masks, res.First)
		}
		if same := math.Float64frombits(res.ZetaBits) == want; same != c.same {
			t.Errorf("%s: zeta %.17g, uninterrupted %.17g; the same: %t, want %t", c.masks, math.Float64frombits(res.ZetaBits), want, same, c.same)
		}
	}
}

// cancelAtStep calls cancel when there is a checkpoint of the step or a later one.
func cancelAtStep(t *testing.T, blobs store.Store, step int, cancel func()) {
	defer cancel()
	for {
		n, err := newest(context.Background(), blobs)
		if err != nil {
			t.Error(err)
			return
		}
		if n >= step {
			return
		}
		time.Sleep(pollPause)
	}
}

func TestChildWithoutMasks(t *testing.T) {
	if err := Child(context.Background(), ChildOptions{Dir: t.TempDir(), Masks: filepath.Join(t.TempDir(), "none")}, nil); err == nil {
		t.Error("no error")
	}
}

func TestNoChild(t *testing.T) {
	_, tr := masks(t)
	tr.Child = []string{filepath.Join(t.TempDir(), "none")}
	if err := tr.interrupt(context.Background(), 15); err == nil || !strings.Contains(err.Error(), "cannot be started") {
		t.Errorf("error %v", err)
	}
	tr.Child = []string{os.Args[0], "-test.run=^$", "-no-such-flag"}
	if err := tr.interrupt(context.Background(), 15); err == nil || !strings.Contains(err.Error(), "ended by itself") {
		t.Errorf("error %v", err)
	}
}
