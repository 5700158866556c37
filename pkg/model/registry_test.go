package model_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/model"
)

func TestParseRef(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	tests := []struct {
		in, name, ref string
		bad           bool
	}{
		{in: "", name: "sales"},
		{in: "toys", name: "toys"},
		{in: "toys@champion", name: "toys", ref: "champion"},
		{in: "@previous", name: "sales", ref: "previous"},
		{in: "a.b-c_9@2026", name: "a.b-c_9", ref: "2026"},
		{in: long, name: long},
		{in: long + "a", bad: true},
		{in: "toys@", bad: true},
		{in: "@", bad: true},
		{in: "toys@a@b", bad: true},
		{in: "Toys", bad: true},
		{in: "toys/x", bad: true},
		{in: "..", bad: true},
		{in: "../x@champion", bad: true},
		{in: ".hidden", bad: true},
		{in: "-flag", bad: true},
		{in: "tøys", bad: true},
		{in: "to\x00ys", bad: true},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			name, ref, err := model.ParseRef(tt.in, "sales")
			if tt.bad {
				if !errors.Is(err, model.ErrBadRef) || hint.Of(err) == "" {
					t.Errorf("ParseRef = %q, %q, %v, want ErrBadRef with a hint", name, ref, err)
				}
				return
			}
			if err != nil || name != tt.name || ref != tt.ref {
				t.Errorf("ParseRef = %q, %q, %v, want %q, %q", name, ref, err, tt.name, tt.ref)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	r := model.Open(t.TempDir())
	a := put(t, r, content(t, 0), noon())
	b := put(t, r, content(t, 1), noon().Add(time.Hour))
	if _, err := r.Promote(t.Context(), "sales", a.ID); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, model, ref, want string
		is                     error
		hint                   string
	}{
		{name: "the champion", ref: "", want: a.ID},
		{name: "an alias", ref: "champion", want: a.ID},
		{name: "an alias with its sign", ref: "@champion", want: a.ID},
		{name: "an id", ref: b.ID, want: b.ID},
		{name: "a prefix", ref: "20260102T13", want: b.ID},
		{name: "a shared prefix", ref: "20260102T1", is: model.ErrBadRef, hint: b.ID + ", " + a.ID},
		{name: "no such version", ref: "2025", is: model.ErrNotFound, hint: "model list"},
		{name: "too long", ref: a.ID + "0", is: model.ErrNotFound, hint: "model list"},
		{name: "an alias that is not set", ref: "@challenger", is: model.ErrNotFound, hint: "model promote"},
		{name: "a misspelt alias", ref: "@chamipon", is: model.ErrNotFound, hint: "did you mean champion?"},
		{name: "no such alias", ref: "latest", is: model.ErrNotFound, hint: "champion, challenger, previous"},
		{name: "a path", ref: "../sales/versions/" + a.ID, is: model.ErrNotFound, hint: "champion, challenger, previous"},
		{name: "a path that begins as an id", ref: "2/../" + a.ID, is: model.ErrNotFound, hint: "model list"},
		{name: "a misspelt model", model: "slaes", is: model.ErrNotFound, hint: "did you mean sales?"},
		{name: "another model", model: "toys", is: model.ErrNotFound, hint: "there are: sales"},
		{name: "a path as a model", model: "../sales", is: model.ErrBadRef, hint: "a name is"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.model == "" {
				tt.model = "sales"
			}
			got, err := r.Resolve(tt.model, tt.ref)
			if got != tt.want || !errors.Is(err, tt.is) || !strings.Contains(hint.Of(err), tt.hint) {
				t.Errorf("Resolve(%q, %q) = %q, %v (hint %q), want %q, %v (%q)", tt.model, tt.ref, got, err, hint.Of(err), tt.want, tt.is, tt.hint)
			}
			if _, err := r.Load(tt.model, tt.ref, model.CheckSums); !errors.Is(err, tt.is) {
				t.Errorf("Load = %v, want %v", err, tt.is)
			}
		})
	}
}

func TestNoModels(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	try(t, os.WriteFile(file, nil, 0o600))
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "missing")} {
		r := model.Open(dir)
		names, err := r.Names()
		if err != nil || len(names) > 0 {
			t.Errorf("Names = %v, %v, want none", names, err)
		}
		_, err = r.Load("sales", "", model.CheckSums)
		if !errors.Is(err, model.ErrNotFound) || !strings.Contains(hint.Of(err), "salesctl train") {
			t.Errorf("Load = %v (hint %q), want ErrNotFound that says train", err, hint.Of(err))
		}
		if _, err := r.List("sales"); !errors.Is(err, model.ErrNotFound) {
			t.Errorf("List = %v, want ErrNotFound", err)
		}
		entries, err := os.ReadDir(dir)
		if len(entries) > 0 {
			t.Errorf("reading made %v (%v)", entries, err)
		}
	}
	if _, err := model.Open(file).Names(); err == nil {
		t.Error("a file is taken for a registry")
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := model.Open(dir)
	var want []model.Version
	for i := range 4 {
		v := put(t, r, content(t, i), noon().Add(time.Duration(i)*time.Hour))
		want = slices.Insert(want, 0, v)
	}
	if _, err := r.Promote(t.Context(), "sales", want[2].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Promote(t.Context(), "sales", want[0].ID); err != nil {
		t.Fatal(err)
	}
	want[0].Aliases, want[2].Aliases = []string{"champion"}, []string{"previous"}
	corrupt(t, filepath.Join(want[1].Dir, "metrics.json"))
	want[1].Digest, want[1].Metrics = "", nil
	// What other programs leave is not a version.
	try(t, os.Mkdir(filepath.Join(filepath.Dir(want[0].Dir), "lost+found"), 0o755))
	try(t, os.WriteFile(filepath.Join(dir, "sales", ".DS_Store"), nil, 0o600))
	try(t, os.MkdirAll(filepath.Join(dir, "mlruns", "0"), 0o755))
	try(t, os.WriteFile(filepath.Join(dir, "README.md"), nil, 0o600))

	got, err := r.List("sales")
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(got[1].Err, model.ErrDamaged) {
		t.Errorf("the damaged version's Err = %v", got[1].Err)
	}
	got[1].Err = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
	names, err := r.Names()
	if err != nil || !slices.Equal(names, []string{"sales"}) {
		t.Errorf("Names = %v, %v, want sales", names, err)
	}
}

// TestNothingEscapes makes links out of the registry where its own files should be.
func TestNothingEscapes(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, link string }{
		{"the model", "sales"},
		{"the versions", "sales/versions"},
		{"the lock", "sales/.lock"},
		{"the aliases", "sales/aliases.json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, v := published(t)
			dir := strings.TrimSuffix(v.Dir, filepath.FromSlash("/sales/versions/"+v.ID))
			outside := filepath.Join(t.TempDir(), "x")
			link := filepath.Join(dir, filepath.FromSlash(tt.link))
			if _, err := r.Promote(t.Context(), "sales", v.ID); err != nil { // makes the lock
				t.Fatal(err)
			}
			try(t, os.Rename(link, outside))
			try(t, os.Symlink(outside, link))
			before := tree(t, filepath.Dir(outside))

			_, putErr := r.Put(t.Context(), "sales", content(t, 1), model.Provenance{}, noon())
			_, moveErr := r.SetChallenger(t.Context(), "sales", v.ID)
			if putErr == nil && moveErr == nil {
				t.Error("Put and SetChallenger follow the link")
			}
			if diff := cmp.Diff(before, tree(t, filepath.Dir(outside))); diff != "" {
				t.Errorf("written outside (-before +after):\n%s", diff)
			}
		})
	}
}

// tree returns every file below dir with its content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	try(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found[path] = string(data)
		return err
	}))
	return found
}

func TestFind(t *testing.T) {
	t.Parallel()
	r, v := published(t)
	later := put(t, r, content(t, 0), noon().Add(time.Hour))
	other := put(t, r, content(t, 1), noon().Add(2*time.Hour))
	find := func(data, config string) string {
		t.Helper()
		id, err := r.Find("sales", data, config)
		if (err != nil) != errors.Is(err, model.ErrNotFound) {
			t.Errorf("Find = %v, want ErrNotFound or none", err)
		}
		return id
	}
	if got := find("data 0", "config"); got != later.ID {
		t.Errorf("Find = %q, want the newest, %s", got, later.ID)
	}
	if got := find("data 1", "config"); got != other.ID {
		t.Errorf("Find of the other data = %q, want %s", got, other.ID)
	}
	if got := find("data 0", "other"); got != "" {
		t.Errorf("Find of other settings = %q, want none", got)
	}
	corrupt(t, filepath.Join(later.Dir, "manifest.json"))
	if got := find("data 0", "config"); got != v.ID {
		t.Errorf("Find past a damaged version = %q, want %s", got, v.ID)
	}
}
