package train

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The script that builds the program tests it as SelfTest does: by the same rows, the same
// settings and the same sum.
func TestSelfTestIsTheScripts(t *testing.T) {
	t.Parallel()
	dir, script := t.TempDir(), filepath.Join("..", "..", "scripts", "install-lightgbm.sh")
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("bash", "-c", `source "$1"; selftest_files "$2"`, "bash", script, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, want := range map[string]string{"train.csv": string(selfTestRows()), "train.conf": selfTestConfig} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s (-SelfTest +script):\n%s", name, diff)
		}
	}
	for _, want := range []string{"\nselftest_sha256=" + selfTestSHA256 + "\n", "\nversion=" + PinnedVersion + "\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the script does not hold %q", want)
		}
	}
}
