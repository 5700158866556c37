package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// childDeadline ends a test that waits for something in vain.
const childDeadline = 2 * time.Minute

// child is salesctl as a process of its own, in an empty directory with an empty TMPDIR. The
// directory holds out.csv with other text, which a verb that fails must leave as it is.
type child struct {
	*exec.Cmd

	ctx            context.Context // ends at the deadline
	dir, tmp       string
	stdout, stderr transcript
}

const otherText = "from before\n"

// newChild returns a process that is not started yet. The prefix, if there is one, is a command
// line that runs the one after it.
func newChild(t *testing.T, prefix []string, args ...string) *child {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), childDeadline)
	t.Cleanup(cancel)
	c := &child{ctx: ctx, dir: t.TempDir(), tmp: t.TempDir()}
	line := slices.Concat(prefix, []string{program(t)}, args)
	c.Cmd = exec.CommandContext(ctx, line[0], line[1:]...)
	c.Dir = c.dir
	c.Env = append(os.Environ(), "TMPDIR="+c.tmp, envPrefix+"CONFIG=")
	c.Env = append(c.Env, scriptVars(t)...)
	c.Stdout, c.Stderr = &c.stdout, &c.stderr
	if err := os.WriteFile(c.out(), []byte(otherText), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// out is the path of out.csv.
func (c *child) out() string { return filepath.Join(c.dir, "out.csv") }

// wait returns the exit code.
func (c *child) wait(t *testing.T) int {
	t.Helper()
	if err := c.Wait(); c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode()
}

// until waits until ready reports true.
func (c *child) until(t *testing.T, ready func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			_ = c.Wait()
			t.Fatalf("waited in vain; stderr:\n%s", c.stderr.String())
		}
	}
}

// checkLeft reports what a failure left behind but the files that it should, which are named
// relative to the directory.
func (c *child) checkLeft(t *testing.T, want []string) {
	t.Helper()
	want = slices.Sorted(slices.Values(slices.Concat(want, []string{"out.csv"})))
	if diff := cmp.Diff(want, filesBelow(t, c.dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if got, err := os.ReadFile(c.out()); err != nil || string(got) != otherText {
		t.Errorf("out.csv is now %.80q, %v", got, err)
	}
	left, err := os.ReadDir(c.tmp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		t.Errorf("left in TMPDIR: %s", e.Name())
	}
	if c.stdout.String() != "" {
		t.Errorf("stdout: %s", c.stdout.String())
	}
}

// transcript is what a process writes, to be looked at while it runs.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *transcript) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// has reports whether word has been written.
func (w *transcript) has(word string) func() bool {
	return func() bool { return strings.Contains(w.String(), word) }
}
