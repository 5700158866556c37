package sqlitestore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/jobs/sqlitestore"
)

// BenchmarkSubmit has callers submit one job of 300 bytes each at a time, durably.
func BenchmarkSubmit(b *testing.B) {
	for _, callers := range []int{1, 64, 512} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := start(b, b.TempDir(), benchConfig())
			benchSubmit(b, s, callers)
		})
	}
	b.Run("callers=64/jobs=100", func(b *testing.B) {
		s := start(b, b.TempDir(), benchConfig())
		b.ReportAllocs()
		b.SetParallelism(64 / runtime.GOMAXPROCS(0))
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				batch := make([]*jobs.Job, 100)
				for i := range batch {
					batch[i] = benchJob(b)
				}
				if err := s.Submit(b.Context(), batch); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(100*b.N)/b.Elapsed().Seconds(), "jobs/s")
	})
}

// BenchmarkWork submits as BenchmarkSubmit does while two workers take and finish the jobs.
func BenchmarkWork(b *testing.B) {
	for _, callers := range []int{1, 64, 512} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := start(b, b.TempDir(), benchConfig())
			ctx, stop := context.WithCancel(b.Context())
			var workers sync.WaitGroup
			for range 2 {
				workers.Go(func() { work(ctx, b, s) })
			}
			benchSubmit(b, s, callers)
			for stats, err := s.Stats(ctx, ""); stats.Unfinished() > 0 && err == nil; stats, err = s.Stats(ctx, "") {
				runtime.Gosched()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
			stop()
			workers.Wait()
		})
	}
}

func benchConfig() sqlitestore.Config {
	cfg := config()
	cfg.MaxPending = 1 << 30
	return cfg
}

func benchSubmit(b *testing.B, s jobs.Queue, callers int) {
	b.Helper()
	b.ReportAllocs()
	b.SetParallelism(max(1, callers/runtime.GOMAXPROCS(0)))
	var mu sync.Mutex
	var all []time.Duration
	one := make(chan struct{}, callers) // RunParallel has no fewer goroutines than there are cores
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var took []time.Duration
		for pb.Next() {
			one <- struct{}{}
			begun := time.Now()
			if err := s.Submit(b.Context(), []*jobs.Job{benchJob(b)}); err != nil {
				b.Error(err)
			}
			took = append(took, time.Since(begun))
			<-one
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, took...)
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1e3, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1e3, "p99-ms")
	b.ReportMetric(float64(all[len(all)-1].Microseconds())/1e3, "max-ms")
}

func benchJob(b *testing.B) *jobs.Job {
	b.Helper()
	id, err := jobs.NewID()
	if err != nil {
		b.Error(err)
	}
	return &jobs.Job{
		ID: id, Kind: "predict", Payload: bytes.Repeat([]byte{'x'}, 300), State: jobs.Pending, MaxAttempts: 5, Created: time.Now().UTC(),
	}
}

func work(ctx context.Context, b *testing.B, s jobs.Queue) {
	b.Helper()
	result := bytes.Repeat([]byte{'y'}, 150)
	for {
		batch, err := s.Take(ctx, 256)
		if errors.Is(err, context.Canceled) {
			return
		}
		if err != nil {
			b.Error(err)
			return
		}
		for _, j := range batch {
			j.State, j.Result, j.Finished = jobs.Completed, result, time.Now().UTC()
		}
		if err := s.Finish(ctx, batch); err != nil && !errors.Is(err, context.Canceled) {
			b.Error(err)
		}
	}
}
