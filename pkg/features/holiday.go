package features

import (
	"fmt"
	"slices"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/panel"
)

// HolidayData returns what holidays may refer to in p: its id columns and static covariates.
func HolidayData(p *panel.Panel, dateFormat string) holidays.Data {
	data := holidays.Data{DateFormat: dateFormat}
	for _, id := range p.IDs {
		data.Columns = append(data.Columns, holidays.Column{Name: id.Name, Values: id.Values})
	}
	for _, c := range p.Covariates {
		if c.Use != panel.Static {
			continue
		}
		seen := make(map[string]bool)
		for series := range c.Values {
			seen[c.Text(series)] = true
		}
		values := make([]string, 0, len(seen))
		for v := range seen {
			values = append(values, v)
		}
		slices.Sort(values)
		data.Columns = append(data.Columns, holidays.Column{Name: c.Name, Values: values})
	}
	return data
}

// WithHolidays returns the Spec with the features of holidays.Names, by the holidays of h, which
// was made of HolidayData. The Spec takes h over.
func (s *Spec) WithHolidays(h *holidays.Spec) (*Spec, error) {
	with := *s
	with.Holidays = h
	with.Columns = with.columns()
	if err := with.resolve(); err != nil {
		return nil, err
	}
	return &with, nil
}

// holidayColumns returns the names of the holiday features.
func holidayColumns() []string {
	names := holidays.Names()
	for i, name := range names {
		if name == holidays.Text {
			names[i] = name + "_code"
		}
	}
	return names
}

// place says where a series has its value of a column.
type place struct{ id, static int } // an index, or -1

func (s *Spec) place(name string) (place, error) {
	if i := slices.IndexFunc(s.IDs, func(id IDSpec) bool { return id.Name == name }); i >= 0 {
		return place{i, -1}, nil
	}
	static := s.Covariates[:s.NumStatic()]
	if i := slices.IndexFunc(static, func(c CovariateSpec) bool { return c.Name == name }); i >= 0 {
		return place{-1, i}, nil
	}
	return place{}, fmt.Errorf("holidays: no id or static column %q", name)
}

// resolveHolidays fills what holidayScope needs.
func (s *Spec) resolveHolidays() (err error) {
	s.holidays, s.scopes, s.country = nil, nil, place{-1, -1}
	if s.Holidays == nil {
		return nil
	}
	if s.holidays, err = holidays.New(s.Holidays); err != nil {
		return err
	}
	for _, name := range s.Holidays.Scopes {
		at, err := s.place(name)
		if err != nil {
			return err
		}
		s.scopes = append(s.scopes, at)
	}
	if s.Holidays.Column != "" {
		s.country, err = s.place(s.Holidays.Column)
	}
	return err
}

// holidayScope returns the holidays of a series. What is no country in a static covariate is an error
// that wraps ErrBadID and names its column; CheckID has refused it in an id.
func (s *Spec) holidayScope(ids []string, covariates []float64) (*holidays.Scope, error) {
	text := func(at place) string {
		switch {
		case at.id >= 0:
			return ids[at.id]
		case at.static >= 0:
			return s.Covariates[at.static].Text(covariates[at.static])
		}
		return ""
	}
	values := make([]string, len(s.scopes))
	for i, at := range s.scopes {
		values[i] = text(at)
	}
	scope, err := s.holidays.Scope(text(s.country), values)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", s.Holidays.Column, ErrBadID, err)
	}
	return scope, nil
}

// fillHolidays sets the last features of a row.
func fillHolidays(dst []float64, scope *holidays.Scope, f calendar.Freq, t calendar.Period) {
	v := scope.At(f, t)
	copy(dst, []float64{v.IsHoliday, v.DaysToHoliday, v.DaysSince, v.HolidaysInWeek, v.HolidaysInMonth, v.Holiday})
}
