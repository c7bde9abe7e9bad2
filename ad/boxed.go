package ad

import (
	"fmt"
	"reflect"
)

// Generated code for values in interfaces, whose dynamic type is only known when it runs.

// Inside returns the pointer that is the value v, or that a struct v holds in its only
// field, as a view of a matrix does: what [Snapshot.Save] is given for a variable that
// is an interface. It panics if there is none.
func Inside(v any) any {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Struct && r.NumField() == 1 {
		r = r.Field(0)
		if r.Kind() == reflect.Interface {
			r = r.Elem()
		}
	}
	if r.Kind() != reflect.Pointer || !r.CanInterface() {
		panic(fmt.Sprintf("ad: a value of type %T in an interface leads to no memory that can be kept: use its concrete type", v))
	}
	return r.Interface()
}

// ZeroBoxed is [ZeroLike] for the value in an interface.
func ZeroBoxed[T any](v T) T {
	r := reflect.ValueOf(&v).Elem()
	if r.IsNil() {
		return v
	}
	return zeroBoxed(r.Elem()).Interface().(T)
}

// zeroBoxed is ZeroLike for the value in an interface, and for those in interfaces that
// are fields of it.
func zeroBoxed(v reflect.Value) reflect.Value {
	x := reflect.New(v.Type())
	x.Elem().Set(v)
	z := reflect.New(v.Type())
	zeroLike(z.UnsafePointer(), x.UnsafePointer(), layoutOf(v.Type()))
	if v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.Interface && !f.IsNil() && z.Elem().Field(i).CanSet() {
				z.Elem().Field(i).Set(zeroBoxed(f.Elem()))
			}
		}
	}
	return z.Elem()
}
