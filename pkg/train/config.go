package train

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/salesctl/salesctl/pkg/features"
)

// Config says how Fit trains.
type Config struct {
	// Split is how rows are held out; the default is SplitRandom.
	Split Split
	// Horizon is how many periods of the frequency SplitTime holds out; the default is 90.
	Horizon int
	// Params go to LightGBM; the default is the recipe of the original API.
	Params Params
}

// Default returns the recipe of the original API.
func Default() Config {
	return Config{Split: SplitRandom, Horizon: 90, Params: Params{
		"objective":               "regression_l1",
		"metric":                  "mape",
		"num_leaves":              "64",
		"max_depth":               "5",
		"learning_rate":           "0.1",
		"feature_fraction":        "0.9",
		"bagging_fraction":        "0.8",
		"bagging_freq":            "5",
		"lambda_l1":               "0.1",
		"lambda_l2":               "0.1",
		"min_sum_hessian_in_leaf": "1",
		"min_gain_to_split":       "0.01",
		"min_data_in_leaf":        "20",
		"num_iterations":          "1000",
		"early_stopping_round":    "50",
	}}
}

// Validate reports every field that Fit could not use.
func (c Config) Validate() error {
	var errs []error
	if c.Split != SplitRandom && c.Split != SplitTime {
		errs = append(errs, fmt.Errorf("split: %q is neither %s nor %s", c.Split, SplitRandom, SplitTime))
	}
	if c.Horizon < 1 || c.Horizon > maxHorizon {
		errs = append(errs, fmt.Errorf("horizon: %d is not in 1 to %d", c.Horizon, maxHorizon))
	}
	switch boosting := c.Params["boosting"]; boosting {
	case "", "gbdt", "gbrt":
	default:
		errs = append(errs, fmt.Errorf("lightgbm.boosting: %q is not supported: the best iteration is chosen among prefixes of the model, "+
			"which only gbdt's are models of their own", boosting))
	}
	return errors.Join(append(errs, c.Params.Validate())...)
}

// maxHorizon bounds a horizon: ten years of days.
const maxHorizon = 3660

// Digest returns the SHA-256, in hex, of all that decides a result of Fit beside the matrix:
// the features and which of them are categories, the split and LightGBM's parameters; threads do
// not.
func (c Config) Digest(s *features.Spec) string {
	f := s.Features
	text := fmt.Appendf(nil, "config 1\nids %t\ndate_features %q\nsplit %s\n", f.IDs, f.DateFeatures, c.Split)
	if categories := s.Categorical(); len(categories) > 0 {
		text = fmt.Appendf(text, "categorical %v\n", categories)
	}
	if c.Split == SplitTime {
		text = fmt.Appendf(text, "horizon %d\n", c.Horizon)
	}
	params := c.deciding()
	for _, name := range slices.Sorted(maps.Keys(params)) {
		text = fmt.Appendf(text, "%s %q\n", name, params[name])
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// deciding returns the parameters without those that do not decide the trees.
func (c Config) deciding() Params {
	p := maps.Clone(c.Params)
	delete(p, "num_threads")
	return p
}
