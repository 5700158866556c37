package train_test

import (
	"fmt"
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
			err := train.Params{tt.param: tt.value}.Validate()
			if got := fmt.Sprint(err); got != tt.want && (err != nil || tt.want != "") {
				t.Errorf("Validate = %s, want %s", got, tt.want)
			}
		})
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
