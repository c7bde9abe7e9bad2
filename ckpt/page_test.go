package ckpt

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

var update = flag.Bool("update", false, "write the dumps into docs/reference/checkpoint-format.md")

const page = "../docs/reference/checkpoint-format.md"

// demo returns the two files that the page shows.
func demo(t *testing.T) (data, list []byte) {
	t.Helper()
	u, dt := []float64{1, 2, 4, 0}, 0.5
	mask, err := scrutiny.Parse("u", "[]float64", []int{4}, "3C1D")
	if err != nil {
		t.Fatal(err)
	}
	r := open(t, store.NewMem(), quiet)
	protect(t, r, "u", &u, Masked(mask))
	protect(t, r, "dt", &dt)
	im := new(image)
	if _, err := r.capture(im); err != nil {
		t.Fatal(err)
	}
	r.nextSeq = 1
	h := r.header(7, im)
	h.Time, h.Host, h.Program = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC), "node1", "example.com/demo v1.2.3"
	var b bytes.Buffer
	n, d, err := r.chunker.write(&b, h, im)
	if err != nil {
		t.Fatal(err)
	}
	m := manifest{Seq: 1, Step: 7, Time: h.Time, Files: []fileRef{{"run-00000001-step-7.0.data", n, d}}}
	if list, err = m.append(nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), list
}

func dumpText(b []byte) string {
	var out strings.Builder
	out.WriteString("```text\n")
	for at := 0; at < len(b); at += 16 {
		row := b[at:min(len(b), at+16)]
		fmt.Fprintf(&out, "%08x: %-47s  %s\n", at, fmt.Sprintf("% x", row), latin(row))
	}
	out.WriteString("```\n")
	return out.String()
}

// latin is a text with a character for each byte.
func latin(b []byte) []byte {
	out := make([]byte, len(b))
	for i, x := range b {
		if out[i] = '.'; x >= ' ' && x <= '~' {
			out[i] = x
		}
	}
	return out
}

// parts describes the data file of demo.
func partsTable(b []byte) string {
	var out strings.Builder
	at := 0
	row := func(n int, format string, args ...any) {
		fmt.Fprintf(&out, "| %03x–%03x | %s |\n", at, at+n-1, fmt.Sprintf(format, args...))
		at += n
	}
	out.WriteString("| bytes | content |\n|---|---|\n")
	h := int(le.Uint32(b[12:]))
	row(8, "signature")
	row(4, "version 2")
	row(4, "H = %x₁₆ = %d", h, h)
	row(4, "C = %x₁₆ = 262080", le.Uint32(b[16:]))
	row(4, "crc32c of 000–013")
	row(h, "header")
	row(4, "crc32c of the header")
	for _, c := range []struct {
		what string
		n    int
	}{{"`u`, chunk 0: mask `3C1D`, and layout: one slice of length 4", 12}, {"`u`, chunk 1: payload 1, 2, 4; the dead element is not there", 24}, {"`dt`, chunk 0: payload 0.5; no mask, no layout", 8}} {
		row(28, "frame: variable %d, chunk %d, %d bytes, body of %d bytes, which is here", le.Uint32(b[at:]), le.Uint32(b[at+4:]), le.Uint32(b[at+8:]), le.Uint32(b[at+12:]))
		row(32, "frame: SHA-256 of the chunk")
		row(4, "frame: crc32c of it and of the body")
		row(c.n, "%s", c.what)
	}
	row(32, "SHA-256 of the bytes before it without the three bodies")
	if at != len(b) {
		out.WriteString("| the table is wrong |\n")
	}
	return out.String()
}

// The dumps on the page are those of files that this package writes.
func TestThePageShowsWhatIsWritten(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	data, list := demo(t)
	got := string(text)
	for _, c := range []struct{ find, want string }{
		{"(?s)```text\n00000000: 89 43 4b 50 44.*?```\n", dumpText(data)},
		{"\\| bytes \\| content \\|\n\\|---\\|---\\|\n(\\| [0-9a-f]{1,3}[–-][^\n]*\n)+", partsTable(data)},
		{"(?s)```text\n00000000: 89 43 4b 50 54.*?```\n", dumpText(list)},
	} {
		if n := len(regexp.MustCompile(c.find).FindAllString(got, -1)); n != 1 {
			t.Fatalf("%q is %d times on the page", c.find, n)
		}
		got = regexp.MustCompile(c.find).ReplaceAllLiteralString(got, c.want)
	}
	switch {
	case got == string(text):
	case *update:
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("docs/reference/checkpoint-format.md shows other files than are written; run go test ./ckpt -run ThePage -update, and look at the difference")
	}
}

// The program in Python on the page reads what is written here.
func TestThePagesPythonReadsCheckpoints(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3 is missing; install it (apt-get install python3)")
		}
		t.Skip("python3 is not installed")
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, program, ok := strings.Cut(string(text), "```python\n")
	program, _, ok2 := strings.Cut(program, "```\n")
	if !ok || !ok2 {
		t.Fatal("the page has no program in Python")
	}
	lines := 0
	for line := range strings.Lines(program) {
		if strings.TrimSpace(line) != "" {
			lines++
		}
	}
	if lines > 33 {
		t.Errorf("the reader has %d lines; it is to show how simple the format is", lines)
	}
	dir := t.TempDir()
	reader := filepath.Join(dir, "reader.py")
	if err := os.WriteFile(reader, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open("file:"+dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	r.chunker.chunk = minChunk
	u, n, on, word := make([]float64, 40), [2]int32{-1, 7}, true, "go"
	for i := range u {
		u[i] = float64(i) / 8
	}
	protect(t, r, "u", &u)
	protect(t, r, "n", &n)
	protect(t, r, "on", &on)
	protect(t, r, "word", &word)
	if err := r.Save(context.Background(), 12); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "run-00000001-step-12.0.data")
	out, err := exec.Command(python, reader, file).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v: %s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var want strings.Builder
	want.WriteString("step 12\nu [40] [")
	for i, x := range u {
		if i > 0 {
			want.WriteString(", ")
		}
		if text := fmt.Sprint(x); strings.Contains(text, ".") {
			want.WriteString(text)
		} else {
			want.WriteString(text + ".0")
		}
	}
	want.WriteString("]\nn [2] [-1, 7]\non [] [True]\nword [] b'\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00go'\n")
	if string(out) != want.String() {
		t.Errorf("it printed\n%s\nwant\n%s", out, want.String())
	}
	// It does find damage.
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{len(good) / 2, len(good) - 1, len(good) - digestLen - 3, 30} {
		bad := bytes.Clone(good)
		bad[at] ^= 16
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(python, reader, file).Output(); err == nil {
			t.Errorf("byte %d was changed, and it printed\n%s", at, out)
		}
	}
}
