package cli

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sealed is a checkpoint with right checksums around any header and records.
func sealed(t *testing.T, header map[string]any, records ...string) []byte {
	t.Helper()
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	total := 28 + len(text) + 4 + 32
	for _, r := range records {
		total += len(r) + 4
	}
	b := binary.LittleEndian.AppendUint32([]byte("\x89CKPT\r\n\x1a"), 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	b = binary.LittleEndian.AppendUint64(b, uint64(total))
	b = append(b, crc(b)...)
	b = append(append(b, text...), crc(text)...)
	for _, r := range records {
		b = append(append(b, r...), crc([]byte(r))...)
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// Files from elsewhere: no verb panics, takes long, writes outside of its file, or sends
// control characters to the terminal.
func TestHostileCheckpoints(t *testing.T) {
	v := func(name, typ, mask string, shape any, elements, layout, payload int) map[string]any {
		return map[string]any{
			"name": name, "type": typ, "shape": shape, "elements": elements, "order": "little",
			"mask_bytes": len(mask), "layout_bytes": layout, "payload_bytes": payload,
		}
	}
	header := func(vars ...any) map[string]any {
		return map[string]any{"seq": 1, "step": 1, "time": "2026-11-26T11:00:00Z", "variables": vars}
	}
	word := func(x uint64) string { return string(le64(nil, x)) }
	const huge = min(1<<47, math.MaxInt/4+1)
	dead, twice := fmt.Sprintf("%dD", huge), fmt.Sprintf("%dD", 2*huge)
	const esc = "\x1b[31m"
	for name, data := range map[string][]byte{
		"name":          sealed(t, header(v(esc, "float64", "", []int{}, 1, 0, 8)), word(0)),
		"field":         sealed(t, header(v("x", "struct{"+esc+" float64}", "", []int{}, 1, 0, 8)), word(0)),
		"type":          sealed(t, header(v("x", esc, "", []int{}, 1, 0, 8)), word(0)),
		"mask":          sealed(t, header(v(esc, "[]int64", esc, []int{1}, 1, 8, 8)), esc+word(1)+word(0)),
		"string":        sealed(t, header(v("x", "string", "", []int{}, 1, 0, 13)), word(5)+esc),
		"path":          sealed(t, header(v("../../x", "[]float64", "", []int{1}, 1, 8, 8)), word(1)+word(0)),
		"dead":          sealed(t, header(v("x", "[]float64", dead, []int{huge}, huge, 8, 0)), dead+word(huge)),
		"dead matrix":   sealed(t, header(v("x", "[2][]float64", twice, []int{2, huge}, 2*huge, 16, 0)), twice+word(huge)+word(huge)),
		"dead strings":  sealed(t, header(v("x", "[]string", "1048576D", []int{1 << 20}, 1<<20, 8, 0)), "1048576D"+word(1<<20)),
		"nothing":       sealed(t, header(v("x", "[]struct{}", "", []int{huge}, 0, 8, 0)), word(huge)),
		"no dimensions": sealed(t, header(v("x", "[0]float64", "", []int{0}, 0, 0, 0)), ""),
		"wrong shape":   sealed(t, header(v("x", "[2][3]float64", "", []int{6}, 6, 0, 48)), strings.Repeat(word(0), 6)),
		"no variables":  sealed(t, header()),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			store := filepath.Join(dir, "a", "b", "store")
			if err := os.MkdirAll(store, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(store, "run-00000001-step-1.ckpt"), data, 0o600); err != nil {
				t.Fatal(err)
			}
			url, out := "file:"+store, filepath.Join(dir, "a", "b", "out")
			for _, args := range [][]string{
				{"ls", url},
				{"verify", url},
				{"inspect", url},
				{"inspect", url, "--var", "x"},
				{"inspect", url, "--json"},
				{"inspect", url, "--var", "x", "--png", out + ".png"},
				{"diff", url, url},
				{"repair", url, "--dry-run"},
				{"prune", url, "--keep", "1"},
				{"export", url, "-o", out + ".npz"},
				{"export", url, "-o", out + ".npy"},
				{"export", url, "-o", out + ".txt"},
				{"export", url, "-o", out + ".json"},
			} {
				status, printed, errs := cairn(args...)
				if strings.Contains(printed+errs, "\x1b") {
					t.Errorf("cairn %q: status %d, %q%q", args, status, printed, errs)
				}
			}
			for _, outer := range []string{dir, filepath.Join(dir, "a")} {
				if list, err := os.ReadDir(outer); err != nil || len(list) != 1 {
					t.Errorf("%s has %v, %v", outer, list, err)
				}
			}
		})
	}
}
