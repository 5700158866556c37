package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
)

// Install installs the pinned LightGBM into dir by script, the text of scripts/install-lightgbm.sh,
// and returns it after its self-test. A dir that has it already stays as it is.
// The script's steps go to steps; its last one, if it fails, is the error. It inherits the
// environment, since pip's proxies and indexes are set there.
func Install(ctx context.Context, dir string, script []byte, steps io.Writer) (*LightGBM, error) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		return nil, hint.Wrap(errors.New("install LightGBM: bash is not installed"), howToGet)
	}
	path, err := writeScript(script)
	if err != nil {
		return nil, fmt.Errorf("install LightGBM: %w", err)
	}
	defer os.Remove(path)                            //nolint:errcheck // a temporary file
	cmd := exec.CommandContext(ctx, bash, path, dir) //nolint:gosec // the project's own script
	cmd.WaitDelay = 10 * time.Second
	last := ""
	lines := &lineWriter{line: func(s string) {
		last = s
		_, _ = fmt.Fprintln(steps, s) // who cannot see the steps still gets LightGBM
	}}
	cmd.Stdout, cmd.Stderr = lines, lines
	err = runGroup(cmd)
	lines.flush()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("install LightGBM: %w", context.Cause(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("install LightGBM: %s (%w)", strings.TrimPrefix(last, "install-lightgbm: "), err)
	}
	lgb, err := open(filepath.Join(dir, program), Child{})
	if err != nil {
		return nil, err
	}
	if err := lgb.SelfTest(ctx); err != nil {
		return nil, err
	}
	return lgb, nil
}

// writeScript returns the path of a temporary file that holds the script.
func writeScript(script []byte) (string, error) {
	f, err := os.CreateTemp("", "install-lightgbm-*.sh")
	if err != nil {
		return "", err
	}
	_, err = f.Write(script)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
