package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestREADME runs every sh block of README.md and every command in its tables, one after another, as
// a new user would: in a copy of the project as git has it, with bin/ on the PATH.
func TestREADME(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 5 {
		t.Fatalf("README.md has %d sh blocks: the pattern no longer fits", len(blocks))
	}
	clone := copyProject(t, root)
	sales, err := os.ReadFile(sales20000)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(clone, "data", "train.csv"), sales, 0o600); err != nil { // as Kaggle's
		t.Fatal(err)
	}
	// The commands in cells of a table come after the blocks.
	rows := strings.Join(regexp.MustCompile(`(?m)^\|.*`).FindAllString(string(page), -1), "\n")
	cells := regexp.MustCompile("`(salesctl [^`]*)`").FindAllStringSubmatch(rows, -1)
	if len(cells) < 6 {
		t.Fatalf("README.md has %d commands in tables: the pattern no longer fits", len(cells))
	}
	port := ":" + freePort(t.Context(), "127.0.0.1", "20000")
	ctx, cancel := context.WithTimeout(t.Context(), childDeadline) // no command there runs for ever
	defer cancel()
	for _, block := range append(blocks, cells...) {
		script := strings.ReplaceAll(block[1], ":5000", port)
		cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script)
		cmd.Dir = clone
		cmd.Env = append(os.Environ(),
			"PATH="+filepath.Join(clone, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"),
			"XDG_DATA_HOME="+filepath.Join(clone, "home"),
			"SALESCTL_SERVE_ADDR=127.0.0.1"+port)
		// A block that fails leaves behind what it started in the background.
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.WaitDelay = time.Second
		out, err := cmd.CombinedOutput()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if err != nil {
			t.Fatalf("these commands of README.md fail: %v\n%s\n%s", err, block[1], out)
		}
	}
}

// copyProject copies the files that git knows, or would, and lends the copy the LightGBM that
// has been built.
func copyProject(t *testing.T, root string) string {
	t.Helper()
	clone := t.TempDir()
	list := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	for name := range strings.Lines(string(out)) {
		name = strings.TrimSuffix(name, "\n")
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(clone, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(root, ".tools"), filepath.Join(clone, ".tools")); err != nil {
		t.Fatal(err)
	}
	return clone
}
