package sqlitestore_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/jobs/sqlitestore"
)

// A job that one process accepted is run by the next.
func Example() {
	dir, err := os.MkdirTemp("", "jobs")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cfg := sqlitestore.Default()
	cfg.Now = time.Now

	inProcess(dir, cfg, func(ctx context.Context, s *sqlitestore.Store) error {
		id, err := jobs.NewID()
		if err != nil {
			return err
		}
		return s.Submit(ctx, []*jobs.Job{{
			ID: id, Kind: "predict", Payload: []byte(`{"store":1}`), State: jobs.Pending, MaxAttempts: 5, Created: time.Now().UTC(),
		}})
	})
	inProcess(dir, cfg, func(ctx context.Context, s *sqlitestore.Store) error {
		batch, err := s.Take(ctx, 10)
		if err != nil {
			return err
		}
		j := batch[0]
		fmt.Printf("%s %s, recovered: %t\n", j.State, j.Payload, j.Recovered)
		j.State, j.Result, j.Finished = jobs.Completed, []byte(`{"predicted_sales":12.5}`), time.Now().UTC()
		if err := s.Finish(ctx, batch); err != nil {
			return err
		}
		stored, err := s.Get(ctx, "", j.ID)
		if err != nil {
			return err
		}
		fmt.Printf("%s %s\n", stored.State, stored.Result)
		return nil
	})
	// Output:
	// processing {"store":1}, recovered: true
	// completed {"predicted_sales":12.5}
}

// inProcess does what a process with a job directory does.
func inProcess(dir string, cfg sqlitestore.Config, do func(context.Context, *sqlitestore.Store) error) {
	ctx, stop := context.WithCancel(context.Background())
	s, err := sqlitestore.Open(ctx, dir, cfg)
	if err != nil {
		log.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	if err := do(ctx, s); err != nil {
		log.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		log.Fatal(err)
	}
	if err := s.Close(); err != nil {
		log.Fatal(err)
	}
}
