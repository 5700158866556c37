package model_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/calendar"
	"github.com/salesctl/salesctl/pkg/model"
)

func TestPutThenLoad(t *testing.T) {
	t.Parallel()
	r := model.Open(filepath.Join(t.TempDir(), "new", "models"))
	c := content(t, 1)
	prov := model.Provenance{
		Host: "h", Seconds: map[string]float64{"train": 1.5}, Tools: map[string]string{"lightgbm": "4.7.0"},
	}
	v, err := r.Put(t.Context(), "sales", c, prov, noon().Add(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.ID, "20260102T120000Z-"+v.Digest[:8]; got != want {
		t.Errorf("id = %s, want %s", got, want)
	}
	if !v.Created.Equal(noon()) {
		t.Errorf("created = %s, want %s", v.Created, noon())
	}
	b, err := r.Load("sales", v.ID, model.CheckGolden)
	if err != nil {
		t.Fatal(err)
	}
	if b.Spec.Fingerprint() != c.Spec.Fingerprint() {
		t.Error("the spec changed")
	}
	if strings.Contains(string(b.TreesText), "[num_threads:") {
		t.Error("trees.txt is not canonical")
	}
	if b.Digest != v.Digest || b.ID != v.ID || b.Name != "sales" {
		t.Errorf("loaded %s %s %s, published %+v", b.Name, b.ID, b.Digest, v)
	}
	prov.Created = noon().Add(time.Millisecond)
	for _, pair := range [][2]any{
		{c.Golden, b.Golden},
		{c.History, b.History},
		{c.Metrics, b.Metrics},
		{v.Metrics, b.Metrics},
		{c.Params, b.Manifest.Params},
		{prov, b.Provenance},
		{c.DataDigest, b.Manifest.DataDigest},
	} {
		if diff := cmp.Diff(pair[0], pair[1], cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("loaded differs from published (-want +got):\n%s", diff)
		}
	}
	if want := "store 2, item 1"; fmt.Sprintf("store %s, item %s", b.History.Series(2)[0], b.History.Series(2)[1]) != want {
		t.Errorf("series of row 2 = %v, want %s", b.History.Series(2), want)
	}
	if got := b.Golden.Rows[len(b.Golden.Rows)-1]; !math.Signbit(got[5]) {
		t.Errorf("the negative zero of %v lost its sign", got)
	}
}

func TestParentIsTheChampion(t *testing.T) {
	t.Parallel()
	r, v := published(t)
	next := put(t, r, content(t, 1), noon())
	b, err := r.Load("sales", next.ID, model.CheckSums)
	if err != nil || b.Provenance.Parent != v.ID {
		t.Errorf("parent = %q, %v, want %s", b.Provenance.Parent, err, v.ID)
	}
}

func TestDigestCoversContentOnly(t *testing.T) {
	t.Parallel()
	c := content(t, 0)
	v := put(t, model.Open(t.TempDir()), c, noon())

	moved := content(t, 0)
	moved.Trees = []byte(strings.Replace(string(c.Trees), "[num_threads: 1]", "[num_threads: 7]", 1))
	if string(moved.Trees) == string(c.Trees) {
		t.Fatal("the trees name no num_threads: the test shows nothing")
	}
	again, err := model.Open(t.TempDir()).Put(t.Context(), "other", moved, model.Provenance{Host: "elsewhere"}, noon().AddDate(1, 2, 3))
	if err != nil {
		t.Fatal(err)
	}
	if again.Digest != v.Digest {
		t.Errorf("digest = %s in another directory on another day, %s before", again.Digest, v.Digest)
	}

	tests := []struct {
		name   string
		change func(c *model.Content)
	}{
		{"data digest", func(c *model.Content) { c.DataDigest += "x" }},
		{"config digest", func(c *model.Content) { c.ConfigDigest += "x" }},
		{"parameter", func(c *model.Content) { c.Params["max_bin"] = "63" }},
		{"score", func(c *model.Content) { c.Metrics.Valid.MAE = math.Nextafter(c.Metrics.Valid.MAE, 9) }},
		{"history", func(c *model.Content) { c.History.Y[3] = math.NaN() }},
		{"golden rows", func(c *model.Content) { c.Golden.Rows, c.Golden.Raw = c.Golden.Rows[1:], c.Golden.Raw[1:] }},
		{"trees", func(c *model.Content) {
			c.Trees = []byte(strings.Replace(string(c.Trees), "[max_bin: 255]", "[max_bin: 254]", 1))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := content(t, 0)
			tt.change(c)
			if got := put(t, model.Open(t.TempDir()), c, noon()); got.Digest == v.Digest {
				t.Error("the digest does not see the change")
			}
		})
	}
}

// TestDigestIsThatOfSha256sum computes the digest as the format's page says.
func TestDigestIsThatOfSha256sum(t *testing.T) {
	t.Parallel()
	_, v := published(t)
	entries, err := os.ReadDir(v.Dir) // sorted by name
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, e := range entries {
		if e.Name() == "provenance.json" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(v.Dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&lines, "%x  %s\n", sha256.Sum256(text), e.Name())
	}
	if got := fmt.Sprintf("%x", sha256.Sum256([]byte(lines.String()))); got != v.Digest {
		t.Errorf("digest = %s, want %s", v.Digest, got)
	}
}

func TestPutTwice(t *testing.T) {
	t.Parallel()
	r, v := published(t)
	same := put(t, r, content(t, 0), noon().Add(300*time.Millisecond))
	if diff := cmp.Diff(v, same, cmpopts.IgnoreFields(model.Version{}, "Aliases")); diff != "" {
		t.Errorf("the same content in the same second (-first +second):\n%s", diff)
	}
	later := put(t, r, content(t, 0), noon().Add(time.Second))
	if later.ID == v.ID || later.Digest != v.Digest {
		t.Errorf("a second later: %s %s, want another id with digest %s", later.ID, later.Digest, v.Digest)
	}
	corrupt(t, filepath.Join(later.Dir, "trees.txt"))
	if _, err := r.Put(t.Context(), "sales", content(t, 0), model.Provenance{}, noon().Add(time.Second)); !errors.Is(err, model.ErrDamaged) {
		t.Errorf("Put where a damaged version stands = %v, want ErrDamaged", err)
	}
}

func corrupt(tb testing.TB, path string) {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(path, text, 0o600); err != nil {
		tb.Fatal(err)
	}
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(c *model.Content)
		want   string // in the message
	}{
		{"no spec", func(c *model.Content) { c.Spec = nil }, "lacks its spec"},
		{"no golden rows", func(c *model.Content) { c.Golden.Rows, c.Golden.Raw = nil, nil }, "golden.json: no rows"},
		{"a golden score too many", func(c *model.Content) { c.Golden.Raw = append(c.Golden.Raw, 1) }, "golden.json: 24 rows and 25 raw scores"},
		{"a golden row too short", func(c *model.Content) { c.Golden.Rows[2] = c.Golden.Rows[2][1:] }, "golden.json: row 2 has 5 values"},
		{"an infinite feature", func(c *model.Content) { c.Golden.Rows[2][1] = math.Inf(1) }, "golden.json: row 2 holds an infinity"},
		{"a golden score that is missing", func(c *model.Content) { c.Golden.Raw[1] = math.NaN() }, "golden.json: the raw score of row 1"},
		{
			"a golden score off by one bit", func(c *model.Content) { c.Golden.Raw[1] = math.Nextafter(c.Golden.Raw[1], 0) },
			"golden.json: damaged: row 1: the trees: ",
		},
		{"other feature names", func(c *model.Content) { c.Golden.Features[0] = "shop" }, "golden.json: damaged: features"},
		{"no trees", func(c *model.Content) { c.Trees = nil }, "trees.txt: "},
		{"another method", func(c *model.Content) { c.Method = "recursive" }, `spec.json: damaged: method "calendar"`},
		{"empty history", func(c *model.Content) { *c.History = model.History{} }, "history.parquet: no rows"},
		{"history of other columns", func(c *model.Content) { c.History.IDs[0] = "shop" }, `history.parquet: id column "store"`},
		{"history without order", func(c *model.Content) { slices.Reverse(c.History.Values[0]) }, "not in the order"},
		{"a day twice", func(c *model.Content) { c.History.Values[1][1] = "1" }, "row 1: not in the order"},
		{"an unknown id", func(c *model.Content) { c.History.Values[0][5] = "4" }, `row 5: id "4" of column "store"`},
		{"history after the data", func(c *model.Content) { c.History.Period[5] = calendar.Period(calendar.NewDate(2025, 2, 4)) }, "row 5: 2025-02-04 is outside"},
		{"infinite sales", func(c *model.Content) { c.History.Y[5] = math.Inf(-1) }, "row 5: the target is infinite"},
		{"history of unequal length", func(c *model.Content) { c.History.Y = c.History.Y[1:] }, "differ in number or length"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := content(t, 0)
			tt.change(c)
			dir := t.TempDir()
			_, err := model.Open(dir).Put(t.Context(), "sales", c, model.Provenance{}, noon())
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), `publish "sales": `) {
				t.Errorf("Put = %v, want %q in it", err, tt.want)
			}
			wantNothing(t, dir)
		})
	}
}

// wantNothing fails if a version or a temporary file is anywhere in a registry.
func wantNothing(tb testing.TB, dir string) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != ".lock" {
			tb.Errorf("left behind: %s", path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func TestPutCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	_, err := model.Open(dir).Put(ctx, "sales", content(t, 0), model.Provenance{}, noon())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Put = %v, want context.Canceled", err)
	}
	wantNothing(t, dir)
}

// TestPutAfterCrash leaves what a publisher that was killed leaves.
func TestPutAfterCrash(t *testing.T) {
	t.Parallel()
	r, v := published(t)
	model := filepath.Dir(filepath.Dir(v.Dir))
	if err := os.CopyFS(filepath.Join(model, ".incoming"), os.DirFS(v.Dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(model, "aliases.json.tmp"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	versions, err := r.List("sales")
	if err != nil || len(versions) != 1 || versions[0].ID != v.ID || versions[0].Err != nil {
		t.Fatalf("List = %v, %v, want %s alone", versions, err, v.ID)
	}
	if _, err := r.Load("sales", "", 0); err != nil {
		t.Errorf("Load = %v", err)
	}
	next := put(t, r, content(t, 1), noon())
	if _, err := r.Promote(t.Context(), "sales", next.ID); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(model)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if want := []string{".lock", "aliases.json", "versions"}; !slices.Equal(got, want) {
		t.Errorf("the model's directory holds %v, want %v", got, want)
	}
}
