package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/table"
)

// forecastOptions is what forecast was asked for.
type forecastOptions struct {
	*env
	config *config
	sales  salesFiles
	model  string
	future string
	to     forecastTo
}

func newForecastCmd(e *env) *cobra.Command {
	o := &forecastOptions{env: e}
	cmd := &cobra.Command{
		Use:   "forecast [FILE...] [--horizon PERIODS]",
		Short: "Forecast the next days, weeks or months of every series",
		Long: `forecast answers for the next periods of every series: days, or what the sales are by. With
FILE it uses the version that was trained on the same data with the same settings (of several the
champion, else the challenger, else the newest), and trains one where there is none. Without FILE it
answers from the champion, or from --model, and flags about the sales have no place.

A model that was trained with --known-future columns needs their values for these periods:
--future names a file with the date column, these columns, and the id columns by which they differ.`,
		Example: indent(`
salesctl forecast sales.csv --horizon 28 --output forecasts.csv
salesctl forecast --horizon 7
salesctl forecast --model sales@champion --horizon 90 -o jsonl
salesctl forecast sales.csv --horizon 7 --known-future promo --future promotions.csv`),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := e.load(cmd)
			if err != nil {
				return err
			}
			o.config = &s.config
			o.to.resolve(cmd)
			if err := o.sales.resolve(args); err != nil {
				return err
			}
			if o.sales.given() && o.model != "" {
				return usagef("FILE and --model exclude each other: a model has its own data")
			}
			if err := o.refuse(cmd); err != nil {
				return err
			}
			return runForecast(cmd.Context(), o)
		},
	}
	addSalesFiles(cmd, &o.sales)
	cmd.Flags().StringVar(&o.model, "model", "", "the bundle: `NAME[@version|@alias]` (default: registry.name@champion)")
	cmd.Flags().StringVar(&o.future, "future", "", "the values of the known-future columns: `FILE`, CSV (packed or not) or Parquet; - is stdin")
	addForecastFlags(cmd, &o.to)
	addConfigFlags(cmd, "data", "holidays", "model", "lightgbm", "registry")
	return cmd
}

// refuse reports a flag about sales where there are none: the bundle has its own.
func (o *forecastOptions) refuse(cmd *cobra.Command) error {
	if o.sales.given() {
		return nil
	}
	var ofUse []string
	if o.future != "" {
		ofUse = []string{"delimiter"}
	}
	return refuseDataFlags(cmd, "without FILE: the model was made with its own", ofUse...)
}

func runForecast(ctx context.Context, o *forecastOptions) error {
	if err := o.config.checkOutputs(append(slices.Clone(o.sales.paths), o.future), o.to.output); err != nil {
		return err
	}
	if o.future == "-" && slices.Contains(o.sales.paths, "-") {
		return usagef("FILE and --future cannot both be stdin")
	}
	if !o.sales.given() {
		b, err := loadBundle(o.config, o.model)
		if err != nil {
			return err
		}
		requests := forecast.Next(b, o.config.Model.Horizon)
		if err := o.foresee(ctx, b.Spec, requests); err != nil {
			return err
		}
		return answer(ctx, o.env, o.config, b, o.to, requests)
	}
	m, err := buildMatrix(ctx, o.env, o.config, o.sales.paths)
	if err != nil {
		return err
	}
	requests := forecast.NextOf(m, o.config.Model.Horizon)
	if err := o.foresee(ctx, m.Spec, requests); err != nil { // before hours of training
		return err
	}
	b, err := o.bundle(ctx, m)
	if err != nil {
		return err
	}
	return answer(ctx, o.env, o.config, b, o.to, requests)
}

// foresee gives requests the values that the Spec must know ahead.
func (o *forecastOptions) foresee(ctx context.Context, s *features.Spec, requests []forecast.Request) error {
	if o.future == "" {
		return forecast.CheckKnown(s, requests)
	}
	if s.NumStatic() == len(s.Covariates) {
		return hint.Wrap(usagef("--future: the model has no known-future columns"), "name them with --known-future when it is trained")
	}
	inputs, err := salesInputs(ctx, o.env, []string{o.future})
	if err != nil {
		return err
	}
	cfg := forecast.FutureConfig(s)
	cfg.Delimiter = o.config.Data.Delimiter
	future, err := panel.ReadFuture(ctx, inputs, cfg)
	if missing, ok := errors.AsType[*table.ColumnError](err); ok && len(missing.Have) > 1 { // one column: err asks for the delimiter
		return hint.Wrap(missing, "a file of known-future values has one column for the date and each of those that the model knows ahead")
	}
	if err != nil {
		return err
	}
	warn(o.env, future.Warnings)
	return forecast.Fill(s, requests, future)
}

// bundle returns the version that was trained on m, or trains it.
func (o *forecastOptions) bundle(ctx context.Context, m *features.Matrix) (*model.Bundle, error) {
	b, err := reuse(o.config, m)
	if err == nil {
		o.Log.Info().Str("version", b.ID).Msg("trained before on the same data with the same settings")
		return b, nil
	}
	if !errors.Is(err, model.ErrNotFound) {
		return nil, err
	}
	t, err := trainBundle(ctx, o.env, o.config, m, nil)
	if err != nil {
		return nil, err
	}
	return t.bundle, nil
}

// reuse returns the version that was trained on the same matrix by the same settings: of several
// the champion, else the challenger, else the newest. It is model.ErrNotFound where there is none.
func reuse(cfg *config, m *features.Matrix) (*model.Bundle, error) {
	reg, name := model.Open(cfg.Registry.Dir), cfg.Registry.Name
	data, settings := m.Digest(), cfg.training().Digest(m.Spec)
	newest, err := reg.Find(name, data, settings)
	if err != nil {
		return nil, err
	}
	aliases, err := reg.Aliases(name)
	if err != nil {
		return nil, err
	}
	for _, id := range []string{aliases.Champion, aliases.Challenger} {
		switch id {
		case "":
			continue
		case newest:
			return reg.Load(name, newest, model.CheckSums)
		}
		b, err := reg.Load(name, id, model.CheckSums)
		if err == nil && b.Manifest.DataDigest == data && b.Manifest.ConfigDigest == settings {
			return b, nil
		}
	}
	return reg.Load(name, newest, model.CheckSums)
}
