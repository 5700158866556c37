package jobstest

import (
	"errors"
	"slices"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

func readerChecks() []check {
	return []check{
		{name: "a job that does not exist is not found", run: notFound},
		{name: "pages are newest first", run: pages},
		{name: "pages stay apart while jobs come", run: pagesWhileSubmitting},
		{name: "pages of one state", run: pagesOfState},
		{name: "counts follow the jobs", run: counts},
		{name: "tenants do not see each other", run: tenants},
	}
}

func notFound(x *trial) {
	x.submit(x.job())
	if j, err := x.Get(x.ctx(), "t", x.job().ID); !errors.Is(err, jobs.ErrNotFound) {
		x.Errorf("Get = %v, %v, want ErrNotFound", j, err)
	}
	if j, err := x.Get(x.ctx(), "t", jobs.ID{}); !errors.Is(err, jobs.ErrNotFound) {
		x.Errorf("Get of the zero id = %v, %v, want ErrNotFound", j, err)
	}
}

func pages(x *trial) {
	x.wantIDs(nil, x.list(jobs.Query{Tenant: "t", Limit: 10}))
	want := ids(x.submit(x.batch(7)...))
	slices.Reverse(want)
	x.wantIDs(want, x.list(jobs.Query{Tenant: "t", Limit: 10}))
	x.wantIDs(want, x.list(jobs.Query{Tenant: "t", Limit: 7}))
	x.wantIDs(want[:1], x.list(jobs.Query{Tenant: "t", Limit: 1}))
	x.wantIDs(want[3:5], x.list(jobs.Query{Tenant: "t", Before: want[2], Limit: 2}))
	x.wantIDs(nil, x.list(jobs.Query{Tenant: "t", Before: want[6], Limit: 2}))
	x.wantIDs(want[:2], x.list(jobs.Query{Tenant: "t", Before: x.job().ID, Limit: 2}))
}

func pagesWhileSubmitting(x *trial) {
	want := ids(x.submit(x.batch(10)...))
	slices.Reverse(want)
	var got []jobs.ID
	q := jobs.Query{Tenant: "t", Limit: 3}
	for page := x.list(q); len(page) > 0 && len(got) <= len(want); page = x.list(q) {
		got = append(got, page...)
		q.Before = page[len(page)-1]
		x.submit(x.batch(2)...)
		x.finish(jobs.Completed, x.take(1)...)
	}
	x.wantIDs(want, got)
}

// pagesOfState has the newest jobs processing, so that an engine which looks for processing jobs
// only among the ones it has already chosen gives short pages.
func pagesOfState(x *trial) {
	pending := ids(x.submit(x.batch(5)...))
	slices.Reverse(pending)
	urgent := func(j *jobs.Job) { j.Priority = 1 }
	processing := ids(x.submit(x.batch(5, urgent)...))
	taken := x.take(5)
	slices.Reverse(processing)
	check := func(state jobs.State, want []jobs.ID) {
		x.Helper()
		x.wantIDs(want, x.list(jobs.Query{Tenant: "t", State: state, Limit: 100}))
		var got []jobs.ID
		q := jobs.Query{Tenant: "t", State: state, Limit: 3}
		for page := x.list(q); len(page) > 0 && len(got) <= len(want); page = x.list(q) {
			if len(page) < q.Limit && len(got)+len(page) < len(want) {
				x.Errorf("a page of %d %v jobs, want %d: more follow", len(page), state, q.Limit)
			}
			got = append(got, page...)
			q.Before = page[len(page)-1]
		}
		x.wantIDs(want, got)
	}
	check(jobs.Pending, pending)
	check(jobs.Processing, processing)
	check(0, append(slices.Clone(processing), pending...))
	for _, state := range []jobs.State{jobs.Completed, jobs.Failed, jobs.Canceled, jobs.Expired} {
		check(state, nil)
		x.finish(state, taken[0])
		check(state, ids(taken[:1]))
		taken = taken[1:]
	}
	check(jobs.Processing, ids(taken))
	x.finish(jobs.Pending, taken...)
	check(jobs.Processing, nil)
	check(jobs.Pending, append(ids(taken), pending...))
}

func counts(x *trial) {
	x.wantStats(nil)
	x.submit(x.batch(6)...)
	x.wantStats(jobs.Stats{jobs.Pending: 6})
	taken := x.take(4)
	x.wantStats(jobs.Stats{jobs.Pending: 2, jobs.Processing: 4})
	x.finish(jobs.Completed, taken[:2]...)
	x.finish(jobs.Failed, taken[2])
	x.wantStats(jobs.Stats{jobs.Pending: 2, jobs.Processing: 1, jobs.Completed: 2, jobs.Failed: 1})
	x.finish(jobs.Pending, taken[3])
	x.wantStats(jobs.Stats{jobs.Pending: 3, jobs.Completed: 2, jobs.Failed: 1})
	x.in(time.Hour)(x.take(1)[0])
	x.wantStats(jobs.Stats{jobs.Pending: 2, jobs.Processing: 1, jobs.Completed: 2, jobs.Failed: 1})
	stats, err := x.Stats(x.ctx(), "t")
	if err != nil || stats.Total() != 6 || stats.Unfinished() != 3 {
		x.Errorf("%d jobs, %d unfinished, %v, want 6 and 3", stats.Total(), stats.Unfinished(), err)
	}
}

func tenants(x *trial) {
	names := []string{"t", "", "T", "größe", "t "}
	want := make(map[string]jobs.ID)
	for _, name := range names {
		j := x.submit(x.job(func(j *jobs.Job) { j.Tenant = name }))[0]
		want[name] = j.ID
	}
	look := func(stats jobs.Stats) {
		x.Helper()
		for _, name := range names {
			x.wantIDs([]jobs.ID{want[name]}, x.list(jobs.Query{Tenant: name, Limit: 10}))
			got, err := x.Stats(x.ctx(), name)
			if err != nil || got.Total() != 1 || got.Unfinished() != stats.Unfinished() {
				x.Errorf("Stats of tenant %q = %v, %v, want %v", name, got, err, stats)
			}
			for _, other := range names {
				j, err := x.Get(x.ctx(), other, want[name])
				if other == name && (err != nil || j.Tenant != name) {
					x.Errorf("Get of its own job as tenant %q = %v, %v", name, j, err)
				}
				if other != name && !errors.Is(err, jobs.ErrNotFound) {
					x.Errorf("Get of a job of tenant %q as %q = %v, %v, want ErrNotFound", name, other, j, err)
				}
			}
		}
	}
	look(jobs.Stats{jobs.Pending: 1})
	batch := x.take(len(names))
	look(jobs.Stats{jobs.Processing: 1})
	x.wantIDs(nil, x.list(jobs.Query{Tenant: "nobody", State: jobs.Processing, Limit: 10}))
	x.finish(jobs.Completed, batch...)
	look(jobs.Stats{jobs.Completed: 1})
	if stats, err := x.Stats(x.ctx(), "nobody"); err != nil || stats.Total() != 0 {
		x.Errorf("Stats of a tenant without jobs = %v, %v", stats, err)
	}
}
