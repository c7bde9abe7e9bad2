package schedule

// tally runs a schedule of this package and counts, without the checks of [Simulate].
// restart and adjoint are the units of a state in level 0 and of a record, or 0.
func tally(s Schedule, restart, adjoint int64) Counts {
	var c Counts
	var held [MaxLevels]int64
	var tape, total int64
	loose := int64(0) // units of a record that awaits its reversal
	for a, ok := s.Next(); ok; a, ok = s.Next() {
		l := &c.Levels[a.Level]
		loose = 0
		switch a.Kind {
		case Advance:
			c.Advances += a.To - a.From
		case Save:
			held[a.Level]++
			total++
			l.Writes++
			l.Peak = max(l.Peak, held[a.Level])
			c.Peak = max(c.Peak, total)
			c.PeakDisk = max(c.PeakDisk, total-held[0])
		case Restore:
			l.Reads++
			if a.Last {
				held[a.Level]--
				total--
			}
		case Record:
			tape++
			loose = adjoint
			c.ForwardSteps++
			c.PeakTape = max(c.PeakTape, tape)
		case Reverse:
			tape--
		}
		c.PeakUnits = max(c.PeakUnits, held[0]*restart+tape*adjoint-loose)
	}
	c.ForwardSteps += c.Advances
	for _, l := range c.Levels {
		c.Writes += l.Writes
		c.Reads += l.Reads
	}
	return c
}
