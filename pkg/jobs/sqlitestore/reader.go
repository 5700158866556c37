package sqlitestore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// reader reads. Any number of goroutines may use it.
type reader struct{ get, all, byState *sql.Stmt }

const (
	getSQL     = "SELECT " + columns + " FROM jobs WHERE id = ? AND tenant = ?"
	byStateSQL = "SELECT " + shownColumns + " FROM jobs INDEXED BY by_state WHERE tenant = ?1 AND state = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"
)

// allSQL merges the newest ids of each state. So by_state serves both kinds of lists, and no
// insert pays for a second index.
func allSQL() string {
	var parts []string
	for _, s := range jobs.States() {
		if s == jobs.Processing {
			continue // no row has it
		}
		parts = append(parts, "SELECT id FROM (SELECT id FROM jobs INDEXED BY by_state WHERE tenant = ?1 AND state = "+
			string('0'+rune(s))+" AND id < ?2 ORDER BY id DESC LIMIT ?3)")
	}
	return "SELECT " + shownColumns + " FROM jobs WHERE id IN (SELECT id FROM (" + strings.Join(parts, " UNION ALL ") +
		") ORDER BY id DESC LIMIT ?3) ORDER BY id DESC"
}

func newReader(ctx context.Context, pool *sql.DB) (*reader, error) {
	r := new(reader)
	for _, p := range []struct {
		stmt **sql.Stmt
		text string
	}{{&r.get, getSQL}, {&r.all, allSQL()}, {&r.byState, byStateSQL}} {
		stmt, err := pool.PrepareContext(ctx, p.text) //nolint:sqlclosecheck // the pool closes it
		if err != nil {
			return nil, err
		}
		*p.stmt = stmt
	}
	return r, nil
}

// Get implements jobs.Reader.
func (s *Store) Get(ctx context.Context, tenant string, id jobs.ID) (*jobs.Job, error) {
	if s.isStopped() {
		return nil, jobs.ErrClosed
	}
	run, runs := s.dispatch.Running(id)
	j, err := scan(s.reader.get.QueryRowContext(ctx, id[:], tenant))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, jobs.ErrNotFound
	case err != nil:
		return nil, s.readError(err)
	case runs:
		return run.Over(j), nil
	}
	return j, nil
}

// List implements jobs.Reader.
func (s *Store) List(ctx context.Context, q jobs.Query) ([]*jobs.Job, error) {
	if s.isStopped() {
		return nil, jobs.ErrClosed
	}
	if q.Before.IsZero() {
		q.Before = jobs.ID(bytes.Repeat([]byte{0xff}, len(q.Before)))
	}
	running := s.dispatch.AllRunning(q.Tenant)
	if q.State == jobs.Processing {
		return s.listRunning(ctx, q, running)
	}
	var page []*jobs.Job
	for {
		rows, err := s.rows(ctx, q)
		if err != nil {
			return nil, s.readError(err)
		}
		for _, j := range rows {
			if run, ok := running[j.ID]; ok {
				j = run.Over(j)
			}
			if q.State == 0 || j.State == q.State {
				page = append(page, j)
			}
		}
		if len(rows) < q.Limit || len(page) >= q.Limit {
			return page[:min(len(page), q.Limit)], nil
		}
		q.Before = rows[len(rows)-1].ID // some of the pending ones run
	}
}

// rows returns the rows of a list as they are on the disk.
func (s *Store) rows(ctx context.Context, q jobs.Query) ([]*jobs.Job, error) {
	if q.State == 0 {
		return scanAll(each(s.reader.all.QueryContext(ctx, q.Tenant, q.Before[:], q.Limit)))
	}
	return scanAll(each(s.reader.byState.QueryContext(ctx, q.Tenant, int64(q.State), q.Before[:], q.Limit)))
}

// listRunning returns the jobs of a page that run.
func (s *Store) listRunning(ctx context.Context, q jobs.Query, running map[jobs.ID]jobs.Attempt) ([]*jobs.Job, error) {
	var ids []jobs.ID
	for id := range running {
		if id.Compare(q.Before) < 0 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b jobs.ID) int { return b.Compare(a) })
	var page []*jobs.Job
	for _, id := range ids {
		if len(page) == q.Limit {
			break
		}
		j, err := scan(s.reader.get.QueryRowContext(ctx, id[:], q.Tenant))
		if err != nil {
			return nil, s.readError(err)
		}
		if j = running[id].Over(j); j.State == jobs.Processing {
			j.Payload = nil // a copy: Over made it
			page = append(page, j)
		}
	}
	return page, nil
}

// Stats implements jobs.Reader. It reads nothing from the disk.
func (s *Store) Stats(_ context.Context, tenant string) (jobs.Stats, error) {
	if s.isStopped() {
		return nil, jobs.ErrClosed
	}
	return s.totals.stats(tenant, s.dispatch), nil
}

// Watch implements jobs.Reader.
func (s *Store) Watch(ctx context.Context, tenant string, id jobs.ID) (*jobs.Job, error) {
	ended, stop := s.dispatch.Watch(id)
	defer stop()
	uncut := context.WithoutCancel(ctx) // the job as it is, even when ctx has ended
	j, err := s.Get(uncut, tenant, id)
	if err != nil || j.State.Final() {
		return j, err
	}
	select {
	case <-ended:
	case <-ctx.Done():
	case <-s.stopped:
		return nil, jobs.ErrClosed
	}
	return s.Get(uncut, tenant, id)
}
