package ckpt

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"testing"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// The bytes are those of docs/reference/checkpoint-format.md, put together here by hand.
func TestFormatToTheByte(t *testing.T) {
	s := store.NewMem()
	r := open(t, s, quiet)
	u := []float64{1, 2, 3}
	rows := [][]uint16{{0x0102}, nil}
	word := "go"
	n, on, z := -2, true, complex64(complex(1, -1))
	mask, err := scrutiny.Parse("u", "[]float64", []int{3}, "1C1D1C")
	if err != nil {
		t.Fatal(err)
	}
	protect(t, r, "u", &u, Masked(mask))
	protect(t, r, "rows", &rows)
	protect(t, r, "word", &word)
	protect(t, r, "n", &n)
	protect(t, r, "on", &on)
	protect(t, r, "z", &z)
	save(t, r, 12)
	manifest := get1(t, s, "run-00000001-step-12.ckpt")
	data := get1(t, s, "run-00000001-step-12.0.data")

	text := data[dataPreLen:][:le.Uint32(data[12:])]
	var h struct {
		Seq, Step, Time, Rank, Ranks, Schema, Variables any
		Host, Program                                   string
	}
	if err := json.Unmarshal(text, &h); err != nil {
		t.Fatal(err)
	}
	quote := func(x any) string {
		text, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	header := `{"seq":1,"step":12,"time":` + quote(h.Time) + `,"rank":0,"ranks":1,"host":` + quote(hostname()) + `,"program":` + quote(program()) + `,"schema":0,"variables":[` +
		`{"name":"u","type":"[]float64","shape":[3],"elements":3,"order":"little","mask_bytes":6,"layout_bytes":8,"payload_bytes":16},` +
		`{"name":"rows","type":"[][]uint16","shape":null,"elements":1,"order":"little","mask_bytes":0,"layout_bytes":24,"payload_bytes":2},` +
		`{"name":"word","type":"string","shape":[],"elements":1,"order":"little","mask_bytes":0,"layout_bytes":0,"payload_bytes":10},` +
		`{"name":"n","type":"int","shape":[],"elements":1,"order":"little","mask_bytes":0,"layout_bytes":0,"payload_bytes":8},` +
		`{"name":"on","type":"bool","shape":[],"elements":1,"order":"little","mask_bytes":0,"layout_bytes":0,"payload_bytes":1},` +
		`{"name":"z","type":"complex64","shape":[],"elements":1,"order":"little","mask_bytes":0,"layout_bytes":0,"payload_bytes":8}]}`
	want := sealData([]byte(header), chunkLen,
		testChunk{0, 0, "1C1D1C\x03\x00\x00\x00\x00\x00\x00\x00"},
		testChunk{0, 1, "\x00\x00\x00\x00\x00\x00\xf0\x3f" + "\x00\x00\x00\x00\x00\x00\x08\x40"},
		testChunk{1, 0, "\x02\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		testChunk{1, 1, "\x02\x01"},
		testChunk{2, 0, "\x02\x00\x00\x00\x00\x00\x00\x00go"},
		testChunk{3, 0, "\xfe\xff\xff\xff\xff\xff\xff\xff"},
		testChunk{4, 0, "\x01"},
		testChunk{5, 0, "\x00\x00\x80\x3f\x00\x00\x80\xbf"})
	if !bytes.Equal(data, want) {
		t.Fatalf("saved\n%q\nwant\n%q", data, want)
	}
	list := `{"seq":1,"step":12,"time":` + quote(h.Time) + `,"files":[` + refText("run-00000001-step-12.0.data", data) + `]}`
	if want := seal(2, []byte(list)); !bytes.Equal(manifest, want) {
		t.Fatalf("manifest\n%q\nwant\n%q", manifest, want)
	}
}

// testChunk is a chunk that is stored as it is.
type testChunk struct {
	variable, chunk uint32
	body            string
}

// sealData builds a data file with right checksums around any content.
func sealData(text []byte, chunk uint32, chunks ...testChunk) []byte {
	b := []byte(magicData)
	b = le.AppendUint32(b, 2)
	b = le.AppendUint32(b, uint32(len(text)))
	b = le.AppendUint32(b, chunk)
	b = le.AppendUint32(b, crc32.Checksum(b, castagnoli))
	b = append(b, text...)
	b = le.AppendUint32(b, crc32.Checksum(text, castagnoli))
	sum := sha256.New()
	sum.Write(b)
	for _, c := range chunks {
		var f []byte
		n := uint32(len(c.body))
		for _, x := range []uint32{c.variable, c.chunk, n, n, 0, 0, 0} {
			f = le.AppendUint32(f, x)
		}
		own := sha256.Sum256([]byte(c.body))
		f = append(f, own[:]...)
		f = le.AppendUint32(f, crc32.Update(crc32.Checksum(f, castagnoli), castagnoli, []byte(c.body)))
		sum.Write(f)
		b = append(append(b, f...), c.body...)
	}
	return sum.Sum(b)
}

// refText is the JSON of a reference to a data file.
func refText(name string, data []byte) string {
	return fmt.Sprintf(`{"name":%q,"bytes":%d,"digest":"%x"}`, name, len(data), data[len(data)-digestLen:])
}
