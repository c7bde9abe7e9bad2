package irinterp

import (
	"errors"
	"fmt"
	"go/token"
	"runtime"
)

// ErrSteps is the error of a run that was stopped by its step limit.
var ErrSteps = errors.New("irinterp: step limit reached: the program may not end; raise Interp.MaxSteps if it is only long")

// A Panic is the error of a run in which the interpreted program panicked.
type Panic struct {
	Func string         // function that was running
	Pos  token.Position // of the statement, if known
	Msg  string         // "index out of range [3] with length 3" …
}

func (p *Panic) Error() string {
	at := p.Func
	if p.Pos.IsValid() {
		at = p.Pos.String() + ": " + at
	}
	return at + ": panic: " + p.Msg
}

// goPanic is thrown for a run-time panic of the interpreted program.
type goPanic struct{ msg string }

// failure is thrown for everything else that ends a run.
type failure struct{ err error }

func panicf(format string, args ...any) goPanic { return goPanic{fmt.Sprintf(format, args...)} }

func fault(format string, args ...any) failure {
	return failure{fmt.Errorf("irinterp: "+format, args...)}
}

// trap turns what was thrown into an error; malformed IR shows as a run-time
// error of the interpreter itself.
func trap(err *error) {
	switch r := recover().(type) {
	case nil:
	case failure:
		*err = r.err
	case goPanic:
		*err = &Panic{Msg: r.msg}
	case runtime.Error:
		*err = fmt.Errorf("irinterp: malformed program: %w; run ir.Verify on it first", r)
	default:
		panic(r)
	}
}
