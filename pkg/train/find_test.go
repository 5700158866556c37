package train_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/train"
)

// linked returns a new directory that holds a link to the pinned program.
func linked(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(toolDir(t), "lightgbm"), filepath.Join(dir, "lightgbm")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFindOrder(t *testing.T) {
	t.Parallel()
	dirs := make(map[string]string)
	for _, place := range []string{"flag", "config", "env", "project", "user", "path1", "path2"} {
		dirs[place] = linked(t)
	}
	l := train.Lookup{
		Flag: filepath.Join(dirs["flag"], "lightgbm"), Config: filepath.Join(dirs["config"], "lightgbm"), Env: filepath.Join(dirs["env"], "lightgbm"),
		ProjectDir: dirs["project"], UserDataDir: dirs["user"],
		PATH: strings.Join([]string{t.TempDir(), "", dirs["path1"], dirs["path2"]}, string(filepath.ListSeparator)),
	}
	steps := []struct {
		want   string
		remove func()
	}{
		{"flag", func() { l.Flag = "" }},
		{"config", func() { l.Config = "" }},
		{"env", func() { l.Env = "" }},
		{"project", func() { l.ProjectDir = filepath.Join(dirs["project"], "missing") }},
		{"user", func() { l.UserDataDir = "" }},
		{"path1", nil},
	}
	for _, step := range steps {
		got, err := train.Find(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(dirs[step.want], "lightgbm"); got.Path != want {
			t.Errorf("found %s, want the one of %s: %s", got.Path, step.want, want)
		}
		if step.remove != nil {
			step.remove()
		}
	}
}

func TestFindChecksumAndChild(t *testing.T) {
	t.Parallel()
	child := train.Child{Environ: []string{"HOME=/x"}, Wall: 1e12}
	got, err := train.Find(t.Context(), train.Lookup{ProjectDir: toolDir(t), Child: child})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(toolDir(t), "lightgbm"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	if want := hex.EncodeToString(sum[:]); got.SHA256 != want {
		t.Errorf("SHA256 = %s, want %s", got.SHA256, want)
	}
	if got.Child.Wall != child.Wall || len(got.Child.Environ) != 1 {
		t.Errorf("Child = %+v, want %+v", got.Child, child)
	}
}

func TestFindNone(t *testing.T) {
	t.Parallel()
	_, err := train.Find(t.Context(), train.Lookup{ProjectDir: t.TempDir(), PATH: t.TempDir()})
	if !errors.Is(err, train.ErrNoLightGBM) {
		t.Fatalf("error %v, want train.ErrNoLightGBM", err)
	}
	for _, want := range []string{"salesctl lightgbm install", "brew", "conda-forge", "--lightgbm PATH"} {
		if !strings.Contains(hint.Of(err), want) {
			t.Errorf("hint %q does not name %s", hint.Of(err), want)
		}
	}
}

// One that was named is never replaced by another one.
func TestFindNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing")
	tests := []struct {
		name   string
		lookup train.Lookup
		want   string
	}{
		{"flag", train.Lookup{Flag: missing}, "--lightgbm names " + missing + ": there is no such file"},
		{"config", train.Lookup{Config: missing}, "lightgbm.path names " + missing + ": there is no such file"},
		{"env", train.Lookup{Env: missing}, "SALESCTL_LIGHTGBM names " + missing + ": there is no such file"},
		{"directory", train.Lookup{Flag: dir}, "--lightgbm names " + dir + ": it is a directory, not a program"},
		{"not executable", train.Lookup{Flag: plain}, "--lightgbm names " + plain + ": it is not executable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.lookup.ProjectDir = toolDir(t)
			_, err := train.Find(t.Context(), tt.lookup)
			if _, ok := errors.AsType[*train.NamedError](err); !ok || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			if hint.Of(err) == "" {
				t.Error("no hint")
			}
		})
	}
}

func TestFindUnfit(t *testing.T) {
	t.Parallel()
	tests := []struct{ program, want string }{
		{"other-trees.sh", "its trees have SHA-256 "},
		{"no-model.sh", "it wrote no model"},
		{"fatal.sh", "Data file train.csv is of no use"},
	}
	for _, tt := range tests {
		t.Run(tt.program, func(t *testing.T) {
			t.Parallel()
			path := fake(t, tt.program).Path
			child := train.Child{Environ: []string{"PATH=" + os.Getenv("PATH")}}
			_, err := train.Find(t.Context(), train.Lookup{Flag: path, ProjectDir: toolDir(t), Child: child})
			unfit, ok := errors.AsType[*train.UnfitError](err)
			if !ok {
				t.Fatalf("error %v, want a *train.UnfitError", err)
			}
			if unfit.Path != path || len(unfit.SHA256) != 64 || unfit.Want != "4.7.0" {
				t.Errorf("error = %+v", unfit)
			}
			for _, want := range []string{path, unfit.SHA256, "is not LightGBM 4.7.0", tt.want} {
				checkError(t, err, want)
			}
			if hint.Of(err) == "" {
				t.Error("no hint")
			}
		})
	}
}

func TestFindCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := train.Find(ctx, train.Lookup{ProjectDir: toolDir(t)})
	if _, ok := errors.AsType[*train.UnfitError](err); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled and no *train.UnfitError", err)
	}
}
