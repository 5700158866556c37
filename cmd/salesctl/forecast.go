package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
)

// forecastOptions is what forecast was asked for.
type forecastOptions struct {
	*env
	config *config
	sales  salesFile
	model  string
	to     forecastTo
}

func newForecastCmd(e *env) *cobra.Command {
	o := &forecastOptions{env: e}
	cmd := &cobra.Command{
		Use:   "forecast [FILE] [--horizon DAYS]",
		Short: "Forecast the next days of every series",
		Long: `forecast answers for the next days of every series. With FILE it uses the version that was
trained on the same data with the same settings, and trains one where there is none.
Without FILE it answers from the champion.`,
		Example: indent(`
salesctl forecast sales.csv --horizon 28 --output forecasts.csv
salesctl forecast --horizon 7
salesctl forecast --model sales@champion --horizon 90 -o jsonl`),
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
			if o.sales.path != "" && o.model != "" {
				return usagef("FILE and --model exclude each other: a model has its own data")
			}
			return runForecast(cmd.Context(), o)
		},
	}
	addSalesFile(cmd, &o.sales)
	cmd.Flags().StringVar(&o.model, "model", "", "the bundle: `NAME[@version|@alias]` (default: registry.name@champion)")
	addForecastFlags(cmd, &o.to)
	addConfigFlags(cmd, "data", "model", "lightgbm", "registry")
	return cmd
}

func runForecast(ctx context.Context, o *forecastOptions) error {
	if err := checkOutput(o.to.output, o.sales.path); err != nil {
		return err
	}
	b, err := o.bundle(ctx)
	if err != nil {
		return err
	}
	return answer(ctx, o.env, o.config, b, o.to, forecast.Next(b, o.config.Model.Horizon))
}

// bundle returns the bundle that answers: the one asked for, or the one of the sales.
func (o *forecastOptions) bundle(ctx context.Context) (*model.Bundle, error) {
	if o.sales.path == "" {
		return loadBundle(o.config, o.model)
	}
	m, err := buildMatrix(ctx, o.env, o.config, o.sales.path)
	if err != nil {
		return nil, err
	}
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

// reuse returns the newest version that was trained on the same matrix by the same settings. It
// is model.ErrNotFound where there is none.
func reuse(cfg *config, m *features.Matrix) (*model.Bundle, error) {
	reg := model.Open(cfg.Registry.Dir)
	id, err := reg.Find(cfg.Registry.Name, m.Digest(), cfg.training().Digest(m.Spec.Features))
	if err != nil {
		return nil, err
	}
	return reg.Load(cfg.Registry.Name, id, model.CheckSums)
}
