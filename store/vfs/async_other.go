//go:build !linux || !(amd64 || arm64)

package vfs

import "os"

func readAsync(*os.File, []byte, int64) (int, error, bool) { return 0, nil, false }
