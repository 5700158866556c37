package trees

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
)

// field is one "key=value" line.
type field struct {
	key   string
	line  int    // 0 if the section has no such line
	pos   int    // of the line's first byte in the text
	value []byte // nil if the line has no "="
}

func (f field) fail(err error) error {
	return &FormatError{Line: f.line, Key: f.key, Err: err}
}

// fields is one section of "key=value" lines, closed by a blank line. It is used again for each
// section with the same keys.
type fields struct {
	name  string // of the section, for errors
	first int    // its first line
	known []field
}

func newFields(keys ...string) *fields {
	s := &fields{known: make([]field, len(keys))}
	for i, key := range keys {
		s.known[i].key = key
	}
	return s
}

// read fills the section from c. Unknown and repeated keys are errors.
func (s *fields) read(c *cursor, name string) error {
	s.name, s.first = name, c.line
	for i := range s.known {
		s.known[i] = field{key: s.known[i].key}
	}
	at := 0 // LightGBM keeps an order of keys, so a search begins where the last one ended
	for {
		pos := c.pos
		line, err := c.next(name)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			return nil
		}
		key, value, found := bytes.Cut(line, []byte{'='})
		if !found {
			value = nil
		}
		for range s.known {
			if string(key) == s.known[at].key {
				break
			}
			at = (at + 1) % len(s.known)
		}
		f := &s.known[at]
		if string(key) != f.key {
			return c.fail(excerpt(key), fmt.Errorf("unknown key of %s", name))
		}
		if f.line != 0 {
			return c.fail(f.key, fmt.Errorf("second time, first on line %d", f.line))
		}
		f.line, f.pos, f.value = c.line, pos, value
	}
}

// find returns the line of a key, with line 0 if there is none.
func (s *fields) find(key string) field {
	at := slices.IndexFunc(s.known, func(f field) bool { return f.key == key })
	return s.known[at]
}

func (s *fields) has(key string) bool { return s.find(key).line != 0 }

// need returns the line of a key that must be there with a value.
func (s *fields) need(key string) (field, error) {
	f := s.find(key)
	if f.line == 0 {
		return f, &FormatError{Line: s.first, Key: key, Err: fmt.Errorf("%w in %s", errMissing, s.name)}
	}
	if f.value == nil {
		return f, f.fail(errors.New(`no "=" in the line`))
	}
	return f, nil
}

// integer returns a whole number between low and high.
func (s *fields) integer(key string, low, high int) (int, error) {
	f, err := s.need(key)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(string(f.value))
	if err != nil || n < low || n > high {
		return 0, f.fail(fmt.Errorf("%s is not a whole number from %d to %d", excerpt(f.value), low, high))
	}
	return n, nil
}

// checkCount returns an error unless a key holds exactly n numbers. It does not read them.
func (s *fields) checkCount(key string, n int) error {
	f, err := s.need(key)
	if err != nil {
		return err
	}
	got, err := f.count()
	if err != nil {
		return err
	}
	if got != n {
		return f.fail(fmt.Errorf("%d values, not %d", got, n))
	}
	return nil
}

// count returns how many words of the bytes of decimal numbers, inf and nan the value holds.
func (f field) count() (int, error) {
	const (
		digits = 1<<'0' | 1<<'1' | 1<<'2' | 1<<'3' | 1<<'4' | 1<<'5' | 1<<'6' | 1<<'7' | 1<<'8' | 1<<'9'
		low    = digits | 1<<' ' | 1<<'+' | 1<<'-' | 1<<'.'                          // of the bytes below 64
		high   = 1<<('a'-64) | 1<<('e'-64) | 1<<('f'-64) | 1<<('i'-64) | 1<<('n'-64) // of the bytes from 64 on
	)
	n := 0
	before := byte(' ')
	for i, b := range f.value {
		if uint64(low)>>b&1 == 0 && uint64(high)>>(b-64)&1 == 0 {
			return 0, f.fail(fmt.Errorf("%s is not part of a number", excerpt(f.value[i:])))
		}
		if before == ' ' && b != ' ' {
			n++
		}
		before = b
	}
	return n, nil
}

// appendFloats appends the n numbers of a key, none above most, to dst. NaN and -inf are refused.
func (s *fields) appendFloats(dst []float64, key string, n int, most float64) ([]float64, error) {
	return appendList(s, dst, key, n, func(word []byte) (float64, error) {
		x, err := strconv.ParseFloat(string(word), 64)
		if err != nil || !(x >= -math.MaxFloat64 && x <= most) {
			return 0, fmt.Errorf("%s is not a finite number", excerpt(word))
		}
		return x, nil
	})
}

// appendIntegers appends the n whole numbers of a key, each from low to high, to dst.
func (s *fields) appendIntegers(dst []int, key string, n, low, high int) ([]int, error) {
	return appendList(s, dst, key, n, func(word []byte) (int, error) {
		x, err := strconv.Atoi(string(word))
		if err != nil || x < low || x > high {
			return 0, fmt.Errorf("%s is not a whole number from %d to %d", excerpt(word), low, high)
		}
		return x, nil
	})
}

func appendList[T any](s *fields, dst []T, key string, n int, read func(word []byte) (T, error)) ([]T, error) {
	f, err := s.need(key)
	if err != nil {
		return dst, err
	}
	if shortest := 2*n - 1; len(f.value) < shortest {
		return dst, f.fail(fmt.Errorf("%d bytes cannot hold %d values", len(f.value), n))
	}
	dst = slices.Grow(dst, n)
	first := len(dst)
	for word := range words(f.value) {
		x, err := read(word)
		if err != nil {
			return dst, f.fail(err)
		}
		if len(dst)-first == n {
			return dst, f.fail(fmt.Errorf("more than %d values", n))
		}
		dst = append(dst, x)
	}
	if got := len(dst) - first; got != n {
		return dst, f.fail(fmt.Errorf("%d values, not %d", got, n))
	}
	return dst, nil
}

// words visits what stands between blanks.
func words(text []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for at := 0; at < len(text); at++ {
			if text[at] == ' ' {
				continue
			}
			start := at
			for at < len(text) && text[at] != ' ' {
				at++
			}
			if !yield(text[start:at]) {
				return
			}
		}
	}
}
