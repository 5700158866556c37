package panel

import (
	"fmt"
	"slices"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// columnNames are the names of the columns that have a role.
type columnNames struct {
	time, target string
	ids          []string
	covariates   []Covariate
	levels       levels
}

// levels says where the levels of covariates of text come from.
type levels int

const (
	levelsFound levels = iota // in the data, in the order of its rows
	levelsGiven               // from the covariates: the data may have others, which are missing values
)

func (c Config) names() columnNames {
	return columnNames{time: c.Time, target: c.Target, ids: c.IDs, covariates: c.covariates()}
}

// covariates returns the covariates that the Config names, without values.
func (c Config) covariates() []Covariate {
	var list []Covariate
	for _, name := range c.Static {
		list = append(list, Covariate{Name: name, Use: Static})
	}
	for _, name := range c.KnownFuture {
		list = append(list, Covariate{Name: name, Use: KnownFuture})
	}
	for _, name := range c.PastOnly {
		list = append(list, Covariate{Name: name, Use: PastOnly})
	}
	return list
}

// flag returns the flag that names a column of a use.
func (u Use) flag() string {
	switch u {
	case Static:
		return "--static"
	case KnownFuture:
		return "--known-future"
	default:
		return "--past-only"
	}
}

// wanted lists the columns of a file: time, target, ids, covariates.
func (n columnNames) wanted() []table.Wanted {
	var list []table.Wanted
	if n.time != "" {
		list = append(list, table.Wanted{Name: n.time, Kind: table.Time, Flag: "--time"})
	}
	if n.target != "" {
		list = append(list, table.Wanted{Name: n.target, Kind: table.Number, Flag: "--target"})
	}
	for _, name := range n.ids {
		list = append(list, table.Wanted{Name: name, Kind: table.Key, Flag: "--id"})
	}
	for _, c := range n.covariates {
		list = append(list, table.Wanted{Name: c.Name, Kind: table.Text, Flag: c.Use.flag()})
	}
	return list
}

// resolve settles the names of the columns of sales by the header of the first file.
func (a *assembly) resolve(f *table.File) error {
	if a.names.time == "" {
		a.names = a.cfg.names()
		if nixtla(f, a.cfg) {
			a.names.time, a.names.target, a.names.ids = "ds", "y", []string{"unique_id"}
			a.note(f.Name, []table.Warning{{
				Code: WarnNixtlaNames, Count: 1,
				Message: "the columns unique_id, ds and y are read as id, date and target",
			}})
		}
		a.seekElsewhere(f)
	}
	if !f.Has(a.names.time) {
		if dates := a.datesAmong(f.Names); len(dates) >= leastWide {
			err := table.NewFileError(f.Name, table.CodeWide,
				fmt.Sprintf("%d columns are dates, such as %s: one column per date, not one row", len(dates), table.Quote(dates[0])))
			return hint.Wrap(err, fmt.Sprintf("salesctl data convert %s --from wide --output long.csv%s", f.Name, a.formatFlag(dates)))
		}
	}
	return nil
}

// seekElsewhere leaves the static columns that a file of sales lacks to the files of attributes, if
// there are any.
func (a *assembly) seekElsewhere(f *table.File) {
	if len(a.cfg.Attributes) == 0 {
		return
	}
	a.names.covariates = slices.DeleteFunc(a.names.covariates, func(c Covariate) bool {
		elsewhere := c.Use == Static && !f.Has(c.Name)
		if elsewhere {
			a.elsewhere = append(a.elsewhere, c.Name)
		}
		return elsewhere
	})
}

// leastWide is how many columns with dates for names make a file a wide one.
const leastWide = 3

// datesAmong returns the names that are dates, in whatever common form.
func (a *assembly) datesAmong(names []string) []string {
	var dates []string
	for _, name := range names {
		if _, fault := a.dateOf(name); fault == calendar.FaultNone || isDate(name) {
			dates = append(dates, name)
		}
	}
	return dates
}

// formatFlag returns the flag that has these names read as dates, "" where none is needed or none
// would do; the user must choose where the first number may be a day or a month.
func (a *assembly) formatFlag(dates []string) string {
	if _, fault := a.dateOf(dates[0]); fault == calendar.FaultNone {
		return ""
	}
	formats := dateFormats(dates)
	if len(formats) == 0 {
		return ""
	}
	return " --date-format " + choice(formats)
}

// nixtla reports whether the file has the names unique_id, ds and y and none of the default ones,
// and cfg asks for the default ones.
func nixtla(f *table.File, cfg Config) bool {
	d := Default()
	if cfg.Time != d.Time || cfg.Target != d.Target || !slices.Equal(cfg.IDs, d.IDs) {
		return false
	}
	for _, name := range []string{"unique_id", "ds", "y"} {
		if !slices.Contains(f.Names, name) {
			return false
		}
	}
	return !slices.ContainsFunc(append([]string{d.Time, d.Target}, d.IDs...), f.Has)
}

// ignore notes the columns of a file that have no role.
func (a *assembly) ignore(names []string, used []table.Column) {
	for i, name := range names {
		if !slices.Contains(a.have, name) {
			a.have = append(a.have, name)
		}
		taken := slices.ContainsFunc(used, func(c table.Column) bool { return c.Place == i })
		if !taken && !slices.Contains(a.ignored, name) {
			a.ignored = append(a.ignored, name)
		}
	}
}

// note adds the warnings of a file to those of the files before it.
func (a *assembly) note(file string, warnings []table.Warning) {
	for _, w := range warnings {
		w.Places = a.places(file, w.Places)
		i := slices.IndexFunc(a.warnings, func(have table.Warning) bool { return have.Code == w.Code && have.Message == w.Message })
		if i < 0 {
			a.warnings = append(a.warnings, w)
			continue
		}
		have := &a.warnings[i]
		have.Count += w.Count
		have.Places = append(have.Places, w.Places[:min(len(w.Places), table.MaxPlaces-len(have.Places))]...)
	}
}
