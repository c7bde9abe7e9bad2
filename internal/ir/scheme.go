package ir

import (
	"slices"
	"strings"
)

// A Scheme is a way to reverse a loop that a //cairn:checkpoint line may name, with the
// keys that it takes.
type Scheme struct {
	Name  string
	Needs []string // keys of which each must be there; "a|b" is exactly one of them
	Takes []string // keys that may be there
	// Ahead is set where steps may be recorded that are reversed only after others have
	// been run: a recording has to keep the state in which it ends.
	Ahead bool
	// Open is set where the number of steps need not be known at the start.
	Open bool
}

// Schemes are those of loops that a user writes, BlockScheme and FixedScheme apart.
var Schemes = []Scheme{
	{Name: "store"},
	{Name: "binomial", Needs: []string{"snaps|budget"}, Takes: []string{"tape", "storage", "resume"}},
	{Name: "periodic", Needs: []string{"period"}, Takes: []string{"snaps", "tape", "storage"}, Ahead: true},
	{Name: "multistage", Needs: []string{"snaps|budget", "disk"}, Takes: []string{"storage", "resume"}},
	{Name: "mixed", Needs: []string{"snaps|budget"}, Takes: []string{"storage"}, Ahead: true},
	{Name: "hrevolve", Needs: []string{"snaps|budget|levels", "disk|levels"}, Takes: []string{"uf", "wd", "rd", "storage", "resume"}},
	{Name: "online", Needs: []string{"snaps|budget"}, Takes: []string{"disk", "uf", "wd", "rd", "storage", "resume"}, Open: true},
	{Name: "auto", Takes: []string{"snaps", "budget", "disk", "uf", "wd", "rd", "storage"}, Open: true},
}

// SchemeKeys are the keys with integer values, in the order in which they are printed.
var SchemeKeys = []string{"snaps", "disk", "period", "tape", "budget", "uf", "wd", "rd"}

// SchemeOf returns the scheme of that name, or nil.
func SchemeOf(name string) *Scheme {
	i := slices.IndexFunc(Schemes, func(s Scheme) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &Schemes[i]
}

// SchemeNames are the names of all schemes.
func SchemeNames() []string {
	var out []string
	for _, s := range Schemes {
		out = append(out, s.Name)
	}
	return out
}

// Keys are all the keys that s takes.
func (s *Scheme) Keys() []string {
	var out []string
	for _, n := range s.Needs {
		out = append(out, strings.Split(n, "|")...)
	}
	return append(out, s.Takes...)
}

// Lacks returns the first of the needed keys that is not among those given, or "".
func (s *Scheme) Lacks(given func(key string) bool) string {
	for _, n := range s.Needs {
		if !slices.ContainsFunc(strings.Split(n, "|"), given) {
			return n
		}
	}
	return ""
}

// Doubled returns the alternatives of which more than one is given, or "".
func (s *Scheme) Doubled(given func(key string) bool) string {
	for _, n := range s.Needs {
		count := 0
		for k := range strings.SplitSeq(n, "|") {
			if given(k) {
				count++
			}
		}
		if count > 1 {
			return n
		}
	}
	return ""
}

// A SchemeArg is one key of a //cairn:checkpoint line with its value, an int constant or
// variable.
type SchemeArg struct {
	Key string
	X   Expr
}

// Arg returns the value that the line gives for key, or nil.
func (c *Checkpoint) Arg(key string) Expr {
	for _, a := range c.Args {
		if a.Key == key {
			return a.X
		}
	}
	return nil
}

// Ahead reports whether the loop may have recorded steps that are reversed only after others
// have been run.
func (s *For) Ahead() bool {
	if s.Checkpoint == nil {
		return false
	}
	scheme := SchemeOf(s.Checkpoint.Scheme)
	return scheme != nil && scheme.Ahead || s.Checkpoint.Arg("tape") != nil
}

// Open reports whether the number of iterations of the scheduled loop is not known before
// they have been run.
func (s *For) Open() bool { return s.Checkpoint != nil && s.Checkpoint.Open }
