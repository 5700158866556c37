package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/salesctl/salesctl/internal/hint"
)

// checkOutput reports, before any work is done, why a verb that reads the inputs could not write
// to path: its directory is missing, it is a directory itself, or it is one of the inputs, which would
// be lost. "" and - are stdout, or stdin among the inputs.
func checkOutput(path string, inputs ...string) error {
	if path == "" || path == "-" {
		return nil
	}
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return hint.Wrap(fmt.Errorf("write %s: directory %s: %w", path, dir, syscall.ENOENT), "make the directory first: mkdir -p "+shellWord(dir))
	case err == nil && !info.IsDir():
		return fmt.Errorf("write %s: %s: %w", path, dir, syscall.ENOTDIR)
	}
	info, err = os.Stat(path)
	if err != nil {
		return nil //nolint:nilerr // there is no such file yet, or writing will say what is wrong
	}
	if info.IsDir() {
		return fmt.Errorf("write %s: %w", path, syscall.EISDIR)
	}
	for _, input := range inputs {
		if in, err := os.Stat(input); err == nil && in.Mode().IsRegular() && os.SameFile(in, info) {
			return hint.Wrap(usagef("%s is read and would be overwritten", path), "write to another file")
		}
	}
	return nil
}

// checkDistinct reports outputs that are one file: the later would take the place of the earlier. "" and
// - are none.
func checkDistinct(outputs ...string) error {
	seen := make(map[string]bool)
	for _, path := range outputs {
		if path == "" || path == "-" {
			continue
		}
		full, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		if seen[full] {
			return hint.Wrap(usagef("%s is named for two outputs", path), "give each its own file")
		}
		seen[full] = true
	}
	return nil
}

// noRoom adds the remedy to an error that a full disk or a quota caused.
func noRoom(err error, remedy string) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return hint.Wrap(err, remedy)
	}
	return err
}
