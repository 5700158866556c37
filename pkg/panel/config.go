package panel

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/table"
)

// FreqAuto is the Config.Freq that looks at the spacing of the dates.
const FreqAuto = "auto"

// Policies for the periods inside a series that have no row.
const (
	GapsMissing     = "missing"     // they are missing observations
	GapsZero        = "zero"        // nothing was sold
	GapsInterpolate = "interpolate" // on the line between the known observations around them, if there are
	GapsError       = "error"       // they are an error
)

// Policies for rows of one series and date.
const (
	DuplicatesError = "error" // all but the first are bad rows
	DuplicatesSum   = "sum"   // their targets are added; covariates are those of the first
	DuplicatesMean  = "mean"  // the mean of their known targets
	DuplicatesFirst = "first" // the first in the file counts
	DuplicatesLast  = "last"  // the last in the file counts
)

// Policies for targets below zero.
const (
	NegativeKeep  = "keep"
	NegativeError = "error" // they are bad rows
	NegativeZero  = "zero"  // they become zero
)

// What to do about bad rows. The second is followed by a space and the file that takes them.
const (
	OnErrorFail       = "fail"       // read everything, report, return no panel
	OnErrorQuarantine = "quarantine" // leave the bad rows out and hand them over
)

// Config says how to read sales.
type Config struct {
	Time       string   `mapstructure:"time"`        // name of the date column; default "date"
	IDs        []string `mapstructure:"ids"`         // names of the one to five id columns; default store, item
	Target     string   `mapstructure:"target"`      // name of the target column; default "sales"
	Freq       string   `mapstructure:"freq"`        // auto, or as calendar.ParseFreq; default auto
	DateFormat string   `mapstructure:"date_format"` // strftime; default "%Y-%m-%d", which ISO date-times follow too
	Delimiter  string   `mapstructure:"delimiter"`   // of all files, as table.ParseDelimiter; default "": looked for in each

	Gaps       string `mapstructure:"gaps"`       // missing, zero, interpolate or error; default missing
	Duplicates string `mapstructure:"duplicates"` // error, sum, mean, first or last; default error
	Negative   string `mapstructure:"negative"`   // keep, error or zero; default keep

	KnownFuture []string `mapstructure:"known_future"` // covariates that are known ahead
	PastOnly    []string `mapstructure:"past_only"`    // covariates that are known up to the cutoff
	Static      []string `mapstructure:"static"`       // covariates that a series has once and for all
	Attributes  []string `mapstructure:"attributes"`   // files of more static covariates, by id

	OnError string `mapstructure:"on_error"` // fail, or "quarantine FILE"; default fail

	// Today is the day after which dates are named in a warning. The zero value checks nothing.
	Today calendar.Date `mapstructure:"-"`
	// Track makes the panel list every value that a policy changed.
	Track Track `mapstructure:"-"`
}

// Track says whether a panel lists what policies changed.
type Track int

// The zero value counts changes in the warnings only.
const (
	TrackNothing Track = iota
	TrackChanges
)

// maxIDs is how many id columns a panel may have.
const maxIDs = 5

// Default returns the Config for a file with the columns date, store, item and sales.
func Default() Config {
	return Config{
		Time: "date", IDs: []string{"store", "item"}, Target: "sales",
		Freq: FreqAuto, DateFormat: calendar.DefaultDateFormat,
		KnownFuture: []string{}, PastOnly: []string{}, Static: []string{}, Attributes: []string{},
		Gaps: GapsMissing, Duplicates: DuplicatesError, Negative: NegativeKeep, OnError: OnErrorFail,
	}
}

// GapPolicies returns all that Config.Gaps may be.
func GapPolicies() []string { return []string{GapsMissing, GapsZero, GapsInterpolate, GapsError} }

// DuplicatePolicies returns all that Config.Duplicates may be.
func DuplicatePolicies() []string {
	return []string{DuplicatesError, DuplicatesSum, DuplicatesMean, DuplicatesFirst, DuplicatesLast}
}

// NegativePolicies returns all that Config.Negative may be.
func NegativePolicies() []string { return []string{NegativeKeep, NegativeError, NegativeZero} }

// Quarantine returns the file that takes the bad rows, "" where they are an error.
func (c Config) Quarantine() string {
	rest, ok := strings.CutPrefix(c.OnError, OnErrorQuarantine+" ")
	if !ok {
		return ""
	}
	return strings.TrimSpace(rest)
}

// keep says which problems are kept.
func (c Config) keep() table.Keep {
	if c.Quarantine() != "" {
		return table.KeepAll
	}
	return table.KeepFirst
}

// Validate reports everything that is wrong with c.
func (c Config) Validate() error {
	errs := c.checkNames()
	add := func(err error) { errs = append(errs, err) }
	if c.Freq != FreqAuto {
		if _, err := calendar.ParseFreq(c.Freq); err != nil {
			add(fmt.Errorf("freq: %w", err))
		}
	}
	for _, choice := range []struct {
		name, value string
		allowed     []string
	}{
		{"gaps", c.Gaps, GapPolicies()},
		{"duplicates", c.Duplicates, DuplicatePolicies()},
		{"negative", c.Negative, NegativePolicies()},
	} {
		if !slices.Contains(choice.allowed, choice.value) {
			add(fmt.Errorf("%s: %q is not one of %s", choice.name, choice.value, strings.Join(choice.allowed, ", ")))
		}
	}
	if c.OnError != OnErrorFail && c.Quarantine() == "" {
		add(hint.Wrap(fmt.Errorf("on_error: %q is neither fail nor quarantine with a file", c.OnError),
			"fail, or for example: quarantine bad-rows.csv"))
	}
	if _, err := table.ParseDelimiter(c.Delimiter); err != nil {
		add(fmt.Errorf("delimiter: %w", err))
	}
	if _, err := calendar.CompileLayout(c.DateFormat); err != nil {
		add(fmt.Errorf("date_format: %w", err))
	}
	return errors.Join(errs...)
}

func (c Config) checkNames() []error {
	var errs []error
	add := func(err error) { errs = append(errs, err) }
	if c.Time == "" {
		add(errors.New("time: the date column has no name"))
	}
	if c.Target == "" {
		add(errors.New("target: the target column has no name"))
	}
	switch {
	case len(c.IDs) == 0:
		add(hint.Wrap(errors.New("ids: no id column"), "add a column that names the series, the same value in every row for a single one"))
	case len(c.IDs) > maxIDs:
		add(fmt.Errorf("ids: %d id columns, at most %d are read", len(c.IDs), maxIDs))
	}
	seen := map[string]string{c.Time: "time", c.Target: "target"}
	if c.Time == c.Target && c.Time != "" {
		add(fmt.Errorf("target: column %q has two roles, time and target", c.Time))
	}
	for _, list := range []struct {
		key   string
		names []string
	}{{"ids", c.IDs}, {"known_future", c.KnownFuture}, {"past_only", c.PastOnly}, {"static", c.Static}} {
		for _, name := range list.names {
			before, twice := seen[name]
			switch {
			case name == "":
				add(fmt.Errorf("%s: a column has no name", list.key))
			case twice:
				if before == list.key {
					add(fmt.Errorf("%s: column %q stands twice", list.key, name))
					break
				}
				add(fmt.Errorf("%s: column %q has two roles, %s and %s", list.key, name, before, list.key))
			}
			seen[name] = list.key
		}
	}
	return errs
}
