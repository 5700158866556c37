package features

import (
	"fmt"
	"slices"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/holidays"
	"github.com/salesctl/salesctl/pkg/panel"
)

// Build returns the matrix of p, of which s was made: one row per observation, in the row order
// of the input. A Spec without a feature is an error that wraps ErrBadSpec.
func Build(p *panel.Panel, s *Spec) (*Matrix, error) {
	if err := s.checkFeatures(); err != nil {
		return nil, err
	}
	b := &builder{p: p, s: s, m: newMatrix(s, p.Len()), days: make(map[calendar.Period][]float64)}
	for _, c := range s.Covariates {
		i := slices.IndexFunc(p.Covariates, func(have panel.Covariate) bool { return have.Name == c.Name })
		if i < 0 {
			return nil, fmt.Errorf("%w: the data have no covariate %q", ErrBadSpec, c.Name)
		}
		b.covariates = append(b.covariates, p.Covariates[i])
	}
	for series := range p.NumSeries() {
		if err := b.series(series); err != nil {
			return nil, err
		}
	}
	return b.m, nil
}

// builder fills a matrix one series after the other.
type builder struct {
	p *panel.Panel
	s *Spec
	m *Matrix

	covariates []panel.Covariate             // in the order of the Spec's
	days       map[calendar.Period][]float64 // the date features of a period, which are the same in every series
	dates      [][]float64                   // of the series at hand: per observation its days
	holidays   [][]float64                   // of the series at hand: per holiday feature its values
}

func (b *builder) series(series int) error {
	first, end := b.p.Offset[series], b.p.Offset[series+1]
	rows, periods := b.p.Row[first:end], b.p.Period[first:end]
	scatter(b.m.Period, rows, periods)
	scatter(b.m.Target, rows, b.p.Y[first:end])
	ids := make([]string, len(b.s.IDs))
	for c := range ids {
		ids[c] = b.p.ID(c, series)
		fill(b.m.Codes[c], rows, b.p.Codes[c][series])
	}
	values := make([]float64, b.s.numIDFeatures())
	if err := b.s.fillIDs(values, ids); err != nil {
		return err
	}
	for f, v := range values {
		fill(b.m.Values[f], rows, v)
	}
	columns := b.m.Values[len(values):]
	static := make([]float64, b.s.NumStatic())
	for c, covariate := range b.covariates {
		if c < len(static) {
			static[c] = covariate.Values[series]
			fill(columns[c], rows, static[c])
			continue
		}
		scatter(columns[c], rows, covariate.Values[first:end])
	}
	columns = columns[len(b.covariates):]
	b.fillDates(columns, rows, periods)
	return b.fillHolidays(columns[len(b.s.dates):], rows, periods, ids, static)
}

func (b *builder) fillDates(columns [][]float64, rows []int32, periods []calendar.Period) {
	b.dates = b.dates[:0]
	for _, t := range periods {
		day, ok := b.days[t]
		if !ok {
			day = make([]float64, len(b.s.dates))
			b.s.fillDates(day, t)
			b.days[t] = day
		}
		b.dates = append(b.dates, day)
	}
	for f := range b.s.dates {
		column := columns[f]
		for k, row := range rows {
			column[row] = b.dates[k][f]
		}
	}
}

func (b *builder) fillHolidays(columns [][]float64, rows []int32, periods []calendar.Period, ids []string, static []float64) error {
	if b.s.Holidays == nil {
		return nil
	}
	scope, err := b.s.holidayScope(ids, static)
	if err != nil {
		return err
	}
	if b.holidays == nil {
		b.holidays = make([][]float64, len(holidays.Names()))
	}
	for f := range b.holidays {
		b.holidays[f] = slices.Grow(b.holidays[f][:0], len(periods))[:len(periods)]
	}
	scope.Fill(b.holidays, b.s.Freq, periods)
	for f, values := range b.holidays {
		scatter(columns[f], rows, values)
	}
	return nil
}

// scatter puts the values at the rows of a column.
func scatter[T any](dst []T, rows []int32, values []T) {
	for k, row := range rows {
		dst[row] = values[k]
	}
}

// fill puts one value at the rows of a column.
func fill[T any](dst []T, rows []int32, value T) {
	for _, row := range rows {
		dst[row] = value
	}
}
