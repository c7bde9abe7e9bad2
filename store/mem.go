package store

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
)

// Mem is a store in memory. It is as durable as the process. Use [NewMem].
type Mem struct {
	mu    sync.RWMutex
	blobs map[string][]byte
}

// NewMem returns an empty store in memory.
func NewMem() *Mem { return &Mem{blobs: make(map[string][]byte)} }

// Put implements [Store].
func (m *Mem) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	if err := CheckName(name); err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := Fill(ctx, &buf, write); err != nil {
		return fmt.Errorf("store: put %q: %w", name, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.blobs[name] = buf.Bytes()
	return nil
}

// Get implements [Store].
func (m *Mem) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if err := CheckName(name); err != nil {
		return nil, 0, err
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	blob, ok := m.blobs[name]
	if !ok {
		return nil, 0, fmt.Errorf("store: get %q: %w", name, ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(blob)), int64(len(blob)), nil
}

// List implements [Store].
func (m *Mem) List(ctx context.Context, prefix string) ([]Info, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	var out []Info
	for name, blob := range m.blobs {
		if strings.HasPrefix(name, prefix) {
			out = append(out, Info{name, int64(len(blob))})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Delete implements [Store].
func (m *Mem) Delete(ctx context.Context, name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.blobs[name]; !ok {
		return fmt.Errorf("store: delete %q: %w", name, ErrNotExist)
	}
	delete(m.blobs, name)
	return nil
}
