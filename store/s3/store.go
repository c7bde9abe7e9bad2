package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/cairn-ad/cairn/store"
)

var _ store.Store = (*Store)(nil)

// Put implements [store.Store]. It returns nil when the blob was read back as it was written.
func (s *Store) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	return s.told(ctx, "put", name, s.put(ctx, name, false, write))
}

// Get implements [store.Store]. A connection that breaks is made anew where it was, as long as
// the object is the same.
func (s *Store) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if err := store.CheckName(name); err != nil {
		return nil, 0, err
	}
	o, err := s.open(ctx, s.prefix+name)
	if err != nil {
		return nil, 0, s.told(ctx, "get", name, err)
	}
	return o, o.size, nil
}

// List implements [store.Store]. Keys that no Put can have made are not listed.
func (s *Store) List(ctx context.Context, prefix string) ([]store.Info, error) {
	var out []store.Info
	pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{
		Bucket: &s.bucket, Prefix: aws.String(s.prefix + prefix),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx, s.request)
		if err != nil {
			return nil, s.told(ctx, "list", prefix, err)
		}
		for _, object := range page.Contents {
			name, ok := strings.CutPrefix(aws.ToString(object.Key), s.prefix)
			if ok && strings.HasPrefix(name, prefix) && store.CheckName(name) == nil {
				out = append(out, store.Info{Name: name, Size: aws.ToInt64(object.Size)})
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, name string) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	key := s.prefix + name
	_, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: &key}, s.request)
	if err == nil {
		err = s.remove(ctx, key)
	}
	return s.told(ctx, "delete", name, err)
}

func (s *Store) remove(ctx context.Context, key string) error {
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &key}, s.request)
	return err
}

// told gives an error the form of the package: errors.Is finds store.ErrNotExist and the
// context's error in it.
func (s *Store) told(ctx context.Context, verb, name string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && !errors.Is(err, ctx.Err()):
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	case missing(err):
		err = fmt.Errorf("%w: %w", store.ErrNotExist, err)
	}
	return fmt.Errorf("store: %s %q in bucket %s: %w", verb, name, s.bucket, err)
}

// missing reports whether an error says that there is no such object. That there is no such
// bucket is another matter.
func missing(err error) bool {
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "NoSuchKey", "NotFound":
			return true
		case "NoSuchBucket":
			return false
		}
	}
	return status(err) == http.StatusNotFound
}

// status is that of the response, or 0.
func status(err error) int {
	var r *awshttp.ResponseError
	if errors.As(err, &r) {
		return r.HTTPStatusCode()
	}
	return 0
}
