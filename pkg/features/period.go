package features

import (
	"fmt"

	"github.com/salesctl/salesctl/internal/columnar"
	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
)

// First returns the first period of the data.
func (s *Spec) First() calendar.Period { return s.period(s.FirstDate) }

// Last returns the last period of the data.
func (s *Spec) Last() calendar.Period { return s.period(s.LastDate) }

func (s *Spec) period(t calendar.Time) calendar.Period {
	p, _ := s.Freq.Period(t)
	return p
}

// checkDates reports a first or last date that the frequency does not have.
func (s *Spec) checkDates() error {
	for _, t := range []calendar.Time{s.FirstDate, s.LastDate} {
		if _, err := s.label(t); err != nil {
			return err
		}
	}
	if s.First() > s.Last() {
		return fmt.Errorf("the first date %s is after the last, %s", s.FirstDate, s.LastDate)
	}
	return nil
}

// label returns the period that t is the label of; a t between two labels is an error that names
// both.
func (s *Spec) label(t calendar.Time) (calendar.Period, error) {
	p, _ := s.Freq.Period(t)
	return p, s.Freq.OffGrid(t)
}

// timeKind returns the type of a date column in Parquet.
func (s *Spec) timeKind() columnar.Kind {
	if s.Freq.Unit() == calendar.Hours {
		return columnar.Hour
	}
	return columnar.Date
}

// TimeColumn returns periods of the Spec's frequency as a column of a Parquet file.
func (s *Spec) TimeColumn(name string, periods []calendar.Period) columnar.Column {
	col := columnar.Column{Name: name, Kind: s.timeKind(), Ticks: make([]int32, len(periods))}
	for i, p := range periods {
		col.Ticks[i] = s.Freq.Unit().Tick(s.Freq.Start(p))
	}
	return col
}

// Periods reads what TimeColumn made. A column of another type, or a time that the frequency does
// not have, is an error that names the row.
func (s *Spec) Periods(col *columnar.Column) ([]calendar.Period, error) {
	if col.Kind != s.timeKind() {
		return nil, errKind
	}
	periods := make([]calendar.Period, len(col.Ticks))
	for i, tick := range col.Ticks {
		p, err := s.label(s.Freq.Unit().Time(tick))
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		periods[i] = p
	}
	return periods, nil
}

// timeLayout returns the form of dates in a matrix of CSV, which is Freq.Append's.
func (s *Spec) timeLayout() (*calendar.Layout, error) {
	if s.Freq.Unit() == calendar.Hours {
		return calendar.CompileLayout("%Y-%m-%dT%H:%M:%S")
	}
	return calendar.CompileLayout(calendar.DefaultDateFormat)
}

// checkHour refuses the hour of data that have none.
func (s *Spec) checkHour() error {
	if s.Freq == calendar.Hour {
		return nil
	}
	for _, f := range s.dates {
		if f.name == "hour" {
			return hint.Wrap(fmt.Errorf("the date feature hour is 0 in all data of the frequency %s", s.Freq),
				"take hour out of features.date_features")
		}
	}
	return nil
}
