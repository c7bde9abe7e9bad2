package ad

// A Loop remembers what functions whose second call would give something else, such as
// random numbers, gave in the first run of each iteration.
type drawn struct {
	at     int   // iteration that is running
	begun  bool  // it has asked for something
	next   int   // entry to be given next, in a run that is not the first
	starts []int // by iteration: its first entry
	values []any
}

// start begins a run of iteration i.
func (d *drawn) start(i int64) {
	d.at, d.begun = int(i), false
}

// Fresh reports whether the iteration that is running runs for the first time. Then what
// it draws is to be given to [Note]; otherwise [Recall] has it.
func (l *Loop) Fresh() bool {
	d := &l.drawn
	if !d.begun {
		d.begun = true
		if d.at < len(d.starts) {
			d.next = d.starts[d.at]
		} else {
			for len(d.starts) <= d.at {
				d.starts = append(d.starts, len(d.values))
			}
			d.next = -1
		}
	}
	return d.next < 0
}

// Note remembers a value that the iteration that is running has drawn.
func Note[T any](l *Loop, v T) { l.drawn.values = append(l.drawn.values, v) }

// Recall gives what was noted, in the order of the calls of [Note].
func Recall[T any](l *Loop) T {
	d := &l.drawn
	v, ok := d.values[d.next].(T) // a nil interface is the zero value
	if b, of := d.values[d.next].(packed); of && !ok {
		must(readPacked(b, &v))
		d.values[d.next] = v
	}
	d.next++
	return v
}

// forget makes room for the next user of the loop.
func (d *drawn) forget() {
	clear(d.values)
	d.values, d.starts = d.values[:0], d.starts[:0]
}
