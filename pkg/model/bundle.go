package model

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/score"
	"github.com/salesctl/salesctl/pkg/trees"
)

// Content is what a training makes and Put publishes. Two equal Contents have one digest.
type Content struct {
	Method  string // the Spec's
	Spec    *features.Spec
	Trees   []byte // LightGBM's text; the bundle holds its canonical form
	History *History
	Metrics *Metrics
	Golden  *Golden

	// Params are the LightGBM parameters that the training set, without those that do not
	// decide the trees: paths and thread counts.
	Params       map[string]string
	DataDigest   string // of the training data
	ConfigDigest string // of what decides the result beside the data
}

// Metrics are the scores that go with a bundle.
type Metrics struct {
	Split         string        `json:"split"` // how the rows of Valid were held out
	Train         *score.Scores `json:"train"`
	Valid         *score.Scores `json:"valid"`
	Iterations    int           `json:"iterations"`     // evaluated to choose the best
	BestIteration int           `json:"best_iteration"` // those the bundle holds
}

// Provenance says how a version came to be. It is not part of the digest.
type Provenance struct {
	Created time.Time          `json:"created"`         // set by Put
	Parent  string             `json:"parent,omitzero"` // set by Put: the champion of that moment
	Host    string             `json:"host,omitzero"`
	Seconds map[string]float64 `json:"seconds,omitzero"` // stage -> how long it took
	Tools   map[string]string  `json:"tools,omitzero"`   // program -> version
}

// Bundle is a loaded version. It never changes, so any number of goroutines may use it.
type Bundle struct {
	Name, ID   string
	Digest     string // 64 hex digits; ID ends in the first 8
	Manifest   *Manifest
	Spec       *features.Spec
	Trees      *trees.Model
	TreesText  []byte
	History    *History
	Metrics    *Metrics
	Golden     *Golden
	Provenance Provenance
}

// packed is the files of a Content.
type packed struct {
	files  map[string][]byte // name -> bytes, the manifest included
	digest string
}

// pack turns c into files.
func (c *Content) pack() (*packed, error) {
	if c.Spec == nil || c.History == nil || c.Metrics == nil || c.Golden == nil {
		return nil, errors.New("the content lacks its spec, history, metrics or golden rows")
	}
	p := &packed{files: make(map[string][]byte)}
	encoders := []struct {
		name   string
		encode func() ([]byte, error)
	}{
		{specFile, func() ([]byte, error) { return features.MarshalSpec(c.Spec) }},
		{treesFile, func() ([]byte, error) { return trees.Canonical(c.Trees) }},
		{historyFile, func() ([]byte, error) { return c.History.marshal(c.Spec) }},
		{metricsFile, func() ([]byte, error) { return marshalJSON(c.Metrics) }},
		{goldenFile, c.Golden.marshal},
	}
	m := &Manifest{
		Format: Format, Method: c.Method, DataDigest: c.DataDigest, ConfigDigest: c.ConfigDigest,
		SpecFingerprint: c.Spec.Fingerprint(), Params: c.Params,
	}
	for _, e := range encoders {
		data, err := e.encode()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		p.files[e.name] = data
		m.Files = append(m.Files, newFile(e.name, data))
	}
	slices.SortFunc(m.Files, compareFiles)
	if err := m.validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestFile, err)
	}
	data, err := marshalJSON(m)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifestFile, err)
	}
	p.files[manifestFile] = data
	p.digest = m.digest(data)
	return p, nil
}

// fits checks the parts of a bundle against each other.
func (b *Bundle) fits() error {
	if got := b.Spec.Fingerprint(); got != b.Manifest.SpecFingerprint {
		return &BundleError{b.ID, specFile, damaged("fingerprint %s, the manifest says %s", got, b.Manifest.SpecFingerprint)}
	}
	if b.Spec.Method != b.Manifest.Method {
		return &BundleError{b.ID, specFile, damaged("method %q, the manifest says %q", b.Spec.Method, b.Manifest.Method)}
	}
	names := b.Spec.FeatureNames()
	if got := b.Trees.NumFeatures(); got != len(names) {
		return &BundleError{b.ID, treesFile, damaged("%d features, the spec has %d", got, len(names))}
	}
	if got := b.Trees.NumClass(); got != 1 {
		return &BundleError{b.ID, treesFile, damaged("%d scores per row, want 1", got)}
	}
	if !slices.Equal(b.Golden.Features, names) {
		return &BundleError{b.ID, goldenFile, damaged("features %q, the spec has %q", b.Golden.Features, names)}
	}
	return nil
}
