package ckpt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/cairn-ad/cairn/store"
)

// A checkpoint of version 2 is a manifest, which is written last, and one data file for each
// rank, which it names. Without the manifest there is no checkpoint.

// manifest says which files a checkpoint consists of.
type manifest struct {
	Seq   uint64    `json:"seq"`
	Step  int       `json:"step"`
	Time  time.Time `json:"time"`
	Files []fileRef `json:"files"` // the data file of each rank, in order
	// Bases are the older data files that hold chunks of these files.
	Bases []fileRef `json:"bases,omitempty"`
}

const dataSuffix = ".data"

// dataName is the name of the data file of a rank; stem is the name of the manifest without
// its suffix.
func dataName(stem string, rank int) string { return fmt.Sprintf("%s.%d%s", stem, rank, dataSuffix) }

// splitDataName cuts the name of a data file into the name of its manifest and the rank.
func splitDataName(name string) (manifest string, rank int, ok bool) {
	stem, ok := strings.CutSuffix(name, dataSuffix)
	if !ok {
		return "", 0, false
	}
	stem, text, ok := cutLast(stem, ".")
	rank, err := strconv.Atoi(text)
	if !ok || err != nil || rank < 0 || dataName(stem, rank) != name {
		return "", 0, false
	}
	return stem + suffix, rank, true
}

// append appends the manifest as it is in its file.
func (m *manifest) append(b []byte) ([]byte, error) {
	start := len(b)
	b = append(b, make([]byte, preambleLen)...)
	b = append(b, `{"seq":`...)
	b = strconv.AppendUint(b, m.Seq, 10)
	b = appendInt(b, `,"step":`, int64(m.Step))
	b = append(b, `,"time":"`...)
	b = m.Time.AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","files":[`...)
	for i := range m.Files {
		b = m.Files[i].append(append(b, sep(i, "")...))
	}
	b = append(b, ']')
	for i := range m.Bases {
		b = m.Bases[i].append(append(b, sep(i, `,"bases":[`)...))
	}
	if len(m.Bases) > 0 {
		b = append(b, ']')
	}
	b = append(b, '}')
	text := b[start+preambleLen:]
	if len(text) > maxHeader {
		return nil, fmt.Errorf("the manifest of %d files has %d bytes; at most %d are allowed", len(m.Files), len(text), maxHeader)
	}
	pre := b[start:][:preambleLen]
	copy(pre, magic)
	le.PutUint32(pre[8:], version)
	le.PutUint32(pre[12:], uint32(len(text)))
	le.PutUint64(pre[16:], uint64(preambleLen+len(text)+crcLen+digestLen))
	le.PutUint32(pre[24:], crc32.Checksum(pre[:24], castagnoli))
	b = le.AppendUint32(b, crc32.Checksum(text, castagnoli))
	sum := sha256.Sum256(b[start:])
	return append(b, sum[:]...), nil
}

// readManifest reads the rest of a manifest after its preamble.
func readManifest(in source, pre []byte, size int64) (*manifest, error) {
	n, err := checkPreamble(pre, size)
	if err != nil {
		return nil, err
	}
	if want := n + preambleLen + crcLen + digestLen; want != size {
		return nil, fmt.Errorf("%w: %d bytes of it belong to nothing", ErrCorrupt, size-want)
	}
	rest, err := grow(in, n+crcLen+digestLen)
	if err != nil {
		return nil, err
	}
	text := rest[:n]
	if le.Uint32(rest[n:]) != crc32.Checksum(text, castagnoli) {
		return nil, fmt.Errorf("%w: the checksum of its header is wrong", ErrCorrupt)
	}
	sha := sha256.New()
	sha.Write(pre)
	sha.Write(rest[:n+crcLen])
	if !bytes.Equal(sha.Sum(nil), rest[n+crcLen:]) {
		return nil, errDigest
	}
	m := new(manifest)
	if err = parseJSON(text, m); err == nil {
		err = m.check()
	}
	if err != nil {
		return nil, invalid("manifest", err)
	}
	return m, nil
}

var errDigest = fmt.Errorf("%w: its SHA-256 is not the one it was written with", ErrCorrupt)

func (m *manifest) check() error {
	if len(m.Files) < 1 || len(m.Files) > maxRanks {
		return fmt.Errorf("it names %d data files", len(m.Files))
	}
	return errors.Join(checkRefs(m.Files), checkRefs(m.Bases))
}

// checkRefs returns an error unless every name is that of a data file beside the one that
// names it, and none is named twice.
func checkRefs(list []fileRef) error {
	seen := make(map[string]bool, len(list))
	for _, f := range list {
		if _, _, ok := splitDataName(f.Name); !ok || store.CheckName(f.Name) != nil || strings.Contains(f.Name, "/") {
			return fmt.Errorf("%.80q is not the name of a data file", f.Name)
		}
		if seen[f.Name] || f.Bytes < 0 {
			return fmt.Errorf("the file %s is named twice or has a negative size", f.Name)
		}
		seen[f.Name] = true
	}
	return nil
}

// file returns the name in the store and the description of a rank's data file. The
// manifest's own name must give the file's: otherwise one of them was renamed.
func (m *manifest) file(name string, rank int) (string, fileRef, error) {
	if rank >= len(m.Files) {
		return "", fileRef{}, fmt.Errorf("%w: it has the states of %d ranks, none of rank %d", ErrMismatch, len(m.Files), rank)
	}
	return beside(name, m.Files[rank].Name), m.Files[rank], nil
}

// beside is the name in the store of a file in the folder of another one.
func beside(name, other string) string { return path.Join(path.Dir(name), other) }

// getData opens a data file that another file refers to, and compares its size.
func getData(ctx context.Context, s store.Store, name string, ref fileRef) (*dataFile, error) {
	r, size, err := s.Get(ctx, name)
	if err != nil {
		if errors.Is(err, store.ErrNotExist) {
			return nil, fmt.Errorf("%w: its data file is missing: %v", ErrCorrupt, err)
		}
		return nil, err
	}
	d := &dataFile{name: name, r: r, size: size}
	if size != ref.Bytes {
		return nil, errors.Join(fmt.Errorf("%w: its data file %s has %d bytes, it was written with %d", ErrCorrupt, path.Base(name), size, ref.Bytes), r.Close())
	}
	return d, nil
}
