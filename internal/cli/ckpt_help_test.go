package cli

import (
	"encoding/binary"
	"hash/crc32"
	"reflect"

	"github.com/cairn-ad/cairn/ckpt"
)

func crc(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(nil, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

func le64(b []byte, x uint64) []byte { return binary.LittleEndian.AppendUint64(b, x) }

func kindOf(x any) ckpt.Kind { return ckpt.Kind(reflect.TypeOf(x).Kind()) }
