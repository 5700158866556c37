package columnar

import (
	"encoding/binary"
	"errors"
	"io"
)

// maxDepth bounds how deep structs, lists and maps are nested in Parquet's metadata.
const maxDepth = 32

// thriftLen returns the length of the struct in Thrift's compact protocol that data begin with. It
// allocates nothing, so it finds a list that claims more elements than there are bytes before a
// decoder makes room for them. Data that end too early are io.ErrUnexpectedEOF.
// See https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
func thriftLen(data []byte) (int, error) {
	w := thriftWalk{data: data}
	err := w.value(thriftStruct, maxDepth)
	return w.at, err
}

// The types of Thrift's compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

var (
	errThriftType  = errors.New("an unknown type")
	errThriftDepth = errors.New("nested too deep")
)

type thriftWalk struct {
	data []byte
	at   int
}

// value steps over a value.
func (w *thriftWalk) value(kind byte, depth int) error {
	if depth == 0 {
		return errThriftDepth
	}
	switch kind {
	case thriftTrue, thriftFalse, thriftByte:
		return w.skip(1)
	case thriftI16, thriftI32, thriftI64:
		_, err := w.varint()
		return err
	case thriftDouble:
		return w.skip(8)
	case thriftBinary:
		n, err := w.varint()
		if err != nil {
			return err
		}
		return w.skip(n)
	case thriftList, thriftSet:
		return w.list(depth)
	case thriftMap:
		return w.pairs(depth)
	case thriftStruct:
		return w.fields(depth)
	}
	return errThriftType
}

func (w *thriftWalk) skip(n uint64) error {
	if n > uint64(len(w.data)-w.at) {
		return io.ErrUnexpectedEOF
	}
	w.at += int(n)
	return nil
}

func (w *thriftWalk) varint() (uint64, error) {
	v, n := binary.Uvarint(w.data[w.at:])
	if n <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	w.at += n
	return v, nil
}

func (w *thriftWalk) byte() (byte, error) {
	if w.at == len(w.data) {
		return 0, io.ErrUnexpectedEOF
	}
	w.at++
	return w.data[w.at-1], nil
}

// fields steps over a struct. A field's head is its type and how far its number is from the one
// before; a number stands behind it where that is 0.
func (w *thriftWalk) fields(depth int) error {
	for {
		head, err := w.byte()
		if err != nil {
			return err
		}
		kind := head & 0xf
		if kind == 0 {
			return nil
		}
		if head>>4 == 0 {
			if _, err := w.varint(); err != nil {
				return err
			}
		}
		if kind == thriftTrue || kind == thriftFalse {
			continue // the type is the value
		}
		if err := w.value(kind, depth-1); err != nil {
			return err
		}
	}
}

// list steps over a list. Each of its elements has a byte at least.
func (w *thriftWalk) list(depth int) error {
	head, err := w.byte()
	if err != nil {
		return err
	}
	n := uint64(head >> 4)
	if n == 15 {
		if n, err = w.varint(); err != nil {
			return err
		}
	}
	if n > uint64(len(w.data)-w.at) {
		return io.ErrUnexpectedEOF
	}
	for range n {
		if err := w.value(head&0xf, depth-1); err != nil {
			return err
		}
	}
	return nil
}

// pairs steps over a map.
func (w *thriftWalk) pairs(depth int) error {
	n, err := w.varint()
	if err != nil || n == 0 {
		return err
	}
	kinds, err := w.byte()
	if err != nil {
		return err
	}
	for range n {
		if err := w.value(kinds>>4, depth-1); err != nil {
			return err
		}
		if err := w.value(kinds&0xf, depth-1); err != nil {
			return err
		}
	}
	return nil
}
