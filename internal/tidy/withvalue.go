package tidy

import "github.com/cairn-ad/cairn/internal/ir"

// withValue puts the value of ad.WithValue in its place.
func withValue(f *ir.Func) {
	rewriteAll(f.Body, func(e ir.Expr) ir.Expr {
		if m, ok := e.(*ir.Math); ok && m.Fn == "ad.WithValue" {
			return m.Args[1]
		}
		return nil
	})
}
