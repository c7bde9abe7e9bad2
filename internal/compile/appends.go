package compile

import (
	"bytes"
	"go/token"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
)

// line is a line of a file.
type line struct {
	file string
	line int
}

// compiled runs the stages for one package. Most appends to slices without floats are kept
// as they are; if the analyses find that some may overwrite what a reverse sweep reads, the
// stages run again with those written out as assignments, which can be recorded.
func compiled(p *load.Package, all []*load.Package, opts Options) (*unit, []File, diag.List, error) {
	appends := map[line]bool{}
	to := opts.DumpTo
	for {
		dump := new(bytes.Buffer)
		opts.DumpTo = dump
		u := newUnit(p, all, opts)
		u.appends = appends
		files, ds, err := u.pipeline()
		more := false
		for _, d := range ds {
			if at := (line{d.Pos.Filename, d.Pos.Line}); d.What == adjoint.AppendClash && !appends[at] {
				appends[at], more = true, true
			}
		}
		if !more {
			if to != nil {
				to.Write(dump.Bytes())
			}
			return u, files, ds, err
		}
	}
}

func (u *unit) writtenOut(pos token.Pos) bool {
	at := u.pkg.Fset.Position(pos)
	return u.appends[line{at.Filename, at.Line}]
}
