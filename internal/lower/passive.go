package lower

import (
	"go/types"
	"strings"
)

// passivePackages are packages whose functions read floats at most to print or
// measure, so that no derivative passes through them.
var passivePackages = map[string]bool{
	"errors":  true,
	"strconv": true,
	"time":    true,
	"log":     true,
}

// randomPackages give random numbers, which do not depend on anything.
var randomPackages = map[string]bool{"math/rand": true, "math/rand/v2": true}

// knownPassive reports whether f, a function outside the program, may be called
// with floats: nothing that it gives back depends on them smoothly.
func knownPassive(f *types.Func) bool {
	pkg := f.Pkg()
	if pkg == nil { // error.Error
		return true
	}
	if passivePackages[pkg.Path()] || randomPackages[pkg.Path()] && !takesFuncs(f.Signature()) {
		return true
	}
	if pkg.Path() != "fmt" || f.Signature().Recv() != nil {
		return false
	}
	for _, prefix := range []string{"Print", "Fprint", "Sprint", "Append", "Errorf"} {
		if strings.HasPrefix(f.Name(), prefix) {
			return true
		}
	}
	return false
}
