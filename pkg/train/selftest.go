package train

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
)

// selfTestSHA256 is of the ten trees that the pinned LightGBM trains: its model up to the
// parameters. scripts/install-lightgbm.sh checks what it builds by the same files and sum.
const selfTestSHA256 = "a39dc5e2664974c01479b08c231ed94d277512432be30d2a282685e2e2ac29c8"

// selfTestConfig trains the self-test's trees. With its rows of small integers, the objective l1
// and a learning rate that is a power of two, every sum is exact: the trees do not depend on how
// a compiler orders or contracts floating-point operations.
const selfTestConfig = `task=train
data=train.csv
output_model=model.txt
objective=regression_l1
num_iterations=10
num_leaves=15
learning_rate=0.5
min_data_in_leaf=5
categorical_feature=2
bagging_fraction=0.75
bagging_freq=1
feature_fraction=0.75
seed=1
deterministic=true
force_row_wise=true
num_threads=1
verbosity=-1
`

// SelfTest trains ten trees on fixed rows and compares them with the recorded ones. LightGBM
// tells its version nowhere, so this is what shows that it is the pinned one. It takes a tenth
// of a second. What the program does wrong is an *UnfitError.
func (l *LightGBM) SelfTest(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "salesctl-selftest-")
	if err != nil {
		return hint.Wrap(fmt.Errorf("self-test of LightGBM: %w", err), "name a directory that can be written to with the variable TMPDIR")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for name, content := range map[string][]byte{"train.csv": selfTestRows(), configFile: []byte(selfTestConfig)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return fmt.Errorf("self-test of LightGBM: %w", err)
		}
	}
	if err := l.trainsAsRecorded(ctx, dir); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return &UnfitError{Path: l.Path, SHA256: l.SHA256, Want: PinnedVersion, Err: err}
	}
	return nil
}

// trainsAsRecorded trains on the files in dir.
func (l *LightGBM) trainsAsRecorded(ctx context.Context, dir string) error {
	tested := *l
	tested.Child.Wall = time.Minute // whatever the program is
	if err := tested.run(ctx, dir, &progress{}, configFile); err != nil {
		return err
	}
	model, err := os.ReadFile(filepath.Join(dir, modelFile))
	if err != nil {
		return errors.New("it wrote no model")
	}
	trees, _, _ := bytes.Cut(model, []byte("parameters:\n"))
	sum := sha256.Sum256(trees)
	if got := hex.EncodeToString(sum[:]); got != selfTestSHA256 {
		return fmt.Errorf("its trees have SHA-256 %s, those of the pinned version %s", got, selfTestSHA256)
	}
	return nil
}

// selfTestRows returns 500 rows: the target, three numbers, one of them a category, and a number
// that is missing in a fifth of them. They come from a linear congruential generator that awk
// computes exactly, too.
func selfTestRows() []byte {
	state := 1
	draw := func(n int) int {
		state = (state*1103 + 12345) % 65536
		return state * n / 65536
	}
	var b bytes.Buffer
	for range 500 {
		number, step, category, gap, noise := draw(31), draw(100), draw(7), draw(10), draw(9)
		y := 3*number + 5*(category%3) + gap + noise
		if step > 50 {
			y += 20
		}
		last := "nan"
		if gap <= 7 {
			last = strconv.Itoa(gap)
		}
		fmt.Fprintf(&b, "%d,%d,%d,%d,%s\n", y, number, step, category, last)
	}
	return b.Bytes()
}
