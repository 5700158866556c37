package model

import (
	"errors"
	"fmt"

	"github.com/salesctl/salesctl/internal/hint"
)

// Why a bundle is refused, or not there. Test for them with errors.Is.
var (
	// ErrDamaged is wrapped when a bundle, or aliases.json, is not what was published.
	ErrDamaged = errors.New("damaged")
	// ErrForeign is wrapped when a directory holds what this program did not write, or wrote
	// in a format of another release.
	ErrForeign = errors.New("not a bundle of this program")
	// ErrNotFound is wrapped when there is no such model, version or alias.
	ErrNotFound = errors.New("not found")
	// ErrMoved is wrapped when the champion is no longer the one that a move was decided on.
	ErrMoved = errors.New("moved meanwhile")
	// ErrBadRef is wrapped when a name or a reference to a version cannot mean one version.
	ErrBadRef = errors.New("bad model reference")
)

// BundleError says which file of which version is refused, and why. Err wraps ErrDamaged or
// ErrForeign when what the file holds is the reason, else it is what the file system said.
type BundleError struct {
	Version string // its id; "" for aliases.json
	File    string // its name, or that of the directory's entry that should not be there
	Err     error
}

// Error returns "version ID: FILE: reason".
func (e *BundleError) Error() string {
	if e.Version == "" {
		return e.File + ": " + e.Err.Error()
	}
	return "version " + e.Version + ": " + e.File + ": " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *BundleError) Unwrap() error { return e.Err }

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrDamaged, fmt.Errorf(format, args...))
}

func foreign(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrForeign, fmt.Errorf(format, args...))
}

// advise adds the remedy to the error of a load.
func advise(err error) error {
	switch {
	case hint.Of(err) != "":
		return err
	case errors.Is(err, ErrForeign):
		return hint.Wrap(err, "read it with the release that wrote it, or move the directory out of the models")
	case errors.Is(err, ErrDamaged):
		return hint.Wrap(err, "use another version (salesctl model list shows them), or train again")
	}
	return err
}

// suggest returns the hint for a word that is none of candidates: the nearest one, if it is
// near, else other.
func suggest(word string, candidates []string, other string) string {
	best := hint.Nearest(word, candidates)
	if best == "" {
		return other
	}
	return fmt.Sprintf("did you mean %s?", best)
}
