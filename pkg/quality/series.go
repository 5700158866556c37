package quality

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// Codes of the findings about whole series.
const (
	CodeLate           = "late"             // series that start after the first date
	CodeEnded          = "ended"            // series that end before the last date
	CodeShort          = "short"            // series of fewer than minSeasons seasons
	CodeConstant       = "constant"         // series whose targets are all the same
	CodeAllZero        = "all_zero"         // series whose targets are all 0
	CodeNoTarget       = "no_target"        // series without a target
	CodeTrailing       = "trailing_missing" // series whose last rows have no target
	CodeIncompleteLast = "incomplete_last"  // a last period that sells far less than those before
)

const (
	minSeasons = 2 // fewer show no season

	lastPeriods = 8   // before the last, to compare it with
	lastShare   = 0.5 // of the least of them: less is odd
)

// lives returns the series that start after the first date, and those that end before the last.
func lives(p *panel.Panel) (late, ended []int) {
	first, last := p.Range()
	for s := range p.NumSeries() {
		if p.Period[p.Offset[s]] > first {
			late = append(late, s)
		}
		if p.Period[p.Offset[s+1]-1] < last {
			ended = append(ended, s)
		}
	}
	return late, ended
}

// lifeFindings names the series that do not run from the first date to the last.
func lifeFindings(p *panel.Panel) []Finding {
	first, last := p.Range()
	late := Finding{Code: CodeLate, Severity: Info, Message: "series start after the first date, " + p.Freq.Format(first)}
	ended := Finding{Code: CodeEnded, Severity: Info, Message: "series end before the last date, " + p.Freq.Format(last)}
	isLate, hasEnded := lives(p)
	for _, s := range isLate {
		late.place(func() string { return p.Label(s) + ": " + p.Freq.Format(p.Period[p.Offset[s]]) })
	}
	for _, s := range hasEnded {
		ended.place(func() string { return p.Label(s) + ": " + p.Freq.Format(p.Period[p.Offset[s+1]-1]) })
	}
	return []Finding{late, ended}
}

// trailingMissing names the series whose last rows have no target, but for those that have none at all.
func trailingMissing(p *panel.Panel) []Finding {
	f := Finding{
		Code: CodeTrailing, Severity: Warning,
		Hint: "forecasts start after the last row: leave rows without a target out, and give their covariates by --future FILE",
	}
	periods := 0
	for s := range p.NumSeries() {
		from, to := p.Offset[s], p.Offset[s+1]
		first := to
		for first > from && math.IsNaN(p.Y[first-1]) {
			first--
		}
		if first == from || first == to {
			continue
		}
		start, end := p.Period[first], p.Period[to-1]+1
		periods += int(end - start)
		f.place(func() string { return p.Label(s) + ": " + describeRun(p.Freq, start, end) })
	}
	f.Message = "series have no target in their last rows, " + count(periods, p.Freq.Step()) + " in all"
	return []Finding{f}
}

// steadySeries names the series that have one target, or none.
func steadySeries(p *panel.Panel) []Finding {
	constant := Finding{Code: CodeConstant, Severity: Warning, Message: "series have the same target on every date"}
	zero := Finding{Code: CodeAllZero, Severity: Warning, Message: "series have sold nothing: every target is 0"}
	none := Finding{Code: CodeNoTarget, Severity: Warning, Message: "series have no target at all"}
	for s := range p.NumSeries() {
		label := func() string { return p.Label(s) }
		switch only, known := onlyTarget(p.Y[p.Offset[s]:p.Offset[s+1]]); {
		case known == 0:
			none.place(label)
		case only == 0:
			zero.place(label)
		case only == only && known > 1:
			constant.place(func() string { return p.Label(s) + ": " + number(only) })
		}
	}
	return []Finding{constant, zero, none}
}

// onlyTarget returns the one value that all known targets have, NaN where they differ, and how many
// it looked at to tell.
func onlyTarget(y []float64) (only float64, known int) {
	only = math.NaN()
	for _, v := range y {
		switch {
		case v != v:
			continue
		case known == 0:
			only = v
		case v != only:
			return math.NaN(), known + 1
		}
		known++
	}
	return only, known
}

// shortSeries names the series that are too short to show a season.
func shortSeries(p *panel.Panel) []Finding {
	season := p.Freq.Season()
	f := Finding{
		Code: CodeShort, Severity: Warning,
		Message: fmt.Sprintf("series have fewer than %s, %d seasons", count(minSeasons*season, "target"), minSeasons),
	}
	for s := range p.NumSeries() {
		known := 0
		for _, y := range p.Y[p.Offset[s]:p.Offset[s+1]] {
			if y == y {
				known++
			}
		}
		if known < minSeasons*season {
			f.place(func() string { return fmt.Sprintf("%s: %d", p.Label(s), known) })
		}
	}
	return []Finding{f}
}

// incompleteLast says that the last week, month, quarter or year may not be over: it sells less than
// lastShare of the least of the lastPeriods before it, over the series whose targets of all of them
// are known.
func incompleteLast(p *panel.Panel) []Finding {
	if p.Freq < calendar.WeekMon {
		return nil
	}
	_, last := p.Range()
	totals := make([]float64, lastPeriods+1)
	for s := range p.NumSeries() {
		from, to := p.Offset[s], p.Offset[s+1]
		if p.Period[to-1] != last || to-from < len(totals) || p.Period[to-len(totals)] != last-lastPeriods {
			continue
		}
		window := p.Y[to-len(totals) : to]
		if slices.ContainsFunc(window, math.IsNaN) {
			continue
		}
		for k, y := range window {
			totals[k] += y
		}
	}
	least, latest := slices.Min(totals[:lastPeriods]), totals[lastPeriods]
	if latest >= lastShare*least || least <= 0 {
		return nil
	}
	return []Finding{{
		Code: CodeIncompleteLast, Severity: Warning, Count: 1,
		Message: fmt.Sprintf("the last %s sells less than %d %% of the least of the %d before it: it may not be complete",
			p.Freq.Step(), int(lastShare*100), lastPeriods),
		Hint:   "leave a period out until it is over",
		Places: []string{fmt.Sprintf("%s: %s, before at least %s", p.Freq.Format(last), number(latest), number(least))},
	}}
}

// Codes of the findings about the values of targets.
const (
	CodeStockouts = "stockouts" // runs of zeros that are too long to be chance
	CodeFractions = "fractions" // a few targets that are no whole numbers
)

const (
	minStockout = 3    // zeros in a row
	chance      = 1e-6 // that a run begins on a date, if zeros come one by one

	fewFractions  = 0.01 // of the targets
	minForNumbers = 100  // targets that show of what kind they are
)

// stockouts names the runs of zeros that are improbably long: with p the share of zeros in the
// rest of the series, each side counted once more, p to the power of the length is less than
// chance. An item was not in stock, or not sold yet, or the till was closed.
func stockouts(p *panel.Panel) []Finding {
	f := Finding{
		Code: CodeStockouts, Severity: Warning,
		Message: fmt.Sprintf("runs of zeros are too long for their series to be chance (a probability below %s): no stock, or not sold yet", strconv.FormatFloat(chance, 'f', -1, 64)),
	}
	for s := range p.NumSeries() {
		from, to := p.Offset[s], p.Offset[s+1]
		known, zeros := 0, 0
		for _, y := range p.Y[from:to] {
			if y == y {
				known++
			}
			if y == 0 {
				zeros++
			}
		}
		if zeros < minStockout || zeros == known {
			continue
		}
		for i := from; i < to; {
			end := i
			for end < to && p.Y[end] == 0 && p.Period[end]-p.Period[i] == calendar.Period(end-i) {
				end++
			}
			n := end - i
			if n >= minStockout && math.Pow(float64(zeros-n+1)/float64(known-n+2), float64(n)) < chance {
				f.place(func() string { return p.Label(s) + ": " + describeRun(p.Freq, p.Period[i], p.Period[end-1]+1) })
			}
			i = max(end, i+1)
		}
	}
	return []Finding{f}
}

// fractions names the few targets that are no whole numbers where the others are.
func fractions(p *panel.Panel) []Finding {
	f := Finding{Code: CodeFractions, Severity: Info, Message: "targets are no whole numbers, as all others are"}
	known := 0
	for s := range p.NumSeries() {
		for i := p.Offset[s]; i < p.Offset[s+1]; i++ {
			y := p.Y[i]
			if y != y {
				continue
			}
			known++
			if y != math.Trunc(y) {
				f.place(func() string {
					return fmt.Sprintf("%s: %s on %s", p.Label(s), number(y), p.Freq.Format(p.Period[i]))
				})
			}
		}
	}
	if known < minForNumbers || float64(f.Count) > fewFractions*float64(known) {
		return nil
	}
	return []Finding{f}
}
