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
	bytes int // of their payloads, at which new ones stay there, too
	low   int // ready jobs in memory below which the disk is read, if half of the bytes are free
	chunk int // jobs that are read at a time, between two commits

	spilled int // ready jobs that are only on the disk
	top     int // none of them has a higher priority
}

// admit appends to dst the jobs that are to be in memory, and counts the others as spilled.
func (w *window) admit(dst, batch []*jobs.Job, d *jobs.Dispatch) []*jobs.Job {
	ready := d.Ready()
	for _, j := range batch {
		switch {
		case !j.RunAt.IsZero():
			dst = append(dst, j)
		case w.fits(j.Priority, ready):
			dst = append(dst, j)
			if ready.Jobs == 0 || j.Priority < ready.Lowest {
				ready.Lowest = j.Priority
			}
			ready.Jobs++
			ready.Bytes += len(j.Payload)
		default:
			if w.spilled == 0 || j.Priority > w.top {
				w.top = j.Priority
			}
			w.spilled++
		}
	}
	return dst
}

func (w *window) fits(priority int, ready jobs.Backlog) bool {
	switch {
	case ready.Jobs >= 2*w.size || ready.Bytes >= 2*w.bytes:
		return false
	case w.spilled > 0:
		return priority > w.top
	case ready.Jobs >= w.size || ready.Bytes >= w.bytes:
		return priority > ready.Lowest
	default:
		return true
	}
}

// refill moves jobs from the disk into memory when few are left there. A Finish follows every
// Take, and refill every commit, so it is called again before takers have nothing to do.
func (w *writer) refill(ctx context.Context, d *jobs.Dispatch) error {
	ready := d.Ready()
	if w.window.spilled == 0 || ready.Jobs >= w.window.low || ready.Bytes >= w.window.bytes/2 {
		return nil
	}
	ids, all, err := w.spilledIDs(ctx, d)
	if err != nil {
		return fmt.Errorf("read which jobs are ready: %w", err)
	}
	batch, err := w.load(ctx, ids, w.window.bytes-ready.Bytes)
	if err != nil {
		return fmt.Errorf("read jobs: %w", err)
	}
	if all {
		w.window.spilled = len(ids)
	}
	w.window.spilled -= len(batch)
	for i, j := range batch {
		if i == 0 || j.Priority < w.window.top {
			w.window.top = j.Priority
		}
	}
	d.Add(batch...)
	return nil
}

// spilledIDs returns the most urgent jobs that are only on the disk, the first ones first, and
// whether these are all. It reads nothing but the index, past the few jobs that memory holds.
func (w *writer) spilledIDs(ctx context.Context, d *jobs.Dispatch) (ids []any, all bool, err error) {
	for row, err := range each(w.ready.QueryContext(ctx)) {
		if err != nil {
			return nil, false, err
		}
		if len(ids) == w.window.chunk {
			return ids, false, nil
		}
		var raw []byte
		if err := row.Scan(&raw); err != nil {
			return nil, false, err
		}
		id, err := toID(raw)
		if err != nil {
			return nil, false, err
		}
		if !d.Holds(id) {
			ids = append(ids, raw)
		}
	}
	return ids, true, nil
}

// load reads jobs by their ids, the first ones, until their payloads have so many bytes.
func (w *writer) load(ctx context.Context, ids []any, bytes int) (batch []*jobs.Job, err error) {
	for len(ids) > 0 && bytes > 0 {
		stmt, n := w.loadMany, perStatement
		if len(ids) < n {
			stmt, n = w.loadOne, 1
		}
		loaded, err := scanAll(each(stmt.QueryContext(ctx, ids[:n]...)))
		if err != nil {
			return nil, err
		}
		for _, j := range loaded {
			bytes -= len(j.Payload)
		}
		batch = append(batch, loaded...)
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
