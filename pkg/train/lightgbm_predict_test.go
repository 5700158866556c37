package train_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/train"
)

// stump returns the text of a model of one tree: left of the threshold and for missing values -1,
// right of it 1, on the last of some features.
func stump(features int, threshold float64, names string) []byte {
	tree := fmt.Sprintf(`Tree=0
num_leaves=2
num_cat=0
split_feature=%d
split_gain=1
threshold=%.17g
decision_type=10
left_child=-1
right_child=-2
leaf_value=-1 1
leaf_weight=1 1
leaf_count=1 1
internal_value=0
internal_weight=2
internal_count=2
is_linear=0
shrinkage=1


`, features-1, threshold)
	infos := strings.TrimSpace(strings.Repeat("[0:1] ", features))
	return fmt.Appendf(nil, "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=%d\n"+
		"objective=regression_l1\nfeature_names=%s\nfeature_infos=%s\ntree_sizes=%d\n\n%send of trees\n\nparameters:\nend of parameters\n",
		features-1, names, infos, len(tree), tree)
}

func TestPredictRaw(t *testing.T) {
	t.Parallel()
	threshold := math.Nextafter(0.3, 1) // 17 digits tell them apart
	nan := math.NaN()
	tests := []struct {
		name     string
		model    []byte
		features int
		rows     []float64
		want     []float64
	}{
		{
			"every bit of a value counts", stump(2, threshold, "f0 f1"), 2,
			[]float64{9, 0.3, 9, threshold, 9, math.Nextafter(threshold, 1), nan, nan, nan, math.Inf(1), 0, math.Inf(-1)},
			[]float64{-1, -1, 1, -1, 1, -1},
		},
		{"one feature", stump(1, threshold, "f0"), 1, []float64{0, 1, nan, -1e300, 1e300}, []float64{-1, 1, -1, -1, 1}},
		{"one row", stump(1, threshold, "f0"), 1, []float64{1}, []float64{1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			got, err := lightGBM(t).PredictRaw(t.Context(), dir, tt.model, tt.features, tt.rows)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("scores (-want +got):\n%s", diff)
			}
			checkEmpty(t, dir)
		})
	}
}

func TestPredictRawOfSeveralOutputs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("y,f0,f1\n")
	for i := range 300 {
		fmt.Fprintf(&b, "%d,%d,0.%d\n", i%3, i%3, i%7)
	}
	if err := os.WriteFile(dir+"/train.csv", []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	l := lightGBM(t)
	if _, err := l.Train(t.Context(), dir, train.Params{"objective": "multiclass", "num_class": "3", "num_iterations": "5"}, nil); err != nil {
		t.Fatal(err)
	}
	got, err := l.PredictRaw(t.Context(), t.TempDir(), []byte(readModel(t, dir)), 2, []float64{0, 0.1, 1, 0.1, 2, 0.1})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 9 {
		t.Fatalf("%d scores, want 3 outputs for each of 3 rows", len(got))
	}
	for row := range 3 {
		for class := range 3 {
			if class != row && got[row*3+class] >= got[row*3+row] {
				t.Errorf("row %d scores %v, want the most for class %d", row, got[row*3:row*3+3], row)
			}
		}
	}
}

func TestPredictRawErrors(t *testing.T) {
	t.Parallel()
	good := stump(2, 0.5, "f0 f1")
	tests := []struct {
		name    string
		program *train.LightGBM
		model   []byte
		rows    []float64
		want    string
	}{
		{"no rows", lightGBM(t), good, nil, "0 values are not rows of 2"},
		{"part of a row", lightGBM(t), good, []float64{1, 2, 3}, "3 values are not rows of 2"},
		{"other names", lightGBM(t), stump(2, 0.5, "f0 Column_1"), []float64{1, 2}, "the features of the model are not named f0 to f1"},
		{"no model", lightGBM(t), []byte("tree\n"), []float64{1, 2}, "lightgbm: "},
		{"no scores", fake(t, "no-model.sh"), good, []float64{1, 2}, "lightgbm ended without an error, but "},
		{"fatal", fake(t, "fatal.sh"), good, []float64{1, 2}, "is of no use"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			_, err := tt.program.PredictRaw(t.Context(), dir, tt.model, 2, tt.rows)
			checkError(t, err, tt.want)
			checkEmpty(t, dir)
		})
	}
}

// checkEmpty fails if dir holds anything.
func checkEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) > 0 {
		t.Errorf("%s was left behind", entries[0].Name())
	}
}
