package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/cairn-ad/cairn/ckpt"
)

// log is a file that belongs to the state of a run. A checkpoint has its length, so that a
// later life cuts off what was written after it, which will be written again.
type log struct {
	file    *os.File
	buf     *bufio.Writer
	written int64 // protected: length of the file when the state was saved
	lives   int   // protected: how often the run was begun or resumed
}

func newLog(name string) (*log, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	return &log{file: f, buf: bufio.NewWriter(f), lives: 1}, nil
}

func (l *log) hooks() ckpt.Hooks {
	return ckpt.Hooks{
		// What the checkpoint counts on must be on the disk before it is.
		BeforeSave: func(context.Context, int) (err error) {
			if err = l.flush(); err == nil {
				l.written, err = l.file.Seek(0, io.SeekCurrent)
			}
			return err
		},
		AfterRestore: func(context.Context, int) error {
			l.lives++
			return l.cut(l.written)
		},
	}
}

// cut makes the file as long as it was, and the next line follows there.
func (l *log) cut(length int64) error {
	info, err := l.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < length {
		return fmt.Errorf("%s has %d bytes, and had %d when the state was saved: it is not the file of this run", l.file.Name(), info.Size(), length)
	}
	if err := l.file.Truncate(length); err != nil {
		return err
	}
	_, err = l.file.Seek(length, io.SeekStart)
	return err
}

func (l *log) line(format string, args ...any) error {
	_, err := fmt.Fprintf(l.buf, format, args...)
	return err
}

func (l *log) flush() error {
	if err := l.buf.Flush(); err != nil {
		return err
	}
	return l.file.Sync()
}
