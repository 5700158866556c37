package quality

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// Codes of findings that no reader has a code for. They are stable: programs may compare them.
const (
	CodeMissingColumn = "missing_column" // the file lacks a column that has a role
	CodeMixedDates    = "mixed_dates"    // dates in other formats than the one that is read
)

// Unreadable returns the report on files that reading refused with err, where the data is to blame:
// a *table.FileError, *table.ColumnError or *table.DataError, or several of them. Any other error is
// not ok.
func Unreadable(err error, cfg Config) (r *Report, ok bool) {
	r = &Report{Files: cfg.Files}
	if e, is := errors.AsType[*table.FileError](err); is {
		f := Finding{Code: e.Code, Severity: Error, Count: 1, Message: e.Err.Error(), Hint: hint.Of(err)}
		if !isOnly(e.File, cfg.Files) {
			f.Places = []string{e.File}
		}
		r.add(f)
	}
	if e, is := errors.AsType[*table.ColumnError](err); is {
		r.add(Finding{Code: CodeMissingColumn, Severity: Error, Count: 1, Message: e.Error(), Hint: hint.Of(err)})
	}
	if e, is := errors.AsType[*table.DataError](err); is {
		if slices.ContainsFunc(e.First, func(row *table.RowError) bool { return slices.Contains(cfg.Files, row.File) }) {
			r.RejectedRows = e.Rows // of the sales, not of their attributes
		}
		found := rowFindings(e.First, e.Counts, cfg.Files)
		if datesFit(e) {
			found = addMixedDates(found, e.First)
		}
		r.add(found...)
	}
	return r, len(r.Findings) > 0
}

// datesFit reports whether rows have dates in the format of their file: those that are whole and have
// no bad date.
func datesFit(e *table.DataError) bool {
	fit := e.Rows
	for _, code := range []string{
		table.CodeFieldCount, table.CodeQuote, table.CodeLongLine, table.CodeNUL, table.CodeUTF8, table.CodeBadDate,
	} {
		fit -= e.Counts[code]
	}
	return fit > 0
}

// rowFindings groups the problems of rows of files by code, the most frequent first.
func rowFindings(problems []*table.RowError, counts map[string]int, files []string) []Finding {
	codes := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	findings := make(map[string]*Finding, len(codes))
	for _, code := range codes {
		findings[code] = &Finding{Code: code, Severity: Error, Message: meaning(code)}
	}
	for _, e := range problems {
		f := findings[e.Code]
		if f == nil {
			continue
		}
		if f.Hint == "" {
			f.Hint = hint.Of(e.Err)
		}
		f.place(func() string { return rowPlace(e, files) })
	}
	var list []Finding
	for _, code := range codes {
		f := findings[code]
		f.Count = counts[code]
		list = append(list, *f)
	}
	return list
}

// rowPlace says where a problem is and what it is; the file is named unless it is the only one.
func rowPlace(e *table.RowError, files []string) string {
	text := e.Place() + ": " + strings.TrimLeft(e.Column+" "+e.Err.Error(), " ")
	if isOnly(e.File, files) {
		return text
	}
	return e.File + " " + text
}

func isOnly(file string, files []string) bool { return len(files) == 1 && files[0] == file }

// addMixedDates says after the bad dates in which formats they are, where the format of the file reads
// others.
func addMixedDates(found []Finding, problems []*table.RowError) []Finding {
	at := slices.IndexFunc(found, func(f Finding) bool { return f.Code == table.CodeBadDate })
	if at < 0 {
		return found
	}
	return slices.Insert(found, at+1, mixedDates(problems, found[at].Count))
}

// mixedDates says in which formats so many bad dates are, of which some may not be among the problems.
func mixedDates(problems []*table.RowError, bad int) Finding {
	f := Finding{Code: CodeMixedDates, Severity: Error, Message: "dates are written in another format than the file's"}
	known := 0
	type format struct {
		count int
		first *table.RowError
		cell  string
	}
	formats := make(map[string]*format)
	for _, e := range problems {
		d, ok := errors.AsType[*calendar.DateError](e.Err)
		if !ok || e.Code != table.CodeBadDate {
			continue
		}
		known++
		name := calendar.OnlyFormat(d.Text)
		if name == "" {
			continue
		}
		f.Count++
		if formats[name] == nil {
			formats[name] = &format{first: e, cell: d.Text}
		}
		formats[name].count++
	}
	names := slices.SortedFunc(maps.Keys(formats), func(a, b string) int {
		return cmp.Or(cmp.Compare(formats[b].count, formats[a].count), cmp.Compare(a, b))
	})
	for _, name := range names[:min(len(names), table.MaxPlaces)] {
		x := formats[name]
		f.Places = append(f.Places, fmt.Sprintf("%s %s, such as %s on %s", count(x.count, "date"), name, table.Quote(x.cell), x.first.Place()))
	}
	if len(names) > 0 {
		f.Hint = "a file has one format; --date-format '" + names[0] + "' reads a file that is written so throughout"
	}
	if known < bad {
		f.Message = "at least so many " + f.Message
	}
	return f
}

// meaning says what the code of a row's problem stands for.
func meaning(code string) string {
	switch code {
	case table.CodeFieldCount:
		return "lines have not as many fields as the header"
	case table.CodeQuote:
		return "lines have a quote that is never closed or stands inside a field"
	case table.CodeLongLine:
		return "lines have more than 64 KiB"
	case table.CodeNUL:
		return "lines have a NUL byte"
	case table.CodeUTF8:
		return "lines are not UTF-8"
	case table.CodeBadDate:
		return "dates cannot be read"
	case table.CodePartHour:
		return "times of day have minutes or seconds"
	case table.CodeOffGrid:
		return "dates are not on the grid of the frequency"
	case table.CodeEmptyID:
		return "ids are empty"
	case table.CodeLongID:
		return "ids have more than 256 bytes"
	case table.CodeBadNumber:
		return "numbers are not decimal numbers"
	case table.CodeNotFinite:
		return "numbers are not finite"
	case table.CodeDuplicateKey:
		return "rows have the ids, and in sales the date, of a row before"
	case table.CodeNegative:
		return "targets are below zero"
	case table.CodeStaticChanges:
		return "static columns change within a series"
	default:
		return "rows cannot be used"
	}
}

// told returns what the reader told about the sales, but for the gaps, which have rules of their
// own.
func told(p *panel.Panel) []Finding {
	var list []Finding
	for _, w := range p.Warnings {
		if w.Code == panel.WarnGaps {
			continue
		}
		list = append(list, Finding{Code: w.Code, Severity: SeverityOf(w.Code), Count: max(w.Count, 1), Message: w.Message, Places: w.Places})
	}
	return list
}

// SeverityOf returns how bad a panel's own warning of a code is.
func SeverityOf(code string) Severity {
	switch code {
	case table.WarnHeaderCase, table.WarnBlankLines, panel.WarnNixtlaNames, panel.WarnUnsorted:
		return Info
	default:
		return Warning
	}
}

// count writes "1 day", "3 days".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
