package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/train"
)

// The states of a finding.
const (
	stateOK   = "ok"
	stateWarn = "warn"
	stateFail = "fail"
)

// finding is what doctor says about one thing.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // ok, warn or fail
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitzero"`

	err error // of a fail
}

// doctorOptions is what doctor was asked for.
type doctorOptions struct {
	*env
	settings  *settings // the defaults where the configuration cannot be used
	configErr error
	format    format
}

func newDoctorCmd(e *env) *cobra.Command {
	o := &doctorOptions{env: e}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what salesctl needs on this machine",
		Long: `doctor checks the configuration, LightGBM, the registry with its champion, the job directory
and the free space, and says what to do about whatever is missing. It exits 0 when nothing is,
5 when LightGBM is missing or unfit, 2 when the configuration cannot be used, 1 otherwise.`,
		Example: indent("salesctl doctor\nsalesctl doctor -o json"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.settings, o.configErr = loadSettings(e, cmd.Flags()); o.configErr != nil {
				o.settings = &settings{config: defaultConfig()}
			}
			e.Log = newLogger(e, o.settings.Log)
			return runDoctor(cmd.Context(), o)
		},
	}
	addFormat(cmd, &o.format, formatTable, formatJSON)
	addConfigFlags(cmd, "lightgbm", "registry.dir", "registry.name", "jobs.dir")
	return cmd
}

func runDoctor(ctx context.Context, o *doctorOptions) error {
	cfg := o.settings.config
	findings := []finding{
		{Check: "version", State: stateOK, Detail: fmt.Sprintf("salesctl %s, built with %s", buildVersion(), runtime.Version())},
		{Check: "machine", State: stateOK, Detail: fmt.Sprintf("%s/%s, %d cores, %d in use", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.GOMAXPROCS(0))},
		checkConfig(o),
		checkLightGBM(ctx, o.env, cfg),
		{Check: "python", State: stateOK, Detail: "not needed: LightGBM is a program of its own (only its installation uses pip)"},
		checkRegistry(cfg.Registry),
		checkChampion(cfg.Registry),
		checkDir("job directory", cfg.Jobs.Dir, "--jobs", "serve"),
		checkSpace("space for bundles", existing(cfg.Registry.Dir)),
		checkSpace("space for training", os.TempDir()),
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err := o.writeOutput(ctx, "", func(w io.Writer) error { return o.format.write(w, findings, findingsGrid(findings)) })
	if err != nil {
		return err
	}
	return worst(findings)
}

// worst returns the error of the failed check that decides the exit code, nil where none failed.
func worst(findings []finding) error {
	var deciding *finding
	for _, check := range []string{"lightgbm", "config", ""} {
		for i := range findings {
			f := &findings[i]
			if deciding == nil && f.State == stateFail && (f.Check == check || check == "") {
				deciding = f
			}
		}
	}
	if deciding == nil {
		return nil
	}
	return fmt.Errorf("check %s: %w", deciding.Check, deciding.err)
}

func findingsGrid(findings []finding) grid {
	g := grid{Header: []string{"STATE", "CHECK", "DETAIL"}}
	for _, f := range findings {
		lines := strings.Split(f.Detail, "\n")
		g.Rows = append(g.Rows, []string{f.State, f.Check, lines[0]})
		for _, line := range lines[1:] {
			g.Rows = append(g.Rows, []string{"", "", line})
		}
		if f.Remedy != "" {
			g.Rows = append(g.Rows, []string{"", "", "-> " + f.Remedy})
		}
	}
	return g
}

// failed returns the finding of a check that ended in err.
func failed(check string, err error) finding {
	return finding{Check: check, State: stateFail, Detail: err.Error(), Remedy: hint.Of(err), err: err}
}

func checkConfig(o *doctorOptions) finding {
	if o.configErr != nil {
		f := failed("config", o.configErr)
		f.Detail += "\nall other checks are of the defaults"
		return f
	}
	f := finding{Check: "config", State: stateOK, Detail: "valid; no config file, the defaults are in force"}
	if o.settings.File != "" {
		f.Detail = o.settings.File + " is valid"
	}
	if unknown := o.settings.UnknownEnv; len(unknown) > 0 {
		f.State = stateWarn
		for _, p := range unknown {
			f.Detail += "\n" + p.String()
		}
		f.Remedy = "salesctl config show --origin lists every key"
	}
	return f
}

func checkLightGBM(ctx context.Context, e *env, cfg config) finding {
	l := e.lightGBMLookup(cfg)
	lgb, err := train.Find(ctx, l)
	if err != nil {
		return failed("lightgbm", err)
	}
	return finding{Check: "lightgbm", State: stateOK, Detail: fmt.Sprintf("%s, found by %s\nSHA-256 %s\nits self-test gives the trees of the pinned %s",
		lgb.Path, namedBy(l, lgb.Path), lgb.SHA256, train.PinnedVersion)}
}

// namedBy returns which place of the lookup led to path.
func namedBy(l train.Lookup, path string) string {
	switch {
	case l.Flag != "":
		return "--lightgbm"
	case l.Config != "":
		return "lightgbm.path"
	case l.Env != "":
		return envLightGBM
	case l.ProjectDir != "" && isBelow(l.ProjectDir, path):
		return "the project's tool directory"
	case l.UserDataDir != "" && isBelow(l.UserDataDir, path):
		return "the user's data directory"
	}
	return "the PATH"
}

func isBelow(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// checkRegistry says whether bundles can be written.
func checkRegistry(cfg registryConfig) finding {
	return checkDir("registry", cfg.Dir, "--models", "training")
}

// checkDir says whether files can be written to path, which the flag names and the first maker
// makes. It writes nothing.
func checkDir(check, path, flag, maker string) finding {
	dir := existing(path)
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return failed(check, err)
	case !info.IsDir():
		return failed(check, hint.Wrap(fmt.Errorf("%s is not a directory", dir), "name another one with "+flag))
	case unix.Access(dir, unix.W_OK|unix.X_OK) != nil:
		return failed(check, hint.Wrap(fmt.Errorf("%s: %w", dir, fs.ErrPermission), "make it writable, or name another one with "+flag))
	case filepath.Clean(dir) != filepath.Clean(path):
		return finding{Check: check, State: stateOK, Detail: path + " does not exist; the first " + maker + " makes it"}
	}
	return finding{Check: check, State: stateOK, Detail: path + " is writable"}
}

// existing returns path, or the nearest directory above it that exists.
func existing(path string) string {
	for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
		_, err := os.Stat(dir)
		missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR)
		if !missing || dir == filepath.Dir(dir) {
			return dir
		}
	}
}

func checkChampion(cfg registryConfig) finding {
	const check = "champion"
	b, err := model.Open(cfg.Dir).Load(cfg.Name, "", model.CheckGolden)
	if errors.Is(err, model.ErrNotFound) {
		return finding{Check: check, State: stateOK, Detail: fmt.Sprintf("no version of %s is champion yet", cfg.Name), Remedy: "salesctl train FILE makes one"}
	}
	if err != nil {
		return failed(check, err)
	}
	return finding{Check: check, State: stateOK, Detail: fmt.Sprintf("%s version %s: its files and its golden rows are as they were published", cfg.Name, b.ID)}
}

// leastSpace is what a training of a million rows and its bundle take, with some to spare.
const leastSpace = 1 << 30

// checkSpace says how much is free where dir is.
func checkSpace(check, dir string) finding {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return failed(check, fmt.Errorf("%s: %w", dir, err))
	}
	free := st.Bavail * uint64(st.Bsize)
	f := finding{Check: check, State: stateOK, Detail: fmt.Sprintf("%.1f GiB are free in %s", float64(free)/(1<<30), dir)}
	if free < leastSpace {
		f.State, f.Remedy = stateWarn, "free some space: training a million rows takes up to 1 GiB"
	}
	return f
}
