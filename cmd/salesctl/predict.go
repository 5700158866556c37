package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
)

// predictOptions is what predict was asked for.
type predictOptions struct {
	*env
	config *config
	model  string
	date   string
	ids    []string // name=value
	known  []string // name=value
	input  string
	to     forecastTo
}

func newPredictCmd(e *env) *cobra.Command {
	o := &predictOptions{env: e}
	var store, item string
	cmd := &cobra.Command{
		Use:   "predict --date DATE --store S --item I | --input REQUESTS",
		Short: "Forecast one date of one series, or every row of a file",
		Long: `predict answers from a bundle of the registry: one request by flags, or one for each row
of REQUESTS, a CSV or Parquet file with the id columns and the date column of the bundle.

A model that was trained with --known-future columns needs their values: by --known, or as columns
of REQUESTS. Static columns may be given in the same way; else they are those of the series.`,
		Example: indent(`
salesctl predict --date 2026-01-31 --store 1 --item 2
salesctl predict --date 2026-01-31 --id store=1 --id item=2 -o json
salesctl predict --model promotions --date 2026-01-31 --store 1 --item 2 --known promo=1
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
	f.StringVar(&o.date, "date", "", "what to forecast: `DATE`, in the date format of the bundle")
	f.StringVar(&store, "store", "", "the same as --id store=`S`")
	f.StringVar(&item, "item", "", "the same as --id item=`I`")
	f.StringArrayVar(&o.ids, "id", nil, "the id of one column: `NAME=VALUE`, repeatable")
	f.StringArrayVar(&o.known, "known", nil, "the value of a known-future or static column: `NAME=VALUE`, repeatable")
	f.StringVar(&o.input, "input", "", "a file of requests: `FILE`, CSV or Parquet; - is stdin")
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
	single := o.date != "" || len(o.ids) > 0 || len(o.known) > 0
	switch {
	case o.input != "" && single:
		return nil, usagef("--input and a single request (--date, --id, --store, --item, --known) exclude each other")
	case o.input != "":
		return o.readRequests(ctx, s)
	}
	r, err := o.single(s)
	if err != nil {
		return nil, err
	}
	requests := []forecast.Request{r}
	return requests, o.knowing(s, requests)
}

// readRequests reads the file of requests.
func (o *predictOptions) readRequests(ctx context.Context, s *features.Spec) ([]forecast.Request, error) {
	inputs, err := salesInputs(ctx, o.env, []string{o.input})
	if err != nil {
		return nil, err
	}
	if len(inputs) > 1 {
		return nil, usagef("--input %s stands for %d files, and one is read", o.input, len(inputs))
	}
	r, err := inputs[0].OpenTo("requests")
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // only read from
	requests, warnings, err := forecast.ReadRequests(r, inputs[0].Name, s)
	if err != nil {
		return nil, err
	}
	warn(o.env, warnings)
	return requests, nil
}

// namedValues returns the values of a repeatable flag NAME=VALUE by their names.
func namedValues(flag string, list []string) (map[string]string, error) {
	given := make(map[string]string)
	for _, pair := range list {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, usagef("%s %q is not NAME=VALUE", flag, pair)
		}
		if _, twice := given[name]; twice {
			return nil, usagef("%s %s is given twice", flag, name)
		}
		given[name] = value
	}
	return given, nil
}

// single returns the request of the flags, without its covariates.
func (o *predictOptions) single(s *features.Spec) (forecast.Request, error) {
	r := forecast.Request{IDs: make([]string, len(s.IDs))}
	given, err := namedValues("--id", o.ids)
	if err != nil {
		return r, err
	}
	var names, missing []string
	for c, id := range s.IDs {
		value, ok := given[id.Name]
		if !ok {
			missing = append(missing, id.Name)
		} else if err := s.CheckID(c, value); err != nil {
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
	if r.Period, _, err = forecast.ParsePeriod(o.date, s); err != nil {
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
