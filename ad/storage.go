package ad

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Storage keeps the numbers in snapshots, as bytes under keys, outside of the loop's own
// memory. Keys are small: 0, 1, 2, … and used again after Free. What was written must be
// read back as it was, or be an error. One goroutine at a time calls the methods.
type Storage interface {
	// Write keeps a copy of b under the key, in place of what was there, and returns
	// how many bytes that takes.
	Write(key int, b []byte) (stored int64, err error)
	// Read returns what was last written under the key, in the memory of dst if that
	// is large enough.
	Read(key int, dst []byte) ([]byte, error)
	// Free tells that what is kept under the key is needed no more.
	Free(key int)
	// Close gives up everything that is kept, and leaves no files.
	Close() error
}

// Codec makes bytes fewer. One goroutine at a time uses it. One that is an io.Closer is
// closed when it is needed no more.
type Codec interface {
	// Encode appends what src becomes to dst.
	Encode(dst, src []byte) ([]byte, error)
	// Decode appends what Encode was given to dst.
	Decode(dst, src []byte) ([]byte, error)
}

var registry struct {
	sync.Mutex
	storages map[string]func(arg string) (Storage, error)
	codecs   map[string]func() (Codec, error)
}

// RegisterStorage makes open the meaning of storage=name:arg. It is for the init
// functions of packages; it panics if the name is taken or is not made of letters and digits.
func RegisterStorage(name string, open func(arg string) (Storage, error)) {
	registry.Lock()
	defer registry.Unlock()
	checkFree(name)
	if registry.storages == nil {
		registry.storages = map[string]func(string) (Storage, error){}
	}
	registry.storages[name] = open
}

// RegisterCodec makes storage=name the storage in memory of what a codec leaves, and
// storage=name+other the storage of it in another one. It is like [RegisterStorage].
func RegisterCodec(name string, open func() (Codec, error)) {
	registry.Lock()
	defer registry.Unlock()
	checkFree(name)
	if registry.codecs == nil {
		registry.codecs = map[string]func() (Codec, error){}
	}
	registry.codecs[name] = open
}

func checkFree(name string) {
	other := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }
	taken := registry.storages[name] != nil || registry.codecs[name] != nil
	if taken || name == "" || name == "ram" || name == "file" || name == "tiered" || strings.ContainsFunc(name, other) {
		panic(fmt.Sprintf("ad: a storage cannot be registered as %q: take another name, of letters a to z and digits", name))
	}
}

// tierSpec is one place for snapshots in a storage= word.
type tierSpec struct {
	name  string
	open  func() (Storage, error) // nil: the memory of the loop
	limit int64                   // bytes; 0: no limit
}

// fileOpener opens the storage of a level in files in a directory.
type fileOpener func(level int, dir string) (Storage, error)

// storageParser reads the part of a storage= word that is for one level.
type storageParser struct {
	file  fileOpener
	level int
}

// parseStorage returns the tiers of each level. A word is
//
//	levels  = tiers {";" tiers}
//	tiers   = storage | "tiered:" tier {"," tier}
//	tier    = storage ["=" size]
//	storage = "ram" | "file" [":" directory] | codec ["+" storage] | name [":" argument]
func parseStorage(word string, file fileOpener) ([][]tierSpec, error) {
	var levels [][]tierSpec
	words := strings.Split(word, ";")
	for k, w := range words {
		p := storageParser{file, k}
		tiers, err := p.tiers(w)
		if err != nil {
			return nil, err
		}
		levels = append(levels, tiers)
	}
	return levels, nil
}

func (p storageParser) tiers(word string) ([]tierSpec, error) {
	list, tiered := strings.CutPrefix(word, "tiered:")
	if !tiered {
		open, err := p.one(word)
		return []tierSpec{{name: word, open: open}}, err
	}
	var tiers []tierSpec
	words := strings.Split(list, ",")
	for i, w := range words {
		name, size, sized := strings.Cut(w, "=")
		t := tierSpec{name: name}
		var err error
		if t.open, err = p.one(name); err != nil {
			return nil, err
		}
		if sized != (i < len(words)-1) {
			return nil, fmt.Errorf("in %s every storage but the last has its size, as in tiered:ram=1GiB,file", word)
		}
		if sized {
			if t.limit, err = parseSize(size); err != nil {
				return nil, err
			}
		}
		tiers = append(tiers, t)
	}
	return tiers, nil
}

// one returns what opens a storage, nil for the memory of the loop.
func (p storageParser) one(word string) (func() (Storage, error), error) {
	if name, rest, _ := strings.Cut(word, "+"); isWord(name) {
		registry.Lock()
		codec := registry.codecs[name]
		registry.Unlock()
		if codec != nil {
			return p.coded(codec, rest)
		}
	}
	name, arg, _ := strings.Cut(word, ":")
	registry.Lock()
	open := registry.storages[name]
	registry.Unlock()
	switch {
	case word == "ram":
		return nil, nil
	case name == "file":
		return func() (Storage, error) { return p.file(p.level, arg) }, nil
	case open != nil:
		return func() (Storage, error) { return open(arg) }, nil
	case strings.HasPrefix(word, "zstd"), strings.HasPrefix(word, "s2"):
		return nil, fmt.Errorf("%s is not in this program: import _ \"github.com/cairn-ad/cairn/ad/compress\"", word)
	}
	return nil, fmt.Errorf("there is no storage %q: take ram, file:DIRECTORY, zstd, s2, tiered:ram=SIZE,file:DIRECTORY, or register it", word)
}

func isWord(s string) bool { return s != "" && !strings.ContainsAny(s, ":,;=") }

// coded returns what opens the storage of a codec over another storage, memory if
// rest is empty.
func (p storageParser) coded(codec func() (Codec, error), rest string) (func() (Storage, error), error) {
	var inner func() (Storage, error)
	if rest != "" {
		var err error
		if inner, err = p.one(rest); err != nil {
			return nil, err
		}
	}
	return func() (Storage, error) {
		c, err := codec()
		if err != nil {
			return nil, err
		}
		if inner == nil {
			return &coded{codec: c, in: new(memory)}, nil
		}
		in, err := inner()
		if err != nil {
			return nil, err
		}
		return &coded{codec: c, in: in}, nil
	}, nil
}

var units = []struct {
	name string
	size int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"", 1}}

// parseSize reads a number of bytes, as 4096, 64MiB or 2GiB.
func parseSize(s string) (int64, error) {
	for _, u := range units {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err == nil && n > 0 && n <= (1<<62)/u.size {
			return n * u.size, nil
		}
		break
	}
	return 0, fmt.Errorf("%q is no size: write 4096, 64MiB or 2GiB", s)
}
