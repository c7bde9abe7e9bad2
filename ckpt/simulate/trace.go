package simulate

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Failures tells the times between failures, one after the other.
type Failures interface {
	// Next returns the time from the last failure, or the start, to the next; +Inf if
	// none follows.
	Next() float64
}

// Trace is a list of times between failures. After the last one there are no more.
type Trace []float64

// Failures begins the trace.
func (t Trace) Failures() Failures {
	rest := t
	return &rest
}

// Next takes the first time off the list.
func (t *Trace) Next() float64 {
	if len(*t) == 0 {
		return math.Inf(1)
	}
	x := (*t)[0]
	*t = (*t)[1:]
	return x
}

// Mean returns the mean time between failures, or +Inf if there are none.
func (t Trace) Mean() float64 {
	sum := 0.0
	for _, x := range t {
		sum += x
	}
	if len(t) == 0 {
		return math.Inf(1)
	}
	return sum / float64(len(t))
}

// Random returns failures at times between them that are drawn from d; the same for the
// same seed.
func Random(d Distribution, seed uint64) Failures {
	return &random{d, rand.New(rand.NewPCG(seed, 1))}
}

type random struct {
	d Distribution
	r *rand.Rand
}

func (f *random) Next() float64 { return f.d.Draw(f.r) }

// ReadTrace reads times between failures, one in a line: seconds, or with units as in
// 1h30m. Empty lines and what follows a # are left out. A time must be positive.
func ReadTrace(in io.Reader) (Trace, error) {
	var t Trace
	s := bufio.NewScanner(in)
	for n := 1; s.Scan(); n++ {
		text, _, _ := strings.Cut(s.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		x, err := ParseTime(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		t = append(t, x)
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	if len(t) == 0 {
		return nil, errors.New("there is no time in it: write the times between failures, one in a line")
	}
	return t, nil
}

// ParseTime reads a positive time: a number of seconds, or a duration of package time.
func ParseTime(text string) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		var d time.Duration
		d, err = time.ParseDuration(text)
		x = d.Seconds()
	}
	if err != nil || !(x > 0) || x > maxTime {
		return 0, fmt.Errorf("%q is not a time: write seconds, or a duration such as 1h30m, more than 0 and less than 200 years", text)
	}
	return x, nil
}

// maxTime is 200 years, which a time.Duration can hold.
const maxTime = 200 * 365 * 86400
