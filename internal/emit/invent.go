package emit

import (
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// unknown tells why no test can invent a value of type t: "" if it consists of floats
// only, the number of which is free.
func unknown(t types.Type, pkg *types.Package, qualify types.Qualifier) string {
	in := inventor{pkg: pkg, qualify: qualify}
	in.look(t, "")
	return in.why
}

// inventor looks for the first part of a type whose values mean something.
type inventor struct {
	pkg     *types.Package
	qualify types.Qualifier
	within  []types.Type // the types around the part
	why     string
}

func (in *inventor) look(t types.Type, field string) {
	if in.why != "" {
		return
	}
	for _, outer := range in.within {
		if types.Identical(outer, t) {
			in.say(field, "leads to values of its own type "+types.TypeString(t, in.qualify)+", as a list does")
			return
		}
	}
	in.within = append(in.within, t)
	defer func() { in.within = in.within[:len(in.within)-1] }()
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsFloat == 0 {
			in.say(field, "is of type "+types.TypeString(t, in.qualify))
		}
	case *types.Slice:
		in.look(u.Elem(), field+"[]")
	case *types.Array:
		in.look(u.Elem(), field+"[]")
	case *types.Pointer:
		in.look(u.Elem(), field)
	case *types.Struct:
		for f := range u.Fields() {
			if !f.Exported() && f.Pkg() != in.pkg {
				in.say(field, "is of type "+types.TypeString(t, in.qualify)+", which has unexported fields")
				return
			}
			in.look(f.Type(), field+"."+f.Name())
		}
	default:
		in.say(field, "is of type "+types.TypeString(t, in.qualify))
	}
}

func (in *inventor) say(field, why string) {
	if in.why == "" {
		in.why = why
		if field != "" {
			in.why = "has " + strings.TrimPrefix(field, ".") + ", which " + why
		}
	}
}

// example returns an expression that shows how a value of type t may be given: "" where
// [gradcheck.Fill] makes it.
func example(t types.Type, qualify types.Qualifier) string {
	name := types.TypeString(t, qualify)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsInteger != 0:
			return "3"
		case u.Info()&types.IsBoolean != 0:
			return "true"
		}
	case *types.Slice:
		return "make(" + name + ", 3)"
	case *types.Struct:
		if !allFloats(t) {
			return name + "{}"
		}
	case *types.Pointer:
		if _, ok := u.Elem().Underlying().(*types.Struct); ok && !allFloats(u.Elem()) {
			return "&" + types.TypeString(u.Elem(), qualify) + "{}"
		}
	case *types.Map:
		return name + "{}"
	}
	return ""
}

// allFloats reports whether nothing but floats can be reached from a value of type t.
func allFloats(t types.Type) bool {
	return ir.HasFloat(t) && unknown(t, nil, nil) == ""
}
