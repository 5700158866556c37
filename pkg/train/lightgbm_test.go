package train_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/train"
)

// projectDir returns the root of the module.
func projectDir(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
	}
}

// installScript returns the text of the project's install script.
func installScript(t *testing.T) []byte {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(projectDir(t), "scripts", "install-lightgbm.sh"))
	if err != nil {
		t.Fatal(err)
	}
	return script
}

// toolDir returns the directory that `make lightgbm` fills.
func toolDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(projectDir(t), ".tools", "lightgbm")
	if _, err := os.Stat(filepath.Join(dir, "lightgbm")); err != nil {
		t.Fatalf("the tests need the pinned LightGBM, run make lightgbm: %v", err)
	}
	return dir
}

// lightGBM returns the pinned program, without testing it.
func lightGBM(t *testing.T) *train.LightGBM {
	t.Helper()
	return &train.LightGBM{Path: filepath.Join(toolDir(t), "lightgbm")}
}

// fake returns a program of testdata/fake.
func fake(t *testing.T, name string) *train.LightGBM {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "fake", name))
	if err != nil {
		t.Fatal(err)
	}
	return &train.LightGBM{Path: path, Child: train.Child{Environ: []string{"PATH=" + os.Getenv("PATH")}}}
}

// trainDir returns a private directory with rows from start on in each named file.
func trainDir(t *testing.T, starts map[string]int) string {
	t.Helper()
	dir := t.TempDir()
	for name, start := range starts {
		var b bytes.Buffer
		b.WriteString("y,f0,f1,f2\n")
		for i := start; i < start+400; i++ {
			x, noise := float64(i%37)/3, float64(i*7919%13)
			fmt.Fprintf(&b, "%v,%v,%d,nan\n", math.Round(10*x*x)+noise, x, i%5)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func params(more train.Params) train.Params {
	p := train.Params{"objective": "regression_l1", "metric": "mape", "num_iterations": "20", "num_leaves": "7", "min_data_in_leaf": "5"}
	maps.Copy(p, more)
	return p
}

func readModel(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "model.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTrain(t *testing.T) {
	t.Parallel()
	dir := trainDir(t, map[string]int{"train.csv": 0, "valid.csv": 1000})
	var seen []train.Evaluation
	got, err := lightGBM(t).Train(t.Context(), dir, params(nil), func(e train.Evaluation) { seen = append(seen, e) })
	if err != nil {
		t.Fatal(err)
	}
	if got.Stopped || got.BestIteration != 0 {
		t.Errorf("outcome = %+v, want no early stopping", got)
	}
	if diff := cmp.Diff(seen, got.Evaluations); diff != "" {
		t.Errorf("the observer saw other evaluations than the outcome holds:\n%s", diff)
	}
	if len(seen) != 20 {
		t.Fatalf("%d evaluations, want 20", len(seen))
	}
	for i, e := range seen {
		if e.Iteration != i+1 || e.Metric != "mape" || !(e.Train > 0) || !(e.Valid > 0) || e.Train == e.Valid {
			t.Errorf("evaluation %d = %+v", i, e)
		}
	}
	if first, last := seen[0], seen[19]; last.Train >= first.Train || last.Valid >= first.Valid {
		t.Errorf("scores went from %+v to %+v: nothing was learned", first, last)
	}
	model := readModel(t, dir)
	for _, want := range []string{"feature_names=f0 f1 f2\n", "label_index=0\n", "\nTree=19\n", "[deterministic: 1]", "[seed: 0]"} {
		if !strings.Contains(model, want) {
			t.Errorf("the model does not hold %q", want)
		}
	}
}

func TestTrainStopsEarly(t *testing.T) {
	t.Parallel()
	dir := trainDir(t, map[string]int{"train.csv": 0, "valid.csv": 1000})
	p := params(train.Params{"num_iterations": "500", "early_stopping_round": "5", "learning_rate": "0.5"})
	got, err := lightGBM(t).Train(t.Context(), dir, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Stopped || got.BestIteration < 1 {
		t.Fatalf("outcome = stopped %t at best %d, want early stopping", got.Stopped, got.BestIteration)
	}
	if n := got.Evaluations[len(got.Evaluations)-1].Iteration; n != got.BestIteration+5 {
		t.Errorf("the last evaluation is of iteration %d, want %d", n, got.BestIteration+5)
	}
	if trees := strings.Count(readModel(t, dir), "\nTree="); trees != got.BestIteration {
		t.Errorf("the model has %d trees, want those of the best iteration %d", trees, got.BestIteration)
	}
}

func TestTrainWithoutValidRows(t *testing.T) {
	t.Parallel()
	dir := trainDir(t, map[string]int{"train.csv": 0})
	got, err := lightGBM(t).Train(t.Context(), dir, params(train.Params{"metric": "mape,l2"}), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Evaluations); n != 40 {
		t.Fatalf("%d evaluations, want one for each of 20 iterations and 2 metrics", n)
	}
	first, second := got.Evaluations[0], got.Evaluations[1]
	if first.Metric != "mape" || second.Metric != "l2" || first.Iteration != 1 || second.Iteration != 1 {
		t.Errorf("the first evaluations are %+v and %+v", first, second)
	}
	if !math.IsNaN(first.Valid) || math.IsNaN(first.Train) {
		t.Errorf("evaluation = %+v, want a train score only", first)
	}
}

func TestTreesDoNotDependOnThreadsOrDirectory(t *testing.T) {
	t.Parallel()
	var models []string
	for _, threads := range []string{"1", "2", "3"} {
		dir := trainDir(t, map[string]int{"train.csv": 0, "valid.csv": 1000})
		p := params(train.Params{"num_threads": threads, "bagging_fraction": "0.8", "bagging_freq": "1", "feature_fraction": "0.7"})
		if _, err := lightGBM(t).Train(t.Context(), dir, p, nil); err != nil {
			t.Fatal(err)
		}
		trees, _, _ := strings.Cut(readModel(t, dir), "\nparameters:")
		models = append(models, trees)
	}
	if models = slices.Compact(models); len(models) != 1 {
		t.Errorf("1, 2 and 3 threads give %d different models", len(models))
	}
}

func TestTrainCollectsWarningsOnce(t *testing.T) {
	t.Parallel()
	dir := trainDir(t, map[string]int{"train.csv": 0})
	// At depth 2 a tree cannot have 7 leaves, and a constant gain limit stops the growth.
	p := params(train.Params{"max_depth": "2", "num_leaves": "7", "bagging_freq": "3", "min_gain_to_split": "1e300"})
	got, err := lightGBM(t).Train(t.Context(), dir, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Warnings) == 0 {
		t.Error("no warnings, want LightGBM's about a training that stopped")
	}
	sorted := slices.Sorted(slices.Values(got.Warnings))
	if len(slices.Compact(sorted)) != len(got.Warnings) {
		t.Errorf("a warning is repeated: %q", got.Warnings)
	}
	for _, w := range got.Warnings {
		if strings.Contains(w, "No further splits") {
			t.Errorf("warning %q should be left out", w)
		}
	}
}

func TestTrainRefusesItsDirectory(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no rows", map[string]string{"valid.csv": "y,f0\n1,1\n"}, "train.csv is missing"},
		{"weights", map[string]string{"train.csv": "y,f0\n1,1\n", "train.csv.weight": "1\n"}, "train.csv.weight is not expected"},
		{"init scores", map[string]string{"train.csv": "y,f0\n1,1\n", "train.csv.init": "1\n"}, "train.csv.init is not expected"},
		{"binary rows", map[string]string{"train.csv": "y,f0\n1,1\n", "train.csv.bin": ""}, "train.csv.bin is not expected"},
		{"used before", map[string]string{"train.csv": "y,f0\n1,1\n", "model.txt": ""}, "model.txt is not expected"},
		{"no header", map[string]string{"train.csv": "1,1\n2,2\n"}, `the header line y,f0,... is not there: train.csv starts with "1,1\n"`},
		{"empty valid rows", map[string]string{"train.csv": "y,f0\n1,1\n", "valid.csv": ""}, `valid.csv starts with ""`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := lightGBM(t).Train(t.Context(), dir, params(nil), nil)
			checkError(t, err, tt.want)
			if _, err := os.Stat(filepath.Join(dir, "train.conf")); !errors.Is(err, os.ErrNotExist) {
				t.Error("the directory was written to")
			}
		})
	}
}

func TestTrainRefusesParameters(t *testing.T) {
	t.Parallel()
	dir := trainDir(t, map[string]int{"train.csv": 0})
	_, err := lightGBM(t).Train(t.Context(), dir, train.Params{"seed": "1\noutput_model=/tmp/x"}, nil)
	checkError(t, err, "lightgbm.seed: value")
}

func TestTrainReportsLightGBMsReason(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		params train.Params
		want   string
	}{
		{"type", train.Params{"num_leaves": "many"}, `num_leaves should be of type int, got "many"`},
		{"range", train.Params{"num_leaves": "1"}, "num_leaves"},
		{"objective", train.Params{"objective": "regresion"}, "regresion"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := trainDir(t, map[string]int{"train.csv": 0})
			_, err := lightGBM(t).Train(t.Context(), dir, params(tt.params), nil)
			checkError(t, err, tt.want)
		})
	}
}

func TestTrainDoesNotTrustTheExitStatus(t *testing.T) {
	t.Parallel()
	tests := []struct{ program, want string }{
		{"no-model.sh", "it ended without an error, but it wrote no model"},
		{"empty-model.sh", "the model it wrote is empty"},
		{"cut-model.sh", "the model it wrote is cut off after 28 bytes"},
		{"strange-log.sh", `line "Iteration:1 training mape=0.5" of its log is not as LightGBM 4.7.0 writes it`},
		{"fatal.sh", "lightgbm: Data file train.csv is of no use (exit status 255)"},
		{"killed.sh", `lightgbm: signal: killed after the line "[LightGBM] [Info] Started training..."`},
	}
	for _, tt := range tests {
		t.Run(tt.program, func(t *testing.T) {
			t.Parallel()
			dir := trainDir(t, map[string]int{"train.csv": 0})
			_, err := fake(t, tt.program).Train(t.Context(), dir, params(nil), nil)
			checkError(t, err, tt.want)
			if got, want := hint.Of(err) != "", tt.program == "killed.sh"; got != want {
				t.Errorf("hint %q, want one: %t", hint.Of(err), want)
			}
		})
	}
}

func TestTrainRunsInItsDirectoryWithReducedEnvironment(t *testing.T) {
	t.Parallel()
	dir := trainDir(t, map[string]int{"train.csv": 0, "valid.csv": 0})
	l := fake(t, "environment.sh")
	l.Child.Environ = append(l.Child.Environ, "HOME=/home/x", "TMPDIR=/tmp/x", "LD_LIBRARY_PATH=/x", "OMP_NUM_THREADS=1", "SECRET=1")
	_, err := l.Train(t.Context(), dir, params(nil), nil)
	want := "HOME=/home/x LD_LIBRARY_PATH=/x OMP_WAIT_POLICY=passive PATH=" + os.Getenv("PATH") +
		" TMPDIR=/tmp/x config=train.conf train.conf train.csv valid.csv "
	checkError(t, err, want)
}

func TestTrainNeedsAProgram(t *testing.T) {
	t.Parallel()
	dir := trainDir(t, map[string]int{"train.csv": 0})
	l := &train.LightGBM{Path: filepath.Join(dir, "missing")}
	if _, err := l.Train(t.Context(), dir, params(nil), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want os.ErrNotExist", err)
	}
}

func TestTrainIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("interrupted")
	dir := trainDir(t, map[string]int{"train.csv": 0})
	p := params(train.Params{"num_iterations": "100000000", "min_data_in_leaf": "1", "num_leaves": "300"})
	_, err := lightGBM(t).Train(ctx, dir, p, func(train.Evaluation) { cancel(cause) })
	if !errors.Is(err, cause) {
		t.Errorf("error %v, want the cause of the context", err)
	}
}

// checkError fails unless err's text holds want.
func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
}
