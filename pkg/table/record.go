package table

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/salesctl/salesctl/internal/hint"
)

// maxLine is the longest record, without its line end, that is read.
const maxLine = 64 << 10

// recordLen returns the length of the first record of data, its line end included. A quoted
// field may hold line ends; one that is not closed within maxLine is an error of the line it
// opens in, so that a single stray quote does not swallow a file. short reports that more data
// could make the record longer.
func recordLen(data []byte, comma byte) (n int, short bool) {
	at := 0
	for {
		if at < len(data) && data[at] == '"' {
			end, open := quotedEnd(data, at)
			if end < 0 {
				n, short = lineLen(data, at)
				return n, short || open
			}
			at = end
			if at < len(data) && data[at] == comma {
				at++
				continue
			}
			return lineLen(data, at) // the end of the record, or a fault of this line
		}
		for at < len(data) && data[at] != comma && data[at] != '\n' {
			at++
		}
		if at == len(data) {
			return at, true
		}
		at++
		if data[at-1] == '\n' {
			return at, false
		}
	}
}

// lineLen returns the end of the line that at stands in; short where the data end first.
func lineLen(data []byte, at int) (n int, short bool) {
	if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
		return at + i + 1, false
	}
	return len(data), true
}

// quotedEnd returns the place behind the quote that closes the field opened at data[at], or -1
// where none does within maxLine of the record's start; open then reports that the data ended
// before that.
func quotedEnd(data []byte, at int) (end int, open bool) {
	window := data[:min(len(data), maxLine)]
	for at++; at < len(window); {
		i := bytes.IndexByte(window[at:], '"')
		if i < 0 {
			break
		}
		at += i + 1
		if at == len(window) || window[at] != '"' {
			return at, false
		}
		at++
	}
	return -1, len(data) < maxLine
}

// record is one record cut into fields. Field i is text[bounds[i]+1 : bounds[i+1]].
type record struct {
	comma  byte
	line   []byte // as in the file, without its line end
	text   []byte // line, or unquoted
	bounds []int32
	faulty bool // a quote has no place in RFC 4180; there are no fields then
	isText bool // the data looked at hold valid UTF-8 without NUL

	unquoted []byte // scratch: the fields without their quotes
}

func (r *record) len() int { return len(r.bounds) - 1 }

func (r *record) field(i int) []byte { return r.text[r.bounds[i]+1 : r.bounds[i+1]] }

// look finds out whether data, which records will be read from, are text.
func (r *record) look(data []byte) { r.isText = bytes.IndexByte(data, 0) < 0 && utf8.Valid(data) }

// read makes r the first record of data and returns its length, line end included.
func (r *record) read(data []byte) int {
	n, _ := recordLen(data, r.comma)
	r.line = trimEnd(data[:n])
	r.faulty = !r.split(r.line)
	return n
}

// split cuts a record in which fields may be quoted (RFC 4180) and reports whether every quote
// has its place.
func (r *record) split(line []byte) bool {
	r.unquoted, r.bounds = r.unquoted[:0], append(r.bounds[:0], -1)
	for {
		rest, ok := r.takeField(line)
		if !ok {
			return false
		}
		r.bounds = append(r.bounds, int32(len(r.unquoted)))
		if len(rest) == 0 {
			r.text = r.unquoted
			return true
		}
		r.unquoted = append(r.unquoted, r.comma)
		line = rest[1:]
	}
}

// takeField appends the first field's text to r.unquoted and returns what follows it: nothing, or
// a comma and the next fields.
func (r *record) takeField(line []byte) (rest []byte, ok bool) {
	if len(line) == 0 || line[0] != '"' {
		end := bytes.IndexByte(line, r.comma)
		if end < 0 {
			end = len(line)
		}
		r.unquoted = append(r.unquoted, line[:end]...)
		return line[end:], bytes.IndexByte(line[:end], '"') < 0
	}
	line = line[1:]
	for {
		i := bytes.IndexByte(line, '"')
		if i < 0 {
			return nil, false
		}
		r.unquoted = append(r.unquoted, line[:i]...)
		line = line[i+1:]
		if len(line) == 0 || line[0] == r.comma {
			return line, true
		}
		if line[0] != '"' {
			return nil, false
		}
		r.unquoted = append(r.unquoted, '"')
		line = line[1:]
	}
}

// fault returns the code of what keeps a record from being cut into width fields, or "".
func (r *record) fault(width int) string {
	switch {
	case len(r.line) > maxLine:
		return CodeLongLine
	case !r.isText && bytes.IndexByte(r.line, 0) >= 0:
		return CodeNUL
	case !r.isText && !utf8.Valid(r.line):
		return CodeUTF8
	case r.faulty:
		return CodeQuote
	case r.len() != width:
		return CodeFieldCount
	}
	return ""
}

// explain returns the error for a code of fault.
func (r *record) explain(code string, width int) error {
	switch code {
	case CodeNUL:
		return errors.New("a NUL byte")
	case CodeUTF8:
		return hint.Wrap(errors.New("not UTF-8 text"), latin1Remedy)
	case CodeLongLine:
		return errors.New("longer than 64 KiB")
	case CodeQuote:
		return errors.New(`a quote that is not closed or inside a field; a field with quotes is written "like ""this"""`)
	}
	return fmt.Errorf("%d fields, the header has %d", r.len(), width)
}

// kept returns the record as it is kept: an over-long one is cut to 64 KiB and ends in "...".
func (r *record) kept() string {
	if len(r.line) <= maxLine {
		return string(r.line)
	}
	return cut(string(r.line[:maxLine+1]), maxLine) + "..."
}

// trimEnd cuts the line end off a record.
func trimEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}
