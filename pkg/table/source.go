package table

import (
	"bytes"
	"io"

	"github.com/salesctl/salesctl/internal/hint"
)

// blockSize is how much of a file is read and handed on at once: it stays in the cache of the
// goroutine that parses it. It must be more than twice maxLine, so that a block holds a whole record.
const blockSize = 256 << 10

// source cuts a file into blocks of whole records.
type source struct {
	file    string
	r       io.Reader
	comma   byte
	settled bool // the delimiter is not to be sniffed

	rest []byte // read, but not handed out
	skip bool   // the rest of an over-long line comes next
	err  error  // io.EOF, or what broke the file off
}

// header returns the first line that is not blank, without its line end, and the number of
// lines up to its end. It settles the delimiter: the one asked for, else by the line itself, or by
// a line "sep=;" before it, as spreadsheets write. What follows is left for next.
func (s *source) header() (line []byte, lines int, err error) {
	data, err := s.fill(nil)
	if err != nil {
		return nil, 0, err
	}
	if i := bytes.IndexByte(data, '\r'); i >= 0 && bytes.IndexByte(data, '\n') < 0 && i < len(data)-1 {
		err := NewFileError(s.file, CodeCROnly, "the lines end in CR alone")
		return nil, 0, hint.Wrap(err, "convert the file: tr '\\r' '\\n'")
	}
	for at := 0; at < len(data); {
		first, _ := lineLen(data[at:], 0)
		if !s.settled {
			s.comma = sniffComma(data[at : at+first])
		}
		n, _ := recordLen(data[at:], s.comma)
		line = data[at : at+n]
		lines += max(1, bytes.Count(line, []byte("\n")))
		at += n
		line = trimEnd(line)
		if comma, ok := sepLine(line); ok && !s.settled {
			s.comma, s.settled = comma, true
			continue
		}
		if len(line) > 0 {
			s.rest = data[at:]
			return line, lines, nil
		}
	}
	return nil, 0, hint.Wrap(NewFileError(s.file, CodeEmpty, "the file is empty"), "the first line must name the columns")
}

// sepLine returns the delimiter that a line "sep=;" names.
func sepLine(line []byte) (comma byte, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte("sep="))
	if !ok || len(rest) != 1 || bytes.IndexByte([]byte(delimiters), rest[0]) < 0 {
		return 0, false
	}
	return rest[0], true
}

// sample returns the cells at a place of the first n records, as far as they are read already.
func (s *source) sample(place, n int) []string {
	var cells []string
	rec := record{comma: s.comma}
	for rest := s.rest; len(rest) > 0 && n > 0; {
		if _, short := recordLen(rest, s.comma); short && s.err == nil {
			break // more of the record may come
		}
		rest = rest[rec.read(rest):]
		if len(rec.line) == 0 {
			continue
		}
		n--
		if !rec.faulty && place < rec.len() {
			cells = append(cells, string(rec.field(place)))
		}
	}
	return cells
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
		return nil, broken(s.file, s.err)
	}
	return dst, nil
}
