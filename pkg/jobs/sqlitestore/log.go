package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/salesctl/salesctl/pkg/jobs"
)

const (
	// logBytes is how large the log gets, about, before its pages are copied into the database
	// and it begins anew.
	logBytes = 32 << 20

	pageBytes   = 4096          // SQLite's default
	commitBytes = 5 * pageBytes // of the pages that nearly every commit changes
	rowBytes    = 300           // of a row's share in other pages, beside its blobs
)

// writeAhead copies the log into the database. SQLite would do that within a commit, which then
// takes a tenth of a second, and would hide a failed fsync. Here a connection of its own copies
// while the writer goes on; the writer copies the little that was added meanwhile, so that its
// next commit finds all of the log copied and begins it anew.
type writeAhead struct {
	own, aside *sql.Stmt  // on the writer's connection, and on one of its own
	size       int        // bytes that were added since the log began, about
	limit      int        // at which the log is copied
	copying    bool       // aside is at work
	copied     chan error // its end
}

const checkpointSQL = "PRAGMA wal_checkpoint(PASSIVE)"

// inherit counts the log that a killed process left, and copies a large one before anything is
// added: each open reads all of it, and those of many short lives would add up.
func (l *writeAhead) inherit(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if l.size = int(info.Size()); l.size < l.limit {
		return nil
	}
	l.size = 0
	return copyError(exec(ctx, l.own))
}

// crowd lets the log be copied although it has not grown: when the disk is full, a log that begins
// anew is room.
func (l *writeAhead) crowd() { l.size = max(l.size, l.limit) }

func (l *writeAhead) add(bytes int) { l.size += bytes }

func (l *writeAhead) addRow(j *jobs.Job) { l.size += rowBytes + len(j.Payload) + len(j.Result) }

// tidy begins to copy the log when it has grown.
func (l *writeAhead) tidy(ctx context.Context) {
	if l.copying || l.size < l.limit {
		return
	}
	l.copying = true
	go func() { l.copied <- l.copyAside(ctx) }()
}

// copyAside copies what is in the log, and then what was added meanwhile, which is less.
func (l *writeAhead) copyAside(ctx context.Context) error {
	if err := exec(ctx, l.aside); err != nil {
		return err
	}
	return exec(ctx, l.aside)
}

// finish ends what tidy began, with its outcome. A full disk is met again by the next commit, and
// the log is copied another time.
func (l *writeAhead) finish(ctx context.Context, err error) error {
	l.copying, l.size = false, 0
	if err == nil {
		err = exec(ctx, l.own)
	}
	return copyError(err)
}

// wait ends what tidy began when nothing more is written.
func (l *writeAhead) wait() error {
	if !l.copying {
		return nil
	}
	return copyError(<-l.copied)
}

// copyError returns the errors that end Run.
func copyError(err error) error {
	if classify(err) != fatal {
		return nil
	}
	return fmt.Errorf("copy the log into the database: %w", err)
}
