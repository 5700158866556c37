package train

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
)

// validateChoice reports a value of p that is none of the words its parameter allows; LightGBM
// passes over some of them without an error. Case does not count.
func (p Params) validateChoice(name string) error {
	word := strings.ToLower(p[name])
	switch name {
	case "objective":
		return validateObjective(word)
	case "metric":
		return p.validateMetric(word)
	case "boosting":
		return oneOf(word, []string{"gbdt", "dart", "goss", "rf"}, "gbrt", "random_forest")
	case "data_sample_strategy":
		return oneOf(word, []string{"bagging", "goss"})
	case "monotone_constraints_method":
		return oneOf(p[name], []string{"basic", "intermediate", "advanced"})
	}
	return nil
}

// validateObjective refuses all that does not forecast one amount per row.
func validateObjective(word string) error {
	objectives := []string{"regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie"}
	if reason := whyNotObjective(word); reason != "" {
		return fmt.Errorf("%q %s: use one of %s", word, reason, strings.Join(objectives, ", "))
	}
	return oneOf(word, objectives, lossAliases()...)
}

// whyNotObjective returns why an objective of LightGBM is none for a forecast, "" if it is one or
// if there is no such objective.
func whyNotObjective(word string) string {
	switch word {
	case "binary", "cross_entropy", "xentropy", "cross_entropy_lambda", "xentlambda":
		return "forecasts a probability, not an amount for each row"
	case "multiclass", "softmax", "multiclassova", "multiclass_ova", "ova", "ovr":
		return "forecasts a class, not an amount for each row"
	case "lambdarank", "rank_xendcg", "xendcg", "xe_ndcg", "xe_ndcg_mart", "xendcg_mart":
		return "forecasts an order of rows, not an amount for each row"
	case "custom", "none", "null", "na":
		return "needs a program that gives the gradients"
	}
	return ""
}

// validateMetric checks each name of a list of metrics, since LightGBM leaves out those it does
// not know and, if none is left, never stops early.
func (p Params) validateMetric(list string) error {
	if slices.Contains([]string{"none", "null", "custom", "na"}, list) {
		rounds, err := strconv.Atoi(p["early_stopping_round"])
		if err == nil && rounds > 0 {
			return fmt.Errorf("%q leaves nothing for early_stopping_round=%d to look at", list, rounds)
		}
		return nil
	}
	metrics := []string{
		"l1", "l2", "rmse", "quantile", "mape", "huber", "fair", "poisson", "gamma", "gamma_deviance", "tweedie", "r2",
	}
	for name := range strings.SplitSeq(list, ",") {
		if err := oneOf(name, metrics, lossAliases()...); err != nil {
			return err
		}
	}
	return nil
}

// lossAliases returns the names that LightGBM takes as an objective and as a metric, beside the
// canonical ones of either.
func lossAliases() []string {
	return []string{
		"regression", "regression_l2", "l2", "mean_squared_error", "mse", "l2_root", "root_mean_squared_error", "rmse",
		"regression_l1", "l1", "mean_absolute_error", "mae", "mean_absolute_percentage_error",
	}
}

// oneOf reports a word that is neither of words nor an alias of one of them.
func oneOf(word string, words []string, aliases ...string) error {
	known := slices.Concat(words, aliases)
	if slices.Contains(known, word) {
		return nil
	}
	err := fmt.Errorf("%q is none of %s", word, strings.Join(words, ", "))
	if near := hint.Nearest(word, known); near != "" {
		return fmt.Errorf("%w: did you mean %s?", err, near)
	}
	return err
}
