//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package ad

import "os"

// lockFile does nothing where there is no such lock: two processes with one run are then
// not noticed.
func lockFile(*os.File) error { return nil }
