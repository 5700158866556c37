package model

import (
	"fmt"
	"os"
	"strings"

	"github.com/salesctl/salesctl/internal/hint"
)

// maxNameBytes is the longest name of a model.
const maxNameBytes = 64

// CheckName reports whether a model may have that name: 1 to 64 lower-case letters, digits,
// "-", "_" and ".", a letter or digit first. The error wraps ErrBadRef.
func CheckName(name string) error {
	const first = "abcdefghijklmnopqrstuvwxyz0123456789"
	if name == "" || len(name) > maxNameBytes || strings.Trim(name, first+"-_.") != "" || !strings.Contains(first, name[:1]) {
		return hint.Wrap(fmt.Errorf("%w: name %.80q", ErrBadRef, name),
			"a name is 1 to 64 lower-case letters, digits, - _ and ., and begins with a letter or digit")
	}
	return nil
}

// ParseRef splits NAME, @REF or NAME@REF. Without a name it is defaultName; ref is "" where
// there is none. Any fault wraps ErrBadRef.
func ParseRef(s, defaultName string) (name, ref string, err error) {
	name, ref, found := strings.Cut(s, "@")
	if name == "" {
		name = defaultName
	}
	if err := CheckName(name); err != nil {
		return "", "", err
	}
	if found && ref == "" || strings.Contains(ref, "@") {
		return "", "", hint.Wrap(fmt.Errorf("%w: %.80q", ErrBadRef, s), "write NAME, NAME@ALIAS or NAME@VERSION")
	}
	return name, ref, nil
}

// Resolve returns the id of the version that ref means: "" is the champion, else an alias, an
// id, or the beginning of one that no other version shares. An alias may be written with its @.
// Errors wrap ErrNotFound, or ErrBadRef if ref fits several versions.
func (r *Registry) Resolve(name, ref string) (string, error) {
	root, err := r.open(name)
	if err != nil {
		return "", err
	}
	defer root.Close()
	return resolve(root, name, ref)
}

func resolve(root *os.Root, name, ref string) (string, error) {
	word, isAlias := strings.CutPrefix(ref, "@")
	if ref == "" {
		word, isAlias = aliasChampion, true
	}
	if isAlias || !startsLikeID(word) {
		return resolveAlias(root, name, word)
	}
	ids, err := versionIDs(root, name)
	if err != nil {
		return "", err
	}
	var found []string
	for _, id := range ids {
		if id == word {
			return id, nil
		}
		if strings.HasPrefix(id, word) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", hint.Wrap(fmt.Errorf("version %.80q of %q: %w", word, name, ErrNotFound),
			"salesctl model list shows the versions")
	}
	return "", hint.Wrap(fmt.Errorf("%w: %q is the beginning of %d versions", ErrBadRef, word, len(found)),
		"write more of it: "+strings.Join(found[:min(len(found), 5)], ", "))
}

// startsLikeID reports whether word begins as a version's id does: with a digit.
func startsLikeID(word string) bool { return word != "" && word[0] >= '0' && word[0] <= '9' }

func resolveAlias(root *os.Root, name, alias string) (string, error) {
	aliases, err := readAliases(root, name)
	if err != nil {
		return "", err
	}
	id, known := aliases.get(alias)
	switch {
	case !known:
		return "", hint.Wrap(fmt.Errorf("alias %.80q of %q: %w", alias, name, ErrNotFound),
			suggest(alias, aliasNames(), "the aliases are "+strings.Join(aliasNames(), ", ")))
	case id == "":
		return "", hint.Wrap(fmt.Errorf("%q has no %s: %w", name, alias, ErrNotFound),
			"choose a version: salesctl model list, then salesctl model promote")
	}
	return id, nil
}
