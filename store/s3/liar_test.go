package s3_test

import (
	"bytes"
	"crypto/md5"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/store/s3"
)

// A lie is what the server does wrong with a request, while it says that all is well or
// breaks off.
type lie int

const (
	honest lie = iota
	drop       // a body is taken and not kept
	truncate
	frame // a body is kept in the chunks of its transfer
	flip  // one bit is changed
	late  // the object shows after some requests
	fail  // 500 before anything was done
	failAfter
	reset // the connection ends before anything was done
	resetAfter
	cutAnswer // the connection ends within the answer
	flipAnswer
	lies
)

// liar is an S3 server in memory, for one bucket, that lies.
type liar struct {
	mu      sync.Mutex
	objects map[string][]byte
	tokens  map[string]string // of who wrote an object, and of uploads
	parts   map[string][]byte // by key, upload and number
	hidden  map[string]int    // requests until an object shows
	seed    *rand.Rand
	kinds   []lie   // that are told
	share   float64 // of the requests that are answered with one
	left    int     // lies that are left to tell
	told    int
}

func newLiar(seed uint64, share float64, left int, kinds ...lie) *liar {
	return &liar{
		objects: map[string][]byte{}, tokens: map[string]string{}, parts: map[string][]byte{}, hidden: map[string]int{},
		seed: rand.New(rand.NewPCG(seed, 1)), kinds: kinds, share: share, left: left,
	}
}

// next decides about a request.
func (l *liar) next() lie {
	if l.left == 0 || len(l.kinds) == 0 || l.seed.Float64() >= l.share {
		return honest
	}
	l.left--
	l.told++
	return l.kinds[l.seed.IntN(len(l.kinds))]
}

func hangUp(w http.ResponseWriter) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		c.Close()
	}
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	told := l.next()
	switch told {
	case fail:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case reset:
		hangUp(w)
		return
	}
	rec := httptest.NewRecorder()
	l.handle(rec, r, body, told)
	answer := rec.Body.Bytes()
	switch told {
	case failAfter:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case resetAfter:
		hangUp(w)
		return
	case flipAnswer:
		if len(answer) > 0 {
			answer = slices.Clone(answer)
			answer[l.seed.IntN(len(answer))] ^= 1 << l.seed.IntN(8)
		}
	}
	for key, values := range rec.Header() {
		w.Header()[key] = values
	}
	if w.Header().Get("Content-Length") == "" {
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	}
	w.WriteHeader(rec.Code)
	if told == cutAnswer && len(answer) > 0 {
		w.Write(answer[:l.seed.IntN(len(answer))])
		hangUp(w)
		return
	}
	w.Write(answer)
}

// keep returns what is stored of a body.
func (l *liar) keep(body []byte, told lie) []byte {
	switch {
	case told == truncate && len(body) > 0:
		return body[:l.seed.IntN(len(body))]
	case told == frame:
		return fmt.Appendf(nil, "%x;chunk-signature=0\r\n%s\r\n0;chunk-signature=0\r\n\r\n", len(body), body)
	case told == flip && len(body) > 0:
		body = slices.Clone(body)
		body[l.seed.IntN(len(body))] ^= 1 << l.seed.IntN(8)
	}
	return body
}

func (l *liar) handle(w *httptest.ResponseRecorder, r *http.Request, body []byte, told lie) {
	key, q := r.URL.Path, r.URL.Query()
	id := q.Get("uploadId")
	switch {
	case r.Method == "POST" && q.Has("uploads"):
		id = fmt.Sprint("u", l.seed.Uint64())
		l.tokens[id] = r.Header.Get("X-Amz-Meta-Cairn-Put")
		fmt.Fprintf(w, "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", id)
	case r.Method == "PUT" && id != "":
		if told != drop {
			l.parts[key+id+q.Get("partNumber")] = l.keep(body, told)
		}
		w.Header().Set("ETag", etag(body))
	case r.Method == "POST" && id != "":
		l.complete(w, key, id, body, told)
	case r.Method == "PUT":
		if r.Header.Get("If-None-Match") == "*" && l.objects[key] != nil {
			w.WriteHeader(http.StatusPreconditionFailed)
			return
		}
		l.set(key, r.Header.Get("X-Amz-Meta-Cairn-Put"), l.keep(body, told), told)
		w.Header().Set("ETag", etag(body))
	case r.Method == "DELETE":
		if id == "" && told != drop {
			delete(l.objects, key)
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		l.get(w, r, key)
	}
}

func (l *liar) set(key, token string, body []byte, told lie) {
	if told == drop {
		return
	}
	if told == late {
		l.hidden[key] = 1 + l.seed.IntN(4)
	}
	l.tokens[key] = token
	l.objects[key] = append([]byte{}, body...)
}

func (l *liar) complete(w *httptest.ResponseRecorder, key, id string, body []byte, told lie) {
	var list struct {
		Part []struct{ PartNumber string }
	}
	if err := xml.Unmarshal(body, &list); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var all []byte
	for _, p := range list.Part {
		all = append(all, l.parts[key+id+p.PartNumber]...)
	}
	l.set(key, l.tokens[id], l.keep(all, told), told)
	fmt.Fprint(w, "<CompleteMultipartUploadResult><Key>k</Key></CompleteMultipartUploadResult>")
}

func (l *liar) get(w *httptest.ResponseRecorder, r *http.Request, key string) {
	body, ok := l.objects[key]
	if l.hidden[key] > 0 {
		l.hidden[key]--
		ok = false
	}
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<Error><Code>NoSuchKey</Code></Error>")
		return
	}
	if match := r.Header.Get("If-Match"); match != "" && match != etag(body) {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	w.Header().Set("ETag", etag(body))
	w.Header().Set("X-Amz-Meta-Cairn-Put", l.tokens[key])
	if from, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok {
		at, _ := strconv.Atoi(strings.TrimSuffix(from, "-"))
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", at, len(body)-1, len(body)))
		w.WriteHeader(http.StatusPartialContent)
		body = body[at:]
	}
	if r.Method == "HEAD" {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		return
	}
	w.Write(body)
}

func etag(body []byte) string { return fmt.Sprintf("\"%x\"", md5.Sum(body)) }

// fakeStore is a store on a server in this process.
func fakeStore(t *testing.T, h http.Handler) *s3.Store {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := s3.New(newClient(server.URL, nil), "b", "p", s3.Options{PartSize: 5 << 20, MaxPause: 200 * time.Microsecond})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A blob that Put has called durable is what the server has, whatever lies it tells, for
// some time or for ever.
func TestLyingServer(t *testing.T) {
	rounds := 60
	if os.Getenv("CAIRN_FAULTS") == "full" {
		rounds = 1000
	}
	good, bad, told := 0, 0, 0
	for round := range rounds {
		seed := rand.New(rand.NewPCG(uint64(round), 7))
		kinds := []lie{lie(1 + round%int(lies-1))}
		if round%4 == 3 { // several kinds
			kinds = append(kinds, lie(1+seed.IntN(int(lies-1))), lie(1+seed.IntN(int(lies-1))))
		}
		left := []int{1, 3, -1, -1}[seed.IntN(4)]
		server := newLiar(uint64(round), []float64{0.5, 0.9, 1}[seed.IntN(3)], left, kinds...)
		data := make([]byte, []int{0, 1, 1000, 70000}[seed.IntN(4)])
		if round%15 == 14 {
			data = make([]byte, 11<<20+5) // in parts
		}
		for i := range data {
			data[i] = byte(i*7 + i>>8 + round)
		}
		s := fakeStore(t, server)
		create := round%5 == 4
		put := s.Put
		if create {
			put = s.Create
		}
		err := put(t.Context(), "blob", write(data))
		server.mu.Lock()
		kept, there := server.objects["/b/p/blob"]
		told += server.told
		server.left = 0
		clear(server.hidden)
		server.mu.Unlock()
		if err != nil {
			bad++
			if server.told == 0 {
				t.Errorf("round %d: no lie was told, and Put = %v", round, err)
			}
			continue
		}
		good++
		if !there || !bytes.Equal(kept, data) {
			t.Fatalf("round %d, lies %v: called durable: %v, %d bytes of %d", round, kinds, there, len(kept), len(data))
		}
		r, size, err := s.Get(t.Context(), "blob")
		if err != nil || size != int64(len(data)) {
			t.Fatalf("round %d: Get = %d, %v", round, size, err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, data) {
			t.Fatalf("round %d: read %d bytes, %v", round, len(got), err)
		}
	}
	t.Logf("%d rounds, %d lies: %d blobs called durable, %d not", rounds, told, good, bad)
	if good < rounds/10 || bad < rounds/10 {
		t.Errorf("of %d rounds %d succeeded and %d failed: the test sees too little of one of them", rounds, good, bad)
	}
}

func TestUnverifiedIsTold(t *testing.T) {
	for _, kind := range []lie{drop, truncate, frame, flip} {
		server := newLiar(1, 1, -1, kind)
		s := fakeStore(t, server)
		err := s.Put(t.Context(), "a", write([]byte("some content")))
		if !errors.Is(err, s3.ErrUnverified) {
			t.Errorf("lie %d: Put = %v", kind, err)
		}
		if len(server.objects) > 0 {
			t.Errorf("lie %d: what is wrong was left", kind)
		}
	}
}

func TestServerWithoutConditions(t *testing.T) {
	server := newLiar(1, 0, 0)
	s := fakeStore(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("If-None-Match")
		server.ServeHTTP(w, r)
	}))
	if err := s.Create(t.Context(), "lock", write(nil)); !errors.Is(err, s3.ErrNoCreate) {
		t.Errorf("Create = %v", err)
	}
	if len(server.objects) != 0 {
		t.Errorf("left: %v", server.objects)
	}
}

// A connection that breaks while a blob is read is made anew, unless the object has changed.
func TestReadGoesOn(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 20000)
	server := newLiar(3, 1, 0, cutAnswer)
	s := fakeStore(t, server)
	if err := s.Put(t.Context(), "a", write(data)); err != nil {
		t.Fatal(err)
	}
	server.left = 4
	r, _, err := s.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	r.Close()
	if err != nil || !bytes.Equal(got, data) || server.told == 0 {
		t.Errorf("read %d bytes, %v, after %d cuts", len(got), err, server.told)
	}
	server.left = 1
	if r, _, err = s.Get(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	server.mu.Lock()
	server.objects["/b/p/a"] = bytes.Repeat([]byte("9"), len(data))
	server.mu.Unlock()
	if got, err = io.ReadAll(r); err == nil {
		t.Errorf("two objects were joined to one of %d bytes", len(got))
	}
}

// Two programs that put one name do not take each other's blob for a lie, and remove nothing.
func TestAnotherWriter(t *testing.T) {
	server := newLiar(1, 0, 0)
	var other []byte
	s := fakeStore(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server.ServeHTTP(w, r)
		if r.Method == "PUT" {
			other = []byte("of another program")
			server.mu.Lock()
			server.set(r.URL.Path, "its token", other, honest)
			server.mu.Unlock()
		}
	}))
	err := s.Put(t.Context(), "a", write([]byte("ours")))
	if !errors.Is(err, s3.ErrUnverified) || !strings.Contains(err.Error(), "another writer") {
		t.Errorf("Put = %v", err)
	}
	if !bytes.Equal(server.objects["/b/p/a"], other) {
		t.Errorf("there is %q", server.objects["/b/p/a"])
	}
}
