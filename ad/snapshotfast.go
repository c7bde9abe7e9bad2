package ad

import "unsafe"

// saveFast saves the types that loops over numbers have, without a look at their
// layout, and reports whether ptr is one of them.
func (s *Snapshot) saveFast(ptr any, headers bool) bool {
	switch p := ptr.(type) {
	case *float64:
		saveScalar(s, p, !headers)
	case *float32:
		saveScalar(s, p, !headers)
	case *int:
		saveScalar(s, p, true)
	case *int32:
		saveScalar(s, p, true)
	case *int64:
		saveScalar(s, p, true)
	case *bool:
		saveScalar(s, p, true)
	case *[]float64:
		saveSlice(s, p, !headers)
	case *[]float32:
		saveSlice(s, p, !headers)
	case *[]complex128:
		saveSlice(s, p, !headers)
	case *[]int:
		saveSlice(s, p, true)
	case *[]int32:
		saveSlice(s, p, true)
	case *[]int64:
		saveSlice(s, p, true)
	case *[]bool:
		saveSlice(s, p, true)
	case *[][]float64:
		s.data.heads = append(s.data.heads, *(*header)(unsafe.Pointer(p)))
		for i := range *p {
			saveSlice(s, &(*p)[i], !headers)
		}
	default:
		return false
	}
	return true
}

// restoreFast is the counterpart of saveFast.
func (s *Snapshot) restoreFast(ptr any, headers bool) bool {
	switch p := ptr.(type) {
	case *float64:
		restoreScalar(s, p, !headers)
	case *float32:
		restoreScalar(s, p, !headers)
	case *int:
		restoreScalar(s, p, true)
	case *int32:
		restoreScalar(s, p, true)
	case *int64:
		restoreScalar(s, p, true)
	case *bool:
		restoreScalar(s, p, true)
	case *[]float64:
		restoreSlice(s, p, !headers)
	case *[]float32:
		restoreSlice(s, p, !headers)
	case *[]complex128:
		restoreSlice(s, p, !headers)
	case *[]int:
		restoreSlice(s, p, true)
	case *[]int32:
		restoreSlice(s, p, true)
	case *[]int64:
		restoreSlice(s, p, true)
	case *[]bool:
		restoreSlice(s, p, true)
	case *[][]float64:
		*(*header)(unsafe.Pointer(p)) = s.readHeader()
		for i := range *p {
			restoreSlice(s, &(*p)[i], !headers)
		}
	default:
		return false
	}
	return true
}

func saveScalar[E any](s *Snapshot, p *E, contents bool) {
	if contents {
		s.data.putRaw(unsafe.Pointer(p), int(unsafe.Sizeof(*p)))
	}
}

func restoreScalar[E any](s *Snapshot, p *E, contents bool) {
	if contents {
		s.readRaw(unsafe.Pointer(p), int(unsafe.Sizeof(*p)))
	}
}

// saveSlice keeps the header and, if asked, the elements, which hold no pointers.
func saveSlice[E any](s *Snapshot, p *[]E, contents bool) {
	s.data.heads = append(s.data.heads, *(*header)(unsafe.Pointer(p)))
	if x := *p; contents {
		var e E
		s.data.putRaw(unsafe.Pointer(unsafe.SliceData(x)), len(x)*int(unsafe.Sizeof(e)))
	}
}

func restoreSlice[E any](s *Snapshot, p *[]E, contents bool) {
	*(*header)(unsafe.Pointer(p)) = s.readHeader()
	if x := *p; contents {
		var e E
		s.readRaw(unsafe.Pointer(unsafe.SliceData(x)), len(x)*int(unsafe.Sizeof(e)))
	}
}

func (s *Snapshot) readRaw(p unsafe.Pointer, n int) {
	s.read.raw += copy(bytesAt(p, n), s.data.raw[s.read.raw:s.read.raw+n])
}

func (s *Snapshot) readHeader() header {
	s.read.heads++
	return s.data.heads[s.read.heads-1]
}

func (s *Snapshot) readPointer() unsafe.Pointer {
	s.read.ptrs++
	return s.data.ptrs[s.read.ptrs-1]
}
