package ad

import (
	"cmp"
	"reflect"
	"slices"
)

// Has reports whether m has the key k.
func Has[M ~map[K]V, K comparable, V any](m M, k K) bool {
	_, ok := m[k]
	return ok
}

// Keys returns the keys of m, in ascending order: a loop over a map that made code goes
// through twice has the same order both times.
func Keys[M ~map[K]V, K comparable, V any](m M) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	switch keys := any(keys).(type) {
	case []string:
		slices.Sort(keys)
	case []int:
		slices.Sort(keys)
	default:
		sortKeys(reflect.ValueOf(keys))
	}
	return keys
}

// sortKeys sorts the slice keys of what keys are made of, references left out.
func sortKeys(keys reflect.Value) {
	list := make([]reflect.Value, keys.Len())
	for i := range list {
		list[i] = reflect.New(keys.Type().Elem()).Elem()
		list[i].Set(keys.Index(i))
	}
	slices.SortFunc(list, compareKeys)
	for i, k := range list {
		keys.Index(i).Set(k)
	}
}

func compareKeys(a, b reflect.Value) int {
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	}
	switch a.Kind() {
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Bool:
		return cmp.Compare(number(a.Bool()), number(b.Bool()))
	case reflect.Array:
		for i := range a.Len() {
			if c := compareKeys(a.Index(i), b.Index(i)); c != 0 {
				return c
			}
		}
	case reflect.Struct:
		for i := range a.NumField() {
			if c := compareKeys(a.Field(i), b.Field(i)); c != 0 {
				return c
			}
		}
	}
	return 0
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
