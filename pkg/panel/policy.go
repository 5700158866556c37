package panel

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// foldStatic makes the static covariates of the rows one value a series. A row with another value
// than the first known one of its series is bad, unless so many are that the column is not static.
func (a *assembly) foldStatic() error {
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
		if err := a.notStatic(c, changed, first); err != nil {
			return err
		}
		a.refuse(changed, c.Name, table.CodeStaticChanges, func(i int) error {
			s := p.seriesOf(i)
			return fmt.Errorf("%s: %s has %s on %s; a static column holds one value a series",
				c.Text(i), p.Label(s), c.Text(first[s]), a.place(p.Row[first[s]]))
		})
		p.Covariates[k].Values = values
	}
	return nil
}

// notStatic returns the error of a column that is none of a static covariate, nil for one that is. It
// changes in more than a tenth of the series of two rows and more, and in two of them; or in more than
// a tenth of the rows of the only series. The observations that changed ascend; first are those with
// the value before, by series.
func (a *assembly) notStatic(c Covariate, changed, first []int) error {
	p := a.panel
	of, all, next := 0, 0, 0
	for s := range p.NumSeries() {
		if p.Offset[s+1]-p.Offset[s] > 1 {
			all++
		}
		before := next
		for next < len(changed) && changed[next] < p.Offset[s+1] {
			next++
		}
		if next > before {
			of++
		}
	}
	many := of > 1 && of*10 > all || p.NumSeries() == 1 && len(changed)*10 > p.Len()
	if !many {
		return nil
	}
	i := changed[0]
	s := p.seriesOf(i)
	d, _ := a.file(p.Row[i])
	err := table.NewFileError(d.File, table.CodeStaticChanges,
		fmt.Sprintf("%s is not static: it changes in %d of %d series with more than one row; %s has %s on %s and %s on %s",
			c.Name, of, all, p.Label(s), c.Text(first[s]), a.place(p.Row[first[s]]), c.Text(i), a.place(p.Row[i])))
	return hint.Wrap(err, fmt.Sprintf("a static column holds one value a series: name it with --known-future %s or --past-only %s", c.Name, c.Name))
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
	other := 0 // rows with covariates that are not those of the merged one
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
			other += a.otherCovariates(first, i)
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
	message := "rows of a series and date that has one already are brought together: " + a.cfg.Duplicates
	if other > 0 {
		message += fmt.Sprintf("; %d of the rows had other covariates than the %s, whose values are taken", other, a.taken())
	}
	a.tellRows(WarnDuplicates, message, rows)
	p.remove(later)
}

// taken returns which of the rows of one series and period gives its covariates.
func (a *assembly) taken() string {
	if a.cfg.Duplicates == DuplicatesLast {
		return DuplicatesLast
	}
	return DuplicatesFirst
}

// otherCovariates returns how many of the observations from first to end, which are of one series and
// period, have other covariates than the one whose values are taken.
func (a *assembly) otherCovariates(first, end int) int {
	taken, n := first, 0
	if a.taken() == DuplicatesLast {
		taken = end - 1
	}
	for i := first; i < end; i++ {
		if slices.ContainsFunc(a.panel.Covariates, func(c Covariate) bool { return c.Use != Static && !same(c.Values[i], c.Values[taken]) }) {
			n++
		}
	}
	return n
}

// same reports whether two values are the same one, or both missing.
func same(v, w float64) bool { return v == w || v != v && w != w }

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
		return a.futureHint()
	}
	return "--duplicates sum adds such rows; mean, first and last are the other ways to bring them together"
}

// futureHint says what to do about two rows of future values of one date, which may be of other series
// whose ids stand in a column of another name.
func (a *assembly) futureHint() string {
	if len(a.absent) == 0 {
		return "leave one row of them"
	}
	by := "by date alone"
	if len(a.names.ids) > 0 {
		by = "by " + strings.Join(a.names.ids, ", ") + " and date"
	}
	text := fmt.Sprintf("rows are told apart %s: there is no id column %s", by, strings.Join(a.absent, ", "))
	if len(a.ignored) > 0 {
		text += ", and of no use are " + quoted(a.ignored)
	}
	return text + "; name the id columns as in the sales, or leave one row of them"
}

// quoted lists the first names, in quotes.
func quoted(names []string) string {
	const most = 5
	list := make([]string, 0, most)
	for _, name := range names[:min(len(names), most)] {
		list = append(list, table.Quote(name))
	}
	if rest := len(names) - most; rest > 0 {
		return strings.Join(list, ", ") + fmt.Sprintf(" and %d more", rest)
	}
	return strings.Join(list, ", ")
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

// refuseNegative refuses the rows with a target below zero where the Config does not allow any. It
// looks at the rows as they stand in the files, before any are brought together.
func (a *assembly) refuseNegative() {
	if a.cfg.Negative != NegativeError {
		return
	}
	p := a.panel
	_, below, _ := p.oddTargets()
	a.refuse(below, p.Target, table.CodeNegative, func(i int) error {
		return fmt.Errorf("%s: below zero, which --negative error does not allow", number(p.Y[i]))
	})
}

// applyNegative treats targets below zero, of these observations, by the Config.
func (a *assembly) applyNegative(below []int) {
	p := a.panel
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
