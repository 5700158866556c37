package holidays

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// Bounds of a Spec.
const (
	maxEvents    = 100_000
	maxEventDays = 366 // from the first day of an event to its last
	maxNameBytes = 256
)

// ErrUnknownCountry is wrapped by the error about a code that is not one of Countries.
var ErrUnknownCountry = errors.New("unknown country")

// ErrBadSpec is wrapped by the errors about a Spec that cannot be used as it is.
var ErrBadSpec = errors.New("bad holiday spec")

var errName = errors.New("bad name")

// Config says which holidays count. The zero value is none.
type Config struct {
	// Countries are the codes whose public holidays are holidays of every series.
	Countries []string `mapstructure:"countries"`

	// Column is the id or static column that holds the code of each series' country, instead of
	// Countries; a series with an empty cell has no public holidays, nor has one in a country that
	// the data do not hold.
	Column string `mapstructure:"column"`

	// Events is the path of a CSV file of the user's own events.
	Events string `mapstructure:"events"`
}

// Any reports whether the Config asks for holidays at all.
func (c Config) Any() bool { return len(c.Countries) > 0 || c.Column != "" || c.Events != "" }

// Validate reports all problems of the Config. An unknown country has the nearest as a hint.
func (c Config) Validate() error {
	var problems []error
	if c.Column != "" && len(c.Countries) > 0 {
		problems = append(problems, hint.Wrap(errors.New("column: both countries and a column of countries are given"),
			"name the countries of all series, or the column that holds the country of each"))
	}
	if _, err := parseCountries(c.Countries); err != nil {
		problems = append(problems, fmt.Errorf("countries: %w", err))
	}
	return errors.Join(problems...)
}

// Data is what the events of a panel may refer to.
type Data struct {
	DateFormat string // strftime, of the panel's dates
	Columns    []Column
}

// Column is an id or static column with its distinct values.
type Column struct {
	Name   string
	Values []string
}

// Spec is all that makes a Calendar. It is plain data, so that a bundle can carry it: a program
// whose lists of holidays are newer makes the same Calendar of it.
type Spec struct {
	Countries []string `json:"countries"`        // codes, of all series or of the values of Column
	Column    string   `json:"column,omitzero"`  // see Config
	Scopes    []string `json:"scopes,omitempty"` // columns that limit events
	Events    []Event  `json:"events,omitempty"`

	// Names are all names of holidays; the code of a name is its index, 0 is no holiday.
	Names []string `json:"names,omitempty"`
	// Days are, per country, its public holidays: a text for each year that has some, such as
	// "2024 01-01:1 03-29:2", in which a day is followed by the code of its name. New completes a
	// Spec that has neither Names nor Days.
	Days [][]string `json:"days,omitempty"`
}

// Event is a day or several of the user's own.
type Event struct {
	Name    string        `json:"name"`
	First   calendar.Date `json:"date"`
	Last    calendar.Date `json:"end_date"`         // included
	Country string        `json:"country,omitzero"` // code; "" for all series, a country stands for its regions too
	Scope   []string      `json:"scope,omitempty"`  // per column of Spec.Scopes the value a series must have, "" for any
}

// NewSpec returns the Spec of a Config without its events, which AddEvents reads. With a Column,
// the countries are its values.
func NewSpec(cfg Config, data Data) (*Spec, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	given := cfg.Countries
	if cfg.Column != "" {
		i := slices.IndexFunc(data.Columns, func(c Column) bool { return c.Name == cfg.Column })
		if i < 0 {
			return nil, missingColumn(cfg.Column, data.Columns)
		}
		given = slices.DeleteFunc(slices.Clone(data.Columns[i].Values), func(v string) bool { return v == "" })
	}
	codes, err := parseCountries(given)
	if err != nil && cfg.Column != "" {
		err = fmt.Errorf("column %s: %w", cfg.Column, err)
	}
	if err != nil {
		return nil, err
	}
	return &Spec{Countries: codes, Column: cfg.Column}, nil
}

func missingColumn(name string, columns []Column) error {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	err := fmt.Errorf("no id or static column %q holds countries", name)
	if near := hint.Nearest(name, names); near != "" {
		return hint.Wrap(err, fmt.Sprintf("did you mean %q?", near))
	}
	return hint.Wrap(err, "the columns are "+strings.Join(names, ", "))
}

// parseCountry returns the code in the form of Countries.
func parseCountry(s string) (string, error) {
	code := strings.ToUpper(strings.TrimSpace(s))
	known := Countries()
	if slices.Contains(known, code) {
		return code, nil
	}
	err := fmt.Errorf("%w %q", ErrUnknownCountry, s)
	var countries []string
	for _, c := range known {
		if len(c) == 2 {
			countries = append(countries, c)
		}
	}
	text := "the codes are " + strings.Join(countries, ", ") + "; the states of AU, CH and DE are written like DE-BY"
	near := hint.Nearest(code, known)
	switch code {
	case "UK":
		near = "GB"
	case "USA":
		near = "US"
	}
	if near != "" {
		text = fmt.Sprintf("did you mean %s? ", near) + text
	}
	return "", hint.Wrap(err, text)
}

// parseCountries returns the distinct codes in the order given.
func parseCountries(given []string) ([]string, error) {
	codes := make([]string, 0, len(given))
	var problems []error
	for _, s := range given {
		code, err := parseCountry(s)
		switch {
		case err != nil:
			problems = append(problems, err)
		case !slices.Contains(codes, code):
			codes = append(codes, code)
		}
	}
	return codes, errors.Join(problems...)
}

// validate checks what a file may have made of the Spec.
func (s *Spec) validate() error {
	codes, err := parseCountries(s.Countries)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadSpec, err)
	}
	if !slices.Equal(codes, s.Countries) {
		return fmt.Errorf("%w: countries that are not distinct upper-case codes", ErrBadSpec)
	}
	if len(s.Events) > maxEvents {
		return fmt.Errorf("%w: %d events, at most %d are allowed", ErrBadSpec, len(s.Events), maxEvents)
	}
	known := Countries()
	for i, e := range s.Events {
		err := e.check()
		switch {
		case err != nil:
		case len(e.Scope) != len(s.Scopes):
			err = fmt.Errorf("%d scope values for %d columns", len(e.Scope), len(s.Scopes))
		case e.Country != "" && !slices.Contains(known, e.Country):
			err = fmt.Errorf("%w %q", ErrUnknownCountry, e.Country)
		}
		if err != nil {
			return fmt.Errorf("%w: event %d: %w", ErrBadSpec, i+1, err)
		}
	}
	if len(s.Names) > 0 && s.Names[0] != "" || hasTwice(s.Names) || hasTwice(s.Scopes) {
		return fmt.Errorf("%w: names that stand twice, or not after the empty one", ErrBadSpec)
	}
	return nil
}

// complete adds the Names and Days of a Spec without: the names are "" and those of the countries,
// then of the events, as they first appear.
func (s *Spec) complete() {
	s.Names = []string{""}
	codes := map[string]int{"": 0}
	code := func(name string) int {
		if _, ok := codes[name]; !ok {
			codes[name] = len(s.Names)
			s.Names = append(s.Names, name)
		}
		return codes[name]
	}
	for _, country := range s.Countries {
		s.Days = append(s.Days, writeDays(publicDays(country), code))
	}
	for _, e := range s.Events {
		code(e.Name)
	}
}

// writeDays writes days, which are in order, as Spec.Days has them.
func writeDays(days []day, code func(name string) int) []string {
	var years []string
	last := 0
	for _, d := range days {
		year, month, dayOfMonth := d.date.Civil()
		if year != last {
			years = append(years, fmt.Sprintf("%04d", year))
			last = year
		}
		years[len(years)-1] += fmt.Sprintf(" %02d-%02d:%d", month, dayOfMonth, code(d.name))
	}
	return years
}

// readDays reads what writeDays wrote, with codes below names.
func readDays(years []string, names int) ([]coded, error) {
	var days []coded
	last := firstDay - 1
	for _, text := range years {
		year, rest, _ := strings.Cut(text, " ")
		for cell := range strings.SplitSeq(rest, " ") {
			day, name, _ := strings.Cut(cell, ":")
			date, err := calendar.ParseDate(year+"-"+day, calendar.DefaultDateFormat)
			if err != nil {
				return nil, err
			}
			code, err := strconv.Atoi(name)
			if err != nil || code < 0 || code >= names {
				return nil, fmt.Errorf("%s: no name has the code %q", date, name)
			}
			if date <= last || date > lastDay {
				return nil, fmt.Errorf("%s: not in order, or outside the years %d to %d", date, firstYear, lastYear)
			}
			last = date
			days = append(days, coded{date, int32(code)}) //nolint:gosec // an index into Names
		}
	}
	return days, nil
}

func hasTwice(names []string) bool {
	sorted := slices.Sorted(slices.Values(names))
	return len(slices.Compact(sorted)) < len(names)
}

// check returns what makes the event's name or days unusable.
func (e Event) check() error {
	switch {
	case strings.TrimSpace(e.Name) == "":
		return fmt.Errorf("%w: none is given", errName)
	case len(e.Name) > maxNameBytes:
		return fmt.Errorf("%w: %d bytes, at most %d are allowed", errName, len(e.Name), maxNameBytes)
	case e.First < firstDay || e.Last > lastDay:
		return fmt.Errorf("outside the years %d to %d", firstYear, lastYear)
	case e.Last < e.First:
		return fmt.Errorf("the end %s is before the start %s", e.Last, e.First)
	case e.Last-e.First >= maxEventDays:
		return fmt.Errorf("%d days, at most %d are allowed", e.Last-e.First+1, maxEventDays)
	}
	return nil
}
