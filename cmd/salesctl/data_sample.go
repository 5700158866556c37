package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
)

// dataSampleOptions is what data sample was asked for.
type dataSampleOptions struct {
	*env
	sample panel.SampleConfig
	output string
}

func newDataSampleCmd(e *env) *cobra.Command {
	o := &dataSampleOptions{env: e, sample: panel.DefaultSample()}
	cmd := &cobra.Command{
		Use:   "sample",
		Short: "Make up sales of stores and items",
		Long: `sample writes made-up sales as CSV with the columns date, store, item, sales and promo:
counts with a weekday and a yearly profile, growth, promotions, some zeros, and two series that
start late. They are daily, or of the frequency --freq: hours have a daily profile, weeks, months,
quarters and years the sales of their days. The same flags give the same bytes on every machine.`,
		Example: indent(`
salesctl data sample --output sample.csv
salesctl data sample --series 4 --days 90 --seed 7
salesctl data sample --series 4 --freq W-SUN`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := e.load(cmd); err != nil {
				return err
			}
			return runDataSample(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.sample.Series, "series", o.sample.Series, "how many store x item pairs: `N`")
	f.IntVar(&o.sample.Days, "days", o.sample.Days, "how many days from 2020-01-01 on: `N`")
	f.Uint64Var(&o.sample.Seed, "seed", o.sample.Seed, "another one gives other sales: `N`")
	f.TextVar(&o.sample.Freq, "freq", calendar.Day, "spacing of the dates, h, D, B, W-SUN to W-SAT, MS, QS or YS: `FREQ`")
	f.StringVar(&o.output, "output", "", "where the sales go: `FILE` (default: stdout)")
	return cmd
}

func runDataSample(ctx context.Context, o *dataSampleOptions) error {
	var errs []error
	for _, err := range leaves(o.sample.Validate()) {
		errs = append(errs, fmt.Errorf("--%w", err)) // the fields have the names of their flags
	}
	if len(errs) > 0 {
		return &usageError{Err: errors.Join(errs...)}
	}
	return o.writeOutput(ctx, o.output, func(w io.Writer) error { return panel.Sample(w, o.sample) })
}
