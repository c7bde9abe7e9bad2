package ckpt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// rle is a codec for tests: runs of equal bytes.
type rle struct{}

func (rle) Name() string { return "test-rle" }

func (rle) Encode(dst, src []byte, _ Form) ([]byte, error) {
	for len(src) > 0 {
		n := 1
		for n < len(src) && n < 255 && src[n] == src[0] {
			n++
		}
		dst = append(dst, byte(n), src[0])
		src = src[n:]
	}
	return dst, nil
}

func (rle) Decode(dst, src []byte, n int, _ Form) ([]byte, error) {
	for ; len(src) >= 2; src = src[2:] {
		if n -= int(src[0]); n < 0 {
			return nil, errors.New("too long")
		}
		dst = append(dst, bytes.Repeat(src[1:2], int(src[0]))...)
	}
	if n != 0 || len(src) > 0 {
		return nil, errors.New("wrong length")
	}
	return dst, nil
}

func init() { RegisterCodec(rle{}) }

// saveImage stores an image as checkpoint number seq, and returns the names of its files.
func saveImage(t testing.TB, r *Run, seq uint64, im *image, bases []fileRef, reuse map[digest]place) (manifestName, dataFile string) {
	t.Helper()
	r.nextSeq = seq
	r.chunker.reuse, r.bases = reuse, bases
	if err := r.commit(context.Background(), int(seq), im); err != nil {
		t.Fatal(err)
	}
	stem := strings.TrimSuffix(blobName("run", seq, int(seq)), suffix)
	return stem + suffix, dataName(stem, 0)
}

// States of all sizes around those of chunks, with and without a codec, written by one or
// several goroutines, come back as they were.
func TestChunksOfAllSizes(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for _, workers := range []int{1, 3} {
		for _, chunk := range []int{minChunk, 4096, 3 * inline} {
			for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 5*chunk + 17} {
				for _, codec := range []Codec{nil, rle{}} {
					x := make([]byte, n)
					for i := range x {
						x[i] = byte(rng.IntN(1 + i%5000/2500*3))
					}
					text := string(x[:n/2])
					rows := make([][]int16, 3)
					for i := range rows {
						rows[i] = slices.Repeat([]int16{int16(i)}, rng.IntN(2*chunk))
					}
					s := store.NewMem()
					r := open(t, s, quiet)
					r.chunker.chunk, r.chunker.workers = chunk, workers
					protect(t, r, "x", &x)
					protect(t, r, "text", &text)
					protect(t, r, "rows", &rows)
					for _, v := range r.vars {
						v.codec = codec
					}
					save(t, r, 1)
					var y []byte
					var text2 string
					var rows2 [][]int16
					r = open(t, s, quiet)
					protect(t, r, "x", &y)
					protect(t, r, "text", &text2)
					protect(t, r, "rows", &rows2)
					restore(t, r, 1)
					if !bytes.Equal(x, y) || text != text2 || !reflect.DeepEqual(rows, rows2) {
						t.Fatalf("%d workers, chunks of %d, %d bytes, codec %v: restored another state", workers, chunk, n, codec)
					}
					var flat counter
					c, err := Scan(context.Background(), s, "run-00000001-step-1.ckpt", func(*Variable) Sink { return flatten{&flat} })
					if err != nil {
						t.Fatal(err)
					}
					if got := c.Variables[0].Elements + c.Variables[1].Elements + c.Variables[2].Elements; flat.elements != got {
						t.Fatalf("%d elements were shown, %d are there", flat.elements, got)
					}
				}
			}
		}
	}
}

// A codec is used where it saves enough, and left out where it does not.
func TestACodecIsUsedWhereItHelps(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, c := range []struct {
		random bool
		lo, hi int64
	}{{false, 1 << 10, 1 << 14}, {true, 1 << 20, 1<<20 + 1<<10}} {
		x := make([]byte, 1<<20)
		for i := range x {
			if c.random {
				x[i] = byte(rng.Uint32())
			}
		}
		r := open(t, store.NewMem(), quiet)
		protect(t, r, "x", &x)
		r.vars[0].codec = rle{}
		save(t, r, 1)
		if n := r.Saved().Bytes; n < c.lo || n > c.hi {
			t.Errorf("random %v: %d bytes", c.random, n)
		}
	}
}

// increments saves a state three times, of which a part changes, and refers to older files
// for what did not. It returns the store and the state.
func increments(t testing.TB) (*store.Mem, []byte) {
	t.Helper()
	s := store.NewMem()
	r := open(t, s, quiet)
	r.chunker.chunk = minChunk
	x := make([]byte, 20*minChunk+5)
	for i := range x {
		x[i] = byte(i * i >> 7)
	}
	protect(t, r, "x", &x)
	r.vars[0].codec = rle{}
	var bases []fileRef
	var places map[digest]place
	for seq := range uint64(3) {
		x[3*minChunk*int(seq)]++
		im := &r.image
		_, err := r.capture(im)
		if err != nil {
			t.Fatal(err)
		}
		_, name := saveImage(t, r, seq+1, im, bases, places)
		d := get1(t, s, name)
		ref := fileRef{Name: name, Bytes: int64(len(d)), Digest: digest(d[len(d)-digestLen:])}
		places = make(map[digest]place)
		for i, k := range r.chunker.table {
			at := k.place
			if at.base == here {
				at = place{uint32(len(bases)), uint32(i)}
			}
			places[k.sum] = at
		}
		bases = append(bases, ref)
	}
	return s, x
}

// A checkpoint may refer to chunks of older ones. It holds what changed only, and is restored
// and scanned as if it were whole.
func TestReferencesToOlderFiles(t *testing.T) {
	s, x := increments(t)
	var sizes []int64
	for seq := range uint64(3) {
		c, err := Scan(context.Background(), s, blobName("run", seq+1, int(seq+1)), nil)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, c.Size)
	}
	if sizes[2] >= sizes[0] {
		t.Errorf("sizes %v: an increment is not smaller than the whole", sizes)
	}
	var y []byte
	r := open(t, s, quiet)
	protect(t, r, "x", &y)
	restore(t, r, 3)
	if !bytes.Equal(x, y) {
		t.Fatal("another state was restored")
	}
	// A base that is lost or altered is found out.
	base := "run-00000001-step-1.0.data"
	good := get1(t, s, base)
	for _, what := range []string{"missing", "short", "altered", "other"} {
		switch bad := bytes.Clone(good); what {
		case "missing":
			if err := s.Delete(context.Background(), base); err != nil {
				t.Fatal(err)
			}
		case "short":
			put1(t, s, base, bad[:len(bad)-1])
		case "altered":
			bad[len(bad)/2] ^= 4
			put1(t, s, base, bad)
		case "other":
			put1(t, s, base, get1(t, s, "run-00000002-step-2.0.data"))
		}
		if _, err := Scan(context.Background(), s, "run-00000003-step-3.ckpt", nil); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), base) {
			t.Errorf("%s: Scan = %v", what, err)
		}
		put1(t, s, base, good)
	}
}

// After the first save the container allocates nothing.
func TestChunkerAllocatesNothing(t *testing.T) {
	x := make([]float64, 1<<20)
	rows := [][]float64{make([]float64, 3000), make([]float64, 4)}
	name, on := "name", []bool{true, false}
	r := open(t, store.NewMem(), quiet)
	protect(t, r, "x", &x)
	protect(t, r, "rows", &rows)
	protect(t, r, "name", &name)
	protect(t, r, "on", &on)
	one := func() {
		im := &r.image
		_, err := r.capture(im)
		if err == nil {
			_, _, err = r.chunker.write(io.Discard, r.header(1, im), im)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	one()
	if n := testing.AllocsPerRun(20, one); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// sections is a payload that lies in memory already.
type sections [][]byte

func (s sections) emit(to payloadSink) error {
	for _, b := range s {
		if err := to.keep(b, 0); err != nil {
			return err
		}
	}
	return nil
}

// A payload that is not as long as it was counted is refused.
func TestAVariableThatChangesWhileItIsSaved(t *testing.T) {
	for _, n := range []int{99, 101} {
		r := open(t, store.NewMem(), quiet)
		x := make([]byte, 100)
		protect(t, r, "x", &x)
		im := &r.image
		_, err := r.capture(im)
		if err != nil {
			t.Fatal(err)
		}
		im.vars[0].payload = sections{make([]byte, n)}
		if err := r.commit(context.Background(), 1, im); !errors.Is(err, errChanged) {
			t.Errorf("%d bytes in place of 100: %v", n, err)
		}
		save(t, r, 2) // and the run goes on
		restore(t, r, 2)
	}
}

// testFile is a checkpoint made by hand.
type testFile struct {
	header   dataHeader
	chunks   []testChunk
	manifest func(m *manifest)
	data     func(b []byte) []byte
}

// Hostile data files and manifests with right checksums.
func TestHostileDataFiles(t *testing.T) {
	vector := variableHeader{Name: "x", Type: "[]float64", Shape: []int{1}, Elements: 1, Order: "little", LayoutBytes: 8, PayloadBytes: 8}
	header := func(f func(h *dataHeader)) dataHeader {
		h := dataHeader{Seq: 1, Step: 1, Ranks: 1, Variables: []variableHeader{vector}}
		if f != nil {
			f(&h)
		}
		return h
	}
	sound := []testChunk{{0, 0, string(words(1))}, {0, 1, string(words(7))}}
	base := fileRef{Name: "run-00000000-step-0.0.data"}
	const huge = 1 << 60
	for _, c := range []struct {
		name string
		f    testFile
		want error
		text string
	}{
		{"sound", testFile{header: header(nil), chunks: sound}, nil, ""},
		{"swapped", testFile{header: header(nil), chunks: []testChunk{sound[1], sound[0]}}, ErrCorrupt, "it is of chunk 1"},
		{"twice", testFile{header: header(nil), chunks: []testChunk{sound[0], sound[0]}}, ErrCorrupt, "it is of chunk 0"},
		{"missing", testFile{header: header(nil), chunks: sound[:1]}, ErrCorrupt, "does not fit"},
		{"one more", testFile{header: header(nil), chunks: append(slices.Clone(sound), testChunk{0, 2, "x"})}, ErrCorrupt, "belong to no variable"},
		{"of another variable", testFile{header: header(nil), chunks: []testChunk{sound[0], {1, 1, sound[1].body}}}, ErrCorrupt, "of variable 1"},
		{"long chunk", testFile{header: header(nil), chunks: []testChunk{sound[0], {0, 1, sound[1].body + "x"}}}, ErrCorrupt, "9 bytes where 8"},
		{"huge payload", testFile{header: header(func(h *dataHeader) { h.Variables[0].PayloadBytes = huge }), chunks: sound}, ErrCorrupt, "does not fit"},
		{"sum overflows", testFile{header: header(func(h *dataHeader) { h.Variables[0].PayloadBytes = 1<<63 - 1; h.Variables[0].LayoutBytes = 1<<63 - 8 }), chunks: sound}, ErrCorrupt, "impossible lengths"},
		{"rank", testFile{header: header(func(h *dataHeader) { h.Rank = 1; h.Ranks = 2 }), chunks: sound}, ErrCorrupt, "rank 1 of 2"},
		{"no rank", testFile{header: header(func(h *dataHeader) { h.Ranks = 0 }), chunks: sound}, ErrCorrupt, "no rank"},
		{"other step", testFile{header: header(func(h *dataHeader) { h.Step = 2 }), chunks: sound}, ErrCorrupt, "step 2"},
		{"other seq", testFile{header: header(func(h *dataHeader) { h.Seq = 2 }), chunks: sound}, ErrCorrupt, "number 2"},
		{"unknown codec", testFile{header: header(func(h *dataHeader) { h.Variables[0].Codec = "none such" }), chunks: sound}, ErrCodec, "ckpt/codec"},
		{"refers to what the manifest does not know", testFile{header: header(func(h *dataHeader) { h.Bases = []fileRef{base} }), chunks: sound}, ErrCorrupt, "the manifest does not know"},
		{"refers to a folder", testFile{header: header(func(h *dataHeader) { h.Bases = []fileRef{{Name: "../run-00000000-step-0.0.data"}} }), chunks: sound}, ErrCorrupt, "not the name of a data file"},
		{"refers twice", testFile{header: header(func(h *dataHeader) { h.Bases = []fileRef{base, base} }), chunks: sound}, ErrCorrupt, "named twice"},
		{"too many bases", testFile{header: header(func(h *dataHeader) {
			for i := range maxBases + 1 {
				h.Bases = append(h.Bases, fileRef{Name: fmt.Sprintf("run-%08d-step-0.0.data", i)})
			}
		}), chunks: sound}, ErrCorrupt, "older files"},
		{"no files", testFile{header: header(nil), chunks: sound, manifest: func(m *manifest) { m.Files = nil }}, ErrCorrupt, "0 data files"},
		{"path escape", testFile{header: header(nil), chunks: sound, manifest: func(m *manifest) { m.Files[0].Name = "../../etc/x.0.data" }}, ErrCorrupt, "not the name"},
		{"absolute path", testFile{header: header(nil), chunks: sound, manifest: func(m *manifest) { m.Files[0].Name = "/etc/x.0.data" }}, ErrCorrupt, "not the name"},
		{"hidden file", testFile{header: header(nil), chunks: sound, manifest: func(m *manifest) { m.Files[0].Name = ".x.0.data" }}, ErrCorrupt, "not the name"},
		{"itself", testFile{header: header(nil), chunks: sound, manifest: func(m *manifest) { m.Files[0].Name = "run-00000001-step-1.ckpt" }}, ErrCorrupt, "not the name"},
		{"renamed", testFile{header: header(nil), chunks: sound, manifest: func(m *manifest) { m.Files[0].Name = "run-00000001-step-2.0.data" }}, ErrCorrupt, "is missing"},
		{"other size", testFile{header: header(nil), chunks: sound, manifest: func(m *manifest) { m.Files[0].Bytes++ }}, ErrCorrupt, "it was written with"},
		{"negative size", testFile{header: header(nil), chunks: sound, manifest: func(m *manifest) { m.Files[0].Bytes = -1 }}, ErrCorrupt, "negative size"},
		{"other digest", testFile{header: header(nil), chunks: sound, manifest: func(m *manifest) { m.Files[0].Digest[3]++ }}, ErrCorrupt, "not the file that the manifest"},
		{"stale manifest", testFile{header: header(nil), chunks: sound, manifest: func(m *manifest) { m.Seq = 0 }}, ErrCorrupt, "number"},
		{"tiny chunks", testFile{header: header(nil), chunks: sound, data: func(b []byte) []byte {
			le.PutUint32(b[16:], 1)
			le.PutUint32(b[20:], crc32.Checksum(b[:20], castagnoli))
			return b
		}}, ErrCorrupt, "1 of a chunk"},
		{"huge chunks", testFile{header: header(nil), chunks: sound, data: func(b []byte) []byte {
			le.PutUint32(b[16:], 1<<31)
			le.PutUint32(b[20:], crc32.Checksum(b[:20], castagnoli))
			return b
		}}, ErrCorrupt, "of a chunk"},
		{"later version", testFile{header: header(nil), chunks: sound, data: func(b []byte) []byte {
			le.PutUint32(b[8:], 3)
			le.PutUint32(b[20:], crc32.Checksum(b[:20], castagnoli))
			return b
		}}, ErrVersion, "version 3"},
		{"huge header", testFile{header: header(nil), chunks: sound, data: func(b []byte) []byte {
			le.PutUint32(b[12:], 1<<31)
			le.PutUint32(b[20:], crc32.Checksum(b[:20], castagnoli))
			return b
		}}, ErrCorrupt, "bytes of header"},
	} {
		s := store.NewMem()
		c.f.put(t, s)
		var x []float64
		r := open(t, s, quiet)
		protect(t, r, "x", &x)
		_, ok, err := r.Restore(context.Background())
		_, err2 := Scan(context.Background(), s, "run-00000001-step-1.ckpt", nil)
		for _, err := range []error{err, err2} {
			if !errors.Is(err, c.want) || ok != (c.want == nil) || err != nil && !strings.Contains(err.Error(), c.text) {
				t.Errorf("%s: %v, want %v, %q", c.name, err, c.want, c.text)
			}
		}
	}
}

// put stores the file and its manifest.
func (f *testFile) put(t testing.TB, s store.Store) {
	t.Helper()
	text, err := f.header.append(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := sealData(text, 4096, f.chunks...)
	if f.data != nil {
		b = f.data(b)
	}
	const name = "run-00000001-step-1.0.data"
	put1(t, s, name, b)
	m := manifest{Seq: 1, Step: 1, Files: []fileRef{{Name: name, Bytes: int64(len(b)), Digest: digest(b[len(b)-digestLen:])}}}
	if f.manifest != nil {
		f.manifest(&m)
	}
	list, err := m.append(nil)
	if err != nil {
		t.Fatal(err)
	}
	put1(t, s, "run-00000001-step-1.ckpt", list)
}

// References that lead nowhere, back, or in a circle.
func TestHostileReferences(t *testing.T) {
	body := string(words(7))
	sum := digest(sha256.Sum256([]byte(body)))
	scalar := []variableHeader{{Name: "x", Type: "float64", Shape: []int{}, Elements: 1, Order: "little", PayloadBytes: 8}}
	older := func(seq uint64, chunks ...testChunk) (fileRef, []byte) {
		h := dataHeader{Seq: seq, Step: 0, Ranks: 1, Variables: scalar}
		text, _ := h.append(nil)
		b := sealData(text, 4096, chunks...)
		return fileRef{"run-00000000-step-0.0.data", int64(len(b)), digest(b[len(b)-digestLen:])}, b
	}
	for _, c := range []struct {
		name string
		seq  uint64 // of the older file
		at   place
		sum  digest
		self bool
		want string
	}{
		{"sound", 0, place{0, 0}, sum, false, ""},
		{"no such frame", 0, place{0, 1}, sum, false, "has 1 frames"},
		{"no such file", 0, place{1, 0}, sum, false, "file 1 of 1"},
		{"other content", 0, place{0, 0}, digest{1}, false, "not what is referred to"},
		{"not older", 1, place{0, 0}, sum, false, "not before"},
		{"itself", 0, place{0, 0}, sum, true, "refers to itself"},
	} {
		s := store.NewMem()
		ref, b := older(c.seq, testChunk{0, 0, body})
		put1(t, s, ref.Name, b)
		if c.self {
			ref.Name = "run-00000001-step-1.0.data"
		}
		h := dataHeader{Seq: 1, Step: 1, Ranks: 1, Variables: scalar, Bases: []fileRef{ref}}
		text, _ := h.append(nil)
		f := frame{raw: 8, encoding: elsewhere, place: c.at, sum: c.sum}
		var head [frameLen]byte
		f.put(head[:])
		b = sealData(text, 4096)
		b = b[:len(b)-digestLen]
		b = append(b, head[:]...)
		own := sha256.Sum256(b)
		b = append(b, own[:]...)
		put1(t, s, "run-00000001-step-1.0.data", b)
		m := manifest{Seq: 1, Step: 1, Files: []fileRef{{"run-00000001-step-1.0.data", int64(len(b)), own}}, Bases: []fileRef{ref}}
		list, _ := m.append(nil)
		put1(t, s, "run-00000001-step-1.ckpt", list)
		x := 0.5
		r := open(t, s, quiet)
		protect(t, r, "x", &x)
		_, _, err := r.Restore(context.Background())
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// FuzzDataFile goes past the checksums: any header and any two chunks.
func FuzzDataFile(f *testing.F) {
	s, _, _ := twoSaved(f)
	data := get1(f, s, newerFiles[1])
	text := data[dataPreLen:][:le.Uint32(data[12:])]
	f.Add(text, []byte("2C1D1Z"), []byte("x"), uint32(0), uint32(0), uint32(4096))
	f.Add([]byte(`{"seq":1,"step":1,"rank":0,"ranks":1,"variables":[{"name":"x","type":"[]int8","shape":[3],"elements":3,"order":"little","codec":"test-rle","layout_bytes":8,"payload_bytes":3}]}`), words(3), []byte{3, 1}, uint32(1), uint32(0), uint32(64))
	f.Fuzz(func(t *testing.T, text, one, two []byte, kind, where, chunk uint32) {
		chunks := []testChunk{{0, 0, string(one)}, {0, 1, string(two)}}
		b := sealData(text, chunk, chunks...)
		// The second chunk is stored in some way.
		at := dataPreLen + len(text) + crcLen + frameLen + len(one)
		head := frame{chunk: 1, raw: 3, stored: uint32(len(two)), encoding: storage(kind), place: place{where, where}, sum: digest(b[at+28 : at+60])}
		head.put(b[at:at+frameLen], two)
		sha := sha256.New()
		sha.Write(b[:dataPreLen+len(text)+crcLen+frameLen])
		sha.Write(b[at : at+frameLen])
		sha.Sum(b[:len(b)-digestLen])
		s := store.NewMem()
		put1(t, s, "run-00000001-step-1.0.data", b)
		m := manifest{Seq: 1, Step: 1, Files: []fileRef{{"run-00000001-step-1.0.data", int64(len(b)), digest(b[len(b)-digestLen:])}}}
		list, err := m.append(nil)
		if err != nil {
			t.Fatal(err)
		}
		put1(t, s, "run-00000001-step-1.ckpt", list)
		c, err := Scan(context.Background(), s, "run-00000001-step-1.ckpt", nil)
		if err == nil && c.Size != int64(len(b)+len(list)) {
			t.Fatalf("%+v", c)
		}
		known := func(err error) bool {
			return err == nil || errors.Is(err, ErrCorrupt) || errors.Is(err, ErrVersion) || errors.Is(err, ErrCodec) || errors.Is(err, ErrTooLarge)
		}
		in, size, _ := s.Get(context.Background(), "run-00000001-step-1.ckpt")
		file, err2 := decode(context.Background(), s, "run-00000001-step-1.ckpt", in, size, 0)
		if !known(err) || !known(err2) {
			t.Fatalf("an error of no kind: %v, %v", err, err2)
		}
		if err == nil && err2 != nil {
			t.Fatalf("Scan accepts what a restore does not: %v", err2)
		}
		if err2 != nil {
			return
		}
		n := 0
		for _, r := range file.records {
			for _, p := range r.payload {
				n += len(p)
			}
		}
		if n > len(b)+maxChunk {
			t.Fatalf("%d bytes came out of %d", n, len(b))
		}
	})
}

// FuzzManifest gives a sound envelope any text.
func FuzzManifest(f *testing.F) {
	s, _, newer := twoSaved(f)
	data := get1(f, s, newer)
	f.Add(data[preambleLen:][:le.Uint32(data[12:])])
	f.Add([]byte(`{"seq":1,"step":1,"files":[{"name":"../run-00000001-step-1.0.data","bytes":1,"digest":"00"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := fenced{store.NewMem(), t}
		put1(t, s.Mem, "a/run-00000001-step-1.ckpt", seal(2, text))
		_, err := Scan(context.Background(), s, "a/run-00000001-step-1.ckpt", nil)
		if !errors.Is(err, ErrCorrupt) {
			t.Fatalf("Scan = %v", err)
		}
	})
}

// fenced is a store of which nothing may be read but files of the folder a.
type fenced struct {
	*store.Mem
	t *testing.T
}

func (w fenced) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if rest, ok := strings.CutPrefix(name, "a/"); !ok || strings.Contains(rest, "/") {
		w.t.Fatalf("%q was read", name)
	}
	return w.Mem.Get(ctx, name)
}
