//go:build !linux

package vfs

func mapBuffer() *buffer { return nil }

func (b *buffer) unmap() {}
