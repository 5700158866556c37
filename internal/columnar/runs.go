package columnar

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// slack is how many values more than a page has its data may hold: writers fill the last group up.
const slack = 1024

var errTooMany = errors.New("more values than the page has")

// checkValues walks the data of a page's values as far as it takes to know how many they are.
// See https://parquet.apache.org/docs/file-format/data-pages/encodings.
func checkValues(encoding format.Encoding, data []byte, most int64) error {
	switch encoding {
	case format.PlainDictionary, format.RLEDictionary: //nolint:staticcheck // old files have the first
		if len(data) == 0 {
			return nil
		}
		return checkRuns(data[1:], uint64(data[0]), most)
	case format.RLE:
		runs, _, err := prefixed(data)
		if err != nil {
			return err
		}
		return checkRuns(runs, 1, most)
	case format.DeltaBinaryPacked, format.DeltaLengthByteArray:
		_, err := skipDeltas(data, most)
		return err
	case format.DeltaByteArray: // the lengths of prefixes, then those of suffixes
		rest, err := skipDeltas(data, most)
		if err == nil {
			_, err = skipDeltas(rest, most)
		}
		return err
	default:
		return nil
	}
}

// checkRuns walks runs of equal values and of values packed by bits, width each.
func checkRuns(data []byte, width uint64, most int64) error {
	if width > 32 {
		return fmt.Errorf("values of %d bits", width)
	}
	total := uint64(0)
	for len(data) > 0 {
		head, n := binary.Uvarint(data)
		if n <= 0 || head>>1 > uint64(most)+slack {
			return errTooMany
		}
		data = data[n:]
		values, size := head>>1, (width+7)/8
		if head&1 != 0 {
			values, size = values*8, values*width
		}
		if total += values; total > uint64(most)+slack {
			return errTooMany
		}
		if size > uint64(len(data)) {
			return io.ErrUnexpectedEOF
		}
		data = data[size:]
	}
	return nil
}

// skipDeltas returns what follows integers that are packed by their differences.
func skipDeltas(data []byte, most int64) (rest []byte, err error) {
	var head [4]uint64 // values of a block, miniblocks of a block, values in all, the first
	for i := range head {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			return nil, io.ErrUnexpectedEOF
		}
		head[i], data = v, data[n:]
	}
	block, minis, total := head[0], head[1], head[2]
	if total > uint64(most) {
		return nil, errTooMany
	}
	if minis == 0 || block < minis || block > 1<<16 || block%minis != 0 {
		return nil, fmt.Errorf("blocks of %d values in %d parts", block, minis)
	}
	each := block / minis
	for left := int64(total) - 1; left > 0; {
		_, n := binary.Uvarint(data) // the smallest difference
		if n <= 0 || uint64(len(data)-n) < minis {
			return nil, io.ErrUnexpectedEOF
		}
		widths := data[n : n+int(minis)]
		data = data[n+int(minis):]
		for _, width := range widths {
			if left <= 0 {
				break // the rest of the block is left out
			}
			size := min(uint64(width)*each/8, uint64(len(data)))
			data = data[size:]
			left -= int64(each)
		}
	}
	return data, nil
}
