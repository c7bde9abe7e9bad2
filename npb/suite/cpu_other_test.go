//go:build !unix

package suite

import "time"

// processTime is 0 where it is not known: wall time has to do.
func processTime() time.Duration { return 0 }
