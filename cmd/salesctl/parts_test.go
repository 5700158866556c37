package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// endings notes what ended, in its order.
type endings struct {
	mu    sync.Mutex
	names []string
}

func (e *endings) add(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.names = append(e.names, name)
}

// obedient returns a part that ends with err when it is told to.
func (e *endings) obedient(name string, err error) part {
	return part{name, func(ctx context.Context) error {
		<-ctx.Done()
		e.add(name)
		return err
	}}
}

func TestRunParts(t *testing.T) {
	t.Parallel()
	errDisk, errWant := errors.New("disk"), errors.New("want")
	tests := []struct {
		name  string
		outer error                       // of the part that ends first
		inner func(context.Context) error // of the part that ends last; nil: it obeys
		want  string
		is    error
	}{
		{name: "all obey"},
		{name: "an error while ending", outer: errWant, want: "outer: want", is: errWant},
		{name: "a part that cannot go on", inner: func(context.Context) error { return errDisk }, want: "inner: disk", is: errDisk},
		{name: "its users fail, too", outer: errWant, inner: func(context.Context) error { return errDisk }, want: "inner: disk", is: errDisk},
		{name: "a part that just ends", inner: func(context.Context) error { return nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var ended endings
				ctx, signal := context.WithCancel(t.Context())
				inner, wantOrder := ended.obedient("inner", nil), []string{"outer", "middle", "inner"}
				if tt.inner != nil {
					inner, wantOrder = part{"inner", tt.inner}, []string{"outer", "middle"}
				}
				done := make(chan error)
				go func() {
					done <- runParts(ctx, ended.obedient("outer", tt.outer), ended.obedient("middle", nil), inner)
				}()
				synctest.Wait()
				if tt.inner == nil {
					if ended.names != nil {
						t.Errorf("ended before the signal: %v", ended.names)
					}
					signal()
				}
				err := <-done
				signal()
				if got := errorMessage(err); got != tt.want || !errors.Is(err, tt.is) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				if diff := cmp.Diff(wantOrder, ended.names); diff != "" {
					t.Errorf("order (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestPartsWaitForEachOther has the first part hesitate: the second must not have been told yet.
func TestPartsWaitForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ended endings
		ctx, signal := context.WithCancel(t.Context())
		drained := make(chan struct{})
		slow := part{"slow", func(ctx context.Context) error {
			<-ctx.Done()
			<-drained
			return nil
		}}
		done := make(chan error)
		go func() { done <- runParts(ctx, slow, ended.obedient("needed", nil)) }()
		signal()
		synctest.Wait()
		if slices.Contains(ended.names, "needed") {
			t.Error("a part was ended before the one that relies on it")
		}
		close(drained)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func errorMessage(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
