package panel

import (
	"errors"
	"fmt"
	"slices"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// settlePeriods finds the frequency, by the Config or by the spacing of the dates, and turns ticks
// into periods. Dates that the frequency does not have are bad rows.
func (a *assembly) settlePeriods() error {
	p := a.panel
	freq, err := a.frequency()
	if err != nil {
		return a.withoutFrequency(err)
	}
	p.Freq = freq
	if freq == a.finest() {
		p.Period = periods(a.ticks)
		return nil
	}
	p.Period = make([]calendar.Period, len(a.ticks))
	var off []int
	for i, t := range a.ticks {
		period, ok := freq.Period(a.unit.Time(t))
		if !ok {
			off = append(off, i)
		}
		p.Period[i] = period
	}
	a.refuse(off, p.Time, table.CodeOffGrid, func(i int) error { return a.offGrid(freq, a.unit.Time(a.ticks[i])) })
	return nil
}

// finest returns the frequency whose periods are the ticks.
func (a *assembly) finest() calendar.Freq {
	if a.unit == calendar.Hours {
		return calendar.Hour
	}
	return calendar.Day
}

func periods(ticks []int32) []calendar.Period {
	list := make([]calendar.Period, len(ticks))
	for i, t := range ticks {
		list[i] = calendar.Period(t)
	}
	return list
}

// withoutFrequency returns the error of dates without a frequency, unless there are bad rows, which
// may be why: they come first.
func (a *assembly) withoutFrequency(err error) error {
	if a.cfg.Duplicates == DuplicatesError {
		a.panel.Freq, a.panel.Period = a.finest(), periods(a.ticks)
		if a.applyDuplicates(); a.refused {
			return nil
		}
	}
	bad := a.bad.Err(a.files, a.rows)
	switch {
	case bad == nil:
		return err
	case a.cfg.keep() == table.KeepFirst:
		return bad
	}
	return errors.Join(err, bad)
}

// offGrid returns the error of a date that freq does not have.
func (a *assembly) offGrid(freq calendar.Freq, t calendar.Time) error {
	err := freq.OffGrid(t)
	if a.names.target == "" {
		return err
	}
	return hint.Wrap(err, "correct the dates, or leave such rows out: --on-error quarantine FILE")
}

func (a *assembly) frequency() (calendar.Freq, error) {
	if a.cfg.Freq != FreqAuto {
		return calendar.ParseFreq(a.cfg.Freq)
	}
	e := calendar.NewEvidence(a.unit)
	var distinct []int32
	single := 0 // series that have one date
	for s := range a.panel.NumSeries() {
		ticks := a.ticks[a.panel.Offset[s]:a.panel.Offset[s+1]]
		if a.repeats {
			distinct = slices.Compact(append(distinct[:0], ticks...))
			ticks = distinct
		}
		if len(ticks) == 1 {
			single++
		}
		e.Add(ticks)
	}
	freq, err := e.Freq()
	if err != nil {
		return calendar.None, hint.Wrap(&table.FileError{File: a.files[0], Code: table.CodeFrequency, Err: err}, hint.Of(err))
	}
	if n := a.panel.NumSeries(); single == n {
		message := fmt.Sprintf("series have a single date each, so that the frequency is %s by default: --freq names another", freq)
		a.tellSeries(WarnSingleDates, message, n, firstSeries(n))
	}
	return freq, nil
}

// firstSeries returns the first series that a warning names.
func firstSeries(n int) []int {
	list := make([]int, min(n, table.MaxPlaces))
	for s := range list {
		list[s] = s
	}
	return list
}
