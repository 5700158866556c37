package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"salesctl": main, slowCommand: slowMain})
}

// TestScript runs testdata/script/*.txtar, one file per behaviour.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, scriptVars(t)...)
			return nil
		},
	})
}

// scriptVars returns the environment of commands that a test starts: the LightGBM program of
// the project, and nothing of the user's.
func scriptVars(t *testing.T) []string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		"ROOT=" + root,
		envLightGBM + "=" + filepath.Join(root, ".tools", "lightgbm", "lightgbm"),
		"NO_COLOR=1",
	}
}

// process is one run of salesctl inside the test.
type process struct {
	env            *env
	Stdout, Stderr bytes.Buffer
}

// newProcess returns a run with the real environment, buffers and a clock that stands still.
func newProcess(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p.env = &env{
		Args: args, Stdin: strings.NewReader(""), Stdout: &p.Stdout, Stderr: &p.Stderr,
		Environ: os.Environ(), Now: func() time.Time { return now },
	}
	return p
}

// run returns the exit code.
func (p *process) run(ctx context.Context) int { return run(ctx, p.env) }

// writeFile writes text to name in a new directory and returns the path.
func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
