package panel

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// foldStatic makes the static covariates of the rows one value a series. A row with another value
// than the first known one of its series is bad.
func (a *assembly) foldStatic() {
	p := a.panel
	for k := range p.Covariates {
		c := p.Covariates[k]
		if c.Use != Static {
			continue
		}
		var changed []int
		first := make([]int, p.NumSeries()) // the observation of the first known value
		values := slices.Repeat([]float64{math.NaN()}, p.NumSeries())
		for s := range values {
			for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
				switch v := c.Values[i]; {
				case v != v:
				case values[s] != values[s]:
					first[s], values[s] = i, v
				case v != values[s]:
					changed = append(changed, i)
				}
			}
		}
		a.refuse(changed, c.Name, table.CodeStaticChanges, func(i int) error {
			s := p.seriesOf(i)
			return fmt.Errorf("%s: %s has %s on %s; a static column holds one value a series",
				c.Text(i), p.Label(s), c.Text(first[s]), a.place(p.Row[first[s]]))
		})
		p.Covariates[k].Values = values
	}
}

// seriesOf returns the series of an observation.
func (p *Panel) seriesOf(i int) int {
	return sort.Search(p.NumSeries(), func(s int) bool { return p.Offset[s+1] > i })
}

// applyDuplicates brings the rows of one series and period together by the Config.
func (a *assembly) applyDuplicates() {
	p := a.panel
	if !a.repeats {
		return
	}
	var later, tooLarge []int
	for s := range p.NumSeries() {
		period := p.Period[:p.Offset[s+1]]
		for i := p.Offset[s] + 1; i < len(period); i++ {
			if period[i] != period[i-1] {
				continue
			}
			first := i - 1
			for ; i < len(period) && period[i] == period[first]; i++ {
				later = append(later, i)
			}
			if a.cfg.Duplicates == DuplicatesError {
				continue
			}
			for at := a.merge(s, first, i); at < i; at++ {
				tooLarge = append(tooLarge, at)
			}
		}
	}
	if a.cfg.Duplicates == DuplicatesError {
		a.refuse(later, "", table.CodeDuplicateKey, func(i int) error {
			err := fmt.Errorf("%s: already on %s", p.name(i), a.place(p.Row[i-1]))
			return hint.Wrap(err, a.duplicatesHint())
		})
		return
	}
	a.refuse(tooLarge, p.Target, table.CodeNotFinite, func(i int) error {
		return fmt.Errorf("%s: too large together with the other rows of %s", number(p.Y[i]), p.name(i))
	})
	if len(later) == 0 || a.refused {
		return
	}
	rows := make([]int32, len(later))
	for k, i := range later {
		rows[k] = p.Row[i]
	}
	a.tellRows(WarnDuplicates, "rows of a series and date that has one already are brought together: "+a.cfg.Duplicates, rows)
	p.remove(later)
}

// name names an observation for people: "store 1, item 2, 2024-01-31".
func (p *Panel) name(i int) string {
	date := p.Freq.Format(p.Period[i])
	if len(p.IDs) == 0 {
		return date
	}
	return p.Label(p.seriesOf(i)) + ", " + date
}

// duplicatesHint says what to do about two rows of one series and date.
func (a *assembly) duplicatesHint() string {
	if a.names.target == "" {
		return "leave one row of them"
	}
	return "--duplicates sum adds such rows; mean, first and last are the other ways to bring them together"
}

// merge makes observation first what the Config says of the observations from first to end, which
// are of one period. It returns the first that makes too large a number of those before it, or end.
func (a *assembly) merge(s, first, end int) int {
	p := a.panel
	y := together(a.cfg.Duplicates, p.Y[first:end])
	if math.IsInf(y, 0) {
		return first + sort.Search(end-first, func(n int) bool {
			return math.IsInf(together(a.cfg.Duplicates, p.Y[first:first+n+1]), 0)
		})
	}
	if a.cfg.Duplicates == DuplicatesLast {
		for _, c := range p.Covariates {
			if c.Use != Static {
				c.Values[first] = c.Values[end-1]
			}
		}
	}
	if before := number(p.Y[first]); before != number(y) {
		a.track(WarnDuplicates, first, s, before, number(y))
	}
	for i := first + 1; i < end; i++ {
		a.track(WarnDuplicates, i, s, number(p.Y[i]), "")
	}
	p.Y[first] = y
	return end
}

// together returns the target of rows with these targets.
func together(policy string, y []float64) float64 {
	switch policy {
	case DuplicatesFirst:
		return y[0]
	case DuplicatesLast:
		return y[len(y)-1]
	}
	sum, known := 0.0, 0
	for _, v := range y {
		if v == v {
			sum += v
			known++
		}
	}
	switch {
	case known == 0:
		return math.NaN()
	case policy == DuplicatesSum:
		return sum
	case !math.IsInf(sum, 0):
		return sum / float64(known)
	}
	mean := 0.0
	for _, v := range y {
		if v == v {
			mean += v / float64(known)
		}
	}
	return mean
}

// applyNegative treats targets below zero, of these observations, by the Config.
func (a *assembly) applyNegative(below []int) {
	p := a.panel
	if a.cfg.Negative == NegativeError {
		a.refuse(below, p.Target, table.CodeNegative, func(i int) error {
			return fmt.Errorf("%s: below zero, which --negative error does not allow", number(p.Y[i]))
		})
		return
	}
	message := "negative targets are kept"
	rows := make([]int32, len(below))
	for k, i := range below {
		rows[k] = p.Row[i]
		if a.cfg.Negative == NegativeZero {
			message = "negative targets are set to 0"
			a.track(WarnNegative, i, p.seriesOf(i), number(p.Y[i]), "0")
			p.Y[i] = 0
		}
	}
	a.tellRows(WarnNegative, message, rows)
}

// remove takes observations out, given in ascending order, of which no series loses its last.
func (p *Panel) remove(observations []int) {
	p.Period, p.Y, p.Row = without(p.Period, observations), without(p.Y, observations), without(p.Row, observations)
	for k, c := range p.Covariates {
		if c.Use != Static {
			p.Covariates[k].Values = without(c.Values, observations)
		}
	}
	gone := 0
	for s := range p.Offset {
		for gone < len(observations) && observations[gone] < p.Offset[s] {
			gone++
		}
		p.Offset[s] -= gone
	}
}

func without[T any](values []T, places []int) []T {
	kept := values[:0]
	for i, v := range values {
		if len(places) > 0 && places[0] == i {
			places = places[1:]
			continue
		}
		kept = append(kept, v)
	}
	return kept
}

// track notes a change of an observation's target.
func (a *assembly) track(code string, i, s int, before, after string) {
	if a.cfg.Track == TrackNothing {
		return
	}
	d, n := a.file(a.panel.Row[i])
	a.panel.Changes = append(a.panel.Changes, Change{
		Code: code, File: d.File, Place: d.Place(n), Series: s, Period: a.panel.Period[i], Before: before, After: after,
	})
}

func (a *assembly) trackNew(code string, s int, t calendar.Period, after string) {
	if a.cfg.Track != TrackNothing {
		a.panel.Changes = append(a.panel.Changes, Change{Code: code, Series: s, Period: t, After: after})
	}
}
