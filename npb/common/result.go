package common

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"text/tabwriter"
)

// Result is the report of one run of one kernel, in the form that every kernel shares. Its
// JSON is a contract with other programs: field names do not change.
type Result struct {
	Kernel   string `json:"kernel"`   // lower case: "cg"
	Class    Class  `json:"class"`    // problem class of the run
	Verified bool   `json:"verified"` // every value agrees with its reference

	Seconds float64 `json:"seconds"` // wall time of the official timed section
	Mops    float64 `json:"mops"`    // official operation count / Seconds / 1e6

	Values     Values `json:"values"`     // what the run computed, by name
	References Values `json:"references"` // the official value under the same name
}

// Values are verification values by name.
type Values map[string]float64

// MarshalJSON writes an object with the names sorted. JSON has no NaN and no infinity: a run
// that went astray still gets its report, with null for such a value.
func (v Values) MarshalJSON() ([]byte, error) {
	object := make(map[string]*float64, len(v))
	for name, value := range v {
		if math.IsNaN(value) || math.IsInf(value, 0) {
			object[name] = nil
		} else {
			object[name] = &value
		}
	}
	return json.Marshal(object)
}

// WriteJSON writes the result to w as one line of JSON.
func (r Result) WriteJSON(w io.Writer) error {
	return json.NewEncoder(w).Encode(r)
}

// WriteText writes the result to w as a short table for a person: the verdict and the rate,
// then each value beside its reference and the relative difference. It returns the first
// error of w.
func (r Result) WriteText(w io.Writer) error {
	verdict := "verified"
	if !r.Verified {
		verdict = "VERIFICATION FAILED"
	}
	if _, err := fmt.Fprintf(w, "NPB %s class %s: %s   %.3f s   %.1f Mop/s\n",
		r.Kernel, r.Class, verdict, r.Seconds, r.Mops); err != nil {
		return err
	}
	if len(r.Values) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "  value\tcomputed\treference\trelative difference")
	for _, name := range slices.Sorted(maps.Keys(r.Values)) {
		value := r.Values[name]
		reference, known := r.References[name]
		if !known {
			fmt.Fprintf(table, "  %s\t%.15g\t-\t-\n", name, value)
			continue
		}
		fmt.Fprintf(table, "  %s\t%.15g\t%.15g\t%.1e\n",
			name, value, reference, math.Abs(value-reference)/math.Abs(reference))
	}
	return table.Flush()
}
