// Package runner is the part of a made program that follows a scrutiny entry point. It
// is compiled into the user's module, so it uses public packages only.
//
// In: the entry point and the command line: the file for the outcome, the iteration, one
// text per argument. Out: an [Outcome] as JSON in that file, so that whatever the
// followed function prints does not get in the way.
package runner

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strconv"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/scrutiny"
)

// Target is what is to be followed.
type Target struct {
	Func   string   // name of the function
	Loop   string   // "file:line" of its loop
	Params []string // names of its parameters
	// Entry is the generated func(params…, at int, s *ad.Scrutiny) (reached bool).
	Entry any
}

// Outcome is a report, or the reason why there is none.
type Outcome struct {
	Report  *scrutiny.Report `json:"report,omitempty"`
	Problem string           `json:"problem,omitempty"`
}

// Main follows the target and returns the exit status: 0 if the outcome is written.
func Main(t Target, args []string) int {
	if len(args) < 2 {
		fmt.Fprintln(os.Stderr, "runner: needs the file for the outcome and the iteration")
		return 2
	}
	out := Outcome{}
	report, err := follow(t, args[1], args[2:])
	if err != nil {
		out.Problem = err.Error()
	} else {
		out.Report = report
	}
	text, err := json.Marshal(out)
	if err == nil {
		err = os.WriteFile(args[0], text, 0o666)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "runner:", err)
		return 1
	}
	return 0
}

// follow calls the entry point with the parsed arguments.
func follow(t Target, iteration string, args []string) (*scrutiny.Report, error) {
	at, err := strconv.Atoi(iteration)
	if err != nil {
		return nil, fmt.Errorf("iteration %q: not an integer", iteration)
	}
	entry := reflect.ValueOf(t.Entry)
	in, err := parseAll(t, entry.Type(), args)
	if err != nil {
		return nil, err
	}
	s := ad.NewScrutiny()
	reached := entry.Call(append(in, reflect.ValueOf(at), reflect.ValueOf(s)))[0].Bool()
	if !reached {
		return nil, fmt.Errorf("%s: iteration %d was not reached: with these arguments the index of the loop at %s never has this value; choose another --at or other --args",
			t.Func, at, t.Loop)
	}
	return scrutiny.FromRun(s, t.Func, t.Loop, at)
}

// parseAll reads the arguments into the types of the entry point's parameters, its last
// two apart.
func parseAll(t Target, entry reflect.Type, args []string) ([]reflect.Value, error) {
	n := entry.NumIn() - 2
	if len(args) != n {
		return nil, fmt.Errorf("%s has %d parameters, %d arguments are given", t.Func, n, len(args))
	}
	in := make([]reflect.Value, n)
	for i, text := range args {
		typ := entry.In(i)
		v, err := Parse(text, typ)
		if err != nil {
			return nil, fmt.Errorf("argument %d of %s, %s %s: %q: %w", i+1, t.Func, t.Params[i], typ, text, err)
		}
		in[i] = v
	}
	return in, nil
}
