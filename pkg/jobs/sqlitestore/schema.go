package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
)

// applicationID marks a SQLite file as a job database, in the header and for the tool file.
const applicationID = 0x73616a62 // "sajb"

// migrations returns the statements that lead from each version of the schema to the next. One
// that was released never changes.
func migrations() []string {
	return []string{schema1}
}

// The states in the conditions are those of jobs.State: 1 is pending. What a job has only later,
// and what it seldom has, is 0 or NULL, which takes no byte in a row.
const schema1 = `
CREATE TABLE jobs (
	id              BLOB PRIMARY KEY NOT NULL,
	tenant          TEXT NOT NULL,
	kind            TEXT NOT NULL,
	model           TEXT NOT NULL,
	priority        INTEGER NOT NULL,
	state           INTEGER NOT NULL,
	attempt         INTEGER NOT NULL,
	max_attempts    INTEGER NOT NULL,
	created         INTEGER NOT NULL,
	run_at          INTEGER NOT NULL,
	deadline        INTEGER NOT NULL,
	started         INTEGER NOT NULL,
	finished        INTEGER NOT NULL,
	fault_code      TEXT,
	fault_message   TEXT,
	fault_temporary INTEGER,
	payload         BLOB,
	result          BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX ready ON jobs (priority DESC, id) WHERE state = 1 AND run_at = 0;
CREATE INDEX delayed ON jobs (id) WHERE state = 1 AND run_at <> 0;
CREATE INDEX by_state ON jobs (tenant, state, id);
CREATE TABLE totals (
	tenant TEXT NOT NULL,
	state  INTEGER NOT NULL,
	jobs   INTEGER NOT NULL,
	PRIMARY KEY (tenant, state)
) STRICT, WITHOUT ROWID;
CREATE TABLE probe (at INTEGER NOT NULL) STRICT;
INSERT INTO probe VALUES (0);
`

// migrate brings the schema from a version to the one that this release writes, each step in one
// transaction.
func migrate(ctx context.Context, conn *sql.Conn, from int, now time.Time) error {
	for i, step := range migrations()[from:] {
		version := from + i + 1
		if err := inTransaction(ctx, conn, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, step); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO schema_version VALUES (?, ?)", version, micro(now))
			return err
		}); err != nil {
			return fmt.Errorf("migrate to schema %d: %w", version, err)
		}
	}
	return nil
}

func inTransaction(ctx context.Context, conn *sql.Conn, do func(*sql.Tx) error) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// createVersions makes the table that migrate fills.
const createVersions = "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied INTEGER NOT NULL) STRICT"

// readVersion returns the version of the schema that the database has.
func readVersion(ctx context.Context, pool *sql.DB) (int, error) {
	var v sql.NullInt64
	err := pool.QueryRowContext(ctx, "SELECT max(version) FROM schema_version").Scan(&v)
	switch known := int64(len(migrations())); {
	case err != nil:
		return 0, err
	case !v.Valid || v.Int64 < 1:
		return 0, damaged(errors.New("no version of its schema"))
	case v.Int64 > known:
		err := fmt.Errorf("%w: it has schema %d, written by a newer release; this one knows %d", ErrForeign, v.Int64, known)
		return 0, hint.Wrap(err, "start the newer release, or give another job directory")
	}
	return int(v.Int64), nil
}

// columns are those of a whole row, in the order of scan; shownColumns lack the payload.
const (
	columns      = mostColumns + "payload, result"
	shownColumns = mostColumns + "NULL, result"
	mostColumns  = "id, tenant, kind, model, priority, state, attempt, max_attempts, created, run_at, deadline, started, finished, " +
		"fault_code, fault_message, fault_temporary, "
)

// insertSQL inserts n new jobs. OR FAIL keeps SQLite from noting how to undo a part of the
// statement: the whole transaction is undone if it fails.
func insertSQL(n int) string {
	const row = "(?,?,?,?,?,1,?,?,?,?,?,0,0,?)"
	return "INSERT OR FAIL INTO jobs (id, tenant, kind, model, priority, state, attempt, max_attempts, created, run_at, deadline, " +
		"started, finished, payload) VALUES " + strings.TrimSuffix(strings.Repeat(row+",", n), ",")
}

const (
	finishSQL = "UPDATE OR FAIL jobs SET state = ?, attempt = ?, run_at = ?, started = ?, finished = ?, fault_code = ?, fault_message = ?, " +
		"fault_temporary = ?, result = ? WHERE id = ? AND state = 1"
	recoverSQL = "UPDATE OR FAIL jobs SET attempt = ?, started = ? WHERE id = ? AND state = 1"
	probeSQL   = "UPDATE probe SET at = ?"
	totalsSQL  = "INSERT INTO totals VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET jobs = jobs + excluded.jobs"
	delayedSQL = "SELECT " + columns + " FROM jobs INDEXED BY delayed WHERE state = 1 AND run_at <> 0"
	readySQL   = "SELECT id FROM jobs INDEXED BY ready WHERE state = 1 AND run_at = 0 ORDER BY priority DESC, id"
)

// loadSQL loads n jobs by their ids.
func loadSQL(n int) string {
	return "SELECT " + columns + " FROM jobs WHERE id IN (" + strings.TrimSuffix(strings.Repeat("?,", n), ",") + ")"
}
