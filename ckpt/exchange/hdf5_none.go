//go:build !hdf5 || !cgo

package exchange

func writeHDF5(string, *State) error { return ErrNoHDF5 }

func readHDF5(string, ReadOptions) (*State, error) { return nil, ErrNoHDF5 }
