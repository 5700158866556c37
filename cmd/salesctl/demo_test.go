package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/report"
)

// tripwire is a writer that calls trip when word is written.
type tripwire struct {
	word string
	trip func()
}

func (w tripwire) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.word) {
		w.trip()
	}
	return len(p), nil
}

func TestDemoInterrupted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		word string   // of the log, at which Ctrl-C comes
		want []string // the files that are left, all of them complete
	}{
		{"before preprocess has written", `"message":"sales read"`, []string{"sales.csv"}},
		{"while LightGBM runs", "[100]", []string{"matrix.csv", "matrix.csv.spec.json", "sales.csv"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "demo")
			p := newProcess(t, "demo", "--output", dir)
			p.env.Environ = append(scriptVars(t), p.env.Environ...)
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			p.env.Stderr = tripwire{tt.word, interrupt}
			if code := p.run(ctx); code != exitInterrupted {
				t.Errorf("exit %d, want %d", code, exitInterrupted)
			}
			if p.Stdout.Len() > 0 {
				t.Errorf("stdout: %s", &p.Stdout)
			}
			if diff := cmp.Diff(tt.want, filesBelow(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// filesBelow returns the files below dir, hidden ones included, sorted.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

func TestShellWord(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"demo/models", "demo/models"},
		{"store=1", "store=1"},
		{"my demo", "'my demo'"},
		{"it's", `'it'\''s'`},
		{"$HOME", "'$HOME'"},
		{"", "''"},
	}
	for _, tt := range tests {
		if got := shellWord(tt.text); got != tt.want {
			t.Errorf("shellWord(%q) = %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestGlyphs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		environ string
		want    report.Glyphs
	}{
		{"", report.Unicode},
		{"LANG=C", report.ASCII},
		{"LANG=C.UTF-8", report.Unicode},
		{"LANG=de_DE.ISO-8859-1 LC_CTYPE=de_DE.utf8", report.Unicode},
		{"LANG=en_GB.UTF-8 LC_ALL=POSIX", report.ASCII},
		{"LANG=en_GB.UTF-8 LC_ALL=", report.Unicode},
	}
	for _, tt := range tests {
		e := &env{Environ: strings.Fields(tt.environ)}
		if got := e.glyphs(); got != tt.want {
			t.Errorf("glyphs() with %q = %v, want %v", tt.environ, got, tt.want)
		}
	}
}

func TestPlotColour(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  env
		want report.Colour
	}{
		{"a terminal", env{StdoutIsTerminal: true}, report.ANSI},
		{"a pipe", env{}, report.NoColour},
		{"NO_COLOR", env{StdoutIsTerminal: true, Environ: []string{"NO_COLOR=1"}}, report.NoColour},
		{"a dumb terminal", env{StdoutIsTerminal: true, Environ: []string{"TERM=dumb"}}, report.NoColour},
	}
	for _, tt := range tests {
		if got := tt.env.plotColour(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
