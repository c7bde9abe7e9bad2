package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// object reads an object, over several connections if one breaks.
type object struct {
	s     *Store
	ctx   context.Context
	key   string
	etag  string
	token string // of who wrote it, if the server keeps such things
	size  int64
	at    int64 // bytes read
	body  io.ReadCloser
	tries int // connections that broke since the last byte
}

func (s *Store) open(ctx context.Context, key string) (*object, error) {
	r, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: &key}, s.request)
	if err != nil {
		return nil, err
	}
	if r.ContentLength == nil || *r.ContentLength < 0 {
		return nil, errors.Join(errors.New("the server does not tell the object's size"), r.Body.Close())
	}
	return &object{s: s, ctx: ctx, key: key, etag: aws.ToString(r.ETag), token: r.Metadata[tokenKey], size: *r.ContentLength, body: r.Body}, nil
}

func (o *object) Read(b []byte) (int, error) {
	for {
		if o.at == o.size {
			return 0, io.EOF
		}
		if int64(len(b)) > o.size-o.at {
			b = b[:o.size-o.at]
		}
		n, err := o.body.Read(b)
		o.at += int64(n)
		if n > 0 {
			o.tries = 0
			return n, nil // an error comes again
		}
		if err == nil {
			return 0, nil
		}
		if err := o.again(err); err != nil {
			return 0, err
		}
	}
}

// again opens the object where a connection has broken.
func (o *object) again(cause error) error {
	if cause == io.EOF {
		cause = io.ErrUnexpectedEOF
	}
	if o.tries++; o.ctx.Err() != nil || o.tries >= o.s.opts.Attempts || o.etag == "" {
		return fmt.Errorf("store: read %s/%s at byte %d of %d: %w", o.s.bucket, o.key, o.at, o.size, cause)
	}
	if err := o.s.pause(o.ctx, o.tries); err != nil {
		return err
	}
	r, err := o.s.client.GetObject(o.ctx, &s3.GetObjectInput{
		Bucket: &o.s.bucket, Key: &o.key, IfMatch: &o.etag, Range: aws.String(fmt.Sprintf("bytes=%d-", o.at)),
	}, o.s.request)
	if err != nil {
		return fmt.Errorf("store: read %s/%s at byte %d of %d: %w; then: %w", o.s.bucket, o.key, o.at, o.size, cause, err)
	}
	if want := fmt.Sprintf("bytes %d-", o.at); !strings.HasPrefix(aws.ToString(r.ContentRange), want) {
		return errors.Join(fmt.Errorf("store: read %s/%s: the server gave %q where %s was asked for", o.s.bucket, o.key, aws.ToString(r.ContentRange), want), r.Body.Close())
	}
	_ = o.body.Close() // it is broken
	o.body = r.Body
	return nil
}

func (o *object) Close() error { return o.body.Close() }
