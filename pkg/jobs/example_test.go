package jobs_test

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// A job goes from Submit through a handler to whoever watches it.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	cfg := jobs.Default()
	cfg.Now = time.Now
	engine := jobs.NewMemory(cfg)

	shout := func(_ context.Context, batch []*jobs.Job) []jobs.Outcome {
		out := make([]jobs.Outcome, len(batch))
		for i, j := range batch {
			if len(j.Payload) == 0 {
				out[i].Fault = &jobs.Fault{Code: "empty", Message: "there is nothing to shout"}
				continue
			}
			out[i].Result = bytes.ToUpper(j.Payload)
		}
		return out
	}
	run := jobs.DefaultRunner()
	run.Now = time.Now
	ended := make(chan error)
	go func() { ended <- jobs.NewRunner(engine, shout, run).Run(ctx) }()

	for _, payload := range []string{"hello", ""} {
		id, err := jobs.NewID()
		if err != nil {
			fmt.Println(err)
			return
		}
		j := &jobs.Job{ID: id, Kind: "shout", Payload: []byte(payload), State: jobs.Pending, MaxAttempts: 3}
		if err := engine.Submit(ctx, []*jobs.Job{j}); err != nil {
			fmt.Println(err)
			return
		}
		final, err := engine.Watch(ctx, j.Tenant, j.ID)
		if err != nil {
			fmt.Println(err)
			return
		}
		if final.Fault != nil {
			fmt.Printf("%v: %s (%s)\n", final.State, final.Fault.Message, final.Fault.Code)
			continue
		}
		fmt.Printf("%v: %s\n", final.State, final.Result)
	}
	stop()
	fmt.Println(<-ended)
	// Output:
	// completed: HELLO
	// failed: there is nothing to shout (empty)
	// <nil>
}
