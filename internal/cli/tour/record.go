package tour

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/scrutiny"
)

// Record is everything that a tour has found. Its JSON form is what --json prints.
type Record struct {
	Passed  bool     `json:"passed"` // every check holds
	Seconds number   `json:"seconds"`
	Burgers Burgers  `json:"burgers"`
	CG      CG       `json:"cg"`
	Checks  []Check  `json:"checks"`
	Dir     string   `json:"dir"`
	Files   []string `json:"files"`
}

// Check is one comparison.
type Check struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
	Passed bool   `json:"passed"`
}

// Burgers is the first part.
type Burgers struct {
	Points        int        `json:"points"`
	Steps         int        `json:"steps"`
	InitialEnergy Comparison `json:"initial_energy"`
	FinalEnergy   Comparison `json:"final_energy"`
	GradientNorm  Comparison `json:"gradient_norm"`
	PrimalSeconds number     `json:"primal_seconds"`
	Adjoints      []Adjoint  `json:"adjoints"`
}

// Adjoint is one gradient of Burgers.
type Adjoint struct {
	Scheme        string `json:"scheme"`
	Snaps         int    `json:"snaps,omitempty"`
	Disk          int    `json:"disk,omitempty"` // snapshots in a file, besides
	Seconds       number `json:"seconds"`
	Ratio         number `json:"ratio"`                   // to the primal's time
	ForwardSteps  int64  `json:"forward_steps,omitempty"` // counted; 0 without a schedule
	Optimum       int64  `json:"optimum"`                 // least number of forward steps
	Snapshots     int64  `json:"snapshots,omitempty"`     // most held at one time
	SnapshotBytes int64  `json:"snapshot_bytes,omitempty"`
	PeakRSS       int64  `json:"peak_rss_bytes,omitempty"` // of the process during this gradient
	Identical     bool   `json:"identical"`                // bit for bit the store-all gradient

	// Stats is all that the loop has counted and measured; nil without a schedule.
	Stats *ad.Stats `json:"stats,omitempty"`
}

// name tells the schedule.
func (a *Adjoint) name() string {
	switch {
	case a.Disk > 0:
		return fmt.Sprintf("multistage, snaps=%d disk=%d", a.Snaps, a.Disk)
	case a.Snaps > 0:
		return fmt.Sprintf("binomial, snaps=%d", a.Snaps)
	}
	return "every step kept"
}

// CG is the second part.
type CG struct {
	Class     string           `json:"class"`
	Zeta      Comparison       `json:"zeta"` // of the uninterrupted run
	Scrutiny  *scrutiny.Report `json:"scrutiny"`
	Interrupt Interrupt        `json:"interrupt"`
}

// Interrupt is the story of the two children.
type Interrupt struct {
	KillAt    int    `json:"kill_at"`    // the first child is killed after a checkpoint of this step or later
	Killed    bool   `json:"killed"`     // it died of the signal
	Saved     int    `json:"saved"`      // step of the newest checkpoint it left
	ResumedAt int    `json:"resumed_at"` // first step of the second child
	Elements  int    `json:"elements"`   // of all protected variables
	Stored    int    `json:"stored"`     // those in a checkpoint
	LeftOut   int    `json:"left_out"`
	Bytes     int64  `json:"bytes"` // of one checkpoint
	Zeta      number `json:"zeta"`  // of the second child
	Identical bool   `json:"identical"`
}

// Comparison is a value beside its reference.
type Comparison struct {
	Value     number `json:"value"`
	Reference number `json:"reference"`
	Error     number `json:"relative_error"`
	Tolerance number `json:"tolerance"`
}

// number is a float64 that JSON shows as null when it is infinite or no number.
type number float64

// MarshalJSON writes the number.
func (n number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// check adds a comparison to the record.
func (t *tour) check(name string, passed bool, format string, args ...any) {
	r := t.record
	r.Passed = passed && (r.Passed || len(r.Checks) == 0)
	r.Checks = append(r.Checks, Check{name, fmt.Sprintf(format, args...), passed})
}

// compare checks a value against a reference, by relative error.
func (t *tour) compare(name string, value, reference, tolerance float64) Comparison {
	rel := math.Abs(value-reference) / math.Abs(reference)
	t.check(name, rel <= tolerance, "%.16g, reference %.16g: relative error %.1e, allowed %.0e", value, reference, rel, tolerance)
	return Comparison{number(value), number(reference), number(rel), number(tolerance)}
}
