package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Format is the version of the bundle format that Put writes.
const Format = 1

// The files of a bundle.
const (
	manifestFile   = "manifest.json"
	provenanceFile = "provenance.json"
	specFile       = "spec.json"
	treesFile      = "trees.txt"
	historyFile    = "history.parquet"
	metricsFile    = "metrics.json"
	goldenFile     = "golden.json"
)

// The largest files that are read.
const (
	maxManifestBytes = 1 << 20
	maxJSONBytes     = 64 << 20
	maxTreesBytes    = 512 << 20
	maxHistoryBytes  = 512 << 20
)

// Manifest says what a bundle holds. It is the same, byte for byte, for the same content.
type Manifest struct {
	Format          int    `json:"format"`
	Method          string `json:"method"`
	DataDigest      string `json:"data_digest"`      // of the training data
	ConfigDigest    string `json:"config_digest"`    // of what decides the result beside the data
	SpecFingerprint string `json:"spec_fingerprint"` // of spec.json
	// Params are LightGBM's parameters, all that the training set.
	Params map[string]string `json:"params"`
	// Files are the content files, sorted by name.
	Files []File `json:"files"`
}

// File is one content file of a bundle.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // 64 lower-case hex digits
}

func newFile(name string, data []byte) File {
	sum := sha256.Sum256(data)
	return File{Name: name, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

// maxContentBytes returns the largest size of a content file of that name, or 0 for a name
// that is none.
func maxContentBytes(name string) int64 {
	switch name {
	case specFile, metricsFile, goldenFile:
		return maxJSONBytes
	case treesFile:
		return maxTreesBytes
	case historyFile:
		return maxHistoryBytes
	}
	return 0
}

// requiredFiles returns the content files that every bundle of a Format 1 method has.
func requiredFiles() []string {
	return []string{goldenFile, historyFile, metricsFile, specFile, treesFile}
}

// marshalJSON returns indented JSON that ends in a line feed: the same bytes for the same value.
func marshalJSON(v any) ([]byte, error) {
	data, err := json.Marshal(v, json.Deterministic(true), jsontext.Multiline(true), jsontext.WithIndent("  "))
	return append(data, '\n'), err
}

// unmarshalStrict reads JSON without unknown or repeated members.
func unmarshalStrict(data []byte, v any) error {
	return json.Unmarshal(data, v, json.RejectUnknownMembers(true))
}

// parseManifest reads what marshal wrote. A file of another format wraps ErrForeign, any other
// fault ErrDamaged.
func parseManifest(data []byte) (*Manifest, error) {
	var probe struct {
		Format *int `json:"format"`
	}
	if err := json.Unmarshal(data, &probe); err != nil {
		return nil, damaged("%w", err)
	}
	if probe.Format == nil {
		return nil, foreign("no format")
	}
	if *probe.Format != Format {
		return nil, foreign("format %d, this program reads format %d", *probe.Format, Format)
	}
	var m Manifest
	if err := unmarshalStrict(data, &m); err != nil {
		return nil, damaged("%w", err)
	}
	if err := m.validate(); err != nil {
		return nil, err
	}
	return &m, nil
}

func (m *Manifest) validate() error {
	for i, f := range m.Files {
		limit := maxContentBytes(f.Name)
		switch {
		case limit == 0:
			return foreign("unknown file %q", f.Name)
		case f.Size < 0 || f.Size > limit:
			return damaged("%s: size %d, want 0 to %d", f.Name, f.Size, limit)
		case !isSHA256(f.SHA256):
			return damaged("%s: sha256 %q", f.Name, f.SHA256)
		case i > 0 && f.Name <= m.Files[i-1].Name:
			return damaged("%s: the files are not in order", f.Name)
		}
	}
	for _, name := range requiredFiles() {
		if m.file(name) == nil {
			return damaged("%s is not listed", name)
		}
	}
	return nil
}

// file returns the entry of a content file, or nil.
func (m *Manifest) file(name string) *File {
	i := slices.IndexFunc(m.Files, func(f File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &m.Files[i]
}

func isSHA256(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}

// digest returns the digest of the bundle whose manifest is file: the SHA-256 of what the
// program sha256sum prints for the content files and the manifest, sorted by name.
func (m *Manifest) digest(file []byte) string {
	all := append(slices.Clone(m.Files), newFile(manifestFile, file))
	slices.SortFunc(all, compareFiles)
	var lines bytes.Buffer
	for _, f := range all {
		fmt.Fprintf(&lines, "%s  %s\n", f.SHA256, f.Name)
	}
	return newFile("", lines.Bytes()).SHA256
}

// check compares a content file with its entry.
func (f *File) check(data []byte) error {
	got := newFile(f.Name, data)
	switch {
	case got.Size < f.Size:
		return damaged("truncated: %d bytes of %d", got.Size, f.Size)
	case got.Size > f.Size:
		return damaged("%d bytes, the manifest says %d", got.Size, f.Size)
	case got.SHA256 != f.SHA256:
		return damaged("SHA-256 %s, the manifest says %s", got.SHA256, f.SHA256)
	}
	return nil
}

func compareFiles(a, b File) int { return strings.Compare(a.Name, b.Name) }
