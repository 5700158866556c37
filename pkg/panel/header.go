package panel

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/salesctl/salesctl/internal/hint"
)

// header is what the first line of a file decides.
type header struct {
	comma    byte
	width    int // fields of a line
	roles    []role
	date     int   // place of the date column
	target   int   // place of the target column
	ids      []int // places of the id columns, in the order of names.IDs
	names    Config
	ignored  []string
	warnings []Warning
}

// role says what a column is for: the place of an id column among the ids, or one of these.
type role int

const (
	roleNone role = -1 - iota
	roleDate
	roleTarget
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

// parseHeader gives every column its role. The line has no line end.
func parseHeader(file string, line []byte, comma byte, cfg Config) (*header, error) {
	have, err := headerNames(file, line, comma)
	if err != nil {
		return nil, err
	}
	return assignRoles(file, have, comma, cfg)
}

// headerNames returns the names of the columns. The line has no line end.
func headerNames(file string, line []byte, comma byte) ([]string, error) {
	rec := record{comma: comma}
	rec.faulty = !rec.split(line)
	bad := func(message string) *FileError { return fileError(file, CodeBadHeader, "the header "+message) }
	switch {
	case bytes.IndexByte(line, 0) >= 0:
		return nil, bad("holds a NUL byte")
	case !utf8.Valid(line):
		return nil, hint.Wrap(bad("is not UTF-8"), "convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8")
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

// wantedColumn is a column that the Config names, and the flag that renames it.
type wantedColumn struct{ name, flag string }

// assignRoles finds the columns that cfg names.
func assignRoles(file string, have []string, comma byte, cfg Config) (*header, error) {
	h := &header{comma: comma, width: len(have), names: cfg}
	if names, ok := nixtlaNames(have, cfg); ok {
		h.names = names
		h.warnings = append(h.warnings, Warning{
			Code: WarnNixtlaNames, Count: 1,
			Message: "the columns unique_id, ds and y are read as id, date and target",
		})
	}
	wanted := []wantedColumn{{h.names.Time, "--time"}, {h.names.Target, "--target"}}
	for _, id := range h.names.IDs {
		wanted = append(wanted, wantedColumn{id, "--id"})
	}
	places := make([]int, len(wanted))
	var used []string
	for i, w := range wanted {
		place, err := find(file, have, w.name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(places[:i], place) {
			place = -1 // two names that differ in case only
		}
		places[i] = place
		if place >= 0 {
			used = append(used, have[place])
		}
	}
	for i, place := range places {
		if place < 0 {
			return nil, missingColumn(&ColumnError{File: file, Column: wanted[i].name, Have: have}, wanted[i].flag, used)
		}
	}
	h.date, h.target, h.ids = places[0], places[1], places[2:]
	h.warnFolded(have, places, wanted)
	h.roles = slices.Repeat([]role{roleNone}, h.width)
	h.roles[h.date], h.roles[h.target] = roleDate, roleTarget
	for i, place := range h.ids {
		h.roles[place] = role(i)
	}
	for i, r := range h.roles {
		if r == roleNone {
			h.ignored = append(h.ignored, have[i])
		}
	}
	return h, nil
}

func (h *header) warnFolded(have []string, places []int, wanted []wantedColumn) {
	var folded []string
	for i, place := range places {
		if have[place] != wanted[i].name {
			folded = append(folded, fmt.Sprintf("%q for %s", have[place], wanted[i].name))
		}
	}
	if len(folded) > 0 {
		h.warnings = append(h.warnings, Warning{
			Code: WarnHeaderCase, Count: len(folded),
			Message: "header names were matched without regard to case and blanks: " + strings.Join(folded, ", "),
		})
	}
}

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
	err := fileError(file, CodeDuplicateColumn, fmt.Sprintf("more than one column %q: %s", name, strings.Join(names, ", ")))
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

// nixtlaNames returns cfg with the names unique_id, ds and y when the file has all of them and
// none of the default ones, and cfg asks for the default ones.
func nixtlaNames(have []string, cfg Config) (Config, bool) {
	d := Default()
	if cfg.Time != d.Time || cfg.Target != d.Target || !slices.Equal(cfg.IDs, d.IDs) {
		return cfg, false
	}
	for _, name := range []string{"unique_id", "ds", "y"} {
		if !slices.Contains(have, name) {
			return cfg, false
		}
	}
	for _, name := range append([]string{d.Time, d.Target}, d.IDs...) {
		if len(matching(have, name, fold)) > 0 {
			return cfg, false
		}
	}
	cfg.IDs, cfg.Time, cfg.Target = []string{"unique_id"}, "ds", "y"
	return cfg, true
}
