package main

import (
	"cmp"
	"context"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/salesctl/salesctl/pkg/train"
)

// version is set by the linker: -X main.version=v1.2.3.
var version string

// versionOptions is what version was asked for.
type versionOptions struct {
	*env
	format format
}

// versionInfo is what `version -o json` prints.
type versionInfo struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	LightGBM string `json:"lightgbm"` // the pinned one
}

func newVersionCmd(e *env) *cobra.Command {
	o := &versionOptions{env: e}
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version of salesctl and of the LightGBM it needs",
		Example: indent("salesctl version\nsalesctl version -o json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := e.checkGlobals(cmd); err != nil {
				return err
			}
			return runVersion(cmd.Context(), o)
		},
	}
	addFormat(cmd, &o.format, formatTable, formatJSON)
	return cmd
}

// addVersionFlag makes `salesctl --version` the same as `salesctl version`.
func addVersionFlag(e *env, root *cobra.Command) {
	help, asked := root.RunE, false
	root.Flags().BoolVar(&asked, "version", false, "the same as the command version")
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if !asked {
			return help(cmd, args)
		}
		if err := e.checkGlobals(cmd); err != nil {
			return err
		}
		return runVersion(cmd.Context(), &versionOptions{env: e, format: formatTable})
	}
}

func runVersion(ctx context.Context, o *versionOptions) error {
	v := versionInfo{
		Version: buildVersion(), Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, LightGBM: train.PinnedVersion,
	}
	return o.writeOutput(ctx, "", func(w io.Writer) error {
		return o.format.write(w, v, grid{
			Header: []string{"PROGRAM", "VERSION"},
			Rows: [][]string{
				{"salesctl", v.Version}, {"go", v.Go}, {"platform", v.OS + "/" + v.Arch}, {"lightgbm", v.LightGBM + " (pinned)"},
			},
		})
	})
}

// buildVersion returns the version that the linker set, else the one that go install knows.
func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return cmp.Or(info.Main.Version, "unknown")
}
