package model

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"time"
)

// incomingDir is where a version stands until it is complete. There is one for each model: who
// writes it holds the model's lock, so that any other is left from a crash.
const incomingDir = ".incoming"

// Put publishes a version: readers see all of it or none. The bundle is checked as Load with
// CheckGolden does before it appears. The same content published twice in one second is one
// version. Put moves no alias.
func (r *Registry) Put(ctx context.Context, name string, c *Content, prov Provenance, now time.Time) (Version, error) {
	v, err := r.put(ctx, name, c, prov, now)
	if err != nil {
		return Version{}, fmt.Errorf("publish %q: %w", name, err)
	}
	return v, nil
}

func (r *Registry) put(ctx context.Context, name string, c *Content, prov Provenance, now time.Time) (Version, error) {
	if err := CheckName(name); err != nil {
		return Version{}, err
	}
	p, err := c.pack()
	if err != nil {
		return Version{}, err
	}
	root, err := r.create(name)
	if err != nil {
		return Version{}, err
	}
	defer root.Close()
	unlock, err := lock(ctx, root, name)
	if err != nil {
		return Version{}, err
	}
	defer unlock()
	prov.Created = now.UTC()
	if a, err := readAliases(root, name); err == nil {
		prov.Parent = a.Champion
	}
	if p.files[provenanceFile], err = marshalJSON(prov); err != nil {
		return Version{}, fmt.Errorf("%s: %w", provenanceFile, err)
	}
	b, err := publish(ctx, root, name, versionID(now, p.digest), p)
	if err != nil {
		return Version{}, err
	}
	return r.version(b), nil
}

// create opens the registry with a directory for the model.
func (r *Registry) create(name string) (*os.Root, error) {
	if err := os.MkdirAll(r.dir, 0o755); err != nil { //nolint:gosec // who else may read models is the umask's to say
		return nil, err
	}
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil, err
	}
	err = root.MkdirAll(path.Join(name, versionsDir), 0o755)
	for _, dir := range []string{".", name} {
		if err == nil {
			err = syncDir(root, dir)
		}
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

// publish writes, checks and renames. The caller holds the lock.
func publish(ctx context.Context, root *os.Root, name, id string, p *packed) (b *Bundle, err error) {
	b, err = loadVersion(root, name, id, CheckGolden)
	if err == nil && b.Digest == p.digest {
		return b, nil
	}
	if !errors.Is(err, ErrNotFound) {
		return nil, errors.Join(err, fmt.Errorf("version %s is there already", id))
	}
	incoming := path.Join(name, incomingDir)
	if err := root.RemoveAll(incoming); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, root.RemoveAll(incoming))
		}
	}()
	if err := root.Mkdir(incoming, 0o755); err != nil {
		return nil, err
	}
	for _, file := range slices.Sorted(maps.Keys(p.files)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := writeFile(root, path.Join(incoming, file), p.files[file]); err != nil {
			return nil, err
		}
	}
	if b, err = readIncoming(root, name, id); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := syncDir(root, incoming); err != nil {
		return nil, err
	}
	if err := root.Rename(incoming, versionPath(name, id)); err != nil {
		return nil, err
	}
	return b, syncDir(root, path.Join(name, versionsDir))
}

// readIncoming checks what was written as it will be checked by its readers.
func readIncoming(root *os.Root, name, id string) (*Bundle, error) {
	dir, err := root.OpenRoot(path.Join(name, incomingDir))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return readBundle(dir, name, id, CheckGolden)
}
