package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/salesctl/salesctl/pkg/jobs"
)

const (
	// groupJobs is how many jobs one transaction has at most, unless one call has more.
	groupJobs = 2000
	// perStatement is how many rows a statement for many inserts or reads: half of what one row
	// at a time costs, and more rows per statement gain little.
	perStatement = 32
)

// writer writes. The goroutine of Store.Run is its only user.
type writer struct {
	statements []*sql.Stmt // all of the following

	begin, commit, rollback           *sql.Stmt
	insertMany, insertOne             *sql.Stmt
	finish, recover, probe, count     *sql.Stmt
	ready, delayed, loadMany, loadOne *sql.Stmt

	log    writeAhead
	window window
	newest jobs.ID // of the jobs that an earlier process accepted

	group   []*call
	jobs    []*jobs.Job    // of the group, to be inserted
	args    []any          // of an insert
	changes map[change]int // of totals in the transaction
}

func newWriter(ctx context.Context, db *database, size window) (*writer, error) {
	w := &writer{log: writeAhead{limit: logBytes, copied: make(chan error, 1)}, window: size, changes: make(map[change]int)}
	for _, p := range []struct {
		stmt **sql.Stmt
		conn *sql.Conn
		text string
	}{
		{&w.begin, db.write, "BEGIN IMMEDIATE"},
		{&w.commit, db.write, "COMMIT"},
		{&w.rollback, db.write, "ROLLBACK"},
		{&w.insertMany, db.write, insertSQL(perStatement)},
		{&w.insertOne, db.write, insertSQL(1)},
		{&w.finish, db.write, finishSQL},
		{&w.recover, db.write, recoverSQL},
		{&w.probe, db.write, probeSQL},
		{&w.count, db.write, totalsSQL},
		{&w.ready, db.write, readySQL},
		{&w.delayed, db.write, delayedSQL},
		{&w.loadMany, db.write, loadSQL(perStatement)},
		{&w.loadOne, db.write, loadSQL(1)},
		{&w.log.own, db.write, checkpointSQL},
		{&w.log.aside, db.aside, checkpointSQL},
	} {
		stmt, err := p.conn.PrepareContext(ctx, p.text) //nolint:sqlclosecheck // close closes it
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		*p.stmt = stmt
		w.statements = append(w.statements, stmt)
	}
	return w, nil
}

// close closes the statements, without which SQLite does not close their connection.
func (w *writer) close() error {
	var errs []error
	for _, stmt := range w.statements {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(errs...)
}

// write commits a call together with those that are queued behind it, answers them, and does
// what a commit calls for. An error is the end of Run.
func (s *Store) write(ctx context.Context, first *call) error {
	w := s.writer
	w.group = append(w.group[:0], first)
	for n := len(first.batch); n < groupJobs && len(w.group) < groupJobs; {
		select {
		case c := <-s.calls:
			w.group = append(w.group, c)
			n += len(c.batch)
			continue
		default:
		}
		break
	}
	if err := s.commit(ctx, w.group); err != nil {
		return err
	}
	w.log.tidy(ctx)
	return w.refill(ctx, s.dispatch)
}

// commit writes a group in one transaction and answers every call. When one call makes that
// impossible, each gets a transaction of its own. It returns the errors that end Run.
func (s *Store) commit(ctx context.Context, group []*call) error {
	err := s.writer.transact(ctx, group, s.cfg.Now().UnixMicro())
	trouble := classify(err)
	if trouble == caller && len(group) > 1 {
		for i := range group {
			if err := s.commit(ctx, group[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	switch {
	case err == nil:
		s.settle(group)
	case trouble == storage:
		s.writer.log.crowd()
		fallthrough
	default:
		s.committed.Store(0)
	}
	refusal := answer(err)
	for _, c := range group {
		c.done <- refusal
	}
	if trouble == fatal {
		return err
	}
	return nil
}

// settle tells memory what was committed.
func (s *Store) settle(group []*call) {
	s.committed.Store(s.cfg.Now().UnixNano())
	w := s.writer
	s.totals.mu.Lock()
	s.totals.apply(w.changes)
	for _, c := range group {
		if c.do == finish {
			s.dispatch.Done(c.batch...)
		}
	}
	admitted := w.window.admit(nil, w.jobs, s.dispatch)
	if len(admitted) > 0 {
		s.dispatch.Add(admitted...)
	}
	s.totals.mu.Unlock()
	ended := 0
	for c, n := range w.changes {
		if c.state.Final() {
			ended += n
		}
	}
	s.unfinished.Add(-int64(ended))
}

// transact writes a group in one transaction, or nothing of it.
func (w *writer) transact(ctx context.Context, group []*call, now int64) error {
	clear(w.changes)
	w.jobs = w.jobs[:0]
	size := w.log.size
	err := exec(ctx, w.begin)
	if err == nil {
		err = w.apply(ctx, group, now)
	}
	if err == nil {
		err = exec(ctx, w.commit)
	}
	if err != nil {
		w.log.size = size
		_, _ = w.rollback.ExecContext(ctx) // SQLite may have done it; else the next BEGIN says so
	}
	return err
}

func (w *writer) apply(ctx context.Context, group []*call, now int64) error {
	probed := false
	for _, c := range group {
		var err error
		switch c.do {
		case submit:
			w.jobs = append(w.jobs, c.batch...)
		case finish:
			err = w.finishAll(ctx, c.batch)
		case recovered:
			err = w.recoverAll(ctx, c.batch)
		case probe:
			probed = true
		}
		if err != nil {
			return err
		}
	}
	if err := w.insertAll(ctx); err != nil {
		return err
	}
	if probed {
		if err := exec(ctx, w.probe, now); err != nil {
			return err
		}
	}
	for c, n := range w.changes {
		if n == 0 {
			continue
		}
		if err := exec(ctx, w.count, c.tenant, int64(c.state), int64(n)); err != nil {
			return err
		}
	}
	w.log.add(commitBytes)
	return nil
}

func (w *writer) insertAll(ctx context.Context) error {
	// SQLite splits fewer pages when each row goes behind the one before it.
	slices.SortFunc(w.jobs, func(a, b *jobs.Job) int { return a.ID.Compare(b.ID) })
	for batch := w.jobs; len(batch) > 0; {
		stmt, n := w.insertMany, perStatement
		if len(batch) < n {
			stmt, n = w.insertOne, 1
		}
		w.args = w.args[:0]
		for _, j := range batch[:n] {
			w.args = append(w.args, j.ID[:], j.Tenant, j.Kind, j.Model, int64(j.Priority), int64(j.Attempt), int64(j.MaxAttempts),
				micro(j.Created), micro(j.RunAt), micro(j.Deadline), j.Payload)
			w.changes[change{j.Tenant, jobs.Pending}]++
			w.log.addRow(j)
		}
		if err := exec(ctx, stmt, w.args...); err != nil {
			return fmt.Errorf("insert jobs: %w", err)
		}
		batch = batch[n:]
	}
	return nil
}

func (w *writer) finishAll(ctx context.Context, batch []*jobs.Job) error {
	for _, j := range batch {
		var code, message, temporary any
		if j.Fault != nil {
			code, message, temporary = j.Fault.Code, j.Fault.Message, j.Fault.Temporary
		}
		result, err := w.finish.ExecContext(ctx, int64(j.State), int64(j.Attempt), micro(j.RunAt), micro(j.Started), micro(j.Finished),
			code, message, temporary, j.Result, j.ID[:])
		if err != nil {
			return fmt.Errorf("finish job %s: %w", j.ID, err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		w.changes[change{j.Tenant, jobs.Pending}] -= int(n)
		w.changes[change{j.Tenant, j.State}] += int(n)
		w.log.addRow(j)
	}
	return nil
}

func (w *writer) recoverAll(ctx context.Context, batch []*jobs.Job) error {
	for _, j := range batch {
		if err := exec(ctx, w.recover, int64(j.Attempt), micro(j.Started), j.ID[:]); err != nil {
			return fmt.Errorf("recover job %s: %w", j.ID, err)
		}
		w.log.addRow(j)
	}
	return nil
}

func exec(ctx context.Context, stmt *sql.Stmt, args ...any) error {
	_, err := stmt.ExecContext(ctx, args...)
	return err
}
