package ir

import (
	"go/types"
	"strings"
)

// Importable reports whether package root may import the one with the given path.
func Importable(root, path string) bool {
	if path == root {
		return true
	}
	for _, part := range []string{"internal", "vendor"} {
		i := strings.LastIndex("/"+path+"/", "/"+part+"/")
		if i < 0 {
			continue
		}
		if parent := strings.TrimSuffix(path[:i], "/"); i == 0 || root != parent && !strings.HasPrefix(root, parent+"/") {
			return false
		}
	}
	return true
}

// Nameable reports whether a file of package root can name obj, a package-level
// object, a field or a method; it can name no type that a function declares.
func Nameable(root *types.Package, obj types.Object) bool {
	pkg := obj.Pkg()
	switch {
	case pkg == nil:
		return true
	case IsLocal(obj):
		return false
	case pkg == root:
		return true
	case !obj.Exported():
		return false
	}
	return !packageLevel(obj) || Importable(root.Path(), pkg.Path())
}

// IsLocal reports whether obj is a type that is declared in a function.
func IsLocal(obj types.Object) bool {
	_, isType := obj.(*types.TypeName)
	return isType && obj.Pkg() != nil && obj.Parent() != nil && obj.Parent() != obj.Pkg().Scope()
}

// packageLevel reports whether the name of its package stands before obj's.
func packageLevel(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Var:
		return !obj.IsField()
	case *types.Func:
		return obj.Signature().Recv() == nil
	}
	return true
}
