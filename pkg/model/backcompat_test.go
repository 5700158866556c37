package model_test

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/salesctl/salesctl/pkg/model"
)

var update = flag.Bool("update", false, "publish the bundle of testdata/backcompat that has this release's format")

// backcompat returns the directory with the bundle of a format.
func backcompat(format int) string {
	return filepath.Join("testdata", "backcompat", strconv.Itoa(format))
}

// published is the bundle of this format in another directory: -update is run on its own, with
// -run Backcompat.

// TestBackcompat loads a bundle of every released format.
func TestBackcompat(t *testing.T) {
	t.Parallel()
	if *update {
		dir := backcompat(model.Format)
		try(t, os.RemoveAll(dir))
		r := model.Open(dir)
		v := put(t, r, content(t, 0), noon())
		if _, err := r.Promote(t.Context(), "sales", v.ID); err != nil {
			t.Fatal(err)
		}
		try(t, os.Remove(filepath.Join(dir, "sales", ".lock")))
	}
	for format := 1; format <= model.Format; format++ {
		if _, err := model.Open(backcompat(format)).Verify("sales", ""); err != nil {
			t.Errorf("format %d: %v", format, err)
		}
	}
}

// TestDigestStays compares a digest with the one of another day and machine.
func TestDigestStays(t *testing.T) {
	t.Parallel()
	want, err := model.Open(backcompat(model.Format)).Load("sales", "", model.CheckSums)
	if err != nil {
		t.Fatal(err)
	}
	got := put(t, model.Open(t.TempDir()), content(t, 0), noon())
	if got.Digest != want.Digest {
		t.Errorf("digest = %s, recorded is %s", got.Digest, want.Digest)
	}
}
