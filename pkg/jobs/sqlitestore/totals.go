package sqlitestore

import (
	"context"
	"database/sql"
	"sync"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// totals has the number of jobs by tenant and state as of the last commit. Its mutex is also
// held while Dispatch is told of a commit, so that the two agree for who holds it.
type totals struct {
	mu   sync.Mutex
	rows map[string]jobs.Stats
}

// change is a change of totals that a transaction makes.
type change struct {
	tenant string
	state  jobs.State
}

// apply adds what a transaction changed. The caller holds the mutex.
func (t *totals) apply(changes map[change]int) {
	for c, n := range changes {
		stats := t.rows[c.tenant]
		if stats == nil {
			stats = make(jobs.Stats)
			t.rows[c.tenant] = stats
		}
		stats[c.state] += n
	}
}

// stats returns what a tenant has, with the jobs that are being run apart from the pending ones.
func (t *totals) stats(tenant string, d *jobs.Dispatch) jobs.Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	stats := make(jobs.Stats)
	for state, n := range t.rows[tenant] {
		if n != 0 {
			stats[state] = n
		}
	}
	if running := len(d.AllRunning(tenant)); running > 0 {
		stats[jobs.Processing] = running
		stats[jobs.Pending] -= running
	}
	return stats
}

// pending returns how many jobs of all tenants are pending.
func (t *totals) pending() int {
	sum := 0
	for _, stats := range t.rows {
		sum += stats[jobs.Pending]
	}
	return sum
}

// load reads the totals from the disk.
func (t *totals) load(ctx context.Context, conn *sql.Conn) error {
	for row, err := range each(conn.QueryContext(ctx, "SELECT tenant, state, jobs FROM totals")) {
		if err != nil {
			return err
		}
		var c change
		var n int
		if err := row.Scan(&c.tenant, &c.state, &n); err != nil {
			return err
		}
		t.apply(map[change]int{c: n})
	}
	return nil
}
