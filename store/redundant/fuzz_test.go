package redundant

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// one is a blob of three stripes, its head and its shards.
func one(t testing.TB) (h head, text []byte, shards [][]byte) {
	var members []Member
	mems := []*store.Mem{store.NewMem(), store.NewMem(), store.NewMem()}
	for _, m := range mems {
		members = append(members, Member{Store: m})
	}
	s, err := New(2, 1, members, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), "b", write(random(9, 5000))); err != nil {
		t.Fatal(err)
	}
	for i, m := range mems {
		infos, err := m.List(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, info := range infos {
			content, err := get(m, info.Name)
			if err != nil {
				t.Fatal(err)
			}
			if p, _ := parsePart(info.Name); !p.head {
				shards = append(shards, content)
			} else if i == 0 {
				text = content
			}
		}
	}
	if h, err = readHead(bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return h, text, shards
}

// Whatever a member gives back: a shard is the one that was written, or an error.
func FuzzShard(f *testing.F) {
	h, _, shards := one(f)
	f.Add(shards[1], 1)
	f.Add(shards[2], 1)
	f.Add(shards[1][:shardStart], 1)
	f.Fuzz(func(t *testing.T, b []byte, index int) {
		s, err := openShard(io.NopCloser(bytes.NewReader(b)), h, index)
		for err == nil && s.stripe < h.stripes(h.size) {
			_, err = s.next()
		}
		if err == nil {
			err = s.end()
		}
		if err == nil && (index < 0 || index > 2 || !bytes.Equal(b, shards[index])) {
			t.Errorf("%d bytes passed for shard %d", len(b), index)
		}
	})
}

func FuzzHead(f *testing.F) {
	_, text, _ := one(f)
	f.Add(text)
	f.Add(text[:headLen-1])
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := readHead(bytes.NewReader(b))
		if err == nil && !bytes.Equal(h.marshal(), b) {
			t.Errorf("%x is read as %x", b, h.marshal())
		}
		if err == nil {
			_ = h.shardSize()
		}
	})
}

func FuzzPartName(f *testing.F) {
	gen := newGen("", made("000000000000000000000000"))
	for _, name := range []string{"a", "d/b~c", string(bytes.Repeat([]byte("ä"), 90)), "x~~/_y"} {
		f.Add(shardName(name, gen, 3))
		f.Add(headName(name, gen, 2, 77))
	}
	f.Add(strings.Repeat("\x96", 103) + "~~/_" + strings.Repeat("0", 40) + "~" + strings.Repeat("0", 24) + "x0") // no text
	f.Fuzz(func(t *testing.T, text string) {
		p, ok := parsePart(text)
		if !ok {
			if store.CheckName(text) != nil || len(text) > 140 {
				return
			}
			if q, ok := parsePart(shardName(text, gen, 5)); !ok || q.name != text || q.gen != gen || q.index != 5 || q.head {
				t.Errorf("%q: %+v", text, q)
			}
			if q, ok := parsePart(headName(text, gen, 5, 9)); !ok || q.name != text || !q.head || q.k != 5 || q.size != 9 {
				t.Errorf("%q: %+v", text, q)
			}
			return
		}
		again := shardName(p.name, p.gen, p.index)
		if p.head {
			again = headName(p.name, p.gen, p.k, p.size)
		}
		if again != text {
			t.Errorf("%q is read as the name of %q", text, again)
		}
	})
}
