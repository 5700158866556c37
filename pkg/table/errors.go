package table

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// Codes of a RowError. They are stable: programs may compare them.
const (
	CodeFieldCount    = "field_count"     // the line has not as many fields as the header
	CodeQuote         = "quote"           // a quote inside an unquoted field, after a quoted one, or never closed
	CodeLongLine      = "long_line"       // more than 64 KiB
	CodeNUL           = "nul"             // a NUL byte
	CodeUTF8          = "utf8"            // not UTF-8
	CodeBadDate       = "bad_date"        // not a date in the date format
	CodePartHour      = "part_hour"       // a time of day with minutes or seconds
	CodeOffGrid       = "off_grid"        // a date that the frequency does not have
	CodeEmptyID       = "empty_id"        // an id without a byte
	CodeLongID        = "long_id"         // an id of more than 256 bytes
	CodeBadID         = "bad_id"          // an id that breaks the rule its column has in a model
	CodeBadNumber     = "bad_number"      // a number that is not a decimal one
	CodeNotFinite     = "not_finite"      // a number that is NaN, infinite or too large for a float64
	CodeDuplicateKey  = "duplicate_key"   // a second row of the same series and date
	CodeNegative      = "negative_target" // a target below zero where none may be
	CodeGap           = "gap"             // a period inside a series without a row where none may be missing
	CodeStaticChanges = "static_changes"  // a static column with two values in one series
)

// Codes of a FileError. They are stable: programs may compare them.
const (
	CodeDirectory       = "directory"        // the path is a directory
	CodePermission      = "permission"       // the file may not be read
	CodeRead            = "read"             // reading broke off
	CodeGzip            = "gzip"             // broken or truncated gzip data
	CodeZstd            = "zstd"             // broken or truncated zstd data
	CodeParquet         = "bad_parquet"      // Parquet data that are damaged or not read
	CodeNotCSV          = "not_csv"          // zip, xz, bzip2: another format's first bytes
	CodeUTF16           = "utf16"            // UTF-16 text
	CodeCROnly          = "cr_only"          // lines that end in CR alone
	CodeBadHeader       = "bad_header"       // a header that is not text
	CodeEmpty           = "empty"            // no header
	CodeNoRows          = "no_rows"          // a header and nothing else
	CodeTooManyRows     = "too_many_rows"    // more rows than are counted, or than so few bytes may have
	CodeDuplicateColumn = "duplicate_column" // two columns with the name of a role
	CodeColumnType      = "column_type"      // a column of a type that has no such role
	CodeFrequency       = "frequency"        // dates without a frequency of their own
	CodeWide            = "wide"             // one column per date
)

// maxShown is the number of problems that a DataError keeps.
const maxShown = 20

// RowError is a place in a file that cannot be used as it is.
type RowError struct {
	File   string
	Line   int    // physical line where the row starts, from 1; 0 in data without lines
	Row    int    // the row, from 1, in data without lines: Parquet, a data frame
	Column string // name of the column, or "" where the whole line is meant
	Code   string // one of the Code constants
	Err    error

	record string // the text of the row, where it is kept
}

// Error returns the place and the cause: `sales.csv: line 913: sales "12x": not a number`.
func (e *RowError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	b.WriteString(": ")
	b.WriteString(e.Place())
	b.WriteString(": ")
	if e.Column != "" {
		b.WriteString(e.Column)
		b.WriteByte(' ')
	}
	b.WriteString(e.Err.Error())
	return b.String()
}

// Unwrap returns the cause.
func (e *RowError) Unwrap() error { return e.Err }

// Record returns the text of the row, where all problems are kept and the row is text; else "". Of a
// row that is too long it is the first 64 KiB and "...".
func (e *RowError) Record() string { return e.record }

// Place returns "line 913", or "row 913" for data without lines.
func (e *RowError) Place() string { return placeOf(e.Line, e.Row) }

func placeOf(line, row int) string {
	if line == 0 {
		return "row " + strconv.Itoa(row)
	}
	return "line " + strconv.Itoa(line)
}

// DataError says that a file has bad rows. Nothing of such a file is used.
type DataError struct {
	File   string
	First  []*RowError    // the first 20 in the order of the lines
	Counts map[string]int // all of them, by code
	Rows   int            // data rows read, good and bad
}

// Error returns the counts by code, the most frequent first, and a line for each problem of First.
func (e *DataError) Error() string {
	codes := slices.SortedFunc(maps.Keys(e.Counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(e.Counts[b], e.Counts[a]), cmp.Compare(a, b))
	})
	total := 0
	counts := make([]string, len(codes))
	for i, code := range codes {
		total += e.Counts[code]
		counts[i] = fmt.Sprintf("%s %d", code, e.Counts[code])
	}
	noun := "problems"
	if total == 1 {
		noun = "problem"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d %s in %d rows: %s", e.File, total, noun, e.Rows, strings.Join(counts, ", "))
	for _, row := range e.First {
		b.WriteString("\n  ")
		b.WriteString(row.Error())
	}
	if rest := total - len(e.First); rest > 0 {
		fmt.Fprintf(&b, "\n  and %d more", rest)
	}
	return b.String()
}

// Unwrap returns the errors of First.
func (e *DataError) Unwrap() []error {
	errs := make([]error, len(e.First))
	for i, row := range e.First {
		errs[i] = row
	}
	return errs
}

// FileError says that a file as a whole cannot be read.
type FileError struct {
	File string
	Code string // one of the Code constants
	Err  error
}

func (e *FileError) Error() string { return e.File + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// NewFileError returns the error of a file as a whole.
func NewFileError(file, code, message string) *FileError {
	return &FileError{File: file, Code: code, Err: errors.New(message)}
}

// ColumnError says that a file lacks a column that it must have.
type ColumnError struct {
	File   string
	Column string
	Have   []string // the header
}

func (e *ColumnError) Error() string {
	const most = 20
	have := make([]string, 0, most+1)
	for _, name := range e.Have[:min(len(e.Have), most)] {
		have = append(have, Quote(name))
	}
	if rest := len(e.Have) - most; rest > 0 {
		have = append(have, fmt.Sprintf("and %d more", rest))
	}
	return fmt.Sprintf("%s: no column %q; the header has %s", e.File, e.Column, strings.Join(have, ", "))
}

// MissingColumn returns a ColumnError with a hint: the flag that names the column, and the column
// of the header, other than those taken, that was probably meant.
func MissingColumn(e *ColumnError, flag string, taken []string) error {
	free := slices.DeleteFunc(slices.Clone(e.Have), func(name string) bool {
		return name == "" || slices.Contains(taken, name)
	})
	text := "name the column with " + flag
	if len(e.Have) == 1 {
		text = "the fields of a line stand between commas, semicolons or tabs; name another delimiter with --delimiter"
	}
	if name := hint.Nearest(e.Column, free); name != "" {
		text = fmt.Sprintf("did you mean %q? name the column with %s", name, flag)
	}
	if isRow(e.Have) {
		text = "the first line must name the columns"
	}
	return hint.Wrap(e, text)
}

// isRow reports whether the names of a header are the cells of a row: one is a date, one a number.
func isRow(names []string) bool {
	date, number := false, false
	for _, name := range names {
		if calendar.OnlyFormat(name) != "" {
			date = true
		} else if _, err := ParseNumber(name); err == nil {
			number = true
		}
	}
	return date && number
}

// Quote returns s in quotes, cut where it is long.
func Quote(s string) string {
	const longest = 40
	if len(s) <= longest {
		return strconv.Quote(s)
	}
	return strconv.Quote(cut(s, longest)) + "..."
}

// cut returns the first bytes of a longer s, without a part of a letter at their end.
func cut(s string, most int) string {
	at := most
	for at > most-utf8.UTFMax && !utf8.RuneStart(s[at]) {
		at--
	}
	return s[:at]
}

// fileList names files for people.
func fileList(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
