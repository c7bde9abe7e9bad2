package tour

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// WriteText writes the record for a person.
func (r *Record) WriteText(w io.Writer) error {
	p := &sticky{w: w}
	r.burgersText(p)
	r.cgText(p)
	r.verdictText(p)
	return p.err
}

func (r *Record) burgersText(p *sticky) {
	b := r.Burgers
	p.printf("Burgers, %d points, %d steps\n", b.Points, b.Steps)
	t := p.table()
	fmt.Fprintln(t, "\tvalue\treference\trelative error")
	for _, line := range []struct {
		name string
		c    Comparison
	}{{"initial energy", b.InitialEnergy}, {"final energy", b.FinalEnergy}, {"gradient norm", b.GradientNorm}} {
		fmt.Fprintf(t, "  %s\t%.16g\t%.16g\t%.1e\n", line.name, float64(line.c.Value), float64(line.c.Reference), float64(line.c.Error))
	}
	p.flush(t)
	t = p.table()
	fmt.Fprintln(t, "\tforward steps\toptimum\ttime\tadjoint/primal\tsnapshots\tpeak memory")
	fmt.Fprintf(t, "  primal\t%d\t\t%.3f s\t\t\t\n", b.Steps, float64(b.PrimalSeconds))
	for _, a := range b.Adjoints {
		steps, snaps := "", ""
		if a.Snaps > 0 {
			steps = fmt.Sprint(a.ForwardSteps)
			snaps = bytesText(a.SnapshotBytes)
		}
		fmt.Fprintf(t, "  %s\t%s\t%d\t%.3f s\t%.2f\t%s\t%s\n", a.name(), steps, a.Optimum, float64(a.Seconds), float64(a.Ratio), snaps, bytesText(a.PeakRSS))
	}
	p.flush(t)
	for _, a := range b.Adjoints {
		if a.Disk > 0 && a.Stats != nil {
			d := a.Stats.Levels[1]
			p.printf("  of the snapshots on disk: %d written, %s in %.0f ms, %d read; the loop waited %.1f ms\n",
				d.Saves, bytesText(d.BytesWritten), 1e3*d.Busy.Seconds(), d.Restores, 1e3*d.Stalled.Seconds())
		}
	}
}

func (r *Record) cgText(p *sticky) {
	c := r.CG
	p.printf("\nCG class %s, state at the start of iteration %d\n", c.Class, c.Scrutiny.Iteration)
	t := p.table()
	fmt.Fprintln(t, "\telements\tcritical\tdead\tderivative zero")
	for _, m := range c.Scrutiny.Variables {
		s := m.Stats()
		fmt.Fprintf(t, "  %s\t%d\t%d\t%d\t%d\n", m.Name, s.Elements, s.Critical, s.Dead, s.DerivativeZero)
	}
	p.flush(t)
	i := c.Interrupt
	p.printf("  checkpoint: %d elements saved, %d left out, %s\n", i.Stored, i.LeftOut, bytesText(i.Bytes))
	p.printf("  killed with a checkpoint of step %d, resumed at step %d\n", i.Saved, i.ResumedAt)
	verdict := "the same, bit for bit"
	if !i.Identical {
		verdict = "DIFFERENT"
	}
	p.printf("  zeta %.17g after the restart, %.17g without: %s\n", float64(i.Zeta), float64(c.Zeta.Value), verdict)
}

func (r *Record) verdictText(p *sticky) {
	failed := 0
	for _, c := range r.Checks {
		if !c.Passed {
			failed++
			p.printf("\nFAILED  %s: %s", c.Name, c.Detail)
		}
	}
	if failed > 0 {
		p.printf("\n")
	}
	p.printf("\n%d of %s passed in %.1f s; maps and record in %s\n",
		len(r.Checks)-failed, count(int64(len(r.Checks)), "comparison"), float64(r.Seconds), r.Dir)
}

// bytesText is a size for people; nothing for 0.
func bytesText(n int64) string {
	switch {
	case n == 0:
		return ""
	case n < 10_000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

func count(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// sticky writes to w until an error, which it keeps.
type sticky struct {
	w   io.Writer
	err error
}

func (s *sticky) printf(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.w, format, args...)
	}
}

func (s *sticky) table() *tabwriter.Writer { return tabwriter.NewWriter(s.w, 0, 0, 3, ' ', 0) }

func (s *sticky) flush(t *tabwriter.Writer) {
	if err := t.Flush(); s.err == nil {
		s.err = err
	}
}
