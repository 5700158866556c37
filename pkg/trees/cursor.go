package trees

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// FormatError says where a text stops being a model this package can evaluate.
type FormatError struct {
	Line int    // 1-based
	Key  string // the key or section the line belongs to
	Err  error
}

// Error returns line, key and reason.
func (e *FormatError) Error() string {
	return fmt.Sprintf("lightgbm model: line %d: %s: %v", e.Line, e.Key, e.Err)
}

// Unwrap returns the reason without its place.
func (e *FormatError) Unwrap() error { return e.Err }

var (
	errTruncated = errors.New("the text ends here")
	errMissing   = errors.New("missing")
)

// cursor walks over the lines of a text.
type cursor struct {
	text []byte
	pos  int // of the next line
	line int // number of the line next returned last
}

// next returns the next line without its LF. key names what was to be read, for the error when
// the text ends before the LF.
func (c *cursor) next(key string) ([]byte, error) {
	rest := c.text[c.pos:]
	end := bytes.IndexByte(rest, '\n')
	c.line++
	if end < 0 {
		return nil, c.fail(key, errTruncated)
	}
	c.pos += end + 1
	return rest[:end], nil
}

// expect reads one line that must be want.
func (c *cursor) expect(want string) error {
	key := strings.TrimSuffix(want, ":")
	if want == "" {
		key = "blank line"
	}
	got, err := c.next(key)
	if err != nil {
		return err
	}
	if string(got) != want {
		return c.fail(key, fmt.Errorf("found %s in its place", excerpt(got)))
	}
	return nil
}

// peek reports whether the next line begins with prefix.
func (c *cursor) peek(prefix string) bool {
	return bytes.HasPrefix(c.text[c.pos:], []byte(prefix))
}

func (c *cursor) atEnd() bool { return c.pos == len(c.text) }

// fail places err on the line read last.
func (c *cursor) fail(key string, err error) error {
	return &FormatError{Line: c.line, Key: key, Err: err}
}

// excerpt quotes the beginning of a text for a message.
func excerpt(text []byte) string {
	const most = 40
	if len(text) > most {
		return fmt.Sprintf("%q...", text[:most])
	}
	return fmt.Sprintf("%q", text)
}
