package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestInterruptAtANamedPipe ends verbs that wait for the writer of a named pipe, as Ctrl-C does.
func TestInterruptAtANamedPipe(t *testing.T) {
	t.Parallel()
	models := filepath.Join(t.TempDir(), "models")
	salesctl(t, "train", sales20000, "--models", models, "--set", "lightgbm.num_iterations=1")
	for _, args := range [][]string{
		{"data", "describe"}, {"train", "--models", models}, {"predict", "--models", models, "--input"},
	} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := unix.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			p, done := newProcess(t, append(args, pipe)...), make(chan int, 1)
			go func() { done <- p.run(ctx) }()
			select {
			case code := <-done:
				if code != exitInterrupted {
					t.Errorf("exit code %d, want %d\n%s", code, exitInterrupted, p.Stderr.String())
				}
			case <-time.After(10 * time.Second):
				t.Error("still waiting for the pipe")
			}
			// A writer lets the goroutine that waits for one end.
			if f, err := os.OpenFile(pipe, os.O_WRONLY|unix.O_NONBLOCK, 0); err == nil {
				t.Cleanup(func() { _ = f.Close() })
			}
		})
	}
}

// TestNamedPipe reads what a writer puts into a named pipe.
func TestNamedPipe(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	wrote := make(chan error, 1)
	go func() {
		wrote <- os.WriteFile(pipe, []byte("date,store,item,sales\n2020-01-01,1,1,5\n2020-01-02,1,1,6\n"), 0)
	}()
	p := newProcess(t, "data", "describe", pipe)
	if code := p.run(t.Context()); code != exitOK {
		t.Errorf("exit code %d\n%s", code, p.Stderr.String())
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
}
