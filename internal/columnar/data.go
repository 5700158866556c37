package columnar

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// CheckData unpacks the pages of a column of a row group that CheckPages has passed, and refuses
// those whose packed data, runs or counts stand for more than the page's values: the library makes
// room for what they say before it looks. It costs less than reading the pages.
func CheckData(f *parquet.File, group, column int) error {
	chunk := f.RowGroups()[group].ColumnChunks()[column].(*parquet.FileColumnChunk)
	u := unpacker{codec: f.Metadata().RowGroups[group].Columns[column].MetaData.Codec}
	defer u.close()
	var page []byte
	return eachPage(f, group, column, func(h *format.PageHeader, at int64) error {
		if cap(page) < int(h.CompressedPageSize) {
			page = make([]byte, h.CompressedPageSize)
		}
		page = page[:h.CompressedPageSize]
		if _, err := f.ReadAt(page, at); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if err := u.checkPage(h, page, chunk.Node().Optional()); err != nil {
			return fmt.Errorf("%w: page: %w", ErrDamaged, err)
		}
		return nil
	})
}

var errTooLong = errors.New("more bytes than its header says")

// unpacker unpacks pages, each into the space of the one before.
type unpacker struct {
	codec format.CompressionCodec
	data  []byte
	zstd  *zstd.Decoder
}

func (u *unpacker) close() {
	if u.zstd != nil {
		u.zstd.Close()
	}
}

//nolint:revive // whether the column is optional decides how the page is laid out
func (u *unpacker) checkPage(h *format.PageHeader, page []byte, optional bool) error {
	most := pageValues(h)
	var encoding format.Encoding
	var levels []byte
	var err error
	switch h.Type {
	case format.DataPage:
		encoding = h.DataPageHeader.V.Encoding
		if page, err = u.unpack(page, h.UncompressedPageSize); err != nil {
			return err
		}
		if optional {
			if levels, page, err = prefixed(page); err != nil {
				return err
			}
		}
	case format.DataPageV2:
		v2 := &h.DataPageHeaderV2.V
		encoding = v2.Encoding
		from, to := int64(v2.RepetitionLevelsByteLength), int64(v2.RepetitionLevelsByteLength)+int64(v2.DefinitionLevelsByteLength)
		if from < 0 || to < from || to > int64(len(page)) {
			return io.ErrUnexpectedEOF
		}
		levels, page = page[from:to], page[to:]
		if v2.IsCompressed.V || !v2.IsCompressed.Valid {
			page, err = u.unpack(page, h.UncompressedPageSize)
		}
	default:
		_, err = u.unpack(page, h.UncompressedPageSize)
		return err
	}
	if err != nil {
		return err
	}
	if err := checkRuns(levels, 1, most); err != nil {
		return fmt.Errorf("levels: %w", err)
	}
	return checkValues(encoding, page, most)
}

// unpack returns the data of a page, which must not be more than size bytes. They are valid until the
// next call.
func (u *unpacker) unpack(packed []byte, size int32) (data []byte, err error) {
	switch u.codec {
	case format.Uncompressed:
		return packed, nil
	case format.Snappy:
		var n int
		if n, err = snappy.DecodedLen(packed); err != nil || n > int(size) {
			return nil, cmp.Or(err, errTooLong)
		}
		data, err = snappy.Decode(u.room(size)[:size], packed)
	case format.Zstd:
		if u.zstd == nil {
			if u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true)); err != nil {
				return nil, err
			}
		}
		data, err = u.zstd.DecodeAll(packed, u.room(size))
	case format.Gzip:
		var r *gzip.Reader
		if r, err = gzip.NewReader(bytes.NewReader(packed)); err == nil {
			data, err = readMost(r, size)
		}
	case format.Brotli:
		data, err = readMost(brotli.NewReader(bytes.NewReader(packed)), size)
	case format.Lz4Raw: // the library doubles its room for a damaged block without end
		var n int
		data = u.room(size)[:size]
		n, err = lz4.UncompressBlock(packed, data)
		data = data[:n]
	default:
		err = fmt.Errorf("%w: compressed by %s", ErrNotRead, u.codec)
	}
	if err == nil && len(data) > int(size) {
		err = errTooLong
	}
	return data, err
}

// room returns room for size bytes and no more.
func (u *unpacker) room(size int32) []byte {
	if cap(u.data) < int(size) {
		u.data = make([]byte, size)
	}
	return u.data[:0:size]
}

// isRead reports whether unpack knows a codec.
func isRead(c format.CompressionCodec) bool {
	switch c {
	case format.Uncompressed, format.Snappy, format.Gzip, format.Brotli, format.Zstd, format.Lz4Raw:
		return true
	default:
		return false
	}
}

// readMost reads all of r, but no more than a byte over size.
func readMost(r io.Reader, size int32) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, int64(size)+1))
}

// prefixed cuts data that have their length before them.
func prefixed(data []byte) (head, rest []byte, err error) {
	if len(data) < 4 {
		return nil, nil, io.ErrUnexpectedEOF
	}
	n := int64(binary.LittleEndian.Uint32(data))
	if data = data[4:]; n > int64(len(data)) {
		return nil, nil, io.ErrUnexpectedEOF
	}
	return data[:n], data[n:], nil
}
