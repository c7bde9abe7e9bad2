package interval

// Report is what a [Tuner] knows of a level. Times are in seconds.
type Report struct {
	Level   string  `json:"level,omitempty"` // its name
	Steps   int     `json:"steps"`           // between two checkpoints
	Limit   Limit   `json:"limit"`           // which Steps follows from
	Changes int     `json:"changes"`         // how often Steps was adapted
	Step    float64 `json:"step"`            // median time of a step
	Stall   float64 `json:"stall"`           // median stall of a snapshot
	Persist float64 `json:"persist"`         // median time until a checkpoint is durable
	Tail    float64 `json:"tail"`            // 0.99 quantile of that
	Bytes   float64 `json:"bytes"`           // median size
	Limits  Limits  `json:"limits"`
}

// Limits are the steps between checkpoints that each limit asks for; 0 if it is not set.
type Limits struct {
	Bandwidth float64 `json:"bandwidth"`
	Overhead  float64 `json:"overhead"`
	Storage   float64 `json:"storage"`
	Daly      float64 `json:"daly"`
	RPO       float64 `json:"rpo"`
}

// Report returns what is known of a level.
func (t *Tuner) Report(lev int) Report {
	l := &t.levels[lev]
	c, ok := l.costs(t.steps.median())
	r := Report{
		Level: l.Name, Steps: l.k, Limit: l.by, Changes: l.changes,
		Step: c.step, Stall: c.stall, Persist: c.persist, Bytes: c.bytes, Tail: l.tail.quantile(99, 100),
	}
	if !ok {
		return r
	}
	p := l.plan
	r.Limits = Limits{Bandwidth: p.bandwidth, Overhead: p.overhead, Storage: p.storage}
	if l.MTBF > 0 {
		r.Limits.Daly = p.daly
	}
	if l.RPO > 0 {
		r.Limits.RPO = p.rpo
	}
	return r
}

// Ignored returns how many times that it was told made no sense: negative ones, and
// clocks that ran backwards.
func (t *Tuner) Ignored() int { return t.ignored }

// Levels returns the number of levels.
func (t *Tuner) Levels() int { return len(t.levels) }
