package model

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/salesctl/salesctl/pkg/features"
)

// The decoders of a bundle's files are tried from the inside: through Load the checksums would
// keep all but the manifest from them.

// seeds returns a file of every bundle in testdata.
func seeds(tb testing.TB, file string) [][]byte {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "backcompat", "*", "sales", "versions", "*", file))
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no %s in testdata/backcompat (%v)", file, err)
	}
	var found [][]byte
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		found = append(found, data)
	}
	return found
}

// FuzzManifest wants what is accepted to be written and read again the same.
func FuzzManifest(f *testing.F) {
	for _, data := range seeds(f, manifestFile) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseManifest(data)
		if err != nil {
			return
		}
		text, err := marshalJSON(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseManifest(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Errorf("round trip (-first +second):\n%s", diff)
		}
	})
}

// FuzzGolden is FuzzManifest for golden rows, bits included.
func FuzzGolden(f *testing.F) {
	for _, data := range seeds(f, goldenFile) {
		f.Add(data)
	}
	f.Add([]byte(`{"features":["a"],"rows":[[null],[-0],[5e-324],[1.7976931348623157e308]],"raw":[0,1,0.1,-0]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := parseGolden(data)
		if err != nil {
			return
		}
		text, err := g.marshal()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseGolden(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(g, again, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("round trip (-first +second):\n%s", diff)
		}
		if second, err := again.marshal(); err != nil || !bytes.Equal(text, second) {
			t.Errorf("the second text is %q, %v, the first %q", second, err, text)
		}
	})
}

// FuzzSpec wants a spec that is accepted to be written and read again the same.
func FuzzSpec(f *testing.F) {
	for _, data := range seeds(f, specFile) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := features.ParseSpec(data)
		if err != nil {
			return
		}
		text, err := features.MarshalSpec(s)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := features.ParseSpec(text); err != nil || again.Fingerprint() != s.Fingerprint() {
			t.Errorf("round trip of %q: %v", data, err)
		}
	})
}

// FuzzHistory wants damaged Parquet, and history that does not fit its spec, to be errors.
func FuzzHistory(f *testing.F) {
	for _, data := range seeds(f, historyFile) {
		f.Add(data)
	}
	spec, err := features.ParseSpec(seeds(f, specFile)[0])
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := parseHistory(data, spec)
		if err != nil {
			return
		}
		if _, err := h.marshal(spec); err != nil {
			t.Error(err)
		}
	})
}

// FuzzAliases wants aliases that are accepted to be versions.
func FuzzAliases(f *testing.F) {
	f.Add([]byte(`{"champion":"20260102T120000Z-0a1b2c3d","previous":"20250102T120000Z-0a1b2c3d"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := parseAliases(data)
		if err != nil {
			return
		}
		for _, id := range []string{a.Champion, a.Challenger, a.Previous} {
			if id != "" && !isVersionID(id) {
				t.Errorf("alias of %q", id)
			}
		}
	})
}
