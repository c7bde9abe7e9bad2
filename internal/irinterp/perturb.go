package irinterp

// Perturb adds h*dir to the float leaves of *v in the order of Floats, for
// divided differences; dir must have as many entries. Memory that is reached
// twice is moved twice.
func Perturb(v *Value, h float64, dir []float64) {
	for i, p := range leaves(v) {
		*p = Float64(p.Float() + h*dir[i])
	}
}
