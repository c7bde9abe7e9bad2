package scrutiny

import (
	"fmt"

	"github.com/cairn-ad/cairn/ad"
)

// FromRun makes the report of a run that a generated scrutiny entry point has
// followed: fn is the function that holds the loop, loop its position "file:line",
// iteration the value of the loop's index at which the state was taken.
//
// It returns an error if a variable's shape and elements do not agree or the report
// would not pass [Report.Validate].
func FromRun(s *ad.Scrutiny, fn, loop string, iteration int) (*Report, error) {
	r := &Report{Func: fn, Loop: loop, Iteration: iteration, Variables: []*Mask{}}
	for _, v := range s.Variables() {
		influence := s.Elements(v.Name)
		classes := make([]Class, len(influence))
		for i, k := range influence {
			classes[i] = classOfInfluence(k)
		}
		m, err := New(v.Name, v.Type, v.Shape, classes)
		if err != nil {
			return nil, fmt.Errorf("scrutiny: variable %s of %s: %w", v.Name, fn, err)
		}
		m.Shares = s.Shares(v.Name)
		r.Variables = append(r.Variables, m)
	}
	if err := r.Validate(); err != nil {
		return nil, err
	}
	return r, nil
}

// classOfInfluence is the class of an element; what is unknown must be kept.
func classOfInfluence(k ad.Influence) Class {
	switch k {
	case ad.Dead:
		return Dead
	case ad.DerivativeZero:
		return DerivativeZero
	}
	return Critical
}
