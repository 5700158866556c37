package holidays

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// Codes of a table.RowError in a file of events, besides those of every file. They are stable:
// programs may compare them.
const (
	CodeBadEvent       = "bad_event"       // no name, or a name or a time that is too long or outside the known years
	CodeUnknownCountry = "unknown_country" // not one of Countries
	CodeDuplicateEvent = "duplicate_event" // the same name, days and scope a second time
)

// CodeUnknownColumn is the code of the table.FileError about a column that is neither one of events
// nor an id or static column of the panel.
const CodeUnknownColumn = "unknown_event_column"

// WarnUnmatchedEvent is the code of the warning about events for a country or a value that no
// series has. It is stable: programs may compare it.
const WarnUnmatchedEvent = "unmatched_event"

// AddEvents reads a file of events and makes them the Spec's. The name stands for the file in
// errors, which are those of table: bad rows are a *table.DataError with their lines, and an unknown
// column is a *table.FileError; then nothing is added. Events that no series has are a warning.
func (s *Spec) AddEvents(r io.Reader, name string, data Data) ([]table.Warning, error) {
	f, err := table.Open(r, name, 0)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	e := &eventReader{spec: s, data: data, seen: make(map[string]bool)}
	if err := e.find(f); err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	if err := e.readAll(f); err != nil {
		return nil, fmt.Errorf("events: %w", oneHint(err))
	}
	s.Events, s.Scopes = e.events, e.scopes
	if e.unmatched.Count > 0 {
		e.unmatched.Code = WarnUnmatchedEvent
		e.unmatched.Message = "events for a country or a value that no series has"
		e.warnings = append(e.warnings, e.unmatched)
	}
	return e.warnings, nil
}

// oneHint takes the hint from the error of rows that have several kinds of problems: it would be
// about one of them.
func oneHint(err error) error {
	if rows, ok := errors.AsType[*table.DataError](err); ok && len(rows.Counts) > 1 {
		return hint.Wrap(err, "")
	}
	return err
}

// eventReader makes events of rows. In a row the cells of the date and the name come first, then
// those of the columns that the file has among end_date, country and the scopes.
type eventReader struct {
	spec *Spec
	data Data

	columns      []table.Column
	end, country int // cells, 0 for none
	scopes       []string
	scope        int               // cell of the first scope
	values       []map[string]bool // per scope those of the panel

	events    []Event
	seen      map[string]bool
	warnings  []table.Warning
	unmatched table.Warning
}

// find looks in the header for the columns of events.
func (e *eventReader) find(f *table.File) error {
	var wanted []table.Wanted
	want := func(name string) int {
		wanted = append(wanted, table.Wanted{Name: name, Kind: table.Text})
		return len(wanted) - 1
	}
	for _, name := range []string{"date", "name"} {
		if !f.Has(name) {
			return hint.Wrap(&table.ColumnError{File: f.Name, Column: name, Have: f.Names},
				"a file of events begins with the line date,name and may have end_date, country and id or static columns too")
		}
		want(name)
	}
	if f.Has("end_date") {
		e.end = want("end_date")
	}
	countries := e.countryColumn(f)
	if countries != "" {
		e.country = want(countries)
	}
	e.scope = len(wanted)
	for _, c := range e.data.Columns {
		if slices.Contains([]string{"date", "name", "end_date", countries}, c.Name) || !f.Has(c.Name) {
			continue
		}
		want(c.Name)
		e.scopes = append(e.scopes, c.Name)
		values := make(map[string]bool, len(c.Values))
		for _, v := range c.Values {
			values[v] = true
		}
		e.values = append(e.values, values)
	}
	var err error
	e.columns, e.warnings, err = f.Find(wanted)
	if err != nil {
		return err
	}
	return e.refuse(f)
}

// countryColumn returns the column of events that holds codes of countries: country, unless the
// panel has a column of that name for something else, else the panel's own column of countries.
func (e *eventReader) countryColumn(f *table.File) string {
	const usual = "country"
	taken := slices.ContainsFunc(e.data.Columns, func(c Column) bool { return c.Name == usual })
	switch {
	case f.Has(usual) && (!taken || e.spec.Column == usual):
		return usual
	case e.spec.Column != "" && f.Has(e.spec.Column):
		return e.spec.Column
	}
	return ""
}

// refuse reports a column that means nothing: were it ignored, an event of one store would be one
// of all.
func (e *eventReader) refuse(f *table.File) error {
	free := []string{"end_date", "country"}
	for _, c := range e.data.Columns {
		free = append(free, c.Name)
	}
	free = slices.DeleteFunc(free, func(name string) bool { return f.Has(name) })
	for i, name := range f.Names {
		if slices.ContainsFunc(e.columns, func(c table.Column) bool { return c.Place == i }) {
			continue
		}
		remedy := "name the column with --static, or remove it from the events"
		if near := hint.Nearest(name, free); near != "" {
			remedy = fmt.Sprintf("did you mean %q? rename the column or remove it", near)
		}
		return hint.Wrap(table.NewFileError(f.Name, CodeUnknownColumn,
			fmt.Sprintf("the column %s is none of events, nor an id or static column of the sales", table.Quote(name))), remedy)
	}
	return nil
}

func (e *eventReader) readAll(f *table.File) error {
	t := f.Reader(e.columns)
	for cells := range t.Rows() {
		event, ok := e.event(t, cells)
		if !ok {
			continue
		}
		key := fmt.Sprintf("%q %d %d %s %q", event.Name, event.First, event.Last, event.Country, event.Scope)
		if e.seen[key] {
			t.Report(0, CodeDuplicateEvent, fmt.Errorf("%s: %s stands twice", table.Quote(cells[0]), table.Quote(event.Name)))
			continue
		}
		if len(e.events) == maxEvents {
			return table.NewFileError(f.Name, table.CodeTooManyRows, fmt.Sprintf("more than %d events", maxEvents))
		}
		e.seen[key] = true
		e.events = append(e.events, event)
		if !e.matches(event) {
			e.unmatched.Count++
			if len(e.unmatched.Places) < table.MaxPlaces {
				e.unmatched.Places = append(e.unmatched.Places, t.Place())
			}
		}
	}
	return t.Err()
}

// event reads a row and reports what is wrong with it.
func (e *eventReader) event(t *table.Reader, cells []string) (Event, bool) {
	ok := true
	report := func(cell int, code string, err error) {
		ok = false
		t.Report(cell, code, err)
	}
	event := Event{Name: strings.TrimSpace(cells[1])}
	var err error
	if event.First, err = e.date(cells[0]); err != nil {
		report(0, table.CodeBadDate, err)
	}
	event.Last = event.First
	if e.end > 0 && strings.TrimSpace(cells[e.end]) != "" {
		if event.Last, err = e.date(cells[e.end]); err != nil {
			report(e.end, table.CodeBadDate, err)
		}
	}
	if ok {
		if err := event.check(); err != nil {
			cell := 0
			if errors.Is(err, errName) {
				cell = 1
			}
			report(cell, CodeBadEvent, fmt.Errorf("%s: %w", table.Quote(cells[cell]), err))
		}
	}
	if e.country > 0 && strings.TrimSpace(cells[e.country]) != "" {
		if event.Country, err = parseCountry(cells[e.country]); err != nil {
			report(e.country, CodeUnknownCountry, err)
		}
	}
	for i := range e.scopes {
		event.Scope = append(event.Scope, e.value(i, cells[e.scope+i]))
	}
	return event, ok
}

// value reads a cell of a scope: blanks around it count only where the panel has them too.
func (e *eventReader) value(scope int, cell string) string {
	if e.values[scope][cell] {
		return cell
	}
	return strings.TrimSpace(cell)
}

// date reads a cell by the format of the panel's dates, or, when it does not have that shape, as
// an ISO day.
func (e *eventReader) date(cell string) (calendar.Date, error) {
	cell = strings.TrimSpace(cell)
	if e.data.DateFormat == "" {
		return calendar.ParseDate(cell, calendar.DefaultDateFormat)
	}
	d, err := calendar.ParseDate(cell, e.data.DateFormat)
	if bad, ok := errors.AsType[*calendar.DateError](err); ok && bad.OtherFormat {
		if iso, err := calendar.ParseDate(cell, calendar.DefaultDateFormat); err == nil {
			return iso, nil
		}
	}
	return d, err
}

// matches reports whether the panel may have a series of the event.
func (e *eventReader) matches(event Event) bool {
	for i, v := range event.Scope {
		if v != "" && !e.values[i][v] {
			return false
		}
	}
	return event.Country == "" ||
		slices.ContainsFunc(e.spec.Countries, func(code string) bool { return within(code, event.Country) })
}
