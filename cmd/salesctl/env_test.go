package main

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestSignal interrupts a process that waits for more of its input.
func TestSignal(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			var stderr strings.Builder
			cmd := exec.CommandContext(t.Context(), "salesctl", "data", "describe", "--input", "-")
			cmd.Stderr = &stderr
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// More than a pipe holds: when it is written, the process is reading.
			rows := "date,store,item,sales\n" + strings.Repeat("2025-01-01,1,1,10\n", 1<<16)
			if _, err := io.WriteString(stdin, rows); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			err = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
				t.Errorf("exit code %d, want %d: %v", code, exitInterrupted, err)
			}
			if got, want := stderr.String(), "salesctl: error: interrupted\n"; got != want {
				t.Errorf("stderr %q, want %q", got, want)
			}
		})
	}
}
