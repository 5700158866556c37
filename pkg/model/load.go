package model

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/salesctl/salesctl/pkg/features"
	"github.com/salesctl/salesctl/pkg/trees"
)

// Check says how much of a bundle is proved before it is used.
type Check int

// The checks, from the quicker to the more thorough.
const (
	CheckSums   Check = iota // sizes, checksums, every format, the parts against each other
	CheckGolden              // that, and the golden rows bit for bit
)

// Load reads a version. References are those of Resolve. A bundle that is not exactly what was
// published is refused with a *BundleError.
func (r *Registry) Load(name, ref string, check Check) (*Bundle, error) {
	b, err := r.load(name, ref, check)
	if err != nil {
		return nil, fmt.Errorf("load model: %w", advise(err))
	}
	return b, nil
}

// Verification is what Verify found in order.
type Verification struct {
	Bundle *Bundle
	// LeavesRefusal says why the leaves library cannot evaluate these trees; nil means that it
	// did, with LightGBM's own score in every golden row.
	LeavesRefusal error
}

// Verify loads a version with CheckGolden and asks a second evaluator, the leaves library, for
// the golden rows. A difference of one bit is an error.
func (r *Registry) Verify(name, ref string) (*Verification, error) {
	b, err := r.Load(name, ref, CheckGolden)
	if err != nil {
		return nil, err
	}
	v := &Verification{Bundle: b}
	leaves, err := trees.NewLeaves(b.TreesText)
	if v.LeavesRefusal = err; leaves == nil {
		return v, nil
	}
	got := make([]float64, len(b.Golden.Rows))
	if err := leaves.RawBatch(got, slices.Concat(b.Golden.Rows...)); err != nil {
		return nil, fmt.Errorf("verify model: %w", &BundleError{b.ID, treesFile, err})
	}
	if err := b.Golden.compare("leaves", got); err != nil {
		return nil, fmt.Errorf("verify model: %w", advise(&BundleError{b.ID, goldenFile, err}))
	}
	return v, nil
}

func (r *Registry) load(name, ref string, check Check) (*Bundle, error) {
	root, err := r.open(name)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	id, err := resolve(root, name, ref)
	if err != nil {
		return nil, err
	}
	return loadVersion(root, name, id, check)
}

// loadVersion reads the version of exactly that id.
func loadVersion(root *os.Root, name, id string, check Check) (*Bundle, error) {
	dir, err := openVersion(root, name, id)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return readBundle(dir, name, id, check)
}

// openVersion opens the directory of a version. What is then read through it belongs together,
// whatever happens to the names above it.
func openVersion(root *os.Root, name, id string) (*os.Root, error) {
	path := versionPath(name, id)
	info, err := root.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("version %s of %q: %w", id, name, ErrNotFound)
	}
	if err != nil {
		return nil, &BundleError{id, ".", err}
	}
	if !info.IsDir() {
		return nil, &BundleError{id, ".", foreign("not a directory")}
	}
	dir, err := root.OpenRoot(path)
	if err != nil {
		return nil, &BundleError{id, ".", err}
	}
	return dir, nil
}

// readBundle reads and checks the bundle in dir, which is or will be the version id.
func readBundle(dir *os.Root, name, id string, check Check) (*Bundle, error) {
	b := &Bundle{Name: name, ID: id}
	if err := b.readManifest(dir); err != nil {
		return nil, err
	}
	if err := b.checkListing(dir); err != nil {
		return nil, err
	}
	for _, part := range b.parts() {
		data, err := b.readContent(dir, part.name)
		if err != nil {
			return nil, err
		}
		if err := part.parse(data); err != nil {
			return nil, &BundleError{id, part.name, damaged("%w", err)}
		}
	}
	if err := b.readProvenance(dir); err != nil {
		return nil, err
	}
	if err := b.fits(); err != nil {
		return nil, err
	}
	if check == CheckGolden {
		if err := b.Golden.check(b.Trees); err != nil {
			return nil, &BundleError{id, goldenFile, err}
		}
	}
	return b, nil
}

// part is a content file and how it becomes a part of a bundle.
type part struct {
	name  string
	parse func(data []byte) error
}

// parts returns the content files in the order in which they can be read.
func (b *Bundle) parts() []part {
	return []part{
		{specFile, func(data []byte) (err error) { b.Spec, err = features.ParseSpec(data); return err }},
		{historyFile, func(data []byte) (err error) { b.History, err = parseHistory(data, b.Spec); return err }},
		{metricsFile, func(data []byte) (err error) { b.Metrics, err = parseMetrics(data); return err }},
		{goldenFile, func(data []byte) (err error) { b.Golden, err = parseGolden(data); return err }},
		{treesFile, func(data []byte) (err error) { b.TreesText = data; b.Trees, err = trees.Parse(data); return err }},
	}
}

func parseMetrics(data []byte) (*Metrics, error) {
	m := new(Metrics)
	if err := unmarshalStrict(data, m); err != nil {
		return nil, err
	}
	if m.Train == nil || m.Valid == nil {
		return nil, errors.New("train or valid is missing")
	}
	return m, nil
}

func (b *Bundle) readManifest(dir *os.Root) error {
	data, err := readFile(dir, manifestFile, maxManifestBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return &BundleError{b.ID, manifestFile, foreign("missing")}
	}
	if err != nil {
		return &BundleError{b.ID, manifestFile, err}
	}
	if b.Manifest, err = parseManifest(data); err != nil {
		return &BundleError{b.ID, manifestFile, err}
	}
	b.Digest = b.Manifest.digest(data)
	if b.ID[len(b.ID)-digestDigits:] != b.Digest[:digestDigits] {
		return &BundleError{b.ID, manifestFile, damaged("the digest is %s", b.Digest)}
	}
	return nil
}

// checkListing compares the directory's entries with the manifest.
func (b *Bundle) checkListing(dir *os.Root) error {
	want := []string{manifestFile, provenanceFile}
	for _, f := range b.Manifest.Files {
		want = append(want, f.Name)
	}
	entries, err := fs.ReadDir(dir.FS(), ".")
	if err != nil {
		return &BundleError{b.ID, ".", err}
	}
	for _, e := range entries {
		i := slices.Index(want, e.Name())
		switch {
		case i < 0:
			return &BundleError{b.ID, e.Name(), foreign("the manifest does not list it")}
		case !e.Type().IsRegular():
			return &BundleError{b.ID, e.Name(), foreign("not a regular file")}
		}
		want = slices.Delete(want, i, i+1)
	}
	if len(want) > 0 {
		return &BundleError{b.ID, want[0], damaged("missing")}
	}
	return nil
}

// readContent reads a content file and compares it with the manifest.
func (b *Bundle) readContent(dir *os.Root, name string) ([]byte, error) {
	f := b.Manifest.file(name)
	data, err := readFile(dir, name, f.Size)
	if err == nil {
		err = f.check(data)
	}
	if err != nil {
		return nil, &BundleError{b.ID, name, err}
	}
	return data, nil
}

func (b *Bundle) readProvenance(dir *os.Root) error {
	data, err := readFile(dir, provenanceFile, maxManifestBytes)
	if err != nil {
		return &BundleError{b.ID, provenanceFile, err}
	}
	if err := json.Unmarshal(data, &b.Provenance); err != nil {
		return &BundleError{b.ID, provenanceFile, damaged("%w", err)}
	}
	return nil
}

// readFile reads a regular file of at most limit bytes.
func readFile(dir *os.Root, name string, limit int64) ([]byte, error) {
	info, err := dir.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, foreign("not a regular file")
	}
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read from
	// The size is that of the file that was opened: another one may have taken the name since.
	if info, err = f.Stat(); err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, damaged("%d bytes, want at most %d", info.Size(), limit)
	}
	data := make([]byte, info.Size())
	if n, err := io.ReadFull(f, data); errors.Is(err, io.ErrUnexpectedEOF) {
		return data[:n], nil // cut short meanwhile; the checks of its content will tell
	} else if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return data, nil
}
