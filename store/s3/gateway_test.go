package s3_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/cairn-ad/cairn/internal/testutil"
)

// gateway starts an object store and returns its URL and the directory that holds its buckets.
func gateway(t *testing.T) (endpoint, root string) {
	t.Helper()
	return testutil.Gateway(t)
}

var buckets atomic.Int64

// newBucket returns a name for a bucket.
func newBucket() string { return fmt.Sprintf("cairn-test-%d", buckets.Add(1)) }
