package quality_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/panel"
	"github.com/salesctl/salesctl/pkg/quality"
)

var update = flag.Bool("update", false, "rewrite testdata/*.json")

// TestJSON has the forms that programs read: of the report, of a description, and of the report on
// a file that cannot be read.
func TestJSON(t *testing.T) {
	t.Parallel()
	cfg := lenient()
	cfg.KnownFuture = []string{"promo"}
	cfg.Today = calendar.NewDate(2024, 1, 7)
	files := []string{filepath.Join("testdata", "messy.csv")}
	p, err := panel.Read(t.Context(), files, cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Target = "sold"
	_, err = panel.Read(t.Context(), files, cfg)
	unreadable, ok := quality.Unreadable(err, quality.Config{Files: files})
	if !ok {
		t.Fatal(err)
	}
	for name, value := range map[string]any{
		"report":      quality.Check(p, quality.Config{Files: files}),
		"description": quality.Describe(p, quality.DescribeConfig{Files: files}),
		"unreadable":  unreadable,
	} {
		got, err := json.Marshal(value, jsontext.WithIndent("  "), json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(bytes.TrimSuffix(want, []byte("\n"))), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}
