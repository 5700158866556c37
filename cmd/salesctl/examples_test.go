package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
)

// TestExamples runs every line of every example in --help by a shell, in a directory of its
// own that holds the files the examples name.
func TestExamples(t *testing.T) {
	t.Parallel()
	root := newRootCmd(newProcess(t).env)
	prepared := prepareExamples(t)
	eachCommand(root, func(cmd *cobra.Command) {
		if cmd.Example == "" {
			return
		}
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(prepared)); err != nil {
				t.Fatal(err)
			}
			named := false
			for _, line := range commandLines(cmd.Example) {
				named = named || strings.HasPrefix(line, cmd.CommandPath())
				if strings.HasPrefix(line, "salesctl serve") {
					shellUntilCtrlC(t.Context(), t, dir, line)
				} else {
					shell(t.Context(), t, dir, line)
				}
			}
			if !named && !cmd.HasSubCommands() {
				t.Errorf("no example shows %s", cmd.CommandPath())
			}
		})
	})
}

// prepareExamples returns a directory with what examples start from: sales.csv, requests.csv,
// promotions.csv for the week after the sales, matrix.csv with its spec, models/ with a champion, a
// previous and a challenger, a second model that knows promotions ahead, and the LightGBM of the
// project where `lightgbm install` would put it.
func prepareExamples(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var sales, requests, promotions strings.Builder
	sales.WriteString("date,store,item,sales,promo\n")
	promotions.WriteString("date,promo\n")
	for day := range 7 {
		fmt.Fprintf(&promotions, "2025-05-%02d,%d\n", 9+day, day%2)
	}
	requests.WriteString("date,store,item\n")
	for day := range 120 {
		for series := range 4 {
			fmt.Fprintf(&sales, "2025-%02d-%02d,%d,%d,%d,%d\n", 1+day/28, 1+day%28, 1+series/2, 1+series%2, 10+series+day%7, day%2)
		}
	}
	requests.WriteString("2026-01-31,1,1\n2026-02-01,2,2\n")
	for name, text := range map[string]string{
		"sales.csv": sales.String(), "requests.csv": requests.String(), "promotions.csv": promotions.String(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tool := os.DirFS(filepath.Join("..", "..", ".tools", "lightgbm"))
	for _, to := range []string{"tools/lightgbm", "salesctl/lightgbm"} {
		if err := os.CopyFS(filepath.Join(dir, to), tool); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range []string{
		"salesctl preprocess sales.csv --output matrix.csv",
		"salesctl train sales.csv --promote always",
		"salesctl train sales.csv --promote always --set lightgbm.num_leaves=31",
		"salesctl train sales.csv --set lightgbm.num_iterations=1",
		"salesctl train sales.csv --name promotions --known-future promo --set lightgbm.num_iterations=1",
	} {
		shell(t.Context(), t, dir, line)
	}
	return dir
}

// commandLines returns the commands of an example. A backslash continues a line, # starts a
// comment line.
func commandLines(example string) []string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(example, "\\\n", " ")) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// shell runs a command line in dir; any exit code but 0 fails the test.
func shell(ctx context.Context, t *testing.T, dir, line string) {
	t.Helper()
	cmd := shellCommand(ctx, t, dir, line)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// shellUntilCtrlC runs a command line that serves, at a free port instead of its own, and presses
// Ctrl-C when it listens.
func shellUntilCtrlC(ctx context.Context, t *testing.T, dir, line string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, childDeadline)
	defer cancel()
	cmd := shellCommand(ctx, t, dir, "exec "+line+" --addr 127.0.0.1:0")
	listens := make(chan struct{})
	var log transcript
	cmd.Stderr = io.MultiWriter(&log, tripwire{`"message":"listening"`, sync.OnceFunc(func() { close(listens) })})
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-listens:
		_ = cmd.Process.Signal(os.Interrupt) // Wait says whether it has ended before
	case <-ctx.Done():
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", line, err, log.String())
	}
}

func shellCommand(ctx context.Context, t *testing.T, dir, line string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir)
	cmd.Env = append(cmd.Env, scriptVars(t)...)
	return cmd
}
