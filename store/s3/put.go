package s3

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/cairn-ad/cairn/store"
)

// inFlight is how many parts are sent at a time; one more is being filled.
const inFlight = 3

// put sends a blob and reads it back. With create it must be the first of its name.
func (s *Store) put(ctx context.Context, name string, create bool, write func(io.Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	u := &upload{
		s: s, ctx: ctx, key: s.prefix + name, create: create, sum: sha256.New(),
		token: rand.Text(), free: make(chan []byte, inFlight),
	}
	for range inFlight {
		u.free <- nil
	}
	finished := false
	defer func() {
		if !finished { // after a panic of write too
			u.abort()
		}
	}()
	if err := store.Fill(ctx, u, write); err != nil {
		return err
	}
	if u.id != "" {
		if err := u.lastPart(); err != nil {
			return err
		}
	}
	release, err := s.busy.Take(ctx, u.key) // or a writer beside us would seem a lie
	if err != nil {
		return err
	}
	defer release()
	if u.id == "" {
		finished = true
		return u.whole()
	}
	if err := u.complete(); err != nil {
		return err
	}
	finished = true
	return u.check()
}

// upload is a blob on its way. Up to one part it is kept in memory.
type upload struct {
	s      *Store
	ctx    context.Context
	key    string
	create bool
	token  string    // tells our object from another writer's
	sum    hash.Hash // of all bytes
	size   int64
	buf    []byte // part that is being filled

	id      string      // of the upload in parts, empty before the first one was sent
	free    chan []byte // memory for parts
	sending sync.WaitGroup
	mu      sync.Mutex
	parts   []types.CompletedPart
	err     error // of a part
}

func (u *upload) Write(b []byte) (int, error) {
	for done := 0; done < len(b); {
		if int64(len(u.buf)) == u.s.opts.PartSize {
			if err := u.sendPart(); err != nil {
				return done, err
			}
		}
		n := min(len(b)-done, int(u.s.opts.PartSize)-len(u.buf))
		u.buf = append(u.buf, b[done:done+n]...)
		done += n
	}
	u.sum.Write(b)
	u.size += int64(len(b))
	return len(b), nil
}

// content is what must read back.
func (u *upload) content() content {
	return content{u.token, u.size, [sha256.Size]byte(u.sum.Sum(nil))}
}

// mark is the metadata of the object.
func (u *upload) mark() map[string]string { return map[string]string{tokenKey: u.token} }

// whole sends a blob of one part until it reads back right.
func (u *upload) whole() error {
	var errs error
	for range 2 {
		if err := u.sendWhole(); err != nil {
			if u.create && taken(err) {
				return u.conflict(err)
			}
			return errors.Join(errs, err)
		}
		wrong, err := u.s.verify(u.ctx, u.key, u.content())
		if err == nil || u.ctx.Err() != nil {
			return err
		}
		errs = errors.Join(errs, err)
		if wrong {
			errs = errors.Join(errs, u.discard())
		}
	}
	return errs
}

// conflict decides about a name that is taken: it may be by ourselves, and the answer was
// lost.
func (u *upload) conflict(cause error) error {
	if _, err := u.s.readBack(u.ctx, u.key, u.content()); err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", fs.ErrExist, cause)
}

func (u *upload) sendWhole() error {
	in := &s3.PutObjectInput{
		Bucket: &u.s.bucket, Key: &u.key, Body: bytes.NewReader(u.buf), ContentLength: aws.Int64(u.size),
		ChecksumCRC32C: crc32c(u.buf), ContentType: aws.String("application/octet-stream"), Metadata: u.mark(),
	}
	if u.create {
		in.IfNoneMatch = aws.String("*")
	}
	_, err := u.s.client.PutObject(u.ctx, in, u.s.request)
	return err
}

// check reads back a blob of several parts.
func (u *upload) check() error {
	wrong, err := u.s.verify(u.ctx, u.key, u.content())
	if wrong && u.ctx.Err() == nil {
		err = errors.Join(err, u.discard())
	}
	return err
}

// discard removes an object that is not what was written.
func (u *upload) discard() error {
	if err := u.s.remove(u.ctx, u.key); err != nil {
		return fmt.Errorf("it could not be removed: %w", err)
	}
	return nil
}

// sendPart sends what is in the buffer in the background and gives the buffer new memory.
func (u *upload) sendPart() error {
	if u.id == "" {
		r, err := u.s.client.CreateMultipartUpload(u.ctx, &s3.CreateMultipartUploadInput{
			Bucket: &u.s.bucket, Key: &u.key, ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c,
			ContentType: aws.String("application/octet-stream"), Metadata: u.mark(),
		}, u.s.request)
		if err != nil {
			return err
		}
		if u.id = aws.ToString(r.UploadId); u.id == "" {
			return errors.New("the server gave the upload no number")
		}
	}
	var memory []byte
	select {
	case memory = <-u.free:
	case <-u.ctx.Done():
		return u.ctx.Err()
	}
	u.mu.Lock()
	number, err := int32(len(u.parts)+1), u.err
	if number > maxParts {
		err = fmt.Errorf("it is larger than %d parts of %d bytes: open the store with larger ones, part=%d in its URL", maxParts, u.s.opts.PartSize, 4*u.s.opts.PartSize)
	}
	if err == nil {
		u.parts = append(u.parts, types.CompletedPart{PartNumber: &number})
	}
	u.mu.Unlock()
	if err != nil {
		return err
	}
	part := u.buf
	u.buf = memory[:0]
	u.sending.Go(func() {
		done, err := u.part(number, part)
		u.mu.Lock()
		if err != nil && u.err == nil {
			u.err = err
		}
		u.parts[number-1] = done
		u.mu.Unlock()
		u.free <- part
	})
	return nil
}

func (u *upload) part(number int32, b []byte) (types.CompletedPart, error) {
	sum := crc32c(b)
	r, err := u.s.client.UploadPart(u.ctx, &s3.UploadPartInput{
		Bucket: &u.s.bucket, Key: &u.key, UploadId: &u.id, PartNumber: &number,
		Body: bytes.NewReader(b), ContentLength: aws.Int64(int64(len(b))), ChecksumCRC32C: sum,
	}, u.s.request)
	if err != nil {
		return types.CompletedPart{}, err
	}
	return types.CompletedPart{PartNumber: &number, ETag: r.ETag, ChecksumCRC32C: r.ChecksumCRC32C}, nil
}

// lastPart sends what is left and waits for all parts.
func (u *upload) lastPart() error {
	if err := u.sendPart(); err != nil {
		return err
	}
	u.sending.Wait()
	return u.err
}

// complete makes the blob of its parts.
func (u *upload) complete() error {
	in := &s3.CompleteMultipartUploadInput{
		Bucket: &u.s.bucket, Key: &u.key, UploadId: &u.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: u.parts},
	}
	if u.create {
		in.IfNoneMatch = aws.String("*")
	}
	_, err := u.s.client.CompleteMultipartUpload(u.ctx, in, u.s.request)
	if err == nil {
		return nil
	}
	if u.create && taken(err) {
		return u.conflict(err)
	}
	if u.ctx.Err() == nil { // the answer may have been lost, and all is there
		if _, unverified := u.s.readBack(u.ctx, u.key, u.content()); unverified == nil {
			return nil
		}
	}
	return err
}

// abort drops the parts of a blob that will not be. The context may have ended.
func (u *upload) abort() {
	u.sending.Wait()
	if u.id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(u.ctx), 30*time.Second)
	defer cancel()
	// What it leaves behind is not seen by anybody; see the package documentation.
	_, _ = u.s.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &u.s.bucket, Key: &u.key, UploadId: &u.id}, u.s.request)
}

// taken reports whether a conditional request failed because the name is taken.
func taken(err error) bool {
	return status(err) == http.StatusPreconditionFailed || status(err) == http.StatusConflict
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func crc32c(b []byte) *string {
	return aws.String(base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.Checksum(b, castagnoli))))
}
