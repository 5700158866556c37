package main

import (
	"context"
)

// part is one of the things that a server runs side by side. Its run returns when the context
// has ended and its work is complete, or when it cannot go on.
type part struct {
	name string
	run  func(context.Context) error
}

// partError is why a part could not go on.
type partError struct {
	Part string
	Err  error
}

func (p *partError) Error() string { return p.Part + ": " + p.Err.Error() }
func (p *partError) Unwrap() error { return p.Err }

// runParts runs all parts until ctx ends or one of them does. Then it ends them in their order,
// each when the one before it has ended, so that a part may rely on all that come after it. It
// returns the error of the last part in that order that has one: those before it failed for want
// of it.
func runParts(ctx context.Context, parts ...part) error {
	type running struct {
		cancel context.CancelFunc
		ended  chan struct{}
		err    error
	}
	all := make([]running, len(parts))
	first := make(chan struct{}, len(parts))
	for i, p := range parts {
		partCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		defer cancel()
		all[i] = running{cancel: cancel, ended: make(chan struct{})}
		go func() {
			defer close(all[i].ended)
			all[i].err = p.run(partCtx)
			first <- struct{}{}
		}()
	}
	select {
	case <-ctx.Done():
	case <-first:
	}
	var err error
	for i := range all {
		all[i].cancel()
		<-all[i].ended
		if all[i].err != nil {
			err = &partError{parts[i].name, all[i].err}
		}
	}
	return err
}
