package schedule

// Mixed is the schedule with the fewest forward steps when memory may hold both restart
// data, a state that steps can be run from, and adjoint data, the record of a step that
// stays until the step is reversed (Maddison, Step-based checkpointing with high-level
// algorithmic differentiation, 2024). A recorded step need not be run again, a state
// stands for all the steps behind it.
//
// Let restart data take a units, adjoint data b units, and V(n, u) be the fewest forward
// steps, the recorded ones included, that reverse n steps from a state at hand in u
// units. Then V(1, u) = 1, since a record that is reversed at once takes no room, and
//
//	V(n, u) = min( 1 + V(n-1, u-b)                               if u >= b,
//	               min over 0<i<n of i + V(n-i, u-a) + V(i, u)   if u >= a ).
//
// The second line stores the state, advances i steps, reverses what follows, and comes
// back; the last time that it comes back the state's own units are free, which is why
// the same u stands on both sides. With a = b = 1 this is Maddison's recursion.
//
// The zero Mixed is the schedule of no steps.
type Mixed struct {
	table   mixedTable
	end     int64  // steps not reversed yet
	pos     int64  // the state at hand is the one before step pos; -1: none
	free    int64  // units; below 0 while the last record awaits its reversal
	items   []item // what memory holds, in the order of steps
	states  int    // states among items
	forward bool
}

// item is a stored state, from == to, or the records of steps from..to-1.
type item struct{ from, to int64 }

// NewMixed returns the mixed schedule of steps steps in slots slots, each of which takes
// a state or the record of a step. It is an error if steps is negative, slots is less
// than 1, or the table of the recursion would be too large: steps may be up to 2^20,
// and steps times slots up to 2^27, unless slots >= steps-1.
func NewMixed(steps int64, slots int) (*Mixed, error) {
	if err := check(steps, slots); err != nil {
		return nil, err
	}
	return NewSized(steps, int64(slots), 1, 1)
}

// NewSized returns the mixed schedule of steps steps in budget units, of which a state
// takes restart and the record of a step adjoint. It is an error if one of the numbers is
// negative, restart or adjoint is 0, the budget is so small that there is no
// schedule, or the table of the recursion would be too large. The table has a row for
// each number of units that can be free, so that coarse units make a small table.
func NewSized(steps, budget, restart, adjoint int64) (*Mixed, error) {
	m := new(Mixed)
	if err := m.Reset(steps, budget, restart, adjoint); err != nil {
		return nil, err
	}
	return m, nil
}

// Reset makes m a new schedule. It keeps the memory, and also the table if the units are
// the same and steps is not larger than it was before. The errors are those of
// [NewSized]; after an error m is the schedule of no steps.
func (m *Mixed) Reset(steps, budget, restart, adjoint int64) error {
	table := m.table
	*m = Mixed{items: m.items[:0], pos: -1}
	if err := table.build(steps, budget, restart, adjoint); err != nil {
		return err
	}
	*m = Mixed{table: table, items: m.items, end: steps, free: budget, forward: steps > 0}
	return nil
}

// InForwardSweep is as in [Schedule].
func (m *Mixed) InForwardSweep() bool { return m.forward }

// Next is as in [Schedule].
func (m *Mixed) Next() (Action, bool) {
	if m.end == 0 {
		return Action{}, false
	}
	top := len(m.items) - 1
	if m.pos < 0 {
		if m.items[top].from < m.items[top].to {
			return m.reverse(), true
		}
		return m.restore(), true
	}
	if top >= 0 && m.items[top] == (item{m.pos, m.pos}) {
		from := m.pos
		m.pos += m.table.choice(m.end-from, m.free+m.table.restart)
		return advance(from, m.pos), true
	}
	if m.table.choice(m.end-m.pos, m.free) == 0 {
		return m.record(), true
	}
	m.items = append(m.items, item{m.pos, m.pos})
	m.free -= m.table.restart
	m.states++
	return save(m.pos, m.states-1, 0), true
}

func (m *Mixed) reverse() Action {
	top := &m.items[len(m.items)-1]
	top.to--
	if top.to == top.from {
		m.items = m.items[:len(m.items)-1]
	}
	m.free += m.table.adjoint
	m.end--
	return reverse(m.end)
}

func (m *Mixed) restore() Action {
	top := len(m.items) - 1
	m.pos = m.items[top].from
	a := restore(m.pos, m.states-1, 0, false)
	if m.table.choice(m.end-m.pos, m.free+m.table.restart) == 0 {
		a.Last = true
		m.items = m.items[:top]
		m.free += m.table.restart
		m.states--
	}
	return a
}

func (m *Mixed) record() Action {
	a := record(m.pos)
	if top := len(m.items) - 1; top >= 0 && m.items[top].to == m.pos && m.items[top].from < m.pos {
		m.items[top].to++
	} else {
		m.items = append(m.items, item{m.pos, m.pos + 1})
	}
	m.free -= m.table.adjoint
	m.pos++
	if m.pos == m.end {
		m.pos = -1
		m.forward = false
	}
	return a
}

// Stop is as in [Cursor.Stop], but a step that a Record was asked for counts as
// recorded, whatever recorded says.
func (m *Mixed) Stop(done int64, _ bool) {
	m.end = min(m.end, max(0, done))
	m.forward = false
	m.pos = -1
}

// PlanMixed returns the counts of [NewSized]. PeakUnits is filled in. The errors are
// those of [NewSized].
func PlanMixed(steps, budget, restart, adjoint int64) (Counts, error) {
	m, err := NewSized(steps, budget, restart, adjoint)
	if err != nil {
		return Counts{}, err
	}
	return tally(m, restart, adjoint), nil
}
