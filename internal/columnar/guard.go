package columnar

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/salesctl/salesctl/internal/hint"
)

// ErrDamaged is wrapped by the errors of data that are not a whole Parquet file.
var ErrDamaged = errors.New("damaged Parquet data")

// ErrNotRead is wrapped by the errors of Parquet data that may be whole. They have a hint.
var ErrNotRead = errors.New("not read")

// The limits that keep a small file from asking for a lot of memory by its pages.
const (
	maxPageBytes   = 256 << 20
	freePageBytes  = 16 << 20 // of any page
	maxPageRatio   = 1024     // bytes for each packed one, of pages that have more
	headerWindow   = 4 << 10  // what is read at once to find a page header
	maxHeaderBytes = 16 << 20 // a header may hold the page's smallest and largest text
)

// Open opens a Parquet file of size bytes. The library allocates what the footer says before it
// looks, so the footer is walked first. A file that is refused wraps ErrDamaged. How many rows there
// are is for the caller to judge: runs make any number of them out of a few bytes.
func Open(r io.ReaderAt, size int64) (*parquet.File, error) {
	if err := checkFooter(r, size); err != nil {
		return nil, err
	}
	f, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	rows := int64(0)
	for _, g := range f.Metadata().RowGroups {
		if g.NumRows < 0 || g.NumRows > f.NumRows()-rows {
			return nil, fmt.Errorf("%w: the row groups have more than the %d rows of the file", ErrDamaged, f.NumRows())
		}
		rows += g.NumRows
	}
	if rows != f.NumRows() {
		return nil, fmt.Errorf("%w: the row groups have %d of the %d rows of the file", ErrDamaged, rows, f.NumRows())
	}
	return f, nil
}

// Guard calls read and makes an error that wraps ErrDamaged of a panic: the library panics on some
// damaged files. All of its use must stand within Guard, in each goroutine.
func Guard(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return read()
}

// checkFooter compares the size that the file gives its footer with the file's own, and the sizes
// that the footer gives its lists with the footer's.
func checkFooter(r io.ReaderAt, size int64) error {
	var tail [8]byte // the footer's size, then the magic
	if size < 2*int64(len(tail)) {
		return fmt.Errorf("%w: %d bytes", ErrDamaged, size)
	}
	if _, err := r.ReadAt(tail[:], size-int64(len(tail))); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	switch magic := string(tail[4:]); magic {
	case "PAR1":
	case "PARE":
		return fmt.Errorf("%w: its footer is encrypted", ErrDamaged)
	default:
		return fmt.Errorf("%w: it ends in %q, not in PAR1", ErrDamaged, magic)
	}
	n := int64(binary.LittleEndian.Uint32(tail[:4]))
	if n > size-int64(len(tail)) {
		return fmt.Errorf("%w: a footer of %d bytes in a file of %d", ErrDamaged, n, size)
	}
	footer := make([]byte, n)
	if _, err := r.ReadAt(footer, size-int64(len(tail))-n); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if _, err := thriftLen(footer); err != nil {
		return fmt.Errorf("%w: footer: %w", ErrDamaged, err)
	}
	return nil
}

// CheckPages walks the page headers of a column of a row group, which must be flat, and refuses
// those that ask for more than the file can hold or that do not make up the group's rows, and a codec
// that CheckData does not know. It reads no more than the headers; CheckData looks at what the pages
// hold. A column that is refused wraps ErrDamaged or ErrNotRead.
func CheckPages(f *parquet.File, group, column int) error {
	most := f.Metadata().RowGroups[group].NumRows
	codec := f.Metadata().RowGroups[group].Columns[column].MetaData.Codec
	if !isRead(codec) {
		return hint.Wrap(fmt.Errorf("%w: compressed by %s", ErrNotRead, codec), "write the file again with snappy, zstd or gzip")
	}
	rows := int64(0)
	err := eachPage(f, group, column, func(h *format.PageHeader, _ int64) error {
		limit := min(maxPageBytes, max(freePageBytes, maxPageRatio*int64(h.CompressedPageSize)))
		switch size := int64(h.UncompressedPageSize); {
		case size < 0:
			return fmt.Errorf("%w: a page of %d bytes", ErrDamaged, size)
		case size > limit:
			err := fmt.Errorf("%w: a page of %d bytes in %d, at most %d are read", ErrNotRead, size, h.CompressedPageSize, limit)
			return hint.Wrap(err, "write the file again with smaller pages, or as CSV")
		}
		if n := h.DictionaryPageHeader.V.NumValues; n < 0 || n > h.UncompressedPageSize {
			return fmt.Errorf("%w: a dictionary of %d values in %d bytes", ErrDamaged, n, h.UncompressedPageSize)
		}
		values := pageValues(h)
		if rows += values; values < 0 || rows > most {
			return fmt.Errorf("%w: the pages hold more than the %d rows of their group", ErrDamaged, most)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if rows != most {
		return fmt.Errorf("%w: the pages hold %d of the %d rows of their group", ErrDamaged, rows, most)
	}
	return nil
}

func pageValues(h *format.PageHeader) int64 {
	return int64(max(h.DataPageHeader.V.NumValues, h.DataPageHeaderV2.V.NumValues))
}

// eachPage calls visit with the header of each page and the offset of what follows it.
func eachPage(f *parquet.File, group, column int, visit func(h *format.PageHeader, at int64) error) error {
	meta := &f.Metadata().RowGroups[group].Columns[column].MetaData
	at := meta.DataPageOffset
	if meta.DictionaryPageOffset != 0 {
		at = meta.DictionaryPageOffset
	}
	size := meta.TotalCompressedSize
	if at < 0 || size < 0 || size > f.Size() || at > f.Size()-size {
		return fmt.Errorf("%w: pages outside of the file", ErrDamaged)
	}
	for end := at + size; at < end; {
		h, n, err := pageHeader(f, at, end)
		if err != nil {
			return fmt.Errorf("%w: page header: %w", ErrDamaged, err)
		}
		at += n
		if h.CompressedPageSize < 0 || int64(h.CompressedPageSize) > end-at {
			return fmt.Errorf("%w: a page of %d bytes behind its column's end", ErrDamaged, h.CompressedPageSize)
		}
		if err := visit(h, at); err != nil {
			return err
		}
		at += int64(h.CompressedPageSize)
	}
	return nil
}

// pageHeader reads the page header at an offset, and its length.
func pageHeader(r io.ReaderAt, at, end int64) (*format.PageHeader, int64, error) {
	for window := int64(headerWindow); ; window *= 2 {
		data := make([]byte, min(window, end-at))
		if _, err := r.ReadAt(data, at); err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, err
		}
		n, err := thriftLen(data)
		if errors.Is(err, io.ErrUnexpectedEOF) && window < min(end-at, maxHeaderBytes) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		h := new(format.PageHeader)
		return h, int64(n), thrift.Unmarshal(new(thrift.CompactProtocol), data[:n], h)
	}
}
