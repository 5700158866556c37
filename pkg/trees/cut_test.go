package trees_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/trees"
)

func TestCutEqualsLightGBM(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"numeric", "categorical", "multiclass", "linear", "names", "dart"} {
		for _, iterations := range []int{1, 3, 5} {
			t.Run(fmt.Sprintf("%s/%d", name, iterations), func(t *testing.T) {
				t.Parallel()
				g := readGolden(t, name)
				want, err := os.ReadFile(filepath.Join("testdata", "golden", "cut", fmt.Sprintf("%s.%d.txt", name, iterations)))
				if err != nil {
					t.Fatal(err)
				}
				got, err := trees.Cut(g.text, iterations)
				if err != nil {
					t.Fatal(err)
				}
				head, tail, _ := strings.Cut(string(got), "\nparameters:")
				if diff := cmp.Diff(string(want), head); diff != "" {
					t.Errorf("Cut (-LightGBM +got):\n%s", diff)
				}
				if _, want, _ := strings.Cut(string(g.text), "\nparameters:"); tail != want {
					t.Error("Cut changed the parameters")
				}
			})
		}
	}
}

func TestCutScoresArePrefixes(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t) {
		whole := parse(t, g.text)
		const iterations = 1
		text, err := trees.Cut(g.text, iterations)
		if err != nil {
			t.Fatalf("%s: %v", g.name, err)
		}
		short := parse(t, text)
		row := g.rows[:whole.NumFeatures()]
		want := make([]float64, whole.NumClass())
		for tree := range iterations * whole.NumClass() {
			whole.AddTree(want, row, tree)
		}
		got := make([]float64, short.NumClass())
		short.Raw(got, row)
		wantSameBits(t, g.name, got, want)
	}
}

func TestCutErrors(t *testing.T) {
	t.Parallel()
	text := readGolden(t, "one_feature").text
	gains := bytes.Replace(text, []byte("\nprice=25\n"), []byte("\nprice=9000\n"), 1)
	tests := []struct {
		name       string
		text       []byte
		iterations int
		want       string
	}{
		{"none", text, 0, "cut model to 0 iterations: it has 5"},
		{"more than there are", text, 6, "cut model to 6 iterations: it has 5"},
		{"importances that are gains", gains, 1, "lightgbm model: line 109: feature_importances: not the numbers of splits"},
		{"no model", nil, 1, "lightgbm model: line 1: tree: the text ends here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := trees.Cut(tt.text, tt.iterations)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("Cut = %v, want %s", err, tt.want)
			}
		})
	}
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	g := readGolden(t, "numeric")
	here, err := trees.Canonical(g.text)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := bytes.NewBuffer(nil)
	for line := range bytes.Lines(g.text) {
		switch string(line) {
		case "[data: ]\n":
			line = []byte("[data: train: 1.csv]\n")
		case "[num_threads: 1]\n":
			line = []byte("[num_threads: 2]\n[output_model: model.txt]\n")
		case "[verbosity: -1]\n", "[force_row_wise: 1]\n", "[machines: ]\n":
			continue
		}
		elsewhere.Write(line)
	}
	if bytes.Equal(elsewhere.Bytes(), g.text) {
		t.Fatal("the two trainings do not differ")
	}
	there, err := trees.Canonical(elsewhere.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(here), string(there)); diff != "" {
		t.Errorf("one training in two places (-here +there):\n%s", diff)
	}
	if again, err := trees.Canonical(here); err != nil || !bytes.Equal(again, here) {
		t.Errorf("the canonical text changes when made canonical again (%v)", err)
	}

	var gone []string
	left := string(here)
	for line := range strings.Lines(string(g.text)) {
		rest, found := strings.CutPrefix(left, line)
		if found {
			left = rest
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "["), ":")
		gone = append(gone, name)
	}
	want := []string{
		"device_type", "data", "valid", "num_threads", "force_col_wise", "force_row_wise", "histogram_pool_size",
		"forcedsplits_filename", "verbosity", "pre_partition", "two_round", "forcedbins_filename",
		"parser_config_file", "num_machines", "local_listen_port", "time_out", "machine_list_filename", "machines",
		"gpu_platform_id", "gpu_device_id", "gpu_device_id_list", "gpu_use_dp", "num_gpu",
	}
	if diff := cmp.Diff(want, gone); diff != "" || left != "" {
		t.Errorf("lines that went (-want +got):\n%s\nand not from the text: %q", diff, left)
	}
}

func TestCanonicalRefusesWhatParseRefuses(t *testing.T) {
	t.Parallel()
	_, err := trees.Canonical([]byte("tree\n"))
	if _, ok := errors.AsType[*trees.FormatError](err); !ok {
		t.Errorf("Canonical = %v, want a FormatError", err)
	}
}
