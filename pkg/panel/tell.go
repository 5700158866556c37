package panel

import (
	"fmt"
	"slices"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// Codes of the warnings that a panel has beside those of its table. They are stable: programs may
// compare them.
const (
	WarnNixtlaNames = "nixtla_names"    // unique_id, ds, y
	WarnMissing     = "missing_target"  // empty targets, missing observations
	WarnNegative    = "negative_target" // targets below zero
	WarnUnsorted    = "unsorted"        // series whose dates do not ascend in the file, sorted
	WarnDuplicates  = "duplicates"      // rows of one series and date, brought together
	WarnGaps        = "gaps"            // periods inside series without a row
	WarnFuture      = "future_dates"    // dates after Config.Today
	WarnMixed       = "mixed_covariate" // a covariate of numbers and a few texts, read as text
	WarnUnseen      = "unseen_value"    // texts of a known-future column that the sales did not hold
	WarnUnknown     = "unknown_series"  // rows of future values with an id that the sales do not hold
	WarnRounded     = "rounded"         // targets so large that not every integer is a number
	WarnSingleDates = "single_dates"    // no series has two dates, which would tell the frequency
	WarnAttributes  = "attributes"      // series or ids that a file of attributes does not have, or has alone
)

// CodeNamedTwice is the code of a table.FileError: a file that is named twice.
const CodeNamedTwice = "named_twice"

// places returns the places of a file as warnings name them: with the file, unless it is the only
// one of the sales.
func (a *assembly) places(file string, places []string) []string {
	if a.what == whatSales && a.inputs <= 1 {
		return places
	}
	if len(places) == 0 {
		return []string{file}
	}
	named := make([]string, len(places))
	for i, place := range places {
		named[i] = file + " " + place
	}
	return named
}

// rowPlaces returns where rows stand, as warnings name it.
func (a *assembly) rowPlaces(rows []int32) []string {
	var places []string
	for _, row := range rows {
		d, n := a.file(row)
		places = append(places, a.places(d.File, []string{d.Place(n)})...)
	}
	return places
}

// tellRows adds a warning with the places of its first rows.
func (a *assembly) tellRows(code, message string, rows []int32) {
	if len(rows) == 0 {
		return
	}
	slices.Sort(rows)
	a.panel.Warnings = append(a.panel.Warnings, table.Warning{
		Code: code, Count: len(rows), Message: message, Places: a.rowPlaces(rows[:min(len(rows), table.MaxPlaces)]),
	})
}

// tellSeries adds a warning with the labels of its first series.
func (a *assembly) tellSeries(code, message string, n int, series []int) {
	if n > 0 {
		a.panel.Warnings = append(a.panel.Warnings, a.panel.warning(code, message, n, series))
	}
}

func (p *Panel) warning(code, message string, n int, series []int) table.Warning {
	w := table.Warning{Code: code, Count: n, Message: message}
	for _, s := range series[:min(len(series), table.MaxPlaces)] {
		w.Places = append(w.Places, p.Label(s))
	}
	return w
}

// exact is the bound below which every integer is a number of its own.
const exact = 1 << 53

// oddTargets returns the rows whose targets are missing, the observations with one below zero, and the
// rows with one so large that it may be rounded.
func (p *Panel) oddTargets() (missing []int32, below []int, large []int32) {
	for i, y := range p.Y {
		switch {
		case y >= 0 && y < exact:
			continue
		case y < 0:
			below = append(below, i)
		case y != y:
			missing = append(missing, p.Row[i])
		}
		if y >= exact || y <= -exact {
			large = append(large, p.Row[i])
		}
	}
	return missing, below, large
}

// tellFuture names the rows after today.
func (a *assembly) tellFuture() {
	p := a.panel
	if a.cfg.Today == 0 {
		return
	}
	n := 0
	var late []int
	for s := range p.NumSeries() {
		before := n
		for i := p.Offset[s+1] - 1; i >= p.Offset[s] && p.Freq.Start(p.Period[i]).Date > a.cfg.Today; i-- {
			n++
		}
		if n > before {
			late = append(late, s)
		}
	}
	a.tellSeries(WarnFuture, fmt.Sprintf("rows with a date after today, %s", a.cfg.Today), n, late)
}

// Start returns the date and hour that an observation's period starts with.
func (p *Panel) Start(i int) calendar.Time { return p.Freq.Start(p.Period[i]) }
