package model

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
)

const (
	versionsDir  = "versions"
	stampLayout  = "20060102T150405Z"
	digestDigits = 8 // of a digest, at the end of a version's id
	trainHint    = "train one: salesctl train FILE"
)

// Registry is a directory of models. Its methods keep no state between calls, and any number
// of goroutines and processes may use one directory.
type Registry struct{ dir string }

// Open returns the registry in dir, which the first Put makes.
func Open(dir string) *Registry { return &Registry{dir: dir} }

// Version is one version of a model, as List shows it.
type Version struct {
	Name    string
	ID      string
	Dir     string    // where its files are
	Created time.Time // to the second, from ID
	Aliases []string  // champion, challenger, previous: those that mean it
	Digest  string    // 64 hex digits
	Metrics *Metrics
	// Err is why the version cannot be used; then Digest is "" and Metrics nil. Only Load and
	// Verify look at every file.
	Err error
}

// Names returns the models that have a version, sorted. No registry is no models.
func (r *Registry) Names() ([]string, error) {
	root, err := os.OpenRoot(r.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list models: %w", err)
	}
	defer root.Close()
	names, err := names(root)
	if err != nil {
		return nil, fmt.Errorf("list models: %w", err)
	}
	return names, nil
}

func names(root *os.Root) ([]string, error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		if !e.IsDir() || CheckName(e.Name()) != nil {
			continue
		}
		ids, err := versionIDs(root, e.Name())
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			found = append(found, e.Name())
		}
	}
	return found, nil
}

// List returns the versions of a model, newest first. A version that cannot be used is listed
// with its Err. A model without versions wraps ErrNotFound.
func (r *Registry) List(name string) ([]Version, error) {
	versions, err := r.list(name)
	if err != nil {
		return nil, fmt.Errorf("list versions: %w", advise(err))
	}
	return versions, nil
}

func (r *Registry) list(name string) ([]Version, error) {
	root, err := r.open(name)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	ids, err := versionIDs(root, name)
	if err != nil {
		return nil, err
	}
	aliases, err := readAliases(root, name)
	if err != nil {
		return nil, err
	}
	versions := make([]Version, len(ids))
	for i, id := range ids {
		b, err := readSummary(root, name, id)
		if err != nil {
			b = &Bundle{Name: name, ID: id}
		}
		versions[i] = r.version(b)
		versions[i].Err, versions[i].Aliases = err, aliases.of(id)
	}
	return versions, nil
}

// readSummary reads the manifest and the metrics of a version.
func readSummary(root *os.Root, name, id string) (*Bundle, error) {
	dir, err := openVersion(root, name, id)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	b := &Bundle{Name: name, ID: id}
	if err := b.readManifest(dir); err != nil {
		return nil, err
	}
	data, err := b.readContent(dir, metricsFile)
	if err != nil {
		return nil, err
	}
	if b.Metrics, err = parseMetrics(data); err != nil {
		return nil, &BundleError{id, metricsFile, damaged("%w", err)}
	}
	return b, nil
}

// Find returns the id of the newest version of a model that was trained on the data and by the
// settings of these digests, passing over versions that cannot be used. Where there is none, the
// error wraps ErrNotFound.
func (r *Registry) Find(name, dataDigest, configDigest string) (string, error) {
	id, err := r.find(name, dataDigest, configDigest)
	if err != nil {
		return "", fmt.Errorf("find a version: %w", err)
	}
	return id, nil
}

func (r *Registry) find(name, dataDigest, configDigest string) (string, error) {
	root, err := r.open(name)
	if err != nil {
		return "", err
	}
	defer root.Close()
	ids, err := versionIDs(root, name)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		b, err := readSummary(root, name, id)
		if err == nil && b.Manifest.DataDigest == dataDigest && b.Manifest.ConfigDigest == configDigest {
			return id, nil
		}
	}
	return "", fmt.Errorf("version of %q with this data and these settings: %w", name, ErrNotFound)
}

// version returns what a bundle shows in a list.
func (r *Registry) version(b *Bundle) Version {
	created, _ := time.Parse(stampLayout, b.ID[:len(stampLayout)]) // isVersionID has checked it
	return Version{
		Name: b.Name, ID: b.ID, Dir: filepath.Join(r.dir, b.Name, versionsDir, b.ID),
		Created: created, Digest: b.Digest, Metrics: b.Metrics,
	}
}

// open opens the registry for work on a model that must exist.
func (r *Registry) open(name string) (*os.Root, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(r.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hint.Wrap(fmt.Errorf("model %q in %s: %w", name, r.dir, ErrNotFound), trainHint)
	}
	if err != nil {
		return nil, err
	}
	ids, err := versionIDs(root, name)
	if err == nil && len(ids) == 0 {
		err = r.noModel(root, name)
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

func (r *Registry) noModel(root *os.Root, name string) error {
	others, err := names(root)
	if err != nil {
		return err
	}
	remedy := trainHint
	if len(others) > 0 {
		remedy = suggest(name, others, "there are: "+strings.Join(others, ", "))
	}
	return hint.Wrap(fmt.Errorf("model %q in %s: %w", name, r.dir, ErrNotFound), remedy)
}

// versionIDs returns the ids of a model's versions, newest first; none if there is no model.
func versionIDs(root *os.Root, name string) ([]string, error) {
	entries, err := fs.ReadDir(root.FS(), path.Join(name, versionsDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var ids []string
	for _, e := range entries {
		if isVersionID(e.Name()) {
			ids = append(ids, e.Name())
		}
	}
	slices.Reverse(ids)
	return ids, nil
}

func versionPath(name, id string) string { return path.Join(name, versionsDir, id) }

func versionID(now time.Time, digest string) string {
	return now.UTC().Format(stampLayout) + "-" + digest[:digestDigits]
}

func isVersionID(s string) bool {
	stamp, digits, ok := strings.Cut(s, "-")
	if !ok || len(digits) != digestDigits || strings.Trim(digits, "0123456789abcdef") != "" {
		return false
	}
	t, err := time.Parse(stampLayout, stamp)
	return err == nil && t.Format(stampLayout) == stamp
}
