package jobs

import (
	"bytes"
	"fmt"

	"github.com/google/uuid"
)

// ID names a job. It is a UUID of version 7 (RFC 9562): ids made later are greater, so that the
// order of ids is the order in which jobs came.
type ID [16]byte

// NewID returns an id greater than every one that this process made before.
func NewID() (ID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return ID{}, fmt.Errorf("make a job id: %w", err)
	}
	return ID(id), nil
}

// ParseID reads the form that String writes, in either case: 36 characters with four dashes. An
// id of another version of UUID is read, too; no job has it.
func ParseID(text string) (ID, error) {
	if len(text) != len("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") {
		return ID{}, fmt.Errorf("%.40q is not a job id", text)
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return ID{}, fmt.Errorf("%.40q is not a job id", text)
	}
	return ID(id), nil
}

// String returns the id in lower-case hex with four dashes.
func (id ID) String() string { return uuid.UUID(id).String() }

// IsZero reports whether the id is of no job.
func (id ID) IsZero() bool { return id == ID{} }

// Compare returns -1 when id was made before other, 1 when after, 0 when they are one.
func (id ID) Compare(other ID) int { return bytes.Compare(id[:], other[:]) }
