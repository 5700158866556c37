package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// instruction is a line of a Dockerfile.
type instruction struct{ name, args string }

// dockerStages returns the stages of the Dockerfile, each from its FROM on.
func dockerStages(t *testing.T) [][]instruction {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	var stages [][]instruction
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		name, args, _ := strings.Cut(line, " ")
		if name == "FROM" {
			stages = append(stages, nil)
		}
		if len(stages) == 0 || strings.HasSuffix(line, `\`) {
			t.Fatalf("this test does not read %q", line)
		}
		last := len(stages) - 1
		stages[last] = append(stages[last], instruction{name, args})
	}
	return stages
}

// TestDockerfile holds the image to what image-root puts together, which TestImageRoot runs: the
// final stage is that and settings.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	stages := dockerStages(t)
	if len(stages) != 2 {
		t.Fatalf("%d stages, want one that builds and one that is the image", len(stages))
	}
	if last := stages[0][len(stages[0])-1]; last != (instruction{"RUN", `make image-root VERSION="$VERSION"`}) {
		t.Errorf("the first stage ends with %v, want make image-root", last)
	}
	want := []instruction{
		{"FROM", "scratch"},
		{"COPY", "--from=build --chown=65532:65532 /src/image/ /"},
		{"USER", "65532:65532"},
		{"VOLUME", "/jobs"},
		{"EXPOSE", "5000"},
		{"ENV", "SALESCTL_SERVE_ADDR=0.0.0.0:5000 SALESCTL_REGISTRY_DIR=/models SALESCTL_JOBS_DIR=/jobs"},
		{"ENTRYPOINT", `["/salesctl"]`},
		{"CMD", `["serve", "--addr", "0.0.0.0:5000", "--models", "/models", "--jobs", "/jobs"]`},
	}
	if diff := cmp.Diff(want, stages[1], cmp.AllowUnexported(instruction{})); diff != "" {
		t.Errorf("the final stage (-want +got):\n%s", diff)
	}
}

// TestDockerIgnore: the context of a build lacks what the build does not need, and no more.
func TestDockerIgnore(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			got = append(got, line)
		}
	}
	want := []string{
		".git", ".ci", ".tools", ".venv", "bench", "bin", "data", "demo", "docs", "image", "var", "*.csv", "*.parquet", "salesctl.yaml",
		"**/*.prof", "**/*.test", "**/__pycache__",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kept from the build (-want +got):\n%s", diff)
	}
}

// dockerCommand returns the command line that the image runs.
func dockerCommand(t *testing.T) []string {
	t.Helper()
	var command []string
	stages := dockerStages(t)
	for _, name := range []string{"ENTRYPOINT", "CMD"} {
		for _, i := range stages[len(stages)-1] {
			var words []string
			if i.name != name {
				continue
			}
			if err := json.Unmarshal([]byte(i.args), &words); err != nil {
				t.Fatalf("%s %s: %v", i.name, i.args, err)
			}
			command = append(command, words...)
		}
	}
	return command
}
