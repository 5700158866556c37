package train_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/pkg/train"
)

// script is one run of the installation script.
type script struct {
	dir  string   // where it installs
	path string   // PATH
	env  []string // more of the environment
}

func (s script) run(t *testing.T) (stderr string, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "install")
	if err := os.WriteFile(file, installScript(t), 0o600); err != nil {
		t.Fatal(err)
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bash, file, s.dir)
	cmd.Env = append([]string{"PATH=" + s.path, "HOME=" + t.TempDir(), "PIP_CONFIG_FILE=" + os.DevNull, "PIP_NO_CACHE_DIR=1"}, s.env...)
	var out bytes.Buffer
	cmd.Stderr = &out
	err = cmd.Run()
	return out.String(), err
}

// pathWithout returns a PATH that leads to what the script needs, apart from some programs, and
// before that to what replaces them.
func pathWithout(t *testing.T, replaced map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name := range strings.FieldsSeq("bash env sh python3 g++ gcc tar gzip awk sha256sum uname dirname mkdir mktemp chmod rm ls cat grep sed sleep cp mv find") {
		target, isReplaced := replaced[name]
		if !isReplaced {
			var err error
			if target, err = exec.LookPath(name); err != nil {
				t.Fatal(err)
			}
			if name == "python3" {
				target = interpreter(t)
			}
		}
		if target == "" {
			continue
		}
		target, err := filepath.Abs(target)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// interpreter returns the program behind python3, which may be a launcher that needs other ones.
func interpreter(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestInstallScriptFailures(t *testing.T) {
	t.Parallel()
	wrong := t.TempDir()
	if err := os.WriteFile(filepath.Join(wrong, "lightgbm-4.7.0-py3-none-any.whl"), []byte("not this one"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		replaced map[string]string
		env      []string
		want     []string
	}{
		{"no compiler", map[string]string{"g++": ""}, nil, []string{"g++ is not installed", "install g++", "apt-get install g++"}},
		{"no python", map[string]string{"python3": ""}, nil, []string{"python3 is not installed", "apt-get install python3"}},
		{"no pip", map[string]string{"python3": "testdata/fake/no-pip.sh"}, nil, []string{"python3 has no pip", "python3-pip"}},
		{
			"wrong checksum", nil,
			[]string{"PIP_NO_INDEX=1", "PIP_FIND_LINKS=" + wrong},
			[]string{"wrong checksum", "another package index"},
		},
		{
			"no network", nil,
			[]string{"PIP_INDEX_URL=http://127.0.0.1:1/simple", "PIP_RETRIES=0"},
			[]string{"cannot reach the Python package index", "check the network"},
		},
		{
			"not in the index", nil,
			[]string{"PIP_NO_INDEX=1", "PIP_FIND_LINKS=" + t.TempDir()},
			[]string{"the package index does not have the sources of LightGBM 4.7.0"},
		},
		{
			"no OpenMP",
			map[string]string{"python3": "testdata/fake/python3.sh", "g++": "testdata/fake/no-gomp.sh"},
			nil,
			[]string{"libgomp", "install libgomp1"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			got, err := script{dir: filepath.Join(parent, "lightgbm"), path: pathWithout(t, tt.replaced), env: tt.env}.run(t)
			if err == nil {
				t.Fatal("the script ended without an error")
			}
			lines := strings.Split(strings.TrimSpace(got), "\n")
			last := lines[len(lines)-1]
			for _, want := range append(tt.want, "brew install lightgbm", "conda-forge", "--lightgbm PATH") {
				if !strings.Contains(last, want) {
					t.Errorf("the last line %q does not name %q; all of it:\n%s", last, want, got)
				}
			}
			checkEmpty(t, parent)
		})
	}
}

func TestInstallScriptRefusesADirectoryOfOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{dir, file} {
		got, err := script{dir: dir, path: pathWithout(t, nil)}.run(t)
		if err == nil || !strings.Contains(got, dir) || !strings.Contains(got, "name an") {
			t.Errorf("error %v with %q, want a refusal of %s", err, got, dir)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "mine" {
		t.Errorf("%s holds %q, %v", file, text, err)
	}
}

// A second run needs neither Python nor a compiler: it does nothing.
func TestInstallScriptIsDoneOnce(t *testing.T) {
	t.Parallel()
	path := pathWithout(t, map[string]string{"python3": "", "g++": "", "gcc": ""})
	got, err := script{dir: toolDir(t), path: path}.run(t)
	if err != nil || !strings.Contains(got, "already in") {
		t.Errorf("the script says %q, %v", got, err)
	}
}

// A damaged installation is built anew, and stays as it is when that does not succeed.
func TestInstallScriptKeepsWhatItCannotReplace(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir := filepath.Join(parent, "lightgbm")
	if err := os.CopyFS(dir, os.DirFS(toolDir(t))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "lightgbm"), []byte("damaged"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := pathWithout(t, map[string]string{"python3": "testdata/fake/python3.sh", "g++": "testdata/fake/no-gomp.sh"})
	got, err := script{dir: dir, path: path}.run(t)
	if err == nil || !strings.Contains(got, "libgomp") {
		t.Errorf("the script says %q, %v", got, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "lightgbm")); err != nil || string(text) != "damaged" {
		t.Errorf("the old file is changed: %q, %v", text, err)
	}
	if diff := cmp.Diff([]string{"lightgbm"}, names(t, parent)); diff != "" {
		t.Errorf("beside it (-want +got):\n%s", diff)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestInstallFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	var steps bytes.Buffer
	got, err := train.Install(t.Context(), toolDir(t), installScript(t), &steps)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(toolDir(t), "lightgbm"); got.Path != want || len(got.SHA256) != 64 {
		t.Errorf("got %+v, want the program at %s", got, want)
	}
	if !strings.Contains(steps.String(), "LightGBM 4.7.0 is already in ") {
		t.Errorf("steps: %q", steps.String())
	}
}

func TestInstallError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var steps bytes.Buffer
	_, err := train.Install(t.Context(), dir, installScript(t), &steps)
	checkError(t, err, "install LightGBM: "+dir+" holds files that are not LightGBM's: name an empty or a new directory (exit status 1)")
	checkError(t, err, strings.TrimSpace(strings.TrimPrefix(steps.String(), "install-lightgbm: ")))
}

// An interrupted installation leaves nothing, whatever it is doing.
func TestInstallIsCancelled(t *testing.T) {
	t.Setenv("PATH", pathWithout(t, map[string]string{"python3": "testdata/fake/python3.sh"}))
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FAKE_PIP_HANGS", pipe)
	parent := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		if _, err := os.ReadFile(pipe); err != nil { // returns when pip hangs
			t.Error(err)
		}
	}()
	_, err := train.Install(ctx, filepath.Join(parent, "lightgbm"), installScript(t), new(bytes.Buffer))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	checkEmpty(t, parent)
}
