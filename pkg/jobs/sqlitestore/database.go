package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

// readers is how many connections read side by side. They see what was committed before they
// began, and do not wait for the writer.
const readers = 4

// database is the connections to a database file.
type database struct {
	write *sql.Conn // the one that changes rows
	aside *sql.Conn // copies the log
	read  *sql.DB   // a pool
	pool  *sql.DB   // of write and aside
}

func openDatabase(ctx context.Context, path string, d Durability) (db *database, err error) {
	db = new(database)
	if db.pool, err = sql.Open("sqlite", source(path, writeOptions(d))); err != nil {
		return nil, err
	}
	if db.write, err = db.pool.Conn(ctx); err == nil {
		db.aside, err = db.pool.Conn(ctx)
	}
	if err == nil {
		db.read, err = sql.Open("sqlite", source(path, readOptions()))
	}
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	return db, nil
}

// close closes the connections. The last one copies the log and removes it.
func (db *database) close() error {
	var errs []error
	if db.read != nil {
		errs = append(errs, db.read.Close())
	}
	for _, conn := range []*sql.Conn{db.aside, db.write} {
		if conn != nil {
			errs = append(errs, conn.Close())
		}
	}
	return errors.Join(append(errs, db.pool.Close())...)
}

// source names a file for database/sql. In an absolute URL its path may have any character.
func source(path string, options url.Values) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}).String()
}

func writeOptions(d Durability) url.Values {
	synchronous := "full"
	if d == Process {
		synchronous = "normal"
	}
	return url.Values{"mode": {"rw"}, "_pragma": {
		"busy_timeout(5000)", // for another program that looks into the database
		"journal_mode(wal)",
		"synchronous(" + synchronous + ")",
		"wal_autocheckpoint(0)", // see writeAhead
		"cache_size(-16384)",    // KiB
		"temp_store(memory)",
	}}
}

func readOptions() url.Values {
	return url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(5000)", "query_only(1)", "cache_size(-4096)", "temp_store(memory)"}}
}

// quickCheckPages is how large a database may be for every page to be checked when it is opened,
// which takes about 0.2 s then.
const quickCheckPages = 64 << 20 / pageBytes

// examine returns the version of a database that is whole, and refuses any other. It opens the
// file for reading only, so that a log beside a damaged database stays what it is.
func examine(ctx context.Context, path string) (version int, err error) {
	pool, err := sql.Open("sqlite", source(path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := check(ctx, pool); err != nil {
		return 0, err
	}
	return readVersion(ctx, pool)
}

// check looks for damage: in every page of a small database, in the index of ready jobs of a
// large one, whose other pages are checked as they are used.
func check(ctx context.Context, pool *sql.DB) error {
	var pages int
	if err := pool.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return err
	}
	if pages > quickCheckPages {
		var n int
		return pool.QueryRowContext(ctx, "SELECT count(*) FROM jobs INDEXED BY ready WHERE state = 1 AND run_at = 0").Scan(&n)
	}
	var report string
	if err := pool.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&report); err != nil {
		return err
	}
	if report != "ok" {
		return damaged(errors.New(report))
	}
	return nil
}
