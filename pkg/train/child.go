package train

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
)

// Child says how LightGBM runs as a child process. The zero value is usable.
type Child struct {
	// Environ is the environment, as NAME=value, of which the child gets PATH, HOME, TMPDIR and
	// LD_LIBRARY_PATH; nil is an empty one.
	Environ []string
	// NoProgress is how long the child may print nothing before it is ended; the default is 10
	// minutes.
	NoProgress time.Duration
	// Wall is how long the child may run at all; the default is 24 hours.
	Wall time.Duration
	// Grace is how long a child that is being ended may take before it is killed; the default is
	// 5 seconds.
	Grace time.Duration
}

// ErrTimeout is returned when a child was ended because it printed nothing or ran for too long.
var ErrTimeout = errors.New("timed out")

// run runs a program in dir and hands over each line that it prints, without its line ending and
// in the order written. It returns when the program and all processes that it started are gone.
// If ctx ends first, it ends them, and the error is ctx's cause.
func (c Child) run(ctx context.Context, dir string, line func(string), path string, args ...string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	noProgress := cmp.Or(c.NoProgress, 10*time.Minute)
	silent := time.AfterFunc(noProgress, func() { cancel(fmt.Errorf("%w: no output for %v", ErrTimeout, noProgress)) })
	defer silent.Stop()
	wall := cmp.Or(c.Wall, 24*time.Hour)
	long := time.AfterFunc(wall, func() { cancel(fmt.Errorf("%w: still running after %v", ErrTimeout, wall)) })
	defer long.Stop()

	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // it passed the self-test or is about to
	cmd.Dir = dir
	cmd.Env = c.environ()
	cmd.WaitDelay = cmp.Or(c.Grace, 5*time.Second)
	lines := &lineWriter{line: func(s string) {
		silent.Reset(noProgress)
		line(s)
	}}
	cmd.Stdout, cmd.Stderr = lines, lines
	err := runGroup(cmd)
	lines.flush()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return explainExit(err)
}

// environ returns the reduced environment. Threads of LightGBM that wait must sleep: where they
// spin, a busy machine trains five times slower.
func (c Child) environ() []string {
	env := []string{"OMP_WAIT_POLICY=passive"}
	for _, v := range c.Environ {
		name, _, _ := strings.Cut(v, "=")
		if slices.Contains([]string{"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"}, name) {
			env = append(env, v)
		}
	}
	return env
}

// runGroup runs cmd in a process group of its own. When cmd's context ends, the group gets
// SIGTERM and, WaitDelay later, SIGKILL. No process of the group outlives a failed run.
func runGroup(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		return err
	}
	err := cmd.Wait()
	if err != nil {
		// ESRCH, when the whole group is gone already, is the good case.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	return err
}

// explainExit adds what is likely to have happened to a program that was killed from outside.
func explainExit(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return hint.Wrap(err, "the system ends programs this way when memory runs out: free some, or train on fewer rows")
		}
	}
	return err
}

// maxLine is how much of a line is kept.
const maxLine = 64 << 10

// lineWriter hands over what is written to it line by line.
type lineWriter struct {
	line func(string)
	part []byte // of a line whose end has not come yet
}

// Write never fails.
func (w *lineWriter) Write(p []byte) (int, error) {
	n := len(p)
	for {
		before, after, ended := bytes.Cut(p, []byte{'\n'})
		w.part = append(w.part, before[:min(len(before), maxLine-len(w.part))]...)
		if !ended {
			return n, nil
		}
		w.flush()
		p = after
	}
}

// flush hands over an unended last line.
func (w *lineWriter) flush() {
	if len(w.part) > 0 {
		w.line(strings.TrimSuffix(string(w.part), "\r"))
	}
	w.part = w.part[:0]
}
