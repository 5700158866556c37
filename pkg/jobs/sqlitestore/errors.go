package sqlitestore

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/jobs"
)

var (
	// ErrDamaged is wrapped when the job database is not whole. Nothing in it has been changed.
	ErrDamaged = errors.New("the job database is damaged")
	// ErrForeign is wrapped when the job database was written by another program, or by a
	// release that this one does not know. Nothing in it has been changed.
	ErrForeign = errors.New("the job database is not of this program")
)

// remedy is the hint of ErrDamaged.
const remedy = "rescue what is readable with `sqlite3 jobs.db .recover`; then move jobs.db, jobs.db-wal and jobs.db-shm " +
	"aside together, and put a backup there as jobs.db, or begin without jobs: those in it are then not run"

func damaged(err error) error { return hint.Wrap(fmt.Errorf("%w: %w", ErrDamaged, err), remedy) }

// trouble is what an error of SQLite means for what comes next.
type trouble uint8

const (
	none    trouble = iota
	storage         // the disk takes nothing now; a later try may succeed
	caller          // one of the writes can never succeed
	fatal           // nobody knows what is on the disk, or it is damaged
)

// classify returns what an error means. One that is not known is fatal: a restart shows what is
// on the disk.
func classify(err error) trouble {
	if err == nil {
		return none
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return fatal
	}
	return classifyCode(e.Code())
}

func classifyCode(code int) trouble {
	switch code {
	case sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC, sqlite3.SQLITE_IOERR_CORRUPTFS, sqlite3.SQLITE_IOERR_DATA:
		return fatal
	}
	switch code & 0xff { // the primary code
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM:
		return storage
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG:
		return caller
	default:
		return fatal
	}
}

// isDamage reports whether SQLite found the file to be broken, or no database at all.
func isDamage(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	primary := e.Code() & 0xff
	return primary == sqlite3.SQLITE_CORRUPT || primary == sqlite3.SQLITE_NOTADB
}

// answer is the error that the callers of a write get.
func answer(err error) error {
	if t := classify(err); t != storage && t != fatal {
		return err
	}
	wrapped := fmt.Errorf("%w: %w", jobs.ErrStorage, err)
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == sqlite3.SQLITE_FULL {
		return hint.Wrap(wrapped, "free space on the disk of the job directory")
	}
	return hint.Wrap(wrapped, "see that the job directory can be written")
}

// ending is the error that ends Run.
func ending(err error) error {
	if isDamage(err) {
		return damaged(err)
	}
	return hint.Wrap(fmt.Errorf("write the job database: %w", err),
		"look at the disk and its log before starting again: every job that was acknowledged before is read back then")
}

// readError is the error of a call that reads.
func (s *Store) readError(err error) error {
	if s.isStopped() {
		return jobs.ErrClosed
	}
	if isDamage(err) {
		return damaged(err)
	}
	return fmt.Errorf("read the job database: %w", err)
}

// asDamage returns an error of opening a database, as ErrDamaged when that is what SQLite found,
// tables that are not as they should be included.
func asDamage(err error) error {
	if errors.Is(err, ErrDamaged) || errors.Is(err, ErrForeign) {
		return err
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok && classifyCode(e.Code()) == fatal {
		return damaged(err)
	}
	return err
}
