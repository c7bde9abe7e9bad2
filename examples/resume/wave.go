// Package resume differentiates a long run that may be killed at any time.
//
// In: the start of a wave and the speed of sound in it. Out: the energy that passes a
// sensor, and its derivatives. The directive gives the run a name and a directory:
// when the process is killed, in the forward sweep or on the way back, the next process
// that makes the same call goes on where the first one was, and the derivatives are bit for
// bit the same.
package resume

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Energy is the energy that arrives at the last point of a string in steps steps of time, by
// leapfrog. The string starts at rest in the shape u0 and is held at both ends; speed is
// the square of the Courant number at each point, below 1.
//
//cairn:adjoint wrt=u0,speed of=return
func Energy(u0, speed []float64, steps int) float64 {
	n := len(u0)
	now, before, next := make([]float64, n), make([]float64, n), make([]float64, n)
	copy(now, u0)
	copy(before, u0)
	energy := 0.0
	//cairn:checkpoint scheme=multistage snaps=8 disk=20 storage=file:wave-run resume=wave
	for t := 0; t < steps; t++ {
		for i := 1; i < n-1; i++ {
			next[i] = 2*now[i] - before[i] + speed[i]*(now[i-1]-2*now[i]+now[i+1])
		}
		before, now, next = now, next, before
		energy += now[n-2] * now[n-2]
	}
	return energy
}
