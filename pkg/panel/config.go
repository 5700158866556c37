package panel

import (
	"errors"
	"fmt"
	"slices"

	"github.com/salesctl/salesctl/internal/hint"
)

// Frequencies a Config may name.
const (
	FreqAuto = "auto" // look at the spacing of the dates; anything but daily data is an error
	FreqDay  = "D"    // daily data, whatever gaps it has
)

// OnErrorFail is the only way of treating bad rows: read everything, report, return no panel.
const OnErrorFail = "fail"

// Config says how to read sales.
type Config struct {
	Time       string   `mapstructure:"time"`        // name of the date column; default "date"
	IDs        []string `mapstructure:"ids"`         // names of the id columns; default store, item
	Target     string   `mapstructure:"target"`      // name of the target column; default "sales"
	Freq       string   `mapstructure:"freq"`        // auto or D; default auto
	DateFormat string   `mapstructure:"date_format"` // strftime; default "%Y-%m-%d"
	OnError    string   `mapstructure:"on_error"`    // fail; default fail

	// Today is the day after which dates are named in a warning. The zero value checks nothing.
	Today Date `mapstructure:"-"`
}

// Default returns the Config for a file with the columns date, store, item and sales.
func Default() Config {
	return Config{
		Time: "date", IDs: []string{"store", "item"}, Target: "sales",
		Freq: FreqAuto, DateFormat: DefaultDateFormat, OnError: OnErrorFail,
	}
}

// Validate reports everything that is wrong with c.
func (c Config) Validate() error {
	var errs []error
	add := func(err error) { errs = append(errs, err) }
	if c.Time == "" {
		add(errors.New("time: the date column has no name"))
	}
	if c.Target == "" {
		add(errors.New("target: the target column has no name"))
	}
	if len(c.IDs) == 0 {
		add(hint.Wrap(errors.New("ids: no id column"), "add a column that names the series, the same value in every row for a single one"))
	}
	names := slices.Concat([]string{c.Time, c.Target}, c.IDs)
	for i, name := range names {
		if name == "" && i > 1 {
			add(errors.New("ids: an id column has no name"))
		}
		if name != "" && slices.Contains(names[:i], name) {
			add(fmt.Errorf("ids, time, target: column %q has two roles", name))
		}
	}
	if c.Freq != FreqAuto && c.Freq != FreqDay {
		add(fmt.Errorf("freq: %q is not supported; allowed: %s, %s", c.Freq, FreqAuto, FreqDay))
	}
	if c.OnError != OnErrorFail {
		add(fmt.Errorf("on_error: %q is not supported; allowed: %s", c.OnError, OnErrorFail))
	}
	if _, err := compileLayout(c.DateFormat); err != nil {
		add(fmt.Errorf("date_format: %w", err))
	}
	return errors.Join(errs...)
}
