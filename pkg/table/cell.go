package table

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// maxID is the longest key in bytes.
const maxID = 256

// keyFault returns the code of what keeps bytes from being a key, or "".
func keyFault(id []byte) string {
	switch {
	case len(id) == 0:
		return CodeEmptyID
	case len(id) > maxID:
		return CodeLongID
	}
	return ""
}

// textFault returns the code of what keeps bytes from being text, or "".
func textFault(b []byte) string {
	switch {
	case bytes.IndexByte(b, 0) >= 0:
		return CodeNUL
	case !utf8.Valid(b):
		return CodeUTF8
	}
	return ""
}

// explainKey returns the error for a code of keyFault or textFault.
func explainKey(code string, id []byte) error {
	switch code {
	case CodeEmptyID:
		return errors.New("is empty")
	case CodeLongID:
		return fmt.Errorf("%s: %d bytes, an id has at most %d", Quote(string(id)), len(id), maxID)
	}
	return explainText(code)
}

// explainText returns the error for a code of textFault, of a cell.
func explainText(code string) error {
	if code == CodeNUL {
		return errors.New("holds a NUL byte")
	}
	return hint.Wrap(errors.New("is not UTF-8 text"), latin1Remedy)
}

// timeCode returns the code of a fault, or "".
func timeCode(f calendar.Fault) string {
	switch f {
	case calendar.FaultNone:
		return ""
	case calendar.FaultPartHour:
		return CodePartHour
	default:
		return CodeBadDate
	}
}

// explainTime returns the error for text that a layout refused, with a hint at the format that
// reads it when just one does.
func explainTime(l *calendar.Layout, cell string, f calendar.Fault) error {
	err := l.Explain(cell, f)
	if !err.OtherFormat {
		return err
	}
	if format := calendar.OnlyFormat(cell); format != "" {
		return hint.Wrap(err, fmt.Sprintf("--date-format '%s' reads %s", format, Quote(cell)))
	}
	return err
}

func notFinite(cell string) error {
	return fmt.Errorf("%s: not a finite number; leave the cell empty where the value is not known", Quote(cell))
}

func badNumber(cell string) error {
	err := errors.New(Quote(cell) + ": not a number")
	if strings.Contains(cell, ",") {
		return hint.Wrap(err, "write decimals with a point and thousands without a mark")
	}
	return err
}
