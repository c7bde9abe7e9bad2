package common

import "testing"

// Two goroutines that call each other in turn miss no call, whether they sleep at once or spin.
func TestBell(t *testing.T) {
	for _, patience := range []int{0, 1, 100, spins} {
		there, back := newBell(patience), newBell(patience)
		turns := 0
		const n = 2000
		go func() {
			for range n {
				there.wait()
				turns++
				back.ring()
			}
		}()
		for i := range n {
			there.ring()
			back.wait()
			if turns != i+1 {
				t.Fatalf("patience %d: %d turns after call %d", patience, turns, i)
			}
		}
		there.ring() // before anyone waits
		there.wait()
	}
}
