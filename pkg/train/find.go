package train

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/salesctl/salesctl/internal/hint"
)

// program is the name of LightGBM's command line program.
const program = "lightgbm"

// howToGet is the hint of every error about the program.
const howToGet = "run `salesctl lightgbm install`, or install LightGBM " + PinnedVersion +
	" (brew install lightgbm, or conda install -c conda-forge lightgbm) and name it with --lightgbm PATH"

// ErrNoLightGBM is returned when no LightGBM program is named or found.
var ErrNoLightGBM = errors.New("no LightGBM program is found")

// NamedError reports that the LightGBM program that somebody named cannot be used.
type NamedError struct {
	By   string // who named it: "--lightgbm", "lightgbm.path" or "SALESCTL_LIGHTGBM"
	Path string
	Err  error
}

func (e *NamedError) Error() string { return fmt.Sprintf("%s names %s: %v", e.By, e.Path, e.Err) }

func (e *NamedError) Unwrap() error { return e.Err }

// UnfitError reports a program that is not the pinned LightGBM.
type UnfitError struct {
	Path   string
	SHA256 string // of the file at Path, in hex
	Want   string // the pinned version
	Err    error  // what its self-test found
}

func (e *UnfitError) Error() string {
	return fmt.Sprintf("%s (SHA-256 %s) is not LightGBM %s: self-test: %v", e.Path, e.SHA256, e.Want, e.Err)
}

func (e *UnfitError) Unwrap() error { return e.Err }

// Lookup says where LightGBM may be, in the order of its fields. Empty fields are skipped.
type Lookup struct {
	Flag        string // path that --lightgbm names
	Config      string // path that the config key lightgbm.path names
	Env         string // path that SALESCTL_LIGHTGBM names
	ProjectDir  string // directory that Install filled for a project
	UserDataDir string // directory that Install filled for a user
	PATH        string // the environment's list of directories

	Child Child // how the program that is found runs
}

// Find returns the first program that l leads to, if it passes the self-test. One that somebody
// named is the only candidate: if it is missing, the error is a *NamedError. One that fails the
// self-test is an *UnfitError; nothing else is tried in its place. If there is none the error is
// ErrNoLightGBM. All have hints.
func Find(ctx context.Context, l Lookup) (*LightGBM, error) {
	path, err := l.locate()
	if err != nil {
		return nil, hint.Wrap(err, howToGet)
	}
	lgb, err := open(path, l.Child)
	if err != nil {
		return nil, err
	}
	if err := lgb.SelfTest(ctx); err != nil {
		if _, unfit := errors.AsType[*UnfitError](err); unfit {
			err = hint.Wrap(err, howToGet)
		}
		return nil, err
	}
	return lgb, nil
}

func (l *Lookup) locate() (string, error) {
	for _, named := range []struct{ by, path string }{
		{"--lightgbm", l.Flag}, {"lightgbm.path", l.Config}, {"SALESCTL_LIGHTGBM", l.Env},
	} {
		if named.path == "" {
			continue
		}
		if err := executable(named.path); err != nil {
			return "", &NamedError{By: named.by, Path: named.path, Err: err}
		}
		return named.path, nil
	}
	for _, dir := range append([]string{l.ProjectDir, l.UserDataDir}, filepath.SplitList(l.PATH)...) {
		path := filepath.Join(dir, program)
		if dir != "" && executable(path) == nil {
			return path, nil
		}
	}
	return "", ErrNoLightGBM
}

// executable returns why the file at path cannot be run, nil if it can.
func executable(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errors.New("there is no such file")
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("it is a directory, not a program")
	case info.Mode()&0o111 == 0:
		return errors.New("it is not executable")
	}
	return nil
}

// open returns the program at path with its checksum; it is not tested yet.
func open(path string, child Child) (*LightGBM, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("lightgbm: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("lightgbm: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read from
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, fmt.Errorf("lightgbm: %w", err)
	}
	return &LightGBM{Path: path, SHA256: hex.EncodeToString(h.Sum(nil)), Child: child}, nil
}
