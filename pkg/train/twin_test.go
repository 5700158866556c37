package train_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/testpanel"
	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/train"
)

// salesMatrix returns the matrix of testpanel.Sales: ids, covariates and date features.
func salesMatrix(t *testing.T, freq calendar.Freq, periods int) *features.Matrix {
	t.Helper()
	p := testpanel.ReadAs(t, testpanel.Sales(freq, periods), testpanel.SalesConfig(freq))
	cfg := features.Config{IDs: true, DateFeatures: []string{"year", "quarter", "month", "day", "dayofweek"}}
	if freq == calendar.Hour {
		cfg.DateFeatures = append(cfg.DateFeatures, "hour")
	}
	s, err := features.NewSpec(p, cfg, calendar.DefaultDateFormat)
	if err != nil {
		t.Fatal(err)
	}
	m, err := features.Build(p, s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestPythonTwinOfEveryFrequency is the promise that scripts/train.py cuts a matrix of any
// frequency where Fit does: its trees are the same bytes.
func TestPythonTwinOfEveryFrequency(t *testing.T) {
	t.Parallel()
	tests := []struct {
		freq   calendar.Freq
		format features.Format
	}{
		{calendar.Hour, features.CSV},
		{calendar.Hour, features.Parquet},
		{calendar.BusinessDay, features.CSV},
		{calendar.WeekSun, features.Parquet},
		{calendar.Month, features.CSV},
	}
	for _, tt := range tests {
		t.Run(tt.freq.String()+" "+string(tt.format), func(t *testing.T) {
			t.Parallel()
			m, cfg, dir := salesMatrix(t, tt.freq, 300), quick(train.SplitTime), t.TempDir()
			got, err := train.Fit(t.Context(), lightGBM(t), t.TempDir(), m, cfg, ignore)
			if err != nil {
				t.Fatal(err)
			}
			matrix, output := filepath.Join(dir, "matrix"), filepath.Join(dir, "model.txt")
			if err := m.WriteFile(t.Context(), matrix, tt.format); err != nil {
				t.Fatal(err)
			}
			runTwin(t, matrix, writeRecipe(t, dir, cfg), output)
			text, err := os.ReadFile(output)
			if err != nil {
				t.Fatal(err)
			}
			want, _, _ := strings.Cut(string(got.Content.Trees), "\nparameters:")
			trees, _, cut := strings.Cut(string(text), "\nparameters:")
			if !cut || !strings.Contains(want, "\nTree=0\n") || trees != want {
				t.Errorf("the trees of the script are not those of Fit (-Fit +script):\n%.2000s", cmp.Diff(want, trees))
			}
		})
	}
}

// writeRecipe writes the parameters of cfg as the script reads them.
func writeRecipe(t *testing.T, dir string, cfg train.Config) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "model: {split: %s, horizon: %d}\nlightgbm:\n", cfg.Split, cfg.Horizon)
	for _, name := range slices.Sorted(maps.Keys(cfg.Params)) {
		fmt.Fprintf(&b, "  %s: %s\n", name, cfg.Params[name])
	}
	path := filepath.Join(dir, "recipe.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// runTwin runs the script by the Python of `make venv`.
func runTwin(t *testing.T, matrix, recipe, output string) {
	t.Helper()
	root := projectDir(t)
	python := filepath.Join(root, ".venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("no Python packages: run 'make venv' (%v)", err)
	}
	cmd := exec.CommandContext(t.Context(), python, filepath.Join(root, "scripts", "train.py"),
		"--features", matrix, "--config", recipe, "--output", output)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("train.py: %v\n%s", err, out)
	}
}
