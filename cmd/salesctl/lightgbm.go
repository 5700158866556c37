package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/train"
	"github.com/salesctl/salesctl/scripts"
)

// lightGBMLookup says where this process looks for the LightGBM program.
func (e *env) lightGBMLookup(cfg config) train.Lookup {
	named, _ := e.lookupEnv(envLightGBM)
	path, _ := e.lookupEnv("PATH")
	l := train.Lookup{Env: named, ProjectDir: projectToolDir(), PATH: path, Child: train.Child{Environ: e.Environ}}
	isFlag := func(arg string) bool { return arg == "--lightgbm" || strings.HasPrefix(arg, "--lightgbm=") }
	if slices.ContainsFunc(e.Args, isFlag) {
		l.Flag = cfg.LightGBM.Path
	} else {
		l.Config = cfg.LightGBM.Path
	}
	if dir, err := e.userToolDir(); err == nil {
		l.UserDataDir = dir
	}
	return l
}

// projectToolDir returns .tools/lightgbm of the working directory or of the nearest directory
// above it that has one, where `make lightgbm` installs; "" where there is none.
func projectToolDir() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		tool := filepath.Join(dir, ".tools", "lightgbm")
		if info, err := os.Stat(tool); err == nil && info.IsDir() {
			return tool
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// userToolDir returns the directory that `salesctl lightgbm install` fills: lightgbm in
// salesctl's part of the user's data directory.
func (e *env) userToolDir() (string, error) {
	data, _ := e.lookupEnv("XDG_DATA_HOME")
	home, _ := e.lookupEnv("HOME")
	switch {
	case filepath.IsAbs(data): // the XDG specification ignores relative paths
	case !filepath.IsAbs(home):
		return "", hint.Wrap(errors.New("the user's data directory is not known: HOME is not set"), "set HOME, or name a directory with --dir")
	case runtime.GOOS == "darwin":
		data = filepath.Join(home, "Library", "Application Support")
	default:
		data = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(data, "salesctl", "lightgbm"), nil
}

func newLightGBMCmd(e *env) *cobra.Command {
	cmd := newGroup("lightgbm", "Install the LightGBM program that training runs")
	cmd.AddCommand(newLightGBMInstallCmd(e))
	return cmd
}

// lightGBMOptions is what lightgbm install was asked for.
type lightGBMOptions struct {
	*env
	dir    string
	format format
}

func newLightGBMInstallCmd(e *env) *cobra.Command {
	o := &lightGBMOptions{env: e}
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Install the pinned LightGBM " + train.PinnedVersion,
		Long: `install downloads the pinned release of LightGBM with pip, checks it by the recorded
SHA-256, builds its command line program and tests that it trains the recorded trees. A
directory that has it already stays as it is. Training looks for the program in this order:
--lightgbm PATH, the config key lightgbm.path, SALESCTL_LIGHTGBM, .tools/lightgbm in the
working directory or above it, the user's data directory, the PATH.`,
		Example: indent("salesctl lightgbm install\nsalesctl lightgbm install --dir tools/lightgbm -o json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := e.load(cmd); err != nil {
				return err
			}
			return runLightGBMInstall(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.dir, "dir", "", "where it goes: `DIR` (default: lightgbm in salesctl's part of the user's data directory)")
	addFormat(cmd, &o.format, formatTable, formatJSON)
	return cmd
}

func runLightGBMInstall(ctx context.Context, o *lightGBMOptions) error {
	lgb, err := installLightGBM(ctx, o.env, o.dir)
	if err != nil {
		return err
	}
	result := struct {
		Version string `json:"version"`
		Path    string `json:"path"`
		SHA256  string `json:"sha256"`
	}{train.PinnedVersion, lgb.Path, lgb.SHA256}
	return o.writeOutput(ctx, "", func(w io.Writer) error {
		return o.format.write(w, result, grid{
			Header: []string{"LIGHTGBM", result.Version},
			Rows:   [][]string{{"path", result.Path}, {"sha256", result.SHA256}},
		})
	})
}

// installError is an installation of LightGBM that did not succeed.
type installError struct{ Err error }

func (i *installError) Error() string { return i.Err.Error() }
func (i *installError) Unwrap() error { return i.Err }

// installLightGBM installs the pinned LightGBM into dir, "" for the user's data directory. What
// it does meanwhile goes to stderr. Errors are *installError.
func installLightGBM(ctx context.Context, e *env, dir string) (*train.LightGBM, error) {
	if dir == "" {
		var err error
		if dir, err = e.userToolDir(); err != nil {
			return nil, &installError{err}
		}
	}
	steps := e.Stderr
	if e.global.Quiet {
		steps = io.Discard
	}
	lgb, err := train.Install(ctx, dir, scripts.InstallLightGBM(), steps)
	if err == nil {
		return lgb, nil
	}
	if _, noBash := exec.LookPath("bash"); noBash != nil {
		err = hint.Wrap(err, "install bash, or get LightGBM "+train.PinnedVersion+" by brew or conda and name it with --lightgbm PATH")
	}
	return nil, &installError{err}
}
