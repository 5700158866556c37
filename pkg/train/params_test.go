package train_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/salesctl/salesctl/pkg/train"
)

func ExampleParams_Validate() {
	p := train.Params{"num_leaves": "64", "eta": "0.1", "num_leafs": "64", "machines": "a,b", "seed": "1 # one"}
	fmt.Println(p.Validate())
	// Output:
	// lightgbm.eta: is an alias: write learning_rate
	// lightgbm.machines: cannot be set: training runs on one machine
	// lightgbm.num_leafs: unknown parameter of LightGBM 4.7.0: did you mean num_leaves?
	// lightgbm.seed: value "1 # one" holds one of # = " ' or a control character
}

func TestParamsValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, param, value string
		want               string // "" is no error
	}{
		{"canonical", "min_sum_hessian_in_leaf", "1", ""},
		{"list", "monotone_constraints", "1,0,-1", ""},
		{"threads", "num_threads", "2", ""},
		{"deterministic", "deterministic", "true", ""},
		{"alias", "min_child_weight", "1", "lightgbm.min_child_weight: is an alias: write min_sum_hessian_in_leaf"},
		{"alias that is a word", "lambda", "1", "lightgbm.lambda: is an alias: write lambda_l2"},
		{"alias of a reserved one", "verbose", "1", "lightgbm.verbose: is an alias: write verbosity"},
		{"mistyped alias", "n_estimator", "1", "lightgbm.n_estimator: unknown parameter of LightGBM 4.7.0: did you mean num_iterations?"},
		{"another case", "Num_Leaves", "1", "lightgbm.Num_Leaves: unknown parameter of LightGBM 4.7.0: did you mean num_leaves?"},
		{"far from all", "zzzzzzzzzz", "1", "lightgbm.zzzzzzzzzz: unknown parameter of LightGBM 4.7.0"},
		{"empty name", "", "1", "lightgbm.: unknown parameter of LightGBM 4.7.0"},
		{"no value", "seed", "", "lightgbm.seed: has no value: leave the parameter out"},
		{"space", "seed", " 1", `lightgbm.seed: value " 1" starts or ends with a space`},
		{"second line", "seed", "1\ndata=x", `lightgbm.seed: value "1\ndata=x" holds one of # = " ' or a control character`},
		{"quotation mark", "objective", `"mape"`, `lightgbm.objective: value "\"mape\"" holds one of # = " ' or a control character`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkParam(t, tt.param, tt.value, tt.want)
		})
	}
}

func TestParamsValidateTypesAndBounds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		param, value string
		want         string // "" is no error
	}{
		{"num_leaves", "2", ""},
		{"num_leaves", "+31", ""},
		{"num_leaves", "abc", `"abc" is not a whole number`},
		{"num_leaves", "31.5", `"31.5" is not a whole number`},
		{"num_leaves", "1e3", `"1e3" is not a whole number`},
		{"num_leaves", "-1", "-1 is not greater than 1"},
		{"num_leaves", "131072", ""},
		{"num_leaves", "131073", "131073 is not at most 131072"},
		{"num_iterations", "1", ""},
		{"num_iterations", "0", "0 is not at least 1"},
		{"num_iterations", "-1", "-1 is not at least 1"},
		{"num_class", "1", ""},
		{"num_class", "3", "3 is not at most 1"},
		{"max_depth", "-1", ""},
		{"seed", "2147483647", ""},
		{"seed", "2147483648", "2147483648 is out of LightGBM's range"},
		{"learning_rate", "1e-3", ""},
		{"learning_rate", "0", "0 is not greater than 0"},
		{"learning_rate", "fast", `"fast" is not a number`},
		{"learning_rate", "nan", `"nan" is not a number`},
		{"learning_rate", "inf", `"inf" is not a number`},
		{"learning_rate", "0x1p-3", `"0x1p-3" is not a number`},
		{"min_gain_to_split", "1e400", "1e400 is out of LightGBM's range"},
		{"tweedie_variance_power", "1", ""},
		{"tweedie_variance_power", "2", "2 is not less than 2"},
		{"extra_trees", "True", ""},
		{"extra_trees", "-", ""},
		{"extra_trees", "1", `"1" is neither true nor false`},
		{"monotone_constraints", "1,x,-1", `"x" is not a whole number`},
		{"feature_contri", "0.5,1", ""},
		{"feature_contri", "0.5,", `"" is not a number`},
		{"interaction_constraints", "[0,1],[2]", ""},
	}
	for _, tt := range tests {
		t.Run(tt.param+" "+tt.value, func(t *testing.T) {
			t.Parallel()
			want := tt.want
			if want != "" {
				want = "lightgbm." + tt.param + ": " + want
			}
			checkParam(t, tt.param, tt.value, want)
		})
	}
}

const (
	allObjectives = "regression, regression_l1, huber, fair, poisson, quantile, mape, gamma, tweedie"
	allMetrics    = "l1, l2, rmse, quantile, mape, huber, fair, poisson, gamma, gamma_deviance, tweedie, r2"
)

func TestParamsValidateChoices(t *testing.T) {
	t.Parallel()
	tests := []struct {
		param, value string
		want         string
	}{
		{"objective", "poison", `"poison" is none of ` + allObjectives + ": did you mean poisson?"},
		{"objective", "foo", `"foo" is none of ` + allObjectives},
		{"objective", "gamma_deviance", `"gamma_deviance" is none of ` + allObjectives},
		{"objective", "binary", `"binary" forecasts a probability, not an amount for each row: use one of ` + allObjectives},
		{"objective", "multiclass", `"multiclass" forecasts a class, not an amount for each row: use one of ` + allObjectives},
		{"objective", "lambdarank", `"lambdarank" forecasts an order of rows, not an amount for each row: use one of ` + allObjectives},
		{"objective", "None", `"none" needs a program that gives the gradients: use one of ` + allObjectives},
		{"metric", "mapee", `"mapee" is none of ` + allMetrics + ": did you mean mape?"},
		{"metric", "auc", `"auc" is none of ` + allMetrics},
		{"metric", "mape, l1", `" l1" is none of ` + allMetrics + ": did you mean l1?"},
		{"metric", "mape,none", `"none" is none of ` + allMetrics},
		{"metric", ",", `"" is none of ` + allMetrics},
		{"boosting", "darts", `"darts" is none of gbdt, dart, goss, rf: did you mean dart?`},
		{"data_sample_strategy", "boss", `"boss" is none of bagging, goss: did you mean goss?`},
		{"monotone_constraints_method", "Basic", `"Basic" is none of basic, intermediate, advanced: did you mean basic?`},
	}
	for _, tt := range tests {
		t.Run(tt.param+" "+tt.value, func(t *testing.T) {
			t.Parallel()
			checkParam(t, tt.param, tt.value, "lightgbm."+tt.param+": "+tt.want)
		})
	}
}

func TestEarlyStoppingNeedsAMetric(t *testing.T) {
	t.Parallel()
	for _, none := range []string{"none", "null", "custom", "NA"} {
		for _, rounds := range []string{"0", "-1"} {
			if err := (train.Params{"metric": none, "early_stopping_round": rounds}).Validate(); err != nil {
				t.Errorf("metric %s, early_stopping_round %s: %v", none, rounds, err)
			}
		}
		checkParam(t, "metric", none, "")
		err := train.Params{"metric": none, "early_stopping_round": "50"}.Validate()
		checkError(t, err, `" leaves nothing for early_stopping_round=50 to look at`)
	}
}

// TestLightGBMTakesTheChoices trains with every word that Validate allows: LightGBM must know it,
// as an objective under that name or as a metric that it computes.
func TestLightGBMTakesTheChoices(t *testing.T) {
	t.Parallel()
	const aliases = ", regression_l2, l2, mean_squared_error, mse, l2_root, root_mean_squared_error, rmse" +
		", l1, mean_absolute_error, mae, mean_absolute_percentage_error"
	tests := []struct{ param, values string }{
		{"objective", allObjectives + aliases + ", MAE"},
		{"metric", allMetrics + aliases + ", regression, regression_l1, MAE"},
		{"boosting", "gbdt, gbrt, dart, goss, rf, random_forest"},
		{"data_sample_strategy", "bagging, goss"},
		{"monotone_constraints_method", "basic, intermediate, advanced"},
	}
	rows := []byte("y,f0\n")
	for i := range 400 {
		rows = fmt.Appendf(rows, "%d,%d\n", 1+i%20, i%20) // above 0, which gamma needs
	}
	for _, tt := range tests {
		for value := range strings.SplitSeq(tt.values, ", ") {
			t.Run(tt.param+" "+value, func(t *testing.T) {
				t.Parallel()
				p := params(train.Params{"num_iterations": "2", "bagging_freq": "1", "bagging_fraction": "0.5", tt.param: value})
				if strings.Contains(value, "goss") {
					delete(p, "bagging_freq")
				}
				if err := p.Validate(); err != nil {
					t.Fatal(err)
				}
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "train.csv"), rows, 0o600); err != nil {
					t.Fatal(err)
				}
				var scores int
				if _, err := lightGBM(t).Train(t.Context(), dir, p, func(train.Evaluation) { scores++ }); err != nil {
					t.Fatal(err)
				}
				if scores != 2 {
					t.Errorf("%d scores of 2 iterations", scores)
				}
			})
		}
	}
}

func checkParam(t *testing.T, name, value, want string) {
	t.Helper()
	err := train.Params{name: value}.Validate()
	if got := fmt.Sprint(err); got != want && (err != nil || want != "") {
		t.Errorf("Validate = %s, want %s", got, want)
	}
}

func TestReservedParams(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"task", "data", "valid", "input_model", "output_model", "save_binary", "snapshot_freq", "header", "label_column",
		"weight_column", "verbosity", "metric_freq", "force_row_wise", "force_col_wise", "machines", "device_type", "predict_raw_score",
		"pred_early_stop_freq", "num_iteration_predict", "forcedsplits_filename",
	} {
		if !train.IsParam(name) {
			t.Errorf("%s is no parameter of LightGBM", name)
		}
		checkError(t, train.Params{name: "1"}.Validate(), "lightgbm."+name+": cannot be set: ")
	}
}

func TestIsParam(t *testing.T) {
	t.Parallel()
	for name := range train.Default().Params {
		if !train.IsParam(name) {
			t.Errorf("%s of the default recipe is no parameter", name)
		}
	}
	for _, name := range []string{"", "eta", "num_leafs", "LEARNING_RATE"} {
		if train.IsParam(name) {
			t.Errorf("%q counts as a canonical parameter", name)
		}
	}
}
