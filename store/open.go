package store

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cairn-ad/cairn/store/vfs"
)

// Open opens a store by URL. These schemes are always known:
//
//	file:DIR   a directory, made if it is missing; DIR is a path as the operating
//	           system takes it, relative or absolute; file:///DIR is accepted too
//	mem:       a new, empty store in memory
//
// Packages below this one add others when a program imports them; the error of an unknown
// scheme says which package that is.
func Open(url string) (Store, error) {
	s, err := schemeOf(url)
	if err != nil {
		return nil, err
	}
	return s.Open(url)
}

// OpenExisting opens a store as [Open] does, to look into it: a directory must be
// there, and nothing is made or swept. The error matches fs.ErrNotExist if there is
// none.
func OpenExisting(url string) (Store, error) {
	s, err := schemeOf(url)
	if err != nil {
		return nil, err
	}
	return s.OpenExisting(url)
}

// Scheme opens the stores whose URLs begin with its name and a colon. Both functions get the
// whole URL.
type Scheme struct {
	// Open opens a store to read and write, and makes it if it is missing.
	Open func(url string) (Store, error)
	// OpenExisting opens one that is there to look into it, and changes nothing.
	OpenExisting func(url string) (Store, error)
}

var schemes = struct {
	sync.RWMutex
	byName map[string]Scheme
}{byName: make(map[string]Scheme)}

func init() {
	Register("file", Scheme{openFile, existingFile})
	Register("mem", Scheme{openMem, existingMem})
}

// homes are the packages that register the other schemes of this module.
var homes = map[string]string{
	"copies": "github.com/cairn-ad/cairn/store/redundant",
	"rs":     "github.com/cairn-ad/cairn/store/redundant",
	"s3":     "github.com/cairn-ad/cairn/store/s3",
	"tiers":  "github.com/cairn-ad/cairn/store/tiers",
}

// Register makes [Open] and [OpenExisting] know a scheme. It is for the init function of the
// package that implements it, and panics if the name is not one of lower-case letters and
// digits, is taken, or a function is missing.
func Register(name string, s Scheme) {
	letters := strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
	if len(name) < 2 || !letters || s.Open == nil || s.OpenExisting == nil {
		panic(fmt.Sprintf("store: Register(%q): the name must be two or more lower-case letters and digits, and both functions must be there", name))
	}
	schemes.Lock()
	defer schemes.Unlock()
	if _, taken := schemes.byName[name]; taken {
		panic(fmt.Sprintf("store: Register(%q): the scheme is registered already", name))
	}
	schemes.byName[name] = s
}

// schemeOf finds the scheme of a URL.
func schemeOf(url string) (Scheme, error) {
	name, _, ok := strings.Cut(url, ":")
	schemes.RLock()
	defer schemes.RUnlock()
	if s, known := schemes.byName[name]; ok && known {
		return s, nil
	}
	return Scheme{}, unknown(url, name)
}

// unknown says what can be done about a URL of no known scheme. The lock is held.
func unknown(url, name string) error {
	if home, ours := homes[name]; ours {
		return fmt.Errorf("store: %q: package %s opens such stores, and this program does not import it: add import _ %q", url, home, home)
	}
	var known []string
	for name := range schemes.byName {
		known = append(known, name+":")
	}
	var more []string
	for name, home := range homes {
		if _, have := schemes.byName[name]; !have {
			more = append(more, fmt.Sprintf("%s: with import _ %q", name, home))
		}
	}
	slices.Sort(known)
	slices.Sort(more)
	text := fmt.Sprintf("store: %q is no store; write file:DIR for a directory; this program knows %s", url, strings.Join(known, ", "))
	if len(more) > 0 {
		text += "; there are also " + strings.Join(more, ", ")
	}
	return fmt.Errorf("%s", text)
}

// DirOf returns the directory that a URL names, or "" if its store is no directory. The error
// is that of [Open] if no store has such a URL.
func DirOf(url string) (string, error) {
	if _, err := schemeOf(url); err != nil {
		return "", err
	}
	rest, ok := strings.CutPrefix(url, "file:")
	if !ok {
		return "", nil
	}
	dir := rest
	if after, host := strings.CutPrefix(rest, "//"); host {
		if !strings.HasPrefix(after, "/") {
			return "", fmt.Errorf("store: %q names a host; write file:DIR or file:///DIR", url)
		}
		dir = after
	}
	if dir == "" {
		return "", fmt.Errorf("store: %q names no directory; write file:DIR", url)
	}
	return dir, nil
}

func openFile(url string) (Store, error) {
	dir, err := DirOf(url)
	if err != nil {
		return nil, err
	}
	return OpenDir(dir)
}

func existingFile(url string) (Store, error) {
	dir, err := DirOf(url)
	if err != nil {
		return nil, err
	}
	f, err := vfs.Existing(dir)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	return &Dir{fs: f}, nil
}

func openMem(url string) (Store, error) {
	if url != "mem:" {
		return nil, fmt.Errorf("store: %q: a store in memory has no name; write mem:", url)
	}
	return NewMem(), nil
}

func existingMem(url string) (Store, error) {
	return nil, fmt.Errorf("store: %q is always empty when it is opened; write file:DIR", url)
}

// SplitList splits a list of URLs at its commas, for stores that are made of several. An entry
// that has a comma itself stands in brackets, which stay: file:/a,[copies:file:/b,file:/c].
func SplitList(list string) ([]string, error) {
	var entries []string
	depth, from := 0, 0
	for i, c := range list + "," {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ',' && (depth == 0 || i == len(list)):
			entries = append(entries, list[from:i])
			from = i + 1
		}
		if depth < 0 {
			break
		}
	}
	if depth != 0 {
		return nil, fmt.Errorf("the brackets in the list of stores %q do not match", list)
	}
	if slices.Contains(entries, "") {
		return nil, fmt.Errorf("the list of stores %q has an empty entry", list)
	}
	return entries, nil
}
