package restart

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Difference is the first place at which an output differs.
type Difference struct {
	Output string  `json:"output"` // "standard output", or the file
	Line   int     `json:"line,omitempty"`
	Byte   *int64  `json:"byte,omitempty"` // of a file that is no text
	A      string  `json:"a"`              // uninterrupted
	B      string  `json:"b"`              // killed and resumed
	ULPs   *uint64 `json:"ulps,omitempty"` // of the first number in the line that differs
	Note   string  `json:"note,omitempty"`
}

// outputs lists the files of a directory that a glob names.
func outputs(dir, pattern string) ([]string, error) {
	names, err := fs.Glob(os.DirFS(dir), pattern)
	if err != nil {
		return nil, fmt.Errorf("%q is no pattern: %w", pattern, err)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name)))
		return err != nil || !info.Mode().IsRegular()
	}), nil
}

// compare compares all outputs of two rounds.
func (v *verifier) compare(a, b *round) error {
	var compared []string
	note := func(d *Difference, err error) error {
		if d != nil {
			v.report.Differences = append(v.report.Differences, *d)
		}
		return err
	}
	if v.o.Stdout != StdoutNone {
		compared = append(compared, stdoutName)
		if err := note(v.texts(stdoutName, a.out, b.out)); err != nil {
			return err
		}
	}
	for _, pattern := range v.o.Outputs {
		names, err := outputs(a.dir, pattern)
		if err != nil {
			return err
		}
		others, err := outputs(b.dir, pattern)
		if err != nil {
			return err
		}
		for _, name := range others {
			if !slices.Contains(names, name) {
				v.report.Differences = append(v.report.Differences, Difference{Output: name, Note: "only the resumed run has written it"})
			}
		}
		for _, name := range names {
			if slices.Contains(compared, name) {
				continue
			}
			compared = append(compared, name)
			if !slices.Contains(others, name) {
				v.report.Differences = append(v.report.Differences, Difference{Output: name, Note: "the resumed run has not written it"})
				continue
			}
			if err := note(v.files(name, a, b)); err != nil {
				return err
			}
		}
	}
	v.report.Compared = compared
	return nil
}

const stdoutName = "standard output"

func (v *verifier) files(name string, a, b *round) (*Difference, error) {
	one, other := filepath.Join(a.dir, filepath.FromSlash(name)), filepath.Join(b.dir, filepath.FromSlash(name))
	d, err := firstByte(name, one, other)
	if d == nil || err != nil {
		return nil, err
	}
	text := isText(one) && isText(other)
	if !text {
		return d, nil
	}
	return v.texts(name, one, other)
}

// firstByte returns the first byte in which two files differ.
func firstByte(name, a, b string) (*Difference, error) {
	f, err := os.Open(a)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	g, err := os.Open(b)
	if err != nil {
		return nil, err
	}
	defer g.Close()
	x, y := bufio.NewReaderSize(f, 1<<16), bufio.NewReaderSize(g, 1<<16)
	for at := int64(0); ; at++ {
		p, errP := x.ReadByte()
		q, errQ := y.ReadByte()
		switch {
		case errP == io.EOF && errQ == io.EOF:
			return nil, nil
		case errP != nil && errP != io.EOF, errQ != nil && errQ != io.EOF:
			return nil, errors.Join(errP, errQ)
		case errP != nil || errQ != nil || p != q:
			return &Difference{Output: name, Byte: &at, A: byteText(p, errP), B: byteText(q, errQ)}, nil
		}
	}
}

func byteText(b byte, err error) string {
	if err != nil {
		return "its end"
	}
	return fmt.Sprintf("%#02x", b)
}

// isText reports whether a file begins like text.
func isText(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	b := make([]byte, 8192)
	n, _ := io.ReadFull(f, b)
	b = b[:n]
	for i := 0; i < utf8.UTFMax && len(b) > 0 && n == 8192 && !utf8.Valid(b); i++ {
		b = b[:len(b)-1] // a rune that was cut
	}
	return utf8.Valid(b) && !bytes.ContainsRune(b, 0)
}

// texts compares two files line by line.
func (v *verifier) texts(name, a, b string) (*Difference, error) {
	x, err := v.lines(a)
	if err != nil {
		return nil, err
	}
	y, err := v.lines(b)
	if err != nil {
		return nil, err
	}
	skipped := 0
	if name == stdoutName && v.o.Stdout == StdoutEnd {
		if len(y) == 0 && len(x) > 0 {
			return &Difference{Output: name, Line: len(x), A: x[len(x)-1].text, B: "", Note: "the last life has printed nothing"}, nil
		}
		if skipped = len(x) - len(y); skipped > 0 {
			x = x[skipped:]
		}
	}
	for i := range max(len(x), len(y)) {
		switch {
		case i >= len(x):
			return &Difference{Output: name, Line: y[i].number, B: y[i].text, Note: "the resumed run has written more"}, nil
		case i >= len(y):
			return &Difference{Output: name, Line: x[i].number, A: x[i].text, Note: "the resumed run has written less"}, nil
		}
		if same, ulps := alike(x[i].text, y[i].text, v.o.ULPs); !same {
			return &Difference{Output: name, Line: x[i].number, A: x[i].text, B: y[i].text, ULPs: ulps}, nil
		}
	}
	return nil, nil
}

// line is a line with its number, from 1.
type line struct {
	number int
	text   string
}

// lines reads the lines that are not ignored. A last line without an end counts.
func (v *verifier) lines(name string) ([]line, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var out []line
	n := 0
	for text := range strings.Lines(string(data)) {
		n++
		if !slices.ContainsFunc(v.o.Ignore, func(r *regexp.Regexp) bool { return r.MatchString(strings.TrimSuffix(text, "\n")) }) {
			out = append(out, line{n, text})
		}
	}
	return out, nil
}

var number = regexp.MustCompile(`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?`)

// alike reports whether two lines are the same but for numbers that are at most so many units
// in the last place apart, and how far the first two numbers that differ are apart.
func alike(a, b string, ulps uint64) (same bool, first *uint64) {
	if a == b {
		return true, nil
	}
	x, y := number.FindAllStringIndex(a, -1), number.FindAllStringIndex(b, -1)
	restA, restB := number.ReplaceAllLiteralString(a, "#"), number.ReplaceAllLiteralString(b, "#")
	if len(x) != len(y) || restA != restB {
		return false, nil
	}
	same = true
	for i := range x {
		p, q := a[x[i][0]:x[i][1]], b[y[i][0]:y[i][1]]
		if p == q {
			continue
		}
		n, ok := apart(p, q)
		if !ok || n > ulps || ulps == 0 {
			same = false
			if ok && first == nil {
				first = &n
			}
		}
	}
	return same, first
}

// apart counts the float64 numbers from one text to another. Two integers are not taken for
// rounded numbers.
func apart(a, b string) (uint64, bool) {
	if !strings.ContainsAny(a+b, ".eEdD") {
		return 0, false
	}
	fortran := strings.NewReplacer("d", "e", "D", "e")
	x, err1 := strconv.ParseFloat(fortran.Replace(a), 64)
	y, err2 := strconv.ParseFloat(fortran.Replace(b), 64)
	if err1 != nil || err2 != nil {
		return 0, false
	}
	i, j := ordinal(x), ordinal(y)
	return uint64(max(i, j)) - uint64(min(i, j)), true
}

// ordinal numbers the floating-point numbers in their order.
func ordinal(x float64) int64 {
	i := int64(math.Float64bits(x))
	if i < 0 {
		i = math.MinInt64 - i
	}
	return i
}
