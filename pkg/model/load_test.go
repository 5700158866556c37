package model_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/model"
)

// files are those of a bundle; provenance.json is outside its digest.
func files() []string {
	return []string{"golden.json", "history.parquet", "manifest.json", "metrics.json", "provenance.json", "spec.json", "trees.txt"}
}

func TestLoadRefusesDamage(t *testing.T) {
	t.Parallel()
	damages := []struct {
		name string
		do   func(t *testing.T, path string)
		want string // in the message
	}{
		{"one bit flipped", func(t *testing.T, path string) {
			t.Helper()
			corrupt(t, path)
		}, ""},
		{"truncated", func(t *testing.T, path string) {
			t.Helper()
			rewrite(t, path, func(b []byte) []byte { return b[:len(b)/2] })
		}, ""},
		{"emptied", func(t *testing.T, path string) {
			t.Helper()
			rewrite(t, path, func([]byte) []byte { return nil })
		}, ""},
		{"longer", func(t *testing.T, path string) {
			t.Helper()
			rewrite(t, path, func(b []byte) []byte { return append(b, "{}\n"...) })
		}, ""},
		{"overwritten with zeros", func(t *testing.T, path string) {
			t.Helper()
			rewrite(t, path, func(b []byte) []byte { return make([]byte, len(b)) })
		}, ""},
		{"removed", func(t *testing.T, path string) {
			t.Helper()
			try(t, os.Remove(path))
		}, "missing"},
		{"a directory", func(t *testing.T, path string) {
			t.Helper()
			try(t, os.Remove(path))
			try(t, os.Mkdir(path, 0o755))
		}, "not a regular file"},
		{"a link", func(t *testing.T, path string) {
			t.Helper()
			try(t, os.Rename(path, path+".moved"))
			try(t, os.Symlink(filepath.Base(path)+".moved", path))
		}, ""},
		{"a pipe", func(t *testing.T, path string) {
			t.Helper()
			try(t, os.Remove(path))
			try(t, unix.Mkfifo(path, 0o600))
		}, "not a regular file"},
	}
	for _, damage := range damages {
		for _, file := range files() {
			if file == "provenance.json" && damage.name == "one bit flipped" {
				continue // it has no checksum: the bit may be in the host's name
			}
			t.Run(damage.name+"/"+file, func(t *testing.T) {
				t.Parallel()
				r, v := published(t)
				damage.do(t, filepath.Join(v.Dir, file))
				_, err := r.Load("sales", "", model.CheckSums)
				wantRefused(t, err, v.ID, file)
				if !strings.Contains(err.Error(), damage.want) {
					t.Errorf("Load = %v, want %q in it", err, damage.want)
				}
			})
		}
	}
}

// wantRefused wants a *BundleError about the file (or about what was put beside it) that says
// what to do.
func wantRefused(t *testing.T, err error, id, file string) {
	t.Helper()
	e, ok := errors.AsType[*model.BundleError](err)
	if !ok || e.Version != id || !strings.HasPrefix(e.File, file) {
		t.Fatalf("Load = %v, want a *BundleError about %s of %s", err, file, id)
	}
	if !errors.Is(err, model.ErrDamaged) && !errors.Is(err, model.ErrForeign) {
		t.Errorf("Load = %v, want ErrDamaged or ErrForeign", err)
	}
	if hint.Of(err) == "" {
		t.Errorf("Load = %v: no hint", err)
	}
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	try(t, err)
	try(t, os.WriteFile(path, change(data), 0o600))
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestLoadRefusesEveryTruncation cuts the manifest, which has no checksum above it but the id.
func TestLoadRefusesEveryTruncation(t *testing.T) {
	t.Parallel()
	r, v := published(t)
	path := filepath.Join(v.Dir, "manifest.json")
	data, err := os.ReadFile(path)
	try(t, err)
	for n := range data {
		try(t, os.WriteFile(path, data[:n], 0o600))
		_, err := r.Load("sales", "", model.CheckSums)
		wantRefused(t, err, v.ID, "manifest.json")
	}
}

func TestLoadRefusesManifest(t *testing.T) {
	t.Parallel()
	swap := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
	}
	tests := []struct {
		name   string
		change func([]byte) []byte
		is     error
		want   string
	}{
		{"a later format", swap(`"format": 1`, `"format": 2`), model.ErrForeign, "format 2, this program reads format 1"},
		{"another program's", func([]byte) []byte { return []byte(`{"version": 3}`) }, model.ErrForeign, "no format"},
		{"not JSON", func([]byte) []byte { return []byte("flavors:\n  python_function:\n") }, model.ErrDamaged, ""},
		{"an unknown member", swap(`"format": 1`, `"format": 1, "extra": 1`), model.ErrDamaged, "extra"},
		{"a member twice", swap(`"format": 1`, `"format": 1, "format": 1`), model.ErrDamaged, "format"},
		{"an unknown file", swap(`"golden.json"`, `"golden.exe"`), model.ErrForeign, `unknown file "golden.exe"`},
		{"a path", swap(`"golden.json"`, `"../../x"`), model.ErrForeign, `unknown file "../../x"`},
		{"a file out of order", swap(`"golden.json"`, `"spec.json"`), model.ErrDamaged, "not in order"},
		{"a negative size", swap(`"size": `, `"size": -`), model.ErrDamaged, "size -"},
		{"a huge size", swap(`"size": `, `"size": 999999999`), model.ErrDamaged, "golden.json: size 999999999"},
		{"no checksum", swap(`"sha256": "`, `"sha256": "x`), model.ErrDamaged, "golden.json: sha256"},
		{"another parameter", swap(`"0.2"`, `"0.3"`), model.ErrDamaged, "the digest is"},
		{"too large", func(b []byte) []byte { return append(b, bytes.Repeat([]byte(" "), 1<<20)...) }, model.ErrDamaged, "at most 1048576"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, v := published(t)
			rewrite(t, filepath.Join(v.Dir, "manifest.json"), func(old []byte) []byte {
				if b := tt.change(bytes.Clone(old)); !bytes.Equal(b, old) {
					return b
				}
				t.Fatal("the manifest is as before")
				return nil
			})
			_, err := r.Load("sales", "", model.CheckSums)
			wantRefused(t, err, v.ID, "manifest.json")
			if !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load = %v, want %v with %q", err, tt.is, tt.want)
			}
			versions, err := r.List("sales")
			if err != nil || len(versions) != 1 || !errors.Is(versions[0].Err, tt.is) {
				t.Errorf("List = %+v, %v, want one version with %v", versions, err, tt.is)
			}
		})
	}
}

func TestLoadRefusesForeign(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		do   func(t *testing.T, dir string)
		file string
	}{
		{"one more file", func(t *testing.T, dir string) {
			t.Helper()
			try(t, os.WriteFile(filepath.Join(dir, "model.pkl"), nil, 0o600))
		}, "model.pkl"},
		{"a known file that is not listed", func(t *testing.T, dir string) {
			t.Helper()
			try(t, os.WriteFile(filepath.Join(dir, "baseline.json"), nil, 0o600))
		}, "baseline.json"},
		{"one more directory", func(t *testing.T, dir string) {
			t.Helper()
			try(t, os.Mkdir(filepath.Join(dir, "x"), 0o755))
		}, "x"},
		{"a directory of another program", func(t *testing.T, dir string) {
			t.Helper()
			try(t, os.RemoveAll(dir))
			try(t, os.Mkdir(dir, 0o755))
			try(t, os.WriteFile(filepath.Join(dir, "MLmodel"), []byte("flavors:\n"), 0o600))
		}, "manifest.json"},
		{"an empty directory", func(t *testing.T, dir string) {
			t.Helper()
			try(t, os.RemoveAll(dir))
			try(t, os.Mkdir(dir, 0o755))
		}, "manifest.json"},
		{"a file", func(t *testing.T, dir string) {
			t.Helper()
			try(t, os.RemoveAll(dir))
			try(t, os.WriteFile(dir, nil, 0o600))
		}, "."},
		{"a link to a directory elsewhere", func(t *testing.T, dir string) {
			t.Helper()
			elsewhere := filepath.Join(t.TempDir(), "x")
			try(t, os.Rename(dir, elsewhere))
			try(t, os.Symlink(elsewhere, dir))
		}, "."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, v := published(t)
			tt.do(t, v.Dir)
			_, err := r.Load("sales", "", model.CheckSums)
			wantRefused(t, err, v.ID, tt.file)
			if !errors.Is(err, model.ErrForeign) {
				t.Errorf("Load = %v, want ErrForeign", err)
			}
		})
	}
}

// TestLoadRefusesMixes gives a version files of another, which are sound in themselves.
func TestLoadRefusesMixes(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"manifest.json", "metrics.json"} { // those in which variants differ
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			r, v := published(t)
			other := put(t, r, content(t, 1), noon())
			data, err := os.ReadFile(filepath.Join(other.Dir, file))
			try(t, err)
			try(t, os.WriteFile(filepath.Join(v.Dir, file), data, 0o600))
			_, err = r.Load("sales", "", model.CheckSums)
			wantRefused(t, err, v.ID, file)
		})
	}
	t.Run("a version under another id", func(t *testing.T) {
		t.Parallel()
		r, v := published(t)
		other := put(t, r, content(t, 1), noon())
		try(t, os.RemoveAll(v.Dir))
		try(t, os.Rename(other.Dir, v.Dir))
		_, err := r.Load("sales", "", model.CheckSums)
		wantRefused(t, err, v.ID, "manifest.json")
	})
}

func TestLoadOfVersionThatIsGone(t *testing.T) {
	t.Parallel()
	r, v := published(t)
	try(t, os.RemoveAll(v.Dir))
	_, err := r.Load("sales", "", model.CheckSums)
	if !errors.Is(err, model.ErrNotFound) || errors.Is(err, model.ErrDamaged) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load of a champion that is gone = %v, want ErrNotFound", err)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	r, v := published(t)
	got, err := r.Verify("sales", "")
	if err != nil || got.Bundle.ID != v.ID || got.LeavesRefusal != nil {
		t.Errorf("Verify = %+v, %v, want %s with the agreement of leaves", got, err, v.ID)
	}
	sqrt := put(t, r, contentOf(t, "sqrt", 0), noon())
	got, err = r.Verify("sales", sqrt.ID)
	if err != nil || got.LeavesRefusal == nil || !strings.Contains(got.LeavesRefusal.Error(), "sqrt") {
		t.Errorf("Verify of sqrt = %+v, %v, want the refusal of leaves", got, err)
	}
	corrupt(t, filepath.Join(v.Dir, "golden.json"))
	_, err = r.Verify("sales", v.ID)
	wantRefused(t, err, v.ID, "golden.json")
}
