package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/pkg/panel"
)

func newDataCmd(e *env) *cobra.Command {
	cmd := newGroup("data", "Look at sales, or make some up")
	cmd.AddCommand(newDataDescribeCmd(e), newDataSampleCmd(e))
	return cmd
}

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
		Short: "Make up daily sales of stores and items",
		Long: `sample writes made-up daily sales as CSV with the columns date, store, item, sales and
promo: counts with a weekday and a yearly profile, growth, promotions, some zeros, and two
series that start late. The same flags give the same bytes on every machine.`,
		Example: indent(`
salesctl data sample --output sample.csv
salesctl data sample --series 4 --days 90 --seed 7`),
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

// dataDescribeOptions is what data describe was asked for.
type dataDescribeOptions struct {
	*env
	config *config
	sales  salesFile
	format format
}

func newDataDescribeCmd(e *env) *cobra.Command {
	o := &dataDescribeOptions{env: e}
	cmd := &cobra.Command{
		Use:   "describe FILE",
		Short: "Summarise a file of sales",
		Long: `describe reads and checks sales and prints what is in them: rows, series and dates, the id
columns, the target, gaps, series that start late or end early, the columns that nothing
uses, and whatever is odd.`,
		Example: indent("salesctl data describe sales.csv\nsalesctl data describe sales.csv -o json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := e.load(cmd)
			if err != nil {
				return err
			}
			o.config = &s.config
			if err := o.sales.need(args); err != nil {
				return err
			}
			return runDataDescribe(cmd.Context(), o)
		},
	}
	addSalesFile(cmd, &o.sales)
	addFormat(cmd, &o.format, formatTable, formatJSON)
	addConfigFlags(cmd, "data")
	return cmd
}

func runDataDescribe(ctx context.Context, o *dataDescribeOptions) error {
	silent := *o.env
	silent.Log = zerolog.Nop() // the description holds the warnings
	p, err := readSales(ctx, &silent, o.config.Data, o.sales.path)
	if err != nil {
		return err
	}
	d := p.Describe()
	return o.writeOutput(ctx, "", func(w io.Writer) error { return o.format.write(w, d, describeGrid(o.sales.path, &d)) })
}

func describeGrid(file string, d *panel.Description) grid {
	g := grid{Header: []string{"SALES", file}}
	add := func(name, format string, args ...any) {
		g.Rows = append(g.Rows, []string{name, fmt.Sprintf(format, args...)})
	}
	add("rows", "%d", d.Rows)
	add("series", "%d", d.Series)
	add("dates", "%s from %s to %s, frequency %s", d.Time, d.FirstDate, d.LastDate, d.Freq)
	for _, id := range d.IDs {
		add("id", "%s: %d distinct, %s", id.Name, id.Distinct, strings.ReplaceAll(string(id.Rule), "_", " "))
	}
	add("target", "%s: %d known, %d missing", d.Target, d.Observed, d.Missing)
	if v := d.Values; v != nil {
		add("values", "min %s, mean %s, max %s, zeros %d, negative %d", short(v.Min), short(v.Mean), short(v.Max), v.Zeros, v.Negative)
	}
	if d.GapDays > 0 {
		add("gaps", "%d days without a row in %s", d.GapDays, seriesText(d.Gaps))
	} else {
		add("gaps", "none")
	}
	add("start late", "%s", seriesText(d.Late))
	add("end early", "%s", seriesText(d.Ended))
	add("ignored", "%s", listText(d.Ignored))
	for _, w := range d.Warnings {
		text := w.Message
		if w.Count > 0 {
			text += fmt.Sprintf(" (%d)", w.Count)
		}
		if len(w.Places) > 0 {
			text += ": " + strings.Join(w.Places, "; ")
		}
		add("warning", "%s", text)
	}
	return g
}

// short writes a number for people.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

func listText(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// seriesText says how many series there are and names the first.
func seriesText(c panel.SeriesCount) string {
	if c.Count == 0 {
		return "none"
	}
	text := fmt.Sprintf("%d series: %s", c.Count, strings.Join(c.Places, "; "))
	if c.Count > len(c.Places) {
		text += "; ..."
	}
	return text
}
