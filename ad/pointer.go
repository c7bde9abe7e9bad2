package ad

import "unsafe"

// Pointer is unsafe.Pointer, for generated code that does not import unsafe: a pointer to an array
// that comes out of a generic function gets its type by way of it.
type Pointer = unsafe.Pointer
