package s3

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/cairn-ad/cairn/store"
)

// ErrNoCreate marks the error of [Store.Create] with a server that does not honour
// If-None-Match. It matches errors.ErrUnsupported.
var ErrNoCreate = fmt.Errorf("the object store cannot tell the first of several writers: it ignores If-None-Match: %w", errors.ErrUnsupported)

var _ store.Creator = (*Store)(nil)

// Create is Put for a name that has no blob yet: of several writers at once one succeeds, and
// the errors of the others match fs.ErrExist. The server is asked once whether it can do
// that. The metadata of the object tell whether it is our own, if the answer to the first attempt
// was lost.
func (s *Store) Create(ctx context.Context, name string, write func(w io.Writer) error) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	ok, err := s.probe(ctx)
	if err == nil && !ok {
		err = ErrNoCreate
	}
	if err == nil {
		err = s.put(ctx, name, true, write)
	}
	return s.told(ctx, "create", name, err)
}

// probe creates an object twice; the second time must fail.
func (s *Store) probe(ctx context.Context) (bool, error) {
	s.probing.Lock()
	defer s.probing.Unlock()
	if s.conditional != nil {
		return *s.conditional, nil
	}
	key := s.prefix + ".cairn-probe-" + rand.Text() // a name that no blob can have
	one := func(text string) error {
		u := &upload{s: s, ctx: ctx, key: key, create: true, token: text, buf: []byte(text), size: int64(len(text))}
		return u.sendWhole()
	}
	if err := one("first"); err != nil && !taken(err) { // it is our own if the answer was lost
		return false, fmt.Errorf("asking whether it honours If-None-Match: %w", err)
	}
	err := one("second")
	if err != nil && !taken(err) {
		return false, fmt.Errorf("asking whether it honours If-None-Match: %w", err)
	}
	honours := err != nil
	s.conditional = &honours
	return honours, s.remove(ctx, key)
}
