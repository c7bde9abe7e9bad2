package cli

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// dataFile writes a data file of format 2, as docs/reference/checkpoint-format.md describes it, with one
// number "v"; if base is not nil the number is not there but in the first frame of that file.
func dataFile(t *testing.T, dir, stem string, seq, step, rank, ranks int, v float64, base map[string]any) map[string]any {
	t.Helper()
	le := binary.LittleEndian
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	sum := func(b []byte) []byte { return le.AppendUint32(nil, crc32.Checksum(b, castagnoli)) }
	h := map[string]any{
		"seq": seq, "step": step, "time": "2026-01-02T03:04:05Z", "rank": rank, "ranks": ranks, "host": "h", "program": "p", "schema": 0,
		"variables": []any{map[string]any{"name": "v", "type": "float64", "shape": []int{}, "elements": 1, "order": "little", "mask_bytes": 0, "layout_bytes": 0, "payload_bytes": 8}},
	}
	if base != nil {
		h["bases"] = []any{base}
	}
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	b := []byte("\x89CKPD\r\n\x1a\x02\x00\x00\x00")
	b = le.AppendUint32(le.AppendUint32(b, uint32(len(text))), 4<<20)
	b = append(b, sum(b)...)
	b = append(append(b, text...), sum(text)...)
	body := le.AppendUint64(nil, math.Float64bits(v))
	digest := sha256.Sum256(body)
	frame := make([]byte, 28, 64)
	le.PutUint32(frame[8:], 8)
	stored := body
	if base != nil {
		stored = nil
		frame[16] = 2
	}
	le.PutUint32(frame[12:], uint32(len(stored)))
	frame = append(frame, digest[:]...)
	frame = append(frame, sum(append(frame[:60:60], stored...))...)
	whole := sha256.Sum256(append(b[:len(b):len(b)], frame...))
	b = append(append(append(b, frame...), stored...), whole[:]...)
	name := fmt.Sprintf("%s.%d.data", stem, rank)
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]any{"name": name, "bytes": len(b), "digest": fmt.Sprintf("%x", whole)}
}

// manifestFile writes a manifest of format 2.
func manifestFile(t *testing.T, dir, stem string, seq, step int, files []any, bases ...any) {
	t.Helper()
	m := map[string]any{"seq": seq, "step": step, "time": "2026-01-02T03:04:05Z", "files": files}
	if len(bases) > 0 {
		m["bases"] = bases
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	sum := func(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }
	b := le.AppendUint32([]byte("\x89CKPT\r\n\x1a\x02\x00\x00\x00"), uint32(len(text)))
	b = le.AppendUint64(b, uint64(64+len(text)))
	b = le.AppendUint32(b, sum(b))
	b = le.AppendUint32(append(b, text...), sum(text))
	digest := sha256.Sum256(b)
	if err := os.WriteFile(filepath.Join(dir, stem+".ckpt"), append(b, digest[:]...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ranksRun has a checkpoint of three processes.
func ranksRun(t *testing.T, values ...float64) string {
	t.Helper()
	dir := t.TempDir()
	const stem = "run-00000001-step-5"
	var files []any
	for rank, v := range values {
		files = append(files, dataFile(t, dir, stem, 1, 5, rank, len(values), v, nil))
	}
	manifestFile(t, dir, stem, 1, 5, files)
	return "file:" + dir
}

// The variables of several ranks are told apart.
func TestRanks(t *testing.T) {
	url := ranksRun(t, 1, 2, 4)
	out := wantCairn(t, 0, []string{"inspect", url})
	for _, part := range []string{"3 ranks", "saved by p on h", "v@0", "v@1", "v@2"} {
		if !strings.Contains(out, part) {
			t.Errorf("no %s in\n%s", part, out)
		}
	}
	wantCairn(t, 0, []string{"inspect", url, "--var", "v@2"}, "v@2")
	wantCairn(t, 2, []string{"inspect", url, "--var", "v"}, "it has v@0, v@1, v@2")
	out = wantCairn(t, 3, []string{"diff", url, ranksRun(t, 1, 3, 4), "--json"}, "1 of 3 variables differ")
	if !strings.Contains(out, `{"name":"v@1","compared":1,"differ":1,"nan":0,"max_abs":1`) {
		t.Error(out)
	}
	wantCairn(t, 3, []string{"diff", url, ranksRun(t, 1)}, "only in A", "only in B")
	file := filepath.Join(t.TempDir(), "a.txt")
	wantCairn(t, 2, []string{"export", url, "-o", file}, "states of 3 ranks: choose variables with --var")
	wantCairn(t, 1, []string{"export", url, "-o", file, "--var", "v@0", "--var", "v@1"}, "of different ranks")
	wantCairn(t, 0, []string{"export", url, "-o", file, "--var", "v@2"})
	if text, err := os.ReadFile(file); err != nil || !strings.HasSuffix(string(text), "v\t4\n") {
		t.Errorf("%s, %v", text, err)
	}
	wantCairn(t, 0, []string{"ls", url}, "valid")
	wantCairn(t, 0, []string{"verify", url}, "1 valid")
}

// What newer checkpoints need of older ones stays when those are removed or moved.
func TestTidyKeepsWhatOthersNeed(t *testing.T) {
	setUp := func() (dir string) {
		dir = t.TempDir()
		one, two := "run-00000001-step-1", "run-00000002-step-2"
		base := dataFile(t, dir, one, 1, 1, 0, 1, 7, nil)
		manifestFile(t, dir, one, 1, 1, []any{base})
		manifestFile(t, dir, two, 2, 2, []any{dataFile(t, dir, two, 2, 2, 0, 1, 7, base)}, base)
		return dir
	}
	dir := setUp()
	wantCairn(t, 0, []string{"inspect", "file:" + dir}, "with parts of 1 older file")
	wantCairn(t, 0, []string{"prune", "file:" + dir, "--keep", "1", "--dry-run"}, "run-00000001-step-1.0.data stays")
	wantCairn(t, 0, []string{"prune", "file:" + dir, "--keep", "1"}, "1 valid kept, 1 removed", "read in")
	if got := names(t, dir); got != "run-00000001-step-1.0.data run-00000002-step-2" {
		t.Errorf("left %s", got)
	}
	wantCairn(t, 0, []string{"verify", "file:" + dir}, "1 valid, 0 not")

	dir = setUp()
	change(t, filepath.Join(dir, "run-00000001-step-1.ckpt"), func(b []byte) []byte { b[40] ^= 1; return b })
	wantCairn(t, 0, []string{"repair", "file:" + dir}, "1 valid kept, 1 moved", "run-00000001-step-1.0.data stays")
	wantCairn(t, 0, []string{"verify", "file:" + dir}, "1 valid, 0 not")
	out := wantCairn(t, 0, []string{"ls", "file:" + dir}, "quarantine/", "1 checkpoint,", "cairn ls file:"+dir+"/quarantine/")
	if strings.Contains(out, "of no checkpoint") {
		t.Error(out)
	}
	// A manifest that is gone leaves data of no checkpoint.
	dir = setUp()
	if err := os.Remove(filepath.Join(dir, "run-00000002-step-2.ckpt")); err != nil {
		t.Fatal(err)
	}
	wantCairn(t, 0, []string{"ls", "file:" + dir}, "1 data file,", "of no checkpoint")
	out = wantCairn(t, 0, []string{"ls", "file:" + dir, "--json"})
	if !strings.Contains(out, `"quarantined":[],"leftover":[{"file":"run-00000002-step-2.0.data"`) {
		t.Error(out)
	}
}

// While a program saves nothing is tidied up.
func TestTidyWaitsForTheWriter(t *testing.T) {
	url := ranksRun(t, 1)
	s, err := store.OpenExisting(url)
	if err != nil {
		t.Fatal(err)
	}
	lock, err := store.Acquire(context.Background(), s, "run", func(string) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"prune", url, "--keep", "1"}, {"repair", url}} {
		wantCairn(t, 1, args, "another process writes there")
		wantCairn(t, 0, append(args, "--dry-run"))
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	wantCairn(t, 0, []string{"repair", url}, "1 valid kept")
}
