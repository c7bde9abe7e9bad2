package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// A message comes from the eval. What the kind does not need is not there.
type message struct {
	ID       json.RawMessage `json:"id"`
	Kind     string          `json:"kind"`
	Module   string          `json:"module"`
	Function string          `json:"function"`
	Input    json.RawMessage `json:"input"`
}

// A response has the number of its message. Success is for the kinds define and
// evaluate, output and timings for the latter.
type response struct {
	ID      json.RawMessage `json:"id"`
	Tool    string          `json:"tool,omitempty"`
	Success *bool           `json:"success,omitempty"`
	Error   string          `json:"error,omitempty"`
	Output  json.RawMessage `json:"output,omitempty"`
	Timings []timing        `json:"timings,omitempty"`
}

type timing struct {
	Name        string `json:"name"`
	Nanoseconds int64  `json:"nanoseconds"`
}

// runs says how often a function is to run: at least so many times, and for so long.
type runs struct {
	MinRuns    int     `json:"min_runs"`
	MinSeconds float64 `json:"min_seconds"`
}

// serve answers messages until there are no more.
func serve(in io.Reader, out io.Writer) error {
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var m message
		switch err := decoder.Decode(&m); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("a message cannot be read: %w", err)
		}
		if err := encoder.Encode(answer(m)); err != nil {
			return fmt.Errorf("message %s cannot be answered: %w", m.ID, err)
		}
	}
}

func answer(m message) response {
	r := response{ID: m.ID}
	var err error
	switch m.Kind {
	case "start":
		r.Tool = "cairn"
		return r
	case "define":
		if _, ok := problems[m.Module]; !ok {
			err = fmt.Errorf("there is no module %s", m.Module)
		}
	case "evaluate":
		r.Output, r.Timings, err = evaluate(m)
	default:
		return r
	}
	success := err == nil
	r.Success = &success
	if err != nil {
		r.Error = err.Error()
	}
	return r
}

// evaluate runs the function of m as often as its input says.
func evaluate(m message) (output json.RawMessage, timings []timing, err error) {
	prepare, ok := problems[m.Module][m.Function]
	if !ok {
		return nil, nil, fmt.Errorf("there is no function %s in module %s", m.Function, m.Module)
	}
	var often runs
	if len(m.Input) > 0 && m.Input[0] == '{' {
		if err := json.Unmarshal(m.Input, &often); err != nil {
			return nil, nil, fmt.Errorf("the input of %s: %w", m.Module, err)
		}
	}
	defer func() { // an input of the wrong shape is the eval's mistake, no reason to end
		if p := recover(); p != nil {
			output, timings, err = nil, nil, fmt.Errorf("%s of %s: %v", m.Function, m.Module, p)
		}
	}()
	run, err := prepare(m.Input)
	if err != nil {
		return nil, nil, fmt.Errorf("the input of %s: %w", m.Module, err)
	}
	var result any
	begin := time.Now()
	for len(timings) < max(1, often.MinRuns) || time.Since(begin).Seconds() < often.MinSeconds {
		start := time.Now()
		result = run()
		timings = append(timings, timing{"evaluate", time.Since(start).Nanoseconds()})
	}
	if output, err = json.Marshal(result); err != nil {
		return nil, nil, fmt.Errorf("the result of %s of %s: %w", m.Function, m.Module, err)
	}
	return output, timings, nil
}
