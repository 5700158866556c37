package panel

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/salesctl/salesctl/internal/hint"
)

// blockSize is how much of a file is read and handed on at once: it stays in the cache of the
// goroutine that parses it. It must be more than twice maxLine, so that a block holds a whole record.
const blockSize = 256 << 10

// source cuts a file into blocks of whole records.
type source struct {
	file  string
	r     io.Reader
	comma byte

	rest []byte // read, but not handed out
	skip bool   // the rest of an over-long line comes next
	err  error  // io.EOF, or what broke the file off
}

// openSource looks at the first bytes of r: it unpacks gzip, drops a byte order mark and refuses
// what is not text.
func openSource(file string, r io.Reader) (*source, error) {
	s := &source{file: file}
	head := bufio.NewReaderSize(r, 64<<10)
	start, err := head.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, s.broken(err)
	}
	s.r = head
	zipped := bytes.HasPrefix(start, []byte{0x1f, 0x8b})
	if zipped || strings.HasSuffix(file, ".gz") {
		unpacked, err := gzip.NewReader(head)
		if err != nil {
			return nil, s.broken(gzipError(err))
		}
		unpackedHead := bufio.NewReaderSize(gzipReader{unpacked}, 64<<10)
		s.r = unpackedHead
		start, err = unpackedHead.Peek(8)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, s.broken(err)
		}
	}
	if err := refuseForeign(file, start); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(start, []byte("\xef\xbb\xbf")) {
		if _, err := io.CopyN(io.Discard, s.r, 3); err != nil {
			return nil, s.broken(err)
		}
	}
	return s, nil
}

// errGzip is wrapped by what a damaged gzip file gives.
var errGzip = errors.New("broken gzip data")

func gzipError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: the file ends too early", errGzip)
	}
	return fmt.Errorf("%w: %w", errGzip, err)
}

// gzipReader marks the errors of a gzip stream.
type gzipReader struct{ r io.Reader }

func (g gzipReader) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader's contract is the value itself
		err = gzipError(err)
	}
	return n, err
}

// refuseForeign recognises by its first bytes what is not UTF-8 text.
func refuseForeign(file string, start []byte) error {
	for _, f := range []struct{ magic, code, what, remedy string }{
		{"\xff\xfe", CodeUTF16, "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"},
		{"\xfe\xff", CodeUTF16, "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"},
		{"PAR1", CodeNotCSV, "a Parquet file", "convert it to CSV"},
		{"PK\x03\x04", CodeNotCSV, "a zip file or a workbook", "unzip it, or export the sheet as CSV"},
		{"\x28\xb5\x2f\xfd", CodeNotCSV, "zstd data", "unpack it: zstd -d"},
		{"\xfd7zXZ", CodeNotCSV, "xz data", "unpack it: xz -d"},
		{"BZh", CodeNotCSV, "bzip2 data", "unpack it: bzip2 -d"},
	} {
		if strings.HasPrefix(string(start), f.magic) {
			return hint.Wrap(fileError(file, f.code, "this is "+f.what+", not CSV text"), f.remedy)
		}
	}
	// UTF-16 without a mark: ASCII letters with a NUL beside each.
	if len(start) >= 4 && ((start[0] == 0 && start[2] == 0) || (start[1] == 0 && start[3] == 0)) && start[0] != start[1] {
		return hint.Wrap(fileError(file, CodeUTF16, "this is UTF-16 text"), "convert it: iconv -f UTF-16LE (or UTF-16BE) -t UTF-8")
	}
	return nil
}

// broken makes an error of what stopped the reading.
func (s *source) broken(err error) error {
	code := CodeRead
	if errors.Is(err, errGzip) {
		code = CodeGzip
	}
	fe := &FileError{File: s.file, Code: code, Err: err}
	if code == CodeGzip {
		return hint.Wrap(fe, "get the file again, or unpack what is left of it: gzip -dc")
	}
	return fe
}

// header returns the first line that is not blank, without its line end, and the number of
// lines up to its end. It settles the delimiter. What follows is left for next.
func (s *source) header() (line []byte, lines int, err error) {
	data, err := s.fill(nil)
	if err != nil {
		return nil, 0, err
	}
	if i := bytes.IndexByte(data, '\r'); i >= 0 && bytes.IndexByte(data, '\n') < 0 && i < len(data)-1 {
		err := fileError(s.file, CodeCROnly, "the lines end in CR alone")
		return nil, 0, hint.Wrap(err, "convert the file: tr '\\r' '\\n'")
	}
	for at := 0; at < len(data); {
		first, _ := lineLen(data[at:], 0)
		s.comma = sniffComma(data[at : at+first])
		n, _ := recordLen(data[at:], s.comma)
		line = data[at : at+n]
		lines += max(1, bytes.Count(line, []byte("\n")))
		at += n
		if line = trimEnd(line); len(line) > 0 {
			s.rest = data[at:]
			return line, lines, nil
		}
	}
	return nil, 0, hint.Wrap(fileError(s.file, CodeEmpty, "the file is empty"), "the first line must name the columns")
}

// next reads a block of whole records into dst's array and returns it; io.EOF is the end. The last
// byte is a line feed, added where the file has none. Of an over-long line it keeps just enough
// for the parser to see that it is one.
func (s *source) next(dst []byte) ([]byte, error) {
	data, err := s.fill(dst)
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, io.EOF
	}
	if s.err != nil { // the end of the file
		if data[len(data)-1] != '\n' {
			data = append(data, '\n')
		}
		return data, nil
	}
	cut := s.cut(data)
	if cut == 0 {
		s.skip = true
		return append(data[:maxLine+2], '\n'), nil
	}
	s.rest = append(s.rest[:0], data[cut:]...)
	return data[:cut], nil
}

// cut returns the end of the last record that is complete in data.
func (s *source) cut(data []byte) int {
	if bytes.IndexByte(data, '"') < 0 {
		return bytes.LastIndexByte(data, '\n') + 1
	}
	at := 0
	for {
		n, short := recordLen(data[at:], s.comma)
		if short {
			return at
		}
		at += n
	}
}

// fill puts what is left over and as much of the file as fits into dst's array.
func (s *source) fill(dst []byte) ([]byte, error) {
	if cap(dst) < blockSize {
		dst = make([]byte, 0, blockSize+1)
	}
	dst = append(dst[:0], s.rest...)
	s.rest = s.rest[:0]
	for len(dst) < blockSize && s.err == nil {
		n, err := s.r.Read(dst[len(dst):blockSize])
		fresh := dst[len(dst) : len(dst)+n]
		dst = dst[:len(dst)+n]
		s.err = err
		if s.skip {
			end := bytes.IndexByte(fresh, '\n')
			s.skip = end < 0
			if s.skip {
				end = n - 1
			}
			dst = append(dst[:len(dst)-n], fresh[end+1:]...)
		}
	}
	if s.err != nil && s.err != io.EOF { //nolint:errorlint // io.Reader's contract is the value itself
		return nil, s.broken(s.err)
	}
	return dst, nil
}
