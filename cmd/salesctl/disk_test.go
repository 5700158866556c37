package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFullDisk has each verb that writes files meet a disk that is too small: a tmpfs where the
// test may mount one, and everywhere a limit on the size of a file.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	in := prepareFullDisk(t)
	few := []string{"--set", "lightgbm.num_iterations=1"}
	tests := []struct {
		name string
		args []string // DISK is the small disk
		kib  int      // its size, or the limit: LightGBM's self-test needs 20
		want string   // the error and its hint, a regular expression
		left []string // files on the disk
		tmp  bool     // TMPDIR is on the disk
	}{
		{
			"preprocess CSV",
			[]string{"preprocess", in("sales.csv"), "--output", "DISK/m.csv"},
			16,
			`write DISK/m\.csv: REASON\nsalesctl: hint: make room`, nil, false,
		},
		{
			"preprocess Parquet",
			[]string{"preprocess", in("sales.csv"), "--output", "DISK/m.parquet"},
			4,
			`write DISK/m\.parquet: REASON\nsalesctl: hint: make room`, nil, false,
		},
		{
			"data sample",
			[]string{"data", "sample", "--output", "DISK/s.csv"},
			16,
			`write DISK/s\.csv: REASON\nsalesctl: hint: make room`, nil, false,
		},
		{
			"forecast",
			[]string{"forecast", "--models", in("models"), "--output", "DISK/f.csv"},
			16,
			`write DISK/f\.csv: REASON\nsalesctl: hint: make room`, nil, false,
		},
		{
			"predict",
			[]string{"predict", "--models", in("models"), "--input", in("sales.csv"), "-o", "csv", "--output", "DISK/p.csv"},
			16,
			`write DISK/p\.csv: REASON\nsalesctl: hint: make room`, nil, false,
		},
		{
			"train: validation file",
			[]string{"train", in("sales.csv"), "--validation-output", "DISK/v.csv", "--set", "lightgbm.num_iterations=30"},
			20,
			`(write DISK/v\.csv|train: write \S+/train\.csv): REASON\nsalesctl: hint: make room`, nil, false,
		},
		{
			"train: rows for LightGBM", append([]string{"train", in("sales.csv"), "--validation-output", "out.csv"}, few...), 64,
			`train: write \S+/train\.csv: REASON\nsalesctl: hint: make room in DISK,`, nil, true,
		},
		{
			"train: LightGBM's model",
			[]string{"train", in("short.csv"), "--validation-output", "out.csv", "--set", "lightgbm.num_iterations=100"},
			40,
			`lightgbm: (.*model\.txt.*\nsalesctl: hint: make room in DISK,|signal: file size limit exceeded)`, nil, true,
		},
		{
			"train: registry", append([]string{"train", in("wide.csv"), "--validation-output", "out.csv", "--models", "DISK/models"}, few...), 24,
			`publish "sales": write \S*sales/\.incoming/\S+: REASON\nsalesctl: hint: make room, or name a registry on another disk`,
			[]string{"models/sales/.lock"},
			false,
		},
	}
	for _, tt := range tests {
		for _, disk := range []struct {
			name  string
			limit func(t *testing.T, dir string, kib int) (prefix []string)
		}{{"file size", limitFileSize}, {"tmpfs", mountSmall}} {
			t.Run(tt.name+"/"+disk.name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				prefix := disk.limit(t, dir, tt.kib)
				place := strings.NewReplacer("DISK", dir, "REASON", "(no space left on device|file too large)")
				args := make([]string, len(tt.args))
				for i, arg := range tt.args {
					args[i] = place.Replace(arg)
				}
				c := newChild(t, prefix, args...)
				if tt.tmp {
					c.Env = append(c.Env, "TMPDIR="+dir)
				}
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				if code := c.wait(t); code != exitFailure {
					t.Errorf("exit %d, want %d", code, exitFailure)
				}
				pattern := regexp.MustCompile(`(?m)^salesctl: error: ` + place.Replace(tt.want))
				if !pattern.MatchString(c.stderr.String()) {
					t.Errorf("stderr does not match %s:\n%s", pattern, c.stderr.String())
				}
				c.checkLeft(t, nil)
				if diff := cmp.Diff(tt.left, filesBelow(t, dir)); diff != "" {
					t.Errorf("on the disk (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// prepareFullDisk returns the paths of what the verbs read: 8,000 rows, 600 rows, a registry, and
// rows of many ids of which few have sales, so that a bundle is larger than what trains it.
func prepareFullDisk(t *testing.T) func(string) string {
	t.Helper()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	writeSample(t, in("sales.csv"), 20, 400)
	writeSample(t, in("short.csv"), 4, 200)
	salesctl(t, "train", in("short.csv"), "--models", in("models"), "--set", "lightgbm.num_iterations=1")
	var wide strings.Builder
	wide.WriteString("date,store,item,sales\n")
	for item := range 5000 {
		sales := ""
		if item < 300 {
			sales = strconv.Itoa(item % 50)
		}
		fmt.Fprintf(&wide, "2024-01-01,1,%d,%s\n2024-01-02,1,%[1]d,\n", item+1, sales)
	}
	if err := os.WriteFile(in("wide.csv"), []byte(wide.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return in
}

// limitFileSize limits the files of a command to kib KiB each, wherever they are.
func limitFileSize(_ *testing.T, _ string, kib int) (prefix []string) {
	return []string{"bash", "-c", fmt.Sprintf(`ulimit -f %d && exec "$@"`, kib), "bash"}
}

// mountSmall makes dir a disk of kib KiB. Where that is not allowed it limits the size of files.
func mountSmall(t *testing.T, dir string, kib int) (prefix []string) {
	t.Helper()
	mount := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dk", kib), "tmpfs", dir)
	if out, err := mount.CombinedOutput(); err != nil {
		t.Logf("no tmpfs: %v: %s", err, out)
		return limitFileSize(t, dir, kib)
	}
	t.Cleanup(func() {
		umount := exec.CommandContext(context.WithoutCancel(t.Context()), "umount", dir)
		if out, err := umount.CombinedOutput(); err != nil {
			t.Errorf("umount %s: %v: %s", dir, err, out)
		}
	})
	return nil
}
