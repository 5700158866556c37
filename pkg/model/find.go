package model

import "fmt"

// Find returns the id of the newest usable version of a model that was trained on the data and
// by the settings of these digests. Where there is none, the error wraps ErrNotFound.
func (r *Registry) Find(name, dataDigest, configDigest string) (string, error) {
	root, err := r.open(name)
	if err != nil {
		return "", fmt.Errorf("find a version: %w", err)
	}
	defer root.Close()
	ids, err := versionIDs(root, name)
	if err != nil {
		return "", fmt.Errorf("find a version: %w", err)
	}
	for _, id := range ids {
		dir, err := openVersion(root, name, id)
		if err != nil {
			continue // List says why it cannot be used
		}
		b := &Bundle{Name: name, ID: id}
		err = b.readManifest(dir)
		dir.Close()
		if err == nil && b.Manifest.DataDigest == dataDigest && b.Manifest.ConfigDigest == configDigest {
			return id, nil
		}
	}
	return "", fmt.Errorf("find a version of %s with this data and these settings: %w", name, ErrNotFound)
}
