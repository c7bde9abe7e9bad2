package exchange

import "errors"

// HDF5 is the format of the HDF5 library. It is written and read by [WriteHDF5] and
// [ReadHDF5], since the library needs a file with a name.
const HDF5 Format = "hdf5"

// ErrNoHDF5 is the error of a program that was built without HDF5.
var ErrNoHDF5 = errors.New("this program was built without HDF5: install libhdf5-dev and a C compiler and build it with -tags hdf5, such as go install -tags hdf5 github.com/cairn-ad/cairn/cmd/cairn@latest")

// WriteHDF5 writes a state that was read or loaded to a file, and replaces one of that name. The file is
// complete when the error is nil.
//
// The root has the attributes seq, step, time and program. A variable that is a regular array of one
// kind of elements is a dataset: integers and floating-point numbers little-endian, booleans
// and complex numbers as h5py has them, strings of variable length, or bytes of variable length
// if they are not UTF-8 or hold a zero byte. Another one is a group: of a struct a member for
// each field, of an array or slice one for each value, called 0, 1, …; in a name of a field | stands
// for a slash. A slash in the name of a variable makes groups. Every variable has the attributes
// name and type, and mask if not all of its elements are stored; floating-point and complex
// numbers that are not are NaN there, others are zero.
func WriteHDF5(file string, st *State) error { return writeHDF5(file, st) }

// ReadHDF5 reads what [WriteHDF5] has written, and arrays of other programs: integers,
// IEEE floating-point numbers, booleans and complex numbers of h5py, strings. Those have a type
// as arrays of NPZ have. Links, virtual datasets and data in other files are refused. The
// library is written in C and was not made for hostile files: read files of people you trust.
func ReadHDF5(file string, o ReadOptions) (*State, error) { return readHDF5(file, o) }
