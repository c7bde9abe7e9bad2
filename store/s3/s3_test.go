package s3_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	awscredentials "github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/cairn-ad/cairn/internal/testutil"
	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/s3"
	"github.com/cairn-ad/cairn/store/storetest"
)

// newClient is a client of a server, with another transport if one is given.
func newClient(endpoint string, transport http.RoundTripper) *awss3.Client {
	o := awss3.Options{
		BaseEndpoint: &endpoint, UsePathStyle: true, Region: "us-east-1",
		Credentials: awscredentials.NewStaticCredentialsProvider(testutil.AccessKey, testutil.SecretKey, ""),
	}
	if transport != nil {
		o.HTTPClient = &http.Client{Transport: transport}
	}
	return awss3.New(o)
}

// makeBucket makes a new bucket and returns its name.
func makeBucket(t *testing.T, c *awss3.Client) string {
	t.Helper()
	bucket := newBucket()
	if _, err := c.CreateBucket(t.Context(), &awss3.CreateBucketInput{Bucket: &bucket}); err != nil {
		t.Fatal(err)
	}
	return bucket
}

func write(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

func TestConformance(t *testing.T) {
	endpoint, _ := gateway(t)
	client := newClient(endpoint, nil)
	storetest.Run(t, func(t *testing.T) store.Store {
		s, err := store.Open(fmt.Sprintf("s3://%s/runs/one?endpoint=%s", makeBucket(t, client), endpoint))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

// watch notes the requests that a client makes.
type watch struct {
	http.RoundTripper
	mu   sync.Mutex
	seen []*http.Request
}

func (w *watch) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.seen = append(w.seen, r)
	w.mu.Unlock()
	return w.RoundTripper.RoundTrip(r)
}

func (w *watch) count(method, query string) (n int) {
	for _, r := range w.seen {
		if r.Method == method && strings.Contains(r.URL.RawQuery, query) {
			n++
		}
	}
	return n
}

func TestLargeBlobsGoInParts(t *testing.T) {
	endpoint, _ := gateway(t)
	w := &watch{RoundTripper: http.DefaultTransport}
	client := newClient(endpoint, w)
	bucket := makeBucket(t, client)
	s, err := s3.New(client, bucket, "p", s3.Options{PartSize: 5 << 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{5 << 20, 5<<20 + 1, 10 << 20, 23<<20 + 7} {
		data := make([]byte, n)
		rand.Read(data)
		w.seen = nil
		if err := s.Put(t.Context(), "large", write(data)); err != nil {
			t.Fatal(err)
		}
		parts := (n + 5<<20 - 1) / (5 << 20)
		if parts == 1 {
			parts = 0
		}
		if got := w.count("PUT", "partNumber="); got != parts {
			t.Errorf("%d bytes were sent in %d parts, want %d", n, got, parts)
		}
		for _, r := range w.seen {
			if r.Header.Get("Content-Encoding") != "" || r.Header.Get("X-Amz-Trailer") != "" {
				t.Errorf("%s %s is framed: %v", r.Method, r.URL, r.Header)
			}
			if r.Method == "PUT" && r.Header.Get("X-Amz-Checksum-Crc32c") == "" {
				t.Errorf("%s %s has no checksum", r.Method, r.URL)
			}
		}
		r, size, err := s.Get(t.Context(), "large")
		if err != nil || size != int64(n) {
			t.Fatal(size, err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back as %d, %v", n, len(got), err)
		}
		r.Close()
	}
	err = s.Put(t.Context(), "large", func(w io.Writer) error {
		w.Write(make([]byte, 12<<20))
		return errors.New("enough")
	})
	if err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("Put = %v", err)
	}
	left, err := client.ListMultipartUploads(t.Context(), &awss3.ListMultipartUploadsInput{Bucket: &bucket})
	if err != nil || len(left.Uploads) != 0 {
		t.Errorf("unfinished uploads were left: %v, %v", left, err)
	}
	if list, err := s.List(t.Context(), ""); err != nil || len(list) != 1 || list[0].Size != 23<<20+7 {
		t.Errorf("List = %v, %v", list, err)
	}
}

func TestListHasPages(t *testing.T) {
	endpoint, root := gateway(t)
	client := newClient(endpoint, nil)
	bucket := makeBucket(t, client)
	s, err := s3.New(client, bucket, "", s3.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const n = 1100 // a page has 1000
	for i := range n {
		if err := os.WriteFile(filepath.Join(root, bucket, fmt.Sprintf("b%04d", i)), []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := s.List(t.Context(), "b"); err != nil || len(list) != n || list[n-1].Name != "b1099" {
		t.Errorf("%d were listed, %v", len(list), err)
	}
}

func TestCreateTellsTheFirst(t *testing.T) {
	endpoint, _ := gateway(t)
	client := newClient(endpoint, nil)
	s, err := s3.New(client, makeBucket(t, client), "p", s3.Options{PartSize: 5 << 20, MaxPause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { errs[i] = s.Create(t.Context(), "lock", write(fmt.Append(nil, "writer ", i))) })
	}
	wg.Wait()
	first := -1
	for i, err := range errs {
		switch {
		case err == nil && first < 0:
			first = i
		case !errors.Is(err, fs.ErrExist):
			t.Errorf("writer %d: %v", i, err)
		}
	}
	if first < 0 {
		t.Fatal("nobody was the first")
	}
	r, _, err := s.Get(t.Context(), "lock")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || string(got) != fmt.Sprint("writer ", first) {
		t.Errorf("writer %d was told to be the first; there is %q, %v", first, got, err)
	}
	large := make([]byte, 11<<20)
	if err := s.Create(t.Context(), "large", write(large)); err != nil {
		t.Error(err)
	}
	large[5] = 1
	if err := s.Create(t.Context(), "large", write(large)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second large blob: %v", err)
	}
	if list, err := s.List(t.Context(), ""); err != nil || len(list) != 2 {
		t.Errorf("List = %v, %v", list, err)
	}
}

func TestMissingBucketIsNotMissingBlob(t *testing.T) {
	endpoint, _ := gateway(t)
	s, err := store.OpenExisting("s3://never-made/p?endpoint=" + endpoint)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.List(t.Context(), ""); err == nil {
		t.Error("the blobs of a bucket that is not there were listed")
	}
	if _, _, err := s.Get(t.Context(), "a"); err == nil || errors.Is(err, store.ErrNotExist) {
		t.Errorf("Get = %v", err)
	}
	if err := s.Put(t.Context(), "a", write(nil)); err == nil || errors.Is(err, store.ErrNotExist) {
		t.Errorf("Put = %v", err)
	}
}

func TestURLs(t *testing.T) {
	testutil.Credentials(t)
	for url, want := range map[string]string{
		"s3://bucket": "", "s3://bucket/a/b/": "", "s3://b/p?region=eu-north-1&style=host": "",
		"s3://b?endpoint=https://minio.example:9000&part=5242880": "",
		"s3:bucket": "write s3://BUCKET", "s3:///p": "write s3://BUCKET", "s3://user:pw@b/p": "credentials come from",
		"s3://host:90/b": "write s3://BUCKET", "s3://b/p#x": "write s3://BUCKET",
		"s3://b/../c": "prefix", "s3://b/.x": "prefix", "s3://b?endpoint=localhost:9": "write http://",
		"s3://b?style=round": "path or host", "s3://b?part=1": "5 MiB", "s3://b?part=x": "number of bytes",
		"s3://b?regoin=x": "unknown key", "s3://b?%zz": "invalid",
	} {
		_, err := store.Open(url)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("Open(%q) = %v, want an error with %q", url, err, want)
		}
	}
	for _, o := range []s3.Options{{PartSize: 1}, {Attempts: -1}, {MaxPause: -1}} {
		if _, err := s3.New(awss3.New(awss3.Options{}), "b", "", o); err == nil {
			t.Errorf("New took %+v", o)
		}
	}
	if _, err := s3.New(nil, "b", "", s3.Options{}); err == nil {
		t.Error("New took no client")
	}
}

func TestCancelledWhileTheServerIsSilent(t *testing.T) {
	silent := make(chan struct{})
	defer close(silent)
	s := fakeStore(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-silent:
		case <-r.Context().Done():
		}
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Put(ctx, "a", write([]byte("x"))); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Put = %v", err)
	}
}

func TestMove(t *testing.T) {
	endpoint, _ := gateway(t)
	client := newClient(endpoint, nil)
	s, err := s3.New(client, makeBucket(t, client), "p", s3.Options{PartSize: 5 << 20, MaxPause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 6<<20)
	rand.Read(data)
	for _, name := range []string{"a", "taken"} {
		if err := s.Put(t.Context(), name, write(data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Move(t.Context(), "a", "taken"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Move onto a blob = %v", err)
	}
	if err := s.Move(t.Context(), "none", "b"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("Move of nothing = %v", err)
	}
	if err := s.Move(t.Context(), "a", "quarantine/x/a"); err != nil {
		t.Fatal(err)
	}
	r, _, err := s.Get(t.Context(), "quarantine/x/a")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, data) {
		t.Errorf("moved: %d bytes, %v", len(got), err)
	}
	if _, _, err := s.Get(t.Context(), "a"); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("Get of the old name = %v", err)
	}
}
