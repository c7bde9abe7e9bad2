//go:build !linux

package vfs

import (
	"errors"
	"os"
)

// setDirect is for Linux; elsewhere files are written through the page cache.
func setDirect(_ *os.File, on bool) error {
	if on {
		return errors.ErrUnsupported
	}
	return nil
}

func refusesDirect(error) bool { return false }

// cached is for those who can pass the cache by.
func cached(*os.File) bool { return true }
