package scrutiny

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// MaxReport is the largest report in bytes that [ReadReport] reads.
const MaxReport = 256 << 20

// Report gathers the masks of the state of one loop at the start of one iteration.
// Its JSON form is
//
//	{"func": "Run", "loop": "cg.go:41", "iteration": 8, "variables": [
//	  {"name": "x", "type": "[]float64", "shape": [1402], "elements": 1402,
//	   "critical": 1400, "dead": 1, "derivative_zero": 1, "mask": "1400C1Z1D"}]}
//
// A variable that shares memory with others of the report has their names in one more
// field, "shares": ["y"].
type Report struct {
	Func      string  `json:"func"`      // the function that holds the loop
	Loop      string  `json:"loop"`      // position of the loop: "file:line"
	Iteration int     `json:"iteration"` // value of the loop variable at whose start the state is meant
	Variables []*Mask `json:"variables"` // one mask per state variable, names unique
}

// Variable returns the mask of the named variable, or nil.
func (r *Report) Variable(name string) *Mask {
	for _, m := range r.Variables {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Validate returns an error if the function is unnamed, if Loop is not "file:line",
// if a variable is nil, unnamed or listed twice, or if it shares memory with itself or
// with one that is not listed.
func (r *Report) Validate() error {
	if r.Func == "" {
		return errors.New("scrutiny: the report names no function")
	}
	file, line, _ := cutLast(r.Loop, ":")
	if n, err := strconv.Atoi(line); file == "" || err != nil || n < 1 {
		return fmt.Errorf("scrutiny: the loop of the report is %q; it must be file:line", r.Loop)
	}
	seen := make(map[string]bool, len(r.Variables))
	for i, m := range r.Variables {
		switch {
		case m == nil || m.Name == "":
			return fmt.Errorf("scrutiny: variable %d of the report is empty", i)
		case seen[m.Name]:
			return fmt.Errorf("scrutiny: variable %q occurs twice in the report", m.Name)
		}
		seen[m.Name] = true
	}
	for _, m := range r.Variables {
		for _, other := range m.Shares {
			if other == m.Name || !seen[other] {
				return fmt.Errorf("scrutiny: variable %q is said to share memory with %q, which is no other variable of the report", m.Name, other)
			}
		}
	}
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// MarshalJSON writes the report after [Report.Validate]; a report without variables
// has an empty list, not null.
func (r *Report) MarshalJSON() ([]byte, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	type plain Report
	p := plain(*r)
	if p.Variables == nil {
		p.Variables = []*Mask{}
	}
	return json.Marshal(p)
}

// UnmarshalJSON reads a report strictly: unknown and missing fields, inconsistent
// counts and everything that [Report.Validate] refuses are errors. On error r is
// unchanged.
func (r *Report) UnmarshalJSON(data []byte) error {
	var p struct {
		Func      *string  `json:"func"`
		Loop      *string  `json:"loop"`
		Iteration *int     `json:"iteration"`
		Variables *[]*Mask `json:"variables"`
	}
	if err := strict(data, &p); err != nil {
		return fmt.Errorf("scrutiny: report: %w", err)
	}
	if p.Func == nil || p.Loop == nil || p.Iteration == nil || p.Variables == nil {
		return errors.New("scrutiny: report: it needs the fields func, loop, iteration and variables")
	}
	out := Report{*p.Func, *p.Loop, *p.Iteration, *p.Variables}
	if err := out.Validate(); err != nil {
		return err
	}
	*r = out
	return nil
}

// ReadReport reads one JSON report of at most [MaxReport] bytes and nothing after it.
func ReadReport(rd io.Reader) (*Report, error) {
	data, err := io.ReadAll(io.LimitReader(rd, MaxReport+1))
	if err != nil {
		return nil, fmt.Errorf("scrutiny: reading a report: %w", err)
	}
	if len(data) > MaxReport {
		return nil, fmt.Errorf("scrutiny: the report is larger than %d bytes", MaxReport)
	}
	r := new(Report)
	if err := r.UnmarshalJSON(data); err != nil {
		return nil, err
	}
	return r, nil
}

// variable is the JSON form of a mask.
type variable struct {
	Name           *string `json:"name"`
	Type           *string `json:"type"`
	Shape          *[]int  `json:"shape"`
	Elements       *int    `json:"elements"`
	Critical       *int    `json:"critical"`
	Dead           *int    `json:"dead"`
	DerivativeZero *int    `json:"derivative_zero"`
	Mask           *string `json:"mask"`

	Shares []string `json:"shares,omitempty"`
}

// MarshalJSON writes the mask with its statistics, as in a [Report].
func (m *Mask) MarshalJSON() ([]byte, error) {
	s, text, shape := m.Stats(), m.RunLength(), m.Shape
	if shape == nil {
		shape = []int{}
	}
	return json.Marshal(variable{&m.Name, &m.Type, &shape, &s.Elements, &s.Critical, &s.Dead, &s.DerivativeZero, &text, m.Shares})
}

// UnmarshalJSON reads a mask strictly: every field but shares must be there and no other, and
// the statistics must agree with the run-length text. On error m is unchanged.
func (m *Mask) UnmarshalJSON(data []byte) error {
	var v variable
	if err := strict(data, &v); err != nil {
		return fmt.Errorf("scrutiny: variable: %w", err)
	}
	if v.Name == nil || v.Type == nil || v.Shape == nil || v.Elements == nil || v.Critical == nil ||
		v.Dead == nil || v.DerivativeZero == nil || v.Mask == nil {
		return errors.New("scrutiny: variable: it needs the fields name, type, shape, elements, critical, dead, derivative_zero and mask")
	}
	out, err := Parse(*v.Name, *v.Type, *v.Shape, *v.Mask)
	if err != nil {
		return err
	}
	said := Stats{*v.Elements, *v.Critical, *v.Dead, *v.DerivativeZero}
	if found := out.Stats(); said != found {
		return fmt.Errorf("scrutiny: mask of %q: the counts %+v do not agree with its run-length text, which has %+v", out.Name, said, found)
	}
	out.Shares = v.Shares
	*m = *out
	return nil
}

// strict decodes one JSON value and refuses unknown fields and trailing bytes.
func strict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("there is something after the JSON value")
	}
	return nil
}
