package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/salesctl/salesctl/pkg/panel"
)

// TestInterrupt sends SIGINT, as Ctrl-C does, to each verb that may take long.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	writeSample(t, in("sales.csv"), 4, 200)
	writeSample(t, in("many.csv"), 1000, 1000)
	salesctl(t, "train", in("sales.csv"), "--models", in("models"), "--set", "lightgbm.num_iterations=1")
	endless := []string{"--set", "lightgbm.num_iterations=100000", "--set", "lightgbm.early_stopping_round=0"}
	training := func(c *child) func() bool { return c.stderr.has("[100]") }
	tests := []struct {
		name     string
		args     []string
		row      string                     // of an endless stdin
		ready    func(c *child) func() bool // reports that the verb is at work; nil for a verb that reads stdin
		want     []string                   // files that are left, all of them complete
		lightgbm bool
	}{
		{"preprocess reads", []string{"preprocess", "-", "--output", "out.csv"}, "2024-01-01,1,1,5\n", nil, nil, false},
		{"preprocess writes", []string{"preprocess", in("many.csv"), "--output", "out.csv"}, "", writesTemporary, nil, false},
		{"train", slices.Concat([]string{"train", in("sales.csv"), "--validation-output", "out.csv", "-o", "json"}, endless), "", training, nil, true},
		{"forecast FILE", slices.Concat([]string{"forecast", in("sales.csv"), "--output", "out.csv"}, endless), "", training, nil, true},
		{"demo", []string{"demo"}, "", training, []string{"demo/matrix.csv", "demo/matrix.csv.spec.json", "demo/sales.csv"}, true},
		{"data sample", []string{"data", "sample", "--series", "1000000", "--days", "3000", "--output", "out.csv"}, "", writesTemporary, nil, false},
		{"predict", []string{"predict", "--models", in("models"), "--input", "-", "--output", "out.csv"}, "2024-01-01,1,1,5\n", nil, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newChild(t, nil, tt.args...)
			groups := spyOnLightGBM(t, c)
			var stdin io.WriteCloser
			if tt.row != "" {
				var err error
				if stdin, err = c.StdinPipe(); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			if stdin != nil {
				// Far more than a pipe holds: when it is written, the verb has read most of it and waits.
				if _, err := io.WriteString(stdin, "date,store,item,sales\n"+strings.Repeat(tt.row, 1<<18)); err != nil {
					t.Error(err)
				}
			} else {
				c.until(t, tt.ready(c))
			}
			if err := c.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
			if code := c.wait(t); code != exitInterrupted {
				t.Errorf("exit %d, want %d; stderr:\n%s", code, exitInterrupted, c.stderr.String())
			}
			want := "salesctl: error: interrupted\n"
			if slices.Contains(tt.args, "json") {
				want = `{"error":"interrupted","code":"interrupted"}` + "\n"
			}
			if !strings.HasSuffix(c.stderr.String(), want) {
				t.Errorf("stderr does not end with %q:\n%s", want, c.stderr.String())
			}
			c.checkLeft(t, tt.want)
			checkGone(t, groups(), tt.lightgbm)
		})
	}
}

// writesTemporary reports whether the process has begun a file that will take the place of another.
func writesTemporary(c *child) func() bool {
	return func() bool {
		for _, dir := range []string{c.dir, c.tmp} {
			entries, err := os.ReadDir(dir)
			if err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), ".out.csv") }) {
				return true
			}
		}
		return false
	}
}

// spyOnLightGBM makes c run a LightGBM that notes its process group. It returns the groups.
func spyOnLightGBM(t *testing.T, c *child) func() []int {
	t.Helper()
	notes := filepath.Join(t.TempDir(), "groups")
	script := fmt.Sprintf("#!/bin/sh\necho $$ >> '%s'\nexec '%s' \"$@\"\n", notes, lightGBMOf(t))
	spy := writeFile(t, "lightgbm", script)
	if err := os.Chmod(spy, 0o700); err != nil {
		t.Fatal(err)
	}
	c.Env = append(c.Env, envLightGBM+"="+spy)
	groups := func() []int {
		text, err := os.ReadFile(notes)
		if err != nil && !os.IsNotExist(err) {
			t.Error(err)
		}
		var list []int
		for word := range strings.FieldsSeq(string(text)) {
			pid, err := strconv.Atoi(word)
			if err != nil {
				t.Error(err)
				continue
			}
			list = append(list, pid)
		}
		return list
	}
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		for _, pid := range groups() {
			_ = syscall.Kill(-pid, syscall.SIGKILL)
		}
	})
	return groups
}

// lightGBMOf returns the LightGBM of scriptVars.
func lightGBMOf(t *testing.T) string {
	t.Helper()
	e := env{Environ: scriptVars(t)}
	path, ok := e.lookupEnv(envLightGBM)
	if !ok {
		t.Fatal("scriptVars names no LightGBM")
	}
	return path
}

// checkGone reports process groups that still have a process, and a verb that should have run
// LightGBM's self-test and a training but did not.
func checkGone(t *testing.T, groups []int, ran bool) {
	t.Helper()
	if ran != (len(groups) > 1) {
		t.Errorf("LightGBM ran %d times", len(groups))
	}
	for _, pid := range groups {
		if err := syscall.Kill(-pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process group %d is still there: %v", pid, err)
		}
	}
}

// writeSample writes generated sales.
func writeSample(t *testing.T, path string, series, days int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	cfg := panel.DefaultSample()
	cfg.Series, cfg.Days = series, days
	if err := panel.Sample(f, cfg); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
