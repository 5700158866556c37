package forecast

import (
	"fmt"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/panel"
)

// CodeFutureMissing is the code of a request without a value of a known-future column.
const CodeFutureMissing = "known_future_missing"

// FutureError says that requests have no value of a column that must be known ahead.
type FutureError struct {
	Column      string
	Freq        calendar.Freq
	First, Last calendar.Period // of the requests without a value
	Periods     int             // how many different periods these have
	Series      string          // of the first of these requests, as in "store 1, item 2"
	Others      int             // how many other series these have
}

// Error names the column, the dates, and the series.
func (e *FutureError) Error() string {
	others := ""
	if e.Others > 0 {
		others = fmt.Sprintf(" and %d other series", e.Others)
	}
	return fmt.Sprintf("known-future column %s has no value for %s of %s%s", e.Column, e.dates(), e.Series, others)
}

func (e *FutureError) dates() string {
	first, last := e.Freq.Format(e.First), e.Freq.Format(e.Last)
	switch {
	case e.Periods == 1:
		return first
	case e.Periods == int(e.Last-e.First)+1:
		return fmt.Sprintf("%s to %s (%d %ss)", first, last, e.Periods, e.Freq.Step())
	}
	return fmt.Sprintf("%d %ss from %s to %s", e.Periods, e.Freq.Step(), first, last)
}

// shortage collects the requests without a value of one column.
type shortage struct {
	FutureError

	periods map[calendar.Period]bool
	series  map[string]bool
}

func newShortage(s *features.Spec, column string) *shortage {
	return &shortage{
		FutureError: FutureError{Column: column, Freq: s.Freq},
		periods:     make(map[calendar.Period]bool), series: make(map[string]bool),
	}
}

func (m *shortage) add(s *features.Spec, r *Request) {
	if len(m.periods) == 0 {
		m.First, m.Last, m.Series = r.Period, r.Period, label(s.IDs, r.IDs)
	}
	m.First, m.Last = min(m.First, r.Period), max(m.Last, r.Period)
	m.periods[r.Period] = true
	m.series[string(appendSeriesKey(nil, r.IDs))] = true
}

// err returns what was collected, nil for nothing.
func (m *shortage) err() error {
	if len(m.periods) == 0 {
		return nil
	}
	m.Periods, m.Others = len(m.periods), len(m.series)-1
	return &m.FutureError
}

// CheckKnown reports, by a *FutureError for the first column, requests without covariates for a Spec
// that must know some ahead.
func CheckKnown(s *features.Spec, requests []Request) error {
	ahead := s.Covariates[s.NumStatic():]
	if len(ahead) == 0 {
		return nil
	}
	m := newShortage(s, ahead[0].Name)
	for i := range requests {
		if requests[i].Covariates == nil {
			m.add(s, &requests[i])
		}
	}
	return withFutureHint(m.err(), s)
}

// withFutureHint adds to the error of missing values how to give them.
func withFutureHint(err error, s *features.Spec) error {
	columns := []string{s.Time}
	for _, c := range s.Covariates[s.NumStatic():] {
		columns = append(columns, c.Name)
	}
	return hint.Wrap(err, "give the values with --future FILE, a table of the columns "+strings.Join(columns, ", ")+
		" and, where series differ, ids")
}

// FutureConfig says how panel.ReadFuture reads the values that the Spec must know ahead, for Fill.
func FutureConfig(s *features.Spec) panel.FutureConfig {
	cfg := panel.FutureConfig{Time: s.Time, DateFormat: s.DateFormat, Freq: s.Freq}
	for _, id := range s.IDs {
		cfg.IDs, cfg.Values = append(cfg.IDs, id.Name), append(cfg.Values, id.Values)
	}
	for _, c := range s.Covariates[s.NumStatic():] {
		cfg.Columns = append(cfg.Columns, panel.Covariate{Name: c.Name, Use: c.Use, Levels: c.Levels})
	}
	return cfg
}

// future gives the values of known-future columns, by their place among those of the Spec. A
// panel.Future read by FutureConfig is one.
type future interface {
	Value(column int, ids []string, t calendar.Period) (v float64, ok bool)
}

// Fill gives requests the values that the Spec must know ahead. The first column without a value
// for some of them is a *FutureError; then the requests are as before. A text that the data of the
// Spec did not hold is a missing value.
func Fill(s *features.Spec, requests []Request, values future) error {
	filled := make([][]float64, len(requests))
	for i := range requests {
		filled[i] = slices.Clone(requests[i].Covariates)
		if filled[i] == nil {
			filled[i] = make([]float64, len(s.Covariates))
			ownCovariates(filled[i], s)
		}
	}
	static := s.NumStatic()
	for column, covariate := range s.Covariates[static:] {
		m := newShortage(s, covariate.Name)
		for i := range requests {
			v, ok := values.Value(column, requests[i].IDs, requests[i].Period)
			if !ok {
				m.add(s, &requests[i])
			}
			filled[i][static+column] = v
		}
		if err := m.err(); err != nil {
			return withFutureHint(err, s)
		}
	}
	for i := range requests {
		requests[i].Covariates = filled[i]
	}
	return nil
}
