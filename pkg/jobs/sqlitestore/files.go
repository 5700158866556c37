package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
)

const (
	dataFile = "jobs.db"
	walFile  = "jobs.db-wal"
	newFile  = "jobs.db.new" // a database that is not complete yet
)

// makeDir makes a directory with its parents, each on the disk when makeDir returns.
func makeDir(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return &fs.PathError{Op: "mkdir", Path: dir, Err: errors.New("it is a file")}
	case err == nil || !errors.Is(err, fs.ErrNotExist):
		return err
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := makeDir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// inspect looks at the files without SQLite, which would take an empty file for a new database
// and remove a log that it cannot use. It reports whether there is a database.
func inspect(dir string) (found bool, err error) {
	// For writing, since SQLite would open a file that this user may only read, and fail later.
	f, err := os.OpenFile(filepath.Join(dir, dataFile), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(filepath.Join(dir, walFile)); err == nil {
			return false, damaged(fmt.Errorf("there is %s without it", walFile))
		}
		return false, nil
	}
	if err != nil {
		return false, hint.Wrap(err, "make the job directory and its files writable for this user")
	}
	header := make([]byte, 100)
	_, err = io.ReadFull(f, header)
	if err := errors.Join(err, f.Close()); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return false, damaged(errors.New("it is too short"))
	} else if err != nil {
		return false, err
	}
	if string(header[:16]) != "SQLite format 3\x00" {
		return false, damaged(errors.New("it is not a SQLite database"))
	}
	if id := binary.BigEndian.Uint32(header[68:]); id != applicationID {
		err := fmt.Errorf("%w: its application id is %#x, want %#x", ErrForeign, id, applicationID)
		return false, hint.Wrap(err, "give another job directory")
	}
	return true, nil
}

// create makes an empty database under another name and renames it, so that jobs.db is there as
// a whole or not at all.
func create(ctx context.Context, dir string, now time.Time) error {
	path := filepath.Join(dir, newFile)
	for _, ending := range []string{"", "-wal", "-shm", "-journal"} { // left by a crash
		if err := os.Remove(path + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := fill(ctx, path, now); err != nil {
		return hint.Wrap(fmt.Errorf("make it: %w", err), "make room on the disk, or give another job directory")
	}
	if err := os.Rename(path, filepath.Join(dir, dataFile)); err != nil {
		return err
	}
	return syncDir(dir)
}

// fill writes the schema into an empty file. Closing it empties the log.
func fill(ctx context.Context, path string, now time.Time) (err error) {
	pool, err := sql.Open("sqlite", source(path, writeOptions(Full)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	script := fmt.Sprintf("PRAGMA application_id = %d; %s", applicationID, createVersions)
	if _, err := conn.ExecContext(ctx, script); err != nil {
		return err
	}
	return migrate(ctx, conn, 0, now)
}
