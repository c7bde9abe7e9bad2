// Package exchange writes checkpoints in formats that other programs read, and makes
// checkpoints of what they wrote.
//
// In: a checkpoint of a store and a [Format], or a file in one. Out: the file, or a [State],
// which can be saved as a checkpoint that a program restores. Nothing is lost on the way:
// a state that was written and read again is the same to the last bit.
//
// JSON and text hold every state, for people and scripts; they are meant for small ones. NPY
// and NPZ, the formats of NumPy, hold regular arrays of booleans, numbers and strings of any
// size. HDF5 holds every state; it needs its C library and the build tag hdf5.
//
// # JSON
//
// One object with seq, step, time and variables, an array of objects with name, type, shape,
// elements, mask (run-length text of package scrutiny, empty if all elements are stored) and
// value. An array or slice is an array, a struct an object, a complex number an array of its
// two parts, an element that is not stored null. Integers have all their digits and
// floating-point numbers as many as it takes; what JSON has no number for is a string:
// "+Inf", "-Inf", "NaN" for the bits of math.NaN, "-NaN" for those that amd64 computes, and
// "NaN:" with the hexadecimal bits of any other. A string that is not UTF-8 is an object
// {"base64": "…"}.
//
// What is read needs step, if it is not given otherwise, and of each variable name, type and
// value; elements and mask must agree with the value if they are there; the others are for the
// reader. Fields of structs may be in any order.
//
// # Text
//
// Lines end in a newline, and their parts are separated by tabs. The first one is
//
//	# cairn text 1	seq N	step N	time
//
// A variable begins with the line
//
//	# NAME	TYPE	3 of 5 elements stored	MASK
//
// followed by one for every slice and element, depth first: its path, such as u[0] or
// p.X[2], and its value: of a slice its length in brackets, of a string what Go would
// write in quotes, of a complex number (RE+IMi), of an element that is not stored a dash.
//
// # NPY and NPZ
//
// An array of n dimensions is a variable of n slices in each other, such as [][]float64,
// unless the caller tells its type. Versions 1 to 3, both byte orders, and Fortran order are
// read; float16, longer floats than float64, dates, objects and structured types are refused.
// In NPZ a boolean array NAME.stored beside NAME tells which elements of it are stored; the
// others are NaN, 0 or empty.
package exchange
