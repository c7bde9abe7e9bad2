package freeze

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// Mappings tells which memory a fork does not freeze. Its buffer is kept for reuse.
type Mappings struct{ text []byte }

// Shared returns the first of the given stretches that lies in memory that is shared with other
// processes, such as a file mapped with MAP_SHARED: what the program writes there changes in
// its copies, too. It returns −1 if there is none.
func (m *Mappings) Shared(list []Stretch) (int, error) {
	if err := m.read(); err != nil {
		return 0, err
	}
	for rest := m.text; len(rest) > 0; {
		lo, hi, shared, after := mapping(rest)
		rest = after
		if !shared {
			continue
		}
		for i, s := range list {
			if s.Addr < hi && lo < s.Addr+uintptr(s.Len) {
				return i, nil
			}
		}
	}
	return -1, nil
}

// Devices returns the name of a device of which the process has mapped memory, or "RDMA" if it has
// pages pinned for direct access. A device may write to memory that it was given without the
// system's noticing. It returns "" if there is none.
func (m *Mappings) Devices() (string, error) {
	if err := m.read(); err != nil {
		return "", err
	}
	for line := range bytes.Lines(m.text) {
		i := bytes.Index(line, []byte("/dev/"))
		if i < 0 {
			continue
		}
		name := bytes.TrimSpace(line[i:])
		if !bytes.HasPrefix(name, []byte("/dev/shm/")) && !bytes.HasPrefix(name, []byte("/dev/zero")) {
			return string(name), nil
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "", fmt.Errorf("%w: what memory is pinned cannot be told: %w", ErrRefused, err)
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmPin:")); ok {
			if f := bytes.Fields(rest); len(f) > 0 && string(f[0]) != "0" {
				return "RDMA", nil
			}
		}
	}
	return "", nil
}

// Stretch is Len bytes of memory from Addr on.
type Stretch struct {
	Addr uintptr
	Len  int
}

func (m *Mappings) read() error {
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return fmt.Errorf("%w: what memory is shared with others cannot be told: %w", ErrRefused, err)
	}
	defer f.Close()
	m.text = m.text[:0]
	for {
		if cap(m.text)-len(m.text) < 4096 {
			m.text = append(make([]byte, 0, 2*cap(m.text)+1<<16), m.text...)
		}
		n, err := f.Read(m.text[len(m.text):cap(m.text)])
		m.text = m.text[:len(m.text)+n]
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: what memory is shared with others cannot be told: %w", ErrRefused, err)
		}
	}
}

// mapping reads one line, such as "7f00-7f40 rw-s 00000000 00:01 17 /dev/zero".
func mapping(text []byte) (lo, hi uintptr, shared bool, rest []byte) {
	lo, text = hex(text)
	hi, text = hex(text)
	shared = len(text) > 3 && text[3] == 's'
	for i, c := range text {
		if c == '\n' {
			return lo, hi, shared, text[i+1:]
		}
	}
	return lo, hi, shared, nil
}

// hex reads a number and the byte after it.
func hex(text []byte) (n uintptr, rest []byte) {
	for i, c := range text {
		switch {
		case '0' <= c && c <= '9':
			n = n<<4 | uintptr(c-'0')
		case 'a' <= c && c <= 'f':
			n = n<<4 | uintptr(c-'a'+10)
		default:
			return n, text[i+1:]
		}
	}
	return n, nil
}
