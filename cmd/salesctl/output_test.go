package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
)

func writes(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

// contents returns the names and the texts of the files of dir.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name()] = string(data)
	}
	return files
}

func TestWriteOutput(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	big := bytes.Repeat([]byte("x"), 1<<20)
	tests := []struct {
		name    string
		ctx     context.Context
		write   func(io.Writer) error
		wantErr error
		want    string
	}{
		{"whole file", t.Context(), writes("new"), nil, "new"},
		{"empty file", t.Context(), writes(""), nil, ""},
		{"failure after some bytes", t.Context(), func(w io.Writer) error { _, _ = w.Write(big); return boom }, boom, "old"},
		{"interrupted while writing", canceled, func(w io.Writer) error { _, err := w.Write(big); return err }, context.Canceled, "old"},
		{"interrupted at the end", canceled, writes(""), context.Canceled, "old"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := writeFile(t, "out.csv", "old")
			err := newProcess(t).env.writeOutput(tt.ctx, path, tt.write)
			if !errors.Is(err, tt.wantErr) {
				t.Errorf("error %v, want %v", err, tt.wantErr)
			}
			if diff := cmp.Diff(map[string]string{"out.csv": tt.want}, contents(t, filepath.Dir(path))); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteOutputLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	boom := errors.New("boom")
	err := newProcess(t).env.writeOutput(t.Context(), filepath.Join(dir, "out.csv"), func(io.Writer) error { return boom })
	if !errors.Is(err, boom) {
		t.Errorf("error %v, want %v", err, boom)
	}
	if got := contents(t, dir); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
}

func TestWriteOutputToStdout(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "-"} {
		p := newProcess(t)
		if err := p.env.writeOutput(t.Context(), path, writes("rows")); err != nil || p.Stdout.String() != "rows" {
			t.Errorf("path %q: wrote %q, error %v", path, &p.Stdout, err)
		}
	}
	p := newProcess(t)
	p.env.Stdout = brokenWriter{}
	if err := p.env.writeOutput(t.Context(), "", writes("rows")); !errors.Is(err, errBroken) {
		t.Errorf("error %v, want %v", err, errBroken)
	}
}

var errBroken = errors.New("broken pipe")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteOutputKeepsModesLinksAndDevices(t *testing.T) {
	t.Parallel()
	e := newProcess(t).env
	path := writeFile(t, "out.csv", "old")
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.csv")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := e.writeOutput(t.Context(), link, writes("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
	if info, err = os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode became %v, %v", info.Mode(), err)
	}
	if got := contents(t, filepath.Dir(path))["out.csv"]; got != "new" {
		t.Errorf("behind the link stands %q", got)
	}
	if err := e.writeOutput(t.Context(), os.DevNull, writes("x")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s became %v, %v", os.DevNull, info.Mode(), err)
	}
}

func TestWriteOutputNamesTheRemedy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	missing := filepath.Join(dir, "no", "out.csv")
	tests := []struct {
		name, path         string
		write              func(io.Writer) error
		want               error
		wantText, wantHint string
	}{
		{"no directory", missing, writes("x"), fs.ErrNotExist, "write " + missing + ": no such file or directory", "make the directory first: mkdir -p " + filepath.Dir(missing)},
		{"a directory", dir, writes("x"), syscall.EISDIR, "write " + dir + ": open " + dir + ": is a directory", ""},
		{"full disk", "/dev/full", writes("x"), syscall.ENOSPC, "write /dev/full: write /dev/full: no space left on device", "make room or write to another disk; nothing was changed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := newProcess(t).env.writeOutput(t.Context(), tt.path, tt.write)
			if !errors.Is(err, tt.want) || hint.Of(err) != tt.wantHint {
				t.Fatalf("error %v, hint %q; want %v, %q", err, hint.Of(err), tt.want, tt.wantHint)
			}
			if err.Error() != tt.wantText {
				t.Errorf("message %q, want %q", err, tt.wantText)
			}
		})
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	type version struct {
		Name  string  `json:"name"`
		Score float64 `json:"score"`
	}
	value := []version{{"sales", 0.25}, {"a,\x1b[2J", 10}}
	g := grid{Header: []string{"name", "score"}}
	for _, v := range value {
		g.Rows = append(g.Rows, []string{v.Name, fmt.Sprint(v.Score)})
	}
	tests := []struct {
		format format
		want   string
	}{
		{formatTable, "name       score\nsales       0.25\na,\\x1b[2J     10\n"},
		{formatJSON, "[\n  {\n    \"name\": \"sales\",\n    \"score\": 0.25\n  },\n  {\n    \"name\": \"a,\\u001b[2J\",\n    \"score\": 10\n  }\n]\n"},
		{formatJSONL, "{\"name\":\"sales\",\"score\":0.25}\n{\"name\":\"a,\\u001b[2J\",\"score\":10}\n"},
		{formatCSV, "name,score\nsales,0.25\n\"a,\x1b[2J\",10\n"},
	}
	for _, tt := range tests {
		t.Run(string(tt.format), func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := tt.format.write(&b, value, g); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
