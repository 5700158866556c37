package model

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/salesctl/salesctl/internal/hint"
)

const (
	aliasesFile     = "aliases.json"
	maxAliasesBytes = 1 << 16

	aliasChampion   = "champion"
	aliasChallenger = "challenger"
	aliasPrevious   = "previous"
)

func aliasNames() []string { return []string{aliasChampion, aliasChallenger, aliasPrevious} }

// Aliases are the versions that the names of a model mean, by id; "" is none.
type Aliases struct {
	Champion   string `json:"champion,omitzero"`   // what predict and forecast use
	Challenger string `json:"challenger,omitzero"` // trained, but not better
	Previous   string `json:"previous,omitzero"`   // the champion before
}

// get returns the version of an alias, and whether there is an alias of that name.
func (a Aliases) get(alias string) (id string, known bool) {
	switch alias {
	case aliasChampion:
		return a.Champion, true
	case aliasChallenger:
		return a.Challenger, true
	case aliasPrevious:
		return a.Previous, true
	}
	return "", false
}

// of returns the aliases that mean a version.
func (a Aliases) of(id string) []string {
	var found []string
	for _, alias := range aliasNames() {
		if got, _ := a.get(alias); got == id {
			found = append(found, alias)
		}
	}
	return found
}

// Aliases returns the aliases of a model.
func (r *Registry) Aliases(name string) (Aliases, error) {
	root, err := r.open(name)
	if err != nil {
		return Aliases{}, err
	}
	defer root.Close()
	return readAliases(root, name)
}

// Promote makes the version that ref means the champion, and the champion before it previous.
// A challenger that is promoted is no longer challenger. Promoting the champion changes
// nothing.
func (r *Registry) Promote(ctx context.Context, name, ref string) (Aliases, error) {
	return r.move(ctx, name, func(root *os.Root, a *Aliases) (string, error) {
		return a.promote(root, name, ref)
	})
}

// PromoteOver is Promote for a decision that was made by comparing with a champion, by its id,
// "" for none. If the champion is another one by now, nothing moves and the error wraps ErrMoved.
func (r *Registry) PromoteOver(ctx context.Context, name, ref, champion string) (Aliases, error) {
	return r.move(ctx, name, func(root *os.Root, a *Aliases) (string, error) {
		if a.Champion != champion {
			return "", fmt.Errorf("champion of %q: %w", name, ErrMoved)
		}
		return a.promote(root, name, ref)
	})
}

func (a *Aliases) promote(root *os.Root, name, ref string) (string, error) {
	id, err := resolve(root, name, ref)
	if err != nil || id == a.Champion {
		return id, err
	}
	a.Previous, a.Champion = a.Champion, id
	if a.Challenger == id {
		a.Challenger = ""
	}
	return id, nil
}

// Rollback makes the previous version the champion and the champion previous: a second
// Rollback takes the first one back.
func (r *Registry) Rollback(ctx context.Context, name string) (Aliases, error) {
	return r.move(ctx, name, func(_ *os.Root, a *Aliases) (string, error) {
		if a.Previous == "" {
			return "", hint.Wrap(fmt.Errorf("%q has no %s: %w", name, aliasPrevious, ErrNotFound),
				"choose a version: salesctl model list, then salesctl model promote")
		}
		a.Champion, a.Previous = a.Previous, a.Champion
		return a.Champion, nil
	})
}

// SetChallenger makes the version that ref means the challenger.
func (r *Registry) SetChallenger(ctx context.Context, name, ref string) (Aliases, error) {
	return r.move(ctx, name, func(root *os.Root, a *Aliases) (string, error) {
		id, err := resolve(root, name, ref)
		a.Challenger = id
		return id, err
	})
}

// move changes the aliases under the model's lock. The change returns the version that gets an
// alias; it must pass every check, or nothing moves.
func (r *Registry) move(ctx context.Context, name string, change func(*os.Root, *Aliases) (string, error)) (Aliases, error) {
	a, err := r.tryMove(ctx, name, change)
	if err != nil {
		return Aliases{}, fmt.Errorf("move alias: %w", advise(err))
	}
	return a, nil
}

func (r *Registry) tryMove(ctx context.Context, name string, change func(*os.Root, *Aliases) (string, error)) (Aliases, error) {
	root, err := r.open(name)
	if err != nil {
		return Aliases{}, err
	}
	defer root.Close()
	unlock, err := lock(ctx, root, name)
	if err != nil {
		return Aliases{}, err
	}
	defer unlock()
	old, err := readAliases(root, name)
	if err != nil {
		return Aliases{}, err
	}
	a := old
	id, err := change(root, &a)
	if err != nil {
		return Aliases{}, err
	}
	if _, err := loadVersion(root, name, id, CheckGolden); err != nil {
		return Aliases{}, err
	}
	if a == old {
		return a, nil
	}
	data, err := marshalJSON(a)
	if err != nil {
		return Aliases{}, err
	}
	return a, replaceFile(root, path.Join(name, aliasesFile), data)
}

// readAliases reads a model's aliases; without the file there are none.
func readAliases(root *os.Root, name string) (Aliases, error) {
	data, err := readFile(root, path.Join(name, aliasesFile), maxAliasesBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return Aliases{}, nil
	}
	var a Aliases
	if err == nil {
		a, err = parseAliases(data)
	}
	if err != nil {
		return Aliases{}, hint.Wrap(&BundleError{File: path.Join(name, aliasesFile), Err: err},
			"delete the file and promote a version: salesctl model promote")
	}
	return a, nil
}

func parseAliases(data []byte) (Aliases, error) {
	var a Aliases
	if err := unmarshalStrict(data, &a); err != nil {
		return Aliases{}, damaged("%w", err)
	}
	for _, alias := range aliasNames() {
		if id, _ := a.get(alias); id != "" && !isVersionID(id) {
			return Aliases{}, damaged("%s: %.80q is no version", alias, id)
		}
	}
	return a, nil
}
