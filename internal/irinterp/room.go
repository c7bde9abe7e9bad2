package irinterp

import (
	"go/types"
	"reflect"
	"strconv"
)

// room returns the capacity that append gives the new memory of a slice of type t when
// it makes it n long and there was room for was elements.
func room(t types.Type, was, n int) int {
	s := reflect.SliceOf(likeGo(t.Underlying().(*types.Slice).Elem()))
	return reflect.AppendSlice(reflect.MakeSlice(s, 0, was), reflect.MakeSlice(s, n, n)).Cap()
}

// likeGo returns a Go type that the allocator treats as it treats t: of its size, with
// pointers where t has some.
func likeGo(t types.Type) reflect.Type {
	pointer := reflect.TypeFor[*byte]()
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Kind() == types.UnsafePointer:
			return pointer
		case u.Info()&types.IsString != 0:
			return reflect.TypeFor[string]()
		}
		return map[int64]reflect.Type{
			1: reflect.TypeFor[uint8](), 2: reflect.TypeFor[uint16](), 4: reflect.TypeFor[uint32](),
			8: reflect.TypeFor[uint64](), 16: reflect.TypeFor[complex128](),
		}[types.SizesFor("gc", "amd64").Sizeof(u)]
	case *types.Slice:
		return reflect.TypeFor[[]byte]()
	case *types.Array:
		return reflect.ArrayOf(int(u.Len()), likeGo(u.Elem()))
	case *types.Struct:
		var fields []reflect.StructField
		for i := range u.NumFields() {
			fields = append(fields, reflect.StructField{Name: "F" + strconv.Itoa(i), Type: likeGo(u.Field(i).Type())})
		}
		return reflect.StructOf(fields)
	case *types.Interface:
		return reflect.TypeFor[any]()
	}
	return pointer
}
