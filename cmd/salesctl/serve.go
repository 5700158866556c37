package main

import (
	"context"
	"net"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/jobs/sqlitestore"
	"github.com/salesctl/salesctl/pkg/model"
	"github.com/salesctl/salesctl/pkg/serve"
)

// serveOptions is what serve was asked for.
type serveOptions struct {
	*env
	config *config
}

func newServeCmd(e *env) *cobra.Command {
	o := &serveOptions{env: e}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer forecasts over HTTP, as jobs that survive",
		Long: `serve accepts requests by POST /predict and answers at once with the id of a job, which is on
the disk by then. GET /status/{job_id} tells what became of it, GET /jobs lists the jobs, GET
/status counts them; /livez and /readyz are for orchestrators.

The champion of the registry answers. When another version becomes champion, it takes over
within a second; without a champion serve waits for the first one. After the end of the process,
whatever ended it, the next serve on the same job directory runs the jobs that were left.

SIGTERM and Ctrl-C drain: /readyz says no, --grace passes, what has begun is finished. The exit
code is then 0. A second Ctrl-C ends serve at once; even so no accepted job is lost.`,
		Example: indent(`
salesctl serve
# beside another server: a port and a job directory of its own
salesctl serve --addr 127.0.0.1:5001 --jobs var/other
# for other machines; nothing asks who they are
salesctl serve --addr :5000 --workers 4 --grace 5s`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := e.load(cmd)
			if err != nil {
				return err
			}
			o.config = &s.config
			return runServe(cmd.Context(), o)
		},
	}
	addConfigFlags(cmd, "registry.dir", "registry.name", "jobs", "serve", "model.levels", "model.horizon")
	return cmd
}

// runServe serves until ctx ends and then drains. It listens before it touches the job
// directory, so that a busy port leaves no trace.
func runServe(ctx context.Context, o *serveOptions) error {
	signal.Ignore(syscall.SIGPIPE) // whoever reads the log may go, the server stays
	defer signal.Reset(syscall.SIGPIPE)
	ln, err := listen(ctx, o.config.Serve.Addr)
	if err != nil {
		return unlessEnded(ctx, err)
	}
	defer ln.Close() //nolint:errcheck // the server has closed it, or nothing was accepted
	store, err := o.openStore(ctx)
	if err != nil {
		return unlessEnded(ctx, err)
	}
	err = runParts(ctx, o.parts(ln, store)...)
	if closeErr := store.Close(); err == nil && closeErr != nil {
		return &partError{partJobs, closeErr}
	}
	return err
}

// unlessEnded returns nil when a signal cut the start short: nothing was accepted by then.
func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil //nolint:nilerr // the signal is no failure of a server
	}
	return err
}

// openStore opens the job directory.
func (o *serveOptions) openStore(ctx context.Context) (*sqlitestore.Store, error) {
	cfg := o.config.Jobs.store()
	cfg.Now = o.Now
	store, err := sqlitestore.Open(ctx, o.config.Jobs.Dir, cfg)
	if as[*sqlitestore.LockedError](err) {
		return nil, hint.Wrap(err, "stop that process, or take another directory: --jobs DIR")
	}
	return store, err
}

// The parts of a server, as errors name them.
const (
	partServer  = "server"
	partWorkers = "workers"
	partModels  = "models"
	partJobs    = "job directory"
)

// parts returns what runs side by side, in the order in which it ends: first no request is left
// without an answer, then no job in hand without an outcome, then no outcome that is not on the
// disk.
func (o *serveOptions) parts(ln net.Listener, store *sqlitestore.Store) []part {
	models := serve.NewModels(model.Open(o.config.Registry.Dir), serve.ModelsConfig{
		Name: o.config.Registry.Name, Forecast: o.forecasts(), Now: o.Now, Log: o.Log,
	})
	handle := serve.NewHandler(models)
	if o.wrapHandler != nil {
		handle = o.wrapHandler(handle)
	}
	workers := jobs.DefaultRunner()
	workers.Workers, workers.Now, workers.Log = o.config.Jobs.Workers, o.Now, o.Log
	server := serve.New(store, models, o.server(store))
	announce := &announcement{serveOptions: o, addr: ln.Addr(), models: models}
	return []part{
		{partServer, func(ctx context.Context) error {
			g, both := errgroup.WithContext(ctx)
			g.Go(func() error { return server.Serve(both, ln) })
			g.Go(func() error {
				announce.run(both)
				<-both.Done()
				if ctx.Err() != nil {
					o.Log.Info().Msg("draining")
				}
				return nil
			})
			return g.Wait()
		}},
		{partWorkers, func(ctx context.Context) error {
			// Without a model jobs wait; tried, they would use up their attempts. Where ctx ends
			// before, the runner sees it and takes none.
			_ = models.Wait(ctx)
			return jobs.NewRunner(store, handle, workers).Run(ctx)
		}},
		{partModels, models.Run},
		{partJobs, store.Run},
	}
}

// server returns how the HTTP side answers.
func (o *serveOptions) server(store *sqlitestore.Store) serve.Config {
	c := serve.Default()
	c.Version, c.Engine, c.Durability = buildVersion(), "sqlite", string(o.config.Jobs.Durability)
	c.MaxAttempts, c.Grace = o.config.Jobs.MaxAttempts, o.config.Serve.Grace
	c.Checks = []serve.Check{{Name: "store", Func: store.Probe}}
	c.Now, c.Log = o.Now, o.Log
	return c
}

// forecasts returns how every model answers.
func (o *serveOptions) forecasts() forecast.Config {
	c := forecast.Default()
	c.Levels = slices.Sorted(slices.Values(o.config.Model.Levels))
	c.Horizon = o.config.Model.Horizon
	return c
}
