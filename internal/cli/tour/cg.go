package tour

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/npb/cg"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/scrutiny/heatmap"
)

// Loop is the position of the loop that is scrutinized, the power method of CG.
const Loop = "npb/cg/cg.go:47"

const (
	cgClass     = common.ClassS
	cgIteration = 8 // where the state is scrutinized, of 15

	// cgMaskX is what is known of x: the order of the matrix is 1400. Element 1400 is
	// copied into work space but takes part in no sum, element 1401 is never touched.
	cgMaskX = "1400C1Z1D"

	cgTolerance = 1e-10
)

// cg scrutinizes CG, then has it killed and restarted.
func (t *tour) cg(ctx context.Context) error {
	c := &t.record.CG
	c.Class = string(cgClass)

	t.stage("CG class %s: uninterrupted run", cgClass)
	whole := cg.Run(cgClass)
	par, _ := cg.ParamsOf(cgClass)
	c.Zeta = t.compare("CG: zeta", whole.Zeta, par.ZetaRef, cgTolerance)

	t.stage("CG class %s: which elements matter at iteration %d?", cgClass, cgIteration)
	if err := t.scrutinize(); err != nil {
		return err
	}
	t.stage("CG class %s: drawing the heat maps", cgClass)
	if err := t.draw(c.Scrutiny); err != nil {
		return err
	}
	if err := t.interrupt(ctx, par.Niter); err != nil {
		return err
	}
	i := &c.Interrupt
	i.Identical = math.Float64bits(float64(i.Zeta)) == math.Float64bits(whole.Zeta)
	t.check("CG: killed and restarted", i.Killed && i.ResumedAt == i.Saved && i.Identical,
		"killed %s with a checkpoint of step %d, resumed at step %d; zeta %.17g, uninterrupted %.17g",
		yes(i.Killed), i.Saved, i.ResumedAt, float64(i.Zeta), whole.Zeta)
	t.check("CG: unsaved elements do not matter", i.LeftOut > 0 && i.Identical,
		"%d of %d elements were not saved and held NaN at the restart", i.LeftOut, i.Elements)
	return nil
}

func yes(b bool) string {
	if b {
		return "by SIGKILL"
	}
	return "NOT by SIGKILL"
}

// scrutinize finds the masks of the state and checks that of x.
func (t *tour) scrutinize() error {
	s := ad.NewScrutiny()
	if !cg.RunScrutinize(cgClass, cgIteration, s) {
		return fmt.Errorf("the scrutiny of CG did not reach iteration %d", cgIteration)
	}
	report, err := scrutiny.FromRun(s, "Run", Loop, cgIteration)
	if err != nil {
		return err
	}
	t.record.CG.Scrutiny = report
	got := "no variable x"
	if x := report.Variable("x"); x != nil {
		got = x.RunLength()
	}
	t.check("CG: mask of x", got == cgMaskX, "%s, expected %s", got, cgMaskX)
	return nil
}

// draw writes a picture of every mask, and the masks themselves for the child.
func (t *tour) draw(report *scrutiny.Report) error {
	for _, m := range report.Variables {
		name := filepath.Join(t.Dir, "cg-"+m.Name+".png")
		var picture strings.Builder
		opts := heatmap.Options{Title: fmt.Sprintf("CG class %s, iteration %d: %s %s", cgClass, cgIteration, m.Name, m.Type)}
		if err := heatmap.PNG(&picture, m, opts); err != nil {
			return err
		}
		if err := t.file(name, []byte(picture.String())); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return t.file(t.masksFile(), append(text, '\n'))
}

func (t *tour) masksFile() string { return filepath.Join(t.Dir, "cg-scrutiny.json") }

// file writes a file and notes it in the record.
func (t *tour) file(name string, text []byte) error {
	t.record.Files = append(t.record.Files, name)
	return os.WriteFile(name, text, 0o666)
}
