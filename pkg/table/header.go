package table

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/salesctl/salesctl/internal/hint"
)

// sniffComma returns the delimiter of a header line: the one of , ; and tab that stands in it
// most often outside quotes.
func sniffComma(line []byte) byte {
	var counts [3]int
	quoted := false
	for _, b := range line {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == ',':
			counts[0]++
		case b == ';':
			counts[1]++
		case b == '\t':
			counts[2]++
		}
	}
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return ",;\t"[best]
}

// headerNames returns the names of the columns. The line has no line end.
func headerNames(file string, line []byte, comma byte) ([]string, error) {
	rec := record{comma: comma}
	rec.faulty = !rec.split(line)
	bad := func(message string) *FileError { return NewFileError(file, CodeBadHeader, "the header "+message) }
	switch {
	case bytes.IndexByte(line, 0) >= 0:
		return nil, bad("holds a NUL byte")
	case !utf8.Valid(line):
		return nil, hint.Wrap(bad("is not UTF-8"), latin1Remedy)
	case len(line) > maxLine:
		return nil, bad("is longer than 64 KiB")
	case rec.faulty:
		return nil, bad("has a quote that is not closed, or inside a field")
	}
	have := make([]string, rec.len())
	for i := range have {
		have[i] = string(rec.field(i))
	}
	return have, nil
}

// Wanted is a column that is asked for, and the flag that renames it.
type Wanted struct {
	Name string
	Kind Kind
	Flag string
}

// Find returns the columns that are wanted with their places: the exact name, else the only one
// that is equal without regard to case and surrounding blanks, which a Warning tells. One that is
// not there is a *ColumnError, one that is there twice a *FileError; no column is given out twice.
func (f *File) Find(wanted []Wanted) ([]Column, []Warning, error) {
	columns := make([]Column, len(wanted))
	var used, folded []string
	for i, w := range wanted {
		place, err := find(f.Name, f.Names, w.Name)
		if err != nil {
			return nil, nil, err
		}
		if slices.ContainsFunc(columns[:i], func(c Column) bool { return c.Place == place }) {
			place = -1 // two names that differ in case only
		}
		columns[i] = Column{Name: w.Name, Kind: w.Kind, Place: place}
		if place >= 0 {
			used = append(used, f.Names[place])
		}
	}
	for i, c := range columns {
		if c.Place < 0 {
			return nil, nil, MissingColumn(&ColumnError{File: f.Name, Column: c.Name, Have: f.Names}, wanted[i].Flag, used)
		}
		if have := f.Names[c.Place]; have != c.Name {
			folded = append(folded, fmt.Sprintf("%q for %s", have, c.Name))
		}
	}
	if len(folded) == 0 {
		return columns, nil, nil
	}
	return columns, []Warning{{
		Code: WarnHeaderCase, Count: len(folded),
		Message: "header names were matched without regard to case and blanks: " + strings.Join(folded, ", "),
	}}, nil
}

// Has reports whether the file has a column of that name, be it in another case.
func (f *File) Has(name string) bool { return len(matching(f.Names, name, fold)) > 0 }

// find returns the place of the column called name, -1 for none: the exact one, else the only
// one that is equal after trimming and case folding.
func find(file string, have []string, name string) (int, error) {
	found := matching(have, name, func(s string) string { return s })
	if len(found) == 0 {
		found = matching(have, name, fold)
	}
	switch len(found) {
	case 0:
		return -1, nil
	case 1:
		return found[0], nil
	}
	names := make([]string, len(found))
	for i, at := range found {
		names[i] = fmt.Sprintf("%q (column %d)", have[at], at+1)
	}
	err := NewFileError(file, CodeDuplicateColumn, fmt.Sprintf("more than one column %q: %s", name, strings.Join(names, ", ")))
	return -1, hint.Wrap(err, "rename or remove all of them but one")
}

// matching returns the places of the columns whose form is that of name.
func matching(have []string, name string, form func(string) string) []int {
	var found []int
	for i, h := range have {
		if form(h) == form(name) {
			found = append(found, i)
		}
	}
	return found
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
