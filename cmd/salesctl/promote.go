package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/score"
	"github.com/salesctl/salesctl/pkg/train"
)

// tolerance is how much worse than the champion a version may score and still follow it.
const tolerance = 0.01

// promote moves an alias to a new version by the rule of registry.promote and returns the
// alias, "" for none. When another training moves the champion meanwhile, it decides anew.
func promote(ctx context.Context, e *env, cfg *config, reg *model.Registry, b *model.Bundle, m *features.Matrix, holdout []train.Pair) (string, error) {
	for {
		alias, err := promoteOnce(ctx, e, cfg, reg, b, m, holdout)
		if !errors.Is(err, model.ErrMoved) {
			return alias, err
		}
	}
}

// promoteOnce is promote against the present champion.
func promoteOnce(ctx context.Context, e *env, cfg *config, reg *model.Registry, b *model.Bundle, m *features.Matrix, holdout []train.Pair) (string, error) {
	if cfg.Registry.Promote == promoteNever {
		return "", nil
	}
	aliases, err := reg.Aliases(b.Name)
	if err != nil {
		return "", err
	}
	if aliases.Champion == "" {
		return crown(ctx, reg, b, "")
	}
	champion, err := reg.Load(b.Name, aliases.Champion, model.CheckSums)
	switch {
	case err == nil && champion.Digest == b.Digest:
		return keep(e, champion, b), nil
	case cfg.Registry.Promote == promoteAlways:
		_, err := reg.Promote(ctx, b.Name, b.ID)
		return "champion", err
	case errors.Is(err, model.ErrNotFound):
		e.Log.Warn().Err(err).Msg("the champion is gone")
		return crown(ctx, reg, b, aliases.Champion)
	}
	if err != nil {
		e.Log.Warn().Err(err).Msg("the champion cannot be compared")
		return challenge(ctx, e, cfg, reg, b)
	}
	old, err := scoreOn(ctx, champion, m, holdout)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		e.Log.Warn().Err(err).Msg("the champion cannot be compared")
		return challenge(ctx, e, cfg, reg, b)
	}
	// On the same rows MAE and WAPE order versions alike, and an MAE has always a value.
	now := b.Metrics.Valid.MAE
	e.Log.Info().Float64("new_mae", now).Float64("champion_mae", old.MAE).Str("champion", champion.ID).Msg("scored on the same rows")
	if mayHaveSeen(champion, b) {
		e.Log.Warn().Str("champion_split", champion.Metrics.Split).Str("new_split", b.Metrics.Split).
			Msg("the champion may have trained on some of these rows: its score flatters")
	}
	if now <= old.MAE*(1+tolerance) {
		return crown(ctx, reg, b, champion.ID)
	}
	return challenge(ctx, e, cfg, reg, b)
}

// mayHaveSeen reports whether the champion may have trained on rows that b holds out. It has not
// when both hold out the same rows, or both the last days and b those of later data.
func mayHaveSeen(champion, b *model.Bundle) bool {
	if champion.Metrics.Split != b.Metrics.Split {
		return true
	}
	if train.Split(b.Metrics.Split) == train.SplitTime {
		return champion.Spec.Last() > b.Spec.Last()
	}
	return champion.Manifest.DataDigest != b.Manifest.DataDigest
}

// keep leaves the aliases as they are when a version has the champion's content: moving them
// would push the real previous version out.
func keep(e *env, champion, b *model.Bundle) string {
	if champion.ID == b.ID {
		return "champion"
	}
	e.Log.Info().Str("champion", champion.ID).Msg("the champion has the same content, and stays")
	return ""
}

// crown makes the version the champion after the one that it was compared with, "" for none.
func crown(ctx context.Context, reg *model.Registry, b *model.Bundle, champion string) (string, error) {
	_, err := reg.PromoteOver(ctx, b.Name, b.ID, champion)
	return "champion", err
}

// challenge makes the version the challenger and says how to promote it all the same.
func challenge(ctx context.Context, e *env, cfg *config, reg *model.Registry, b *model.Bundle) (string, error) {
	if _, err := reg.SetChallenger(ctx, b.Name, b.ID); err != nil {
		return "", err
	}
	command := fmt.Sprintf("salesctl model promote %s@%s", b.Name, b.ID)
	if dir := cfg.Registry.Dir; dir != defaultConfig().Registry.Dir {
		command += " --models " + shellWord(dir)
	}
	e.Log.Warn().Msg("the champion stays; to move it: " + command)
	return "challenger", nil
}

// scoreOn scores a bundle on held-out rows of a matrix, which may have been made by another
// Spec: the bundle makes its own features from ids and dates.
func scoreOn(ctx context.Context, b *model.Bundle, m *features.Matrix, holdout []train.Pair) (score.Scores, error) {
	if err := sameIDs(b.Spec, m.Spec); err != nil {
		return score.Scores{}, err
	}
	if b.Spec.Freq != m.Spec.Freq {
		return score.Scores{}, fmt.Errorf("its frequency is %s, that of the data is %s", b.Spec.Freq, m.Spec.Freq)
	}
	columns, err := covariateColumns(b.Spec, m)
	if err != nil {
		return score.Scores{}, err
	}
	f, err := forecast.New(b, forecast.Default())
	if err != nil {
		return score.Scores{}, err
	}
	requests := make([]forecast.Request, len(holdout))
	actual := make([]float64, len(holdout))
	for i, p := range holdout {
		ids := make([]string, len(m.Spec.IDs))
		for c := range ids {
			ids[c] = m.ID(c, p.Row)
		}
		requests[i] = forecast.Request{IDs: ids, Period: m.Period[p.Row]}
		for _, column := range columns {
			requests[i].Covariates = append(requests[i].Covariates, column[p.Row])
		}
		actual[i] = p.Actual
	}
	rows, err := f.Run(ctx, requests)
	if err != nil {
		return score.Scores{}, err
	}
	predicted := make([]float64, len(rows))
	for i, r := range rows {
		predicted[i] = r.PredictedSales
	}
	return score.Of(actual, predicted)
}

// covariateColumns returns, for each covariate of a Spec, its values by row of a matrix that may
// have been made by another Spec. A static one that the matrix lacks is NaN.
func covariateColumns(s *features.Spec, m *features.Matrix) ([][]float64, error) {
	var columns [][]float64
	for c, covariate := range s.Covariates {
		column := slices.Repeat([]float64{math.NaN()}, m.Len())
		columns = append(columns, column)
		at := slices.IndexFunc(m.Spec.Covariates, func(have features.CovariateSpec) bool { return have.Name == covariate.Name })
		if at < 0 && c >= s.NumStatic() {
			return nil, fmt.Errorf("the data lack its known-future column %s", covariate.Name)
		}
		if at < 0 {
			continue
		}
		for i, v := range m.Covariate(at) {
			var err error
			if column[i], _, err = covariate.Code(m.Spec.Covariates[at].Text(v)); err != nil {
				return nil, fmt.Errorf("its column %s holds numbers: %w", covariate.Name, err)
			}
		}
	}
	return columns, nil
}

func sameIDs(a, b *features.Spec) error {
	same := len(a.IDs) == len(b.IDs)
	for c := 0; same && c < len(a.IDs); c++ {
		same = a.IDs[c].Name == b.IDs[c].Name
	}
	if !same {
		return errors.New("its id columns are others")
	}
	return nil
}
