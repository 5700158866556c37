package train_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/salesctl/salesctl/pkg/train"
)

// hanging starts a training by a program of testdata/fake that hangs together with a process it
// started, waits until both run, and calls stop. It returns the training's error, after checking
// that neither process is left: both hold a pipe open, whose end is seen when the last is gone.
func hanging(ctx context.Context, t *testing.T, program string, child train.Child, stop func()) error {
	t.Helper()
	alive := t.TempDir()
	pipe := filepath.Join(alive, "alive")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	l := fake(t, program)
	child.Environ = append(l.Child.Environ, "TMPDIR="+alive)
	l.Child = child
	dir := trainDir(t, map[string]int{"train.csv": 0})
	done := make(chan error, 1)
	go func() {
		_, err := l.Train(ctx, dir, params(nil), nil)
		done <- err
	}()
	f, err := os.Open(pipe) // returns when the program opens it
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read from
	r := bufio.NewReader(f)
	if line, err := r.ReadString('\n'); line != "ready\n" {
		t.Fatalf("read %q, %v from the program", line, err)
	}
	stop()
	err = <-done
	if e := f.SetReadDeadline(time.Now().Add(10 * time.Second)); e != nil {
		t.Fatal(e)
	}
	if rest, e := io.ReadAll(r); e != nil || len(rest) > 0 {
		t.Errorf("a process outlives the training: read %q, %v", rest, e)
	}
	return err
}

func TestCancelEndsTheWholeGroup(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"hang.sh", "stubborn.sh"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			err := hanging(ctx, t, program, train.Child{Grace: 200 * time.Millisecond}, cancel)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want context.Canceled", err)
			}
		})
	}
}

func TestSilentProgramIsEnded(t *testing.T) {
	t.Parallel()
	child := train.Child{NoProgress: 500 * time.Millisecond}
	err := hanging(t.Context(), t, "hang.sh", child, func() {})
	if !errors.Is(err, train.ErrTimeout) {
		t.Errorf("error %v, want train.ErrTimeout", err)
	}
	checkError(t, err, "no output for 500ms")
}

func TestLongProgramIsEnded(t *testing.T) {
	t.Parallel()
	l := fake(t, "chatty.sh")
	l.Child.NoProgress = 2 * time.Second // less than a line takes is no reason to end it
	l.Child.Wall = 3 * time.Second
	_, err := l.Train(t.Context(), trainDir(t, map[string]int{"train.csv": 0}), params(nil), nil)
	if !errors.Is(err, train.ErrTimeout) {
		t.Errorf("error %v, want train.ErrTimeout", err)
	}
	checkError(t, err, "still running after 3s")
}
