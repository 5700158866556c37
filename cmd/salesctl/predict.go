package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
)

// predictOptions is what predict was asked for.
type predictOptions struct {
	*env
	config *config
	model  string
	date   string
	ids    []string // name=value
	input  string
	to     forecastTo
}

func newPredictCmd(e *env) *cobra.Command {
	o := &predictOptions{env: e}
	var store, item string
	cmd := &cobra.Command{
		Use:   "predict --date DATE --store S --item I | --input REQUESTS",
		Short: "Forecast one day of one series, or every row of a file",
		Long: `predict answers from a bundle of the registry: one request by flags, or one for each row
of REQUESTS, a CSV with the id columns and the date column of the bundle.`,
		Example: indent(`
salesctl predict --date 2026-01-31 --store 1 --item 2
salesctl predict --date 2026-01-31 --id store=1 --id item=2 -o json
salesctl predict --input requests.csv --output forecasts.csv`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := e.load(cmd)
			if err != nil {
				return err
			}
			o.config = &s.config
			o.to.resolve(cmd)
			for name, value := range map[string]string{"store": store, "item": item} {
				if cmd.Flags().Changed(name) {
					o.ids = append(o.ids, name+"="+value)
				}
			}
			return runPredict(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.model, "model", "", "the bundle: `NAME[@version|@alias]` (default: registry.name@champion)")
	f.StringVar(&o.date, "date", "", "the day to forecast: `DATE`, in the date format of the bundle")
	f.StringVar(&store, "store", "", "the same as --id store=`S`")
	f.StringVar(&item, "item", "", "the same as --id item=`I`")
	f.StringArrayVar(&o.ids, "id", nil, "the id of one column: `NAME=VALUE`, repeatable")
	f.StringVar(&o.input, "input", "", "a CSV of requests: `FILE`; - is stdin")
	addForecastFlags(cmd, &o.to)
	addConfigFlags(cmd, "registry.dir", "model.levels", "model.horizon", "model.point")
	return cmd
}

// addForecastFlags gives cmd the flags of every verb that prints forecasts.
func addForecastFlags(cmd *cobra.Command, to *forecastTo) {
	to.engine = forecast.EngineTrees
	cmd.Flags().Var(&engineValue{&to.engine}, "engine", "`ENGINE` that evaluates the trees: trees, leaves")
	cmd.Flags().StringVar(&to.output, "output", "", "where the forecasts go: `FILE` (default: stdout)")
	addFormat(cmd, &to.format, formatTable, formatCSV, formatJSON, formatJSONL)
}

// resolve settles the format where -o does not say it: a file is CSV unless its name ends in .json
// or .jsonl, stdout is a table.
func (to *forecastTo) resolve(cmd *cobra.Command) {
	if cmd.Flags().Changed(formatFlag) || to.output == "" || to.output == "-" {
		return
	}
	switch strings.ToLower(filepath.Ext(to.output)) {
	case ".json":
		to.format = formatJSON
	case ".jsonl", ".ndjson":
		to.format = formatJSONL
	default:
		to.format = formatCSV
	}
}

// engineValue is the flag --engine.
type engineValue struct{ engine *forecast.Engine }

// Set takes the name of an engine.
func (v *engineValue) Set(text string) error {
	switch e := forecast.Engine(text); e {
	case forecast.EngineTrees, forecast.EngineLeaves:
		*v.engine = e
		return nil
	}
	return fmt.Errorf("%q is not one of %s, %s", text, forecast.EngineTrees, forecast.EngineLeaves)
}

func (v *engineValue) String() string { return string(*v.engine) }

// Type names the value in help texts.
func (v *engineValue) Type() string { return "ENGINE" }

func runPredict(ctx context.Context, o *predictOptions) error {
	if err := checkOutput(o.to.output, o.input); err != nil {
		return err
	}
	b, err := loadBundle(o.config, o.model)
	if err != nil {
		return err
	}
	requests, err := o.requests(ctx, b.Spec)
	if err != nil {
		return err
	}
	return answer(ctx, o.env, o.config, b, o.to, requests)
}

// loadBundle loads NAME[@ref] of the registry, its checksums checked.
func loadBundle(cfg *config, ref string) (*model.Bundle, error) {
	name, version, err := model.ParseRef(ref, cfg.Registry.Name)
	if err != nil {
		return nil, err
	}
	return model.Open(cfg.Registry.Dir).Load(name, version, model.CheckSums)
}

func (o *predictOptions) requests(ctx context.Context, s *features.Spec) ([]forecast.Request, error) {
	single := o.date != "" || len(o.ids) > 0
	switch {
	case o.input != "" && single:
		return nil, usagef("--input and a single request (--date, --id, --store, --item) exclude each other")
	case o.input == "-":
		return forecast.ReadRequests(o.Stdin, "stdin", s)
	case o.input != "":
		return readRequests(ctx, o.input, s)
	}
	r, err := o.single(s)
	if err != nil {
		return nil, err
	}
	return []forecast.Request{r}, nil
}

// readRequests reads a file of requests.
func readRequests(ctx context.Context, path string, s *features.Spec) ([]forecast.Request, error) {
	if r, ok := pipeAt(ctx, path); ok {
		return forecast.ReadRequests(r, path, s)
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("read requests: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read from
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, hint.Wrap(&panel.FileError{File: path, Code: panel.CodeDirectory, Err: errors.New("this is a directory")}, "name a CSV file")
	}
	return forecast.ReadRequests(f, path, s)
}

// single returns the request of the flags.
func (o *predictOptions) single(s *features.Spec) (forecast.Request, error) {
	r := forecast.Request{IDs: make([]string, len(s.IDs))}
	given := make(map[string]string)
	for _, id := range o.ids {
		name, value, ok := strings.Cut(id, "=")
		if !ok {
			return r, usagef("--id %q is not NAME=VALUE", id)
		}
		if _, twice := given[name]; twice {
			return r, usagef("the id %q is given twice", name)
		}
		given[name] = value
	}
	var names, missing []string
	for c, id := range s.IDs {
		value, ok := given[id.Name]
		if !ok {
			missing = append(missing, id.Name)
		} else if err := id.Check(value); err != nil {
			return r, asUsageOf("--id "+id.Name, err)
		}
		r.IDs[c] = value
		names = append(names, id.Name)
		delete(given, id.Name)
	}
	for name := range given {
		return r, withDidYouMean(usagef("the bundle has no id column %q, it has %s", name, strings.Join(names, ", ")), name, names)
	}
	if o.date == "" {
		missing = append(slices.Clone(missing), "date")
	}
	if len(missing) > 0 {
		return r, hint.Wrap(usagef("missing: %s", strings.Join(missing, ", ")), "give --date and one --id NAME=VALUE for each id column, or --input FILE")
	}
	var err error
	if r.Date, err = forecast.ParseDate(o.date, s); err != nil {
		return r, asUsageOf("--date", err)
	}
	return r, nil
}

// asUsageOf makes err a usage error about a flag.
func asUsageOf(flag string, err error) error {
	return &usageError{Err: fmt.Errorf("%s: %w", flag, err)}
}

// forecastTo says how forecasts are made and where they go.
type forecastTo struct {
	engine forecast.Engine
	output string
	format format
}

// forecastGrid returns rows for people: two decimals, and intervals only where there are some.
func forecastGrid(ids []features.IDSpec, levels []float64, rows []forecast.Row) grid {
	calibrated := slices.ContainsFunc(rows, func(r forecast.Row) bool {
		return slices.ContainsFunc(r.Intervals, func(i forecast.Interval) bool { return !math.IsNaN(i.Lo) })
	})
	if !calibrated {
		levels = nil
	}
	g := grid{Header: forecast.Columns(ids, levels)}
	for _, r := range rows {
		round := func(v float64) float64 { return math.Round(v*100) / 100 }
		r.PredictedSales = round(r.PredictedSales)
		r.Intervals = slices.Clone(r.Intervals[:len(levels)])
		for i := range r.Intervals {
			r.Intervals[i] = forecast.Interval{Lo: round(r.Intervals[i].Lo), Hi: round(r.Intervals[i].Hi)}
		}
		g.Rows = append(g.Rows, r.Fields())
	}
	return g
}

// answer forecasts requests and writes the rows.
func answer(ctx context.Context, e *env, cfg *config, b *model.Bundle, to forecastTo, requests []forecast.Request) error {
	levels := slices.Sorted(slices.Values(cfg.Model.Levels))
	f, err := forecast.New(b, forecast.Config{Levels: levels, Engine: to.engine, Horizon: cfg.Model.Horizon})
	if err != nil {
		return err
	}
	rows, err := f.Run(ctx, requests)
	if err != nil {
		return err
	}
	warn(e, forecast.Warnings(b.Spec.IDs, rows))
	return e.writeOutput(ctx, to.output, func(w io.Writer) error {
		switch to.format {
		case formatCSV:
			return forecast.WriteCSV(w, b.Spec.IDs, levels, rows)
		case formatJSON:
			return forecast.WriteJSON(w, b.Spec.IDs, levels, rows)
		case formatJSONL:
			return forecast.WriteJSONL(w, b.Spec.IDs, levels, rows)
		default:
			return to.format.write(w, nil, forecastGrid(b.Spec.IDs, levels, rows))
		}
	})
}
