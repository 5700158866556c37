package sqlitestore

import (
	"context"
	"fmt"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// window decides which of the ready jobs are in memory. Only the writer uses it: between two
// commits a pending row is either held by Dispatch or counted in spilled, so that no job is given
// out twice and none is forgotten.
//
// A job without RunAt is in memory when no ready job that is only on the disk is more urgent;
// but once twice the size is reached even the most urgent ones wait on the disk until the next
// refill. A delayed job is always in memory, where its time is watched.
type window struct {
	size  int // ready jobs in memory at which new ones stay on the disk
	low   int // ready jobs in memory below which the disk is read
	chunk int // jobs that are read at a time, between two commits

	spilled int // ready jobs that are only on the disk
	top     int // none of them has a higher priority
}

// admit appends to dst the jobs that are to be in memory, and counts the others as spilled.
func (w *window) admit(dst, batch []*jobs.Job, d *jobs.Dispatch) []*jobs.Job {
	ready, lowest := d.Ready()
	ready += len(dst)
	for _, j := range batch {
		switch {
		case !j.RunAt.IsZero():
			dst = append(dst, j)
		case w.fits(j.Priority, ready, lowest):
			dst = append(dst, j)
			if ready == 0 || j.Priority < lowest {
				lowest = j.Priority
			}
			ready++
		default:
			if w.spilled == 0 || j.Priority > w.top {
				w.top = j.Priority
			}
			w.spilled++
		}
	}
	return dst
}

func (w *window) fits(priority, ready, lowest int) bool {
	switch {
	case ready >= 2*w.size:
		return false
	case w.spilled > 0:
		return priority > w.top
	case ready >= w.size:
		return priority > lowest
	default:
		return true
	}
}

// refill moves jobs from the disk into memory when few are left there. A Finish follows every
// Take, and refill every commit, so it is called again before takers have nothing to do.
func (w *writer) refill(ctx context.Context, d *jobs.Dispatch) error {
	ready, _ := d.Ready()
	if w.window.spilled == 0 || ready >= w.window.low {
		return nil
	}
	ids, err := w.spilledIDs(ctx, d)
	if err != nil {
		return fmt.Errorf("read which jobs are ready: %w", err)
	}
	batch, err := w.load(ctx, ids)
	if err != nil {
		return fmt.Errorf("read jobs: %w", err)
	}
	d.Add(batch...)
	return nil
}

// spilledIDs returns the most urgent jobs that are only on the disk, and counts them as being in
// memory. It reads nothing but the index, past the few jobs that memory holds.
func (w *writer) spilledIDs(ctx context.Context, d *jobs.Dispatch) (ids []any, err error) {
	for row, err := range each(w.ready.QueryContext(ctx)) {
		if err != nil {
			return nil, err
		}
		var raw []byte
		var priority int
		if err := row.Scan(&raw, &priority); err != nil {
			return nil, err
		}
		id, err := toID(raw)
		if err != nil {
			return nil, err
		}
		if d.Holds(id) {
			continue
		}
		ids = append(ids, raw)
		w.window.top = priority
		if len(ids) == w.window.chunk {
			w.window.spilled -= len(ids)
			return ids, nil
		}
	}
	w.window.spilled = 0 // these were the last
	return ids, nil
}

// load reads jobs by their ids.
func (w *writer) load(ctx context.Context, ids []any) (batch []*jobs.Job, err error) {
	for len(ids) > 0 {
		stmt, n := w.loadMany, perStatement
		if len(ids) < n {
			stmt, n = w.loadOne, 1
		}
		if batch, err = scanAll(batch, each(stmt.QueryContext(ctx, ids[:n]...))); err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	w.mark(batch)
	return batch, nil
}

// mark says which jobs an earlier process accepted.
func (w *writer) mark(batch []*jobs.Job) {
	for _, j := range batch {
		j.Recovered = j.ID.Compare(w.newest) <= 0
	}
}
