package panel

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// Gaps returns the number of periods inside series that have no row, and the series that have any.
func (p *Panel) Gaps() (periods int, series []int) {
	for s := range p.NumSeries() {
		first, last := p.Offset[s], p.Offset[s+1]-1
		if n := int(p.Period[last]-p.Period[first]) - (last - first); n > 0 {
			periods += n
			series = append(series, s)
		}
	}
	return periods, series
}

// applyGaps treats the periods inside series that have no row by the Config. As an error they are a
// problem of the panel, not of a row that could be left out.
func (a *assembly) applyGaps() error {
	p := a.panel
	missing, gapped := p.Gaps()
	if missing == 0 {
		return nil
	}
	switch a.cfg.Gaps {
	case GapsError:
		return a.gapErrors(gapped).Err(a.files, a.rows)
	case GapsMissing:
		message := "periods inside series without a row are missing observations"
		if !slices.Contains(p.Y, 0) {
			message += "; no target is 0, so periods without sales may have been left out of the file: --gaps zero fills them"
		}
		a.tellSeries(WarnGaps, message, missing, gapped)
		return nil
	}
	if err := a.fill(missing); err != nil {
		return err
	}
	left, open := p.Gaps()
	a.tellFilled(missing-left, left, gapped, open)
	return nil
}

// tellFilled says how many periods without a row are filled, and how many are left, of which series.
func (a *assembly) tellFilled(filled, left int, gapped, open []int) {
	const unknown = "no target is known on one side of them"
	if filled == 0 {
		a.tellSeries(WarnGaps, "periods inside series without a row stay missing observations: "+unknown, left, open)
		return
	}
	message := "periods inside series without a row are filled with 0"
	if a.cfg.Gaps == GapsInterpolate {
		message = "periods inside series without a row are filled on the line between those around them"
	}
	if slices.ContainsFunc(a.panel.Covariates, func(c Covariate) bool { return c.Use != Static }) {
		message += "; their covariates are missing"
	}
	if left > 0 {
		message += fmt.Sprintf("; %d more stay missing observations: %s", left, unknown)
	}
	a.tellSeries(WarnGaps, message, filled, gapped)
}

// gapErrors names the first row after each gap.
func (a *assembly) gapErrors(series []int) *table.Problems {
	p := a.panel
	var after []int
	for _, s := range series {
		for i := p.Offset[s] + 1; i < p.Offset[s+1]; i++ {
			if p.Period[i] > p.Period[i-1]+1 {
				after = append(after, i)
			}
		}
	}
	return a.problems(after, p.Time, table.CodeGap, func(i int) error {
		return fmt.Errorf("%s: %s has no row for the %s before", p.Freq.Format(p.Period[i]), p.Label(p.seriesOf(i)),
			count(int(p.Period[i]-p.Period[i-1])-1, p.Freq.Step()))
	})
}

// maxFilled bounds the observations that the gaps of rows give: a wrong year makes millions of them.
func maxFilled(rows int) int { return max(1_000_000, 20*rows) }

// fill adds an observation for every period inside a series that has none, but for those without a
// value on the line.
func (a *assembly) fill(missing int) error {
	p := a.panel
	n := p.Len() + missing
	if most := maxFilled(p.Len()); missing > most || n > math.MaxInt32 {
		err := table.NewFileError(a.files[0], table.CodeTooManyRows,
			fmt.Sprintf("%d periods without a row; beside %d rows at most %d are filled", missing, p.Len(), min(most, math.MaxInt32-p.Len())))
		return hint.Wrap(err, "look for a wrong year among the first and last dates, or leave the gaps: --gaps missing")
	}
	if a.cfg.Track != TrackNothing {
		p.Changes = slices.Grow(p.Changes, missing)
	}
	period, y := make([]calendar.Period, 0, n), make([]float64, 0, n)
	from := make([]int32, 0, n) // the observation that stood there, -1 for none
	offset := make([]int, 1, len(p.Offset))
	for s := range p.NumSeries() {
		way := line{p: p, before: -1, after: p.Offset[s] - 1, end: p.Offset[s+1]}
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			for t := p.nextPeriod(s, i); t < p.Period[i]; t++ {
				v := 0.0
				if a.cfg.Gaps == GapsInterpolate {
					v = way.at(i, t)
				}
				if v != v {
					continue
				}
				period, y, from = append(period, t), append(y, v), append(from, -1)
				a.trackNew(WarnGaps, s, t, number(v))
			}
			period, y, from = append(period, p.Period[i]), append(y, p.Y[i]), append(from, int32(i))
			way.pass(i)
		}
		offset = append(offset, len(period))
	}
	p.Period, p.Y, p.Offset = period, y, offset
	p.Row = moved(p.Row, from, -1)
	for k, c := range p.Covariates {
		if c.Use != Static {
			p.Covariates[k].Values = moved(c.Values, from, math.NaN())
		}
	}
	return nil
}

// nextPeriod returns the period after the observation before i, that of i for the first of a series.
func (p *Panel) nextPeriod(s, i int) calendar.Period {
	if i == p.Offset[s] {
		return p.Period[i]
	}
	return p.Period[i-1] + 1
}

// moved returns values in new places: place i takes the one from[i], or none where that is -1.
func moved[T any](values []T, from []int32, none T) []T {
	dst := make([]T, len(from))
	for i, f := range from {
		dst[i] = none
		if f >= 0 {
			dst[i] = values[f]
		}
	}
	return dst
}

// line is the way between the known observations of a series around a gap. Gaps come in their order.
type line struct {
	p      *Panel
	before int // the last known one before the gap, -1 for none
	after  int // the first known one after it; end for none
	end    int
}

// pass goes on beyond an observation.
func (l *line) pass(i int) {
	if l.p.Y[i] == l.p.Y[i] {
		l.before = i
	}
}

// at returns the value at t, a period without a row before observation i. It is NaN where no
// observation of one side is known.
func (l *line) at(i int, t calendar.Period) float64 {
	y, period := l.p.Y, l.p.Period
	l.after = max(l.after, i)
	for l.after < l.end && y[l.after] != y[l.after] {
		l.after++
	}
	if l.before < 0 || l.after == l.end {
		return math.NaN()
	}
	from, to := y[l.before], y[l.after]
	steps, all := float64(t-period[l.before]), float64(period[l.after]-period[l.before])
	if v := from + (to-from)*steps/all; !math.IsInf(v, 0) {
		return v // exact where the step of the line is
	}
	return from*(1-steps/all) + to*(steps/all)
}

// count writes "1 day", "3 days".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// renumber makes Row the order of the observations again, where some were left out or are new. The
// input had so many rows; new observations come last.
func (p *Panel) renumber(rows int) {
	at := make([]int32, rows) // row -> observation + 1
	next := int32(0)
	for i, r := range p.Row {
		if r >= 0 {
			at[r] = int32(i) + 1
		}
	}
	for _, i := range at {
		if i > 0 {
			p.Row[i-1] = next
			next++
		}
	}
	for i, r := range p.Row {
		if r < 0 {
			p.Row[i] = next
			next++
		}
	}
}
