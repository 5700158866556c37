package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/jobs/sqlitestore"
	"github.com/salesctl/salesctl/pkg/serve"
)

// jobsConfig says where jobs are kept, and how many may be.
type jobsConfig struct {
	Dir         string                 `mapstructure:"dir"`          // default var/jobs
	Workers     int                    `mapstructure:"workers"`      // default 2
	Durability  sqlitestore.Durability `mapstructure:"durability"`   // default full
	MaxAttempts int                    `mapstructure:"max_attempts"` // default 5
	WriteQueue  int                    `mapstructure:"write_queue"`  // calls; default 8192
	MaxPending  int                    `mapstructure:"max_pending"`  // jobs; default 1,000,000
}

func defaultJobs() jobsConfig {
	store := sqlitestore.Default()
	return jobsConfig{
		Dir: "var/jobs", Workers: jobs.DefaultRunner().Workers, Durability: store.Durability,
		MaxAttempts: serve.Default().MaxAttempts, WriteQueue: store.WriteQueue, MaxPending: store.MaxPending,
	}
}

// Validate reports every value that cannot be used.
func (j jobsConfig) Validate() error {
	var errs []error
	if j.Dir == "" {
		errs = append(errs, errors.New("dir: no directory"))
	}
	if j.Workers < 1 || j.Workers > jobs.MaxWorkers {
		errs = append(errs, fmt.Errorf("workers: %d, want 1 to %d", j.Workers, jobs.MaxWorkers))
	}
	if j.MaxAttempts < 1 {
		errs = append(errs, fmt.Errorf("max_attempts: %d, want at least 1", j.MaxAttempts))
	}
	errs = append(errs,
		oneOf("durability", string(j.Durability), string(sqlitestore.Full), string(sqlitestore.Process)),
		j.store().Config.Validate())
	return errors.Join(errs...)
}

// store returns how jobs are kept, without the clock.
func (j jobsConfig) store() sqlitestore.Config {
	c := sqlitestore.Default()
	c.Durability, c.WriteQueue, c.MaxPending = j.Durability, j.WriteQueue, j.MaxPending
	return c
}

// serveConfig says where the server listens and how it ends.
type serveConfig struct {
	Addr  string        `mapstructure:"addr"`  // HOST:PORT; default 127.0.0.1:5000
	Grace time.Duration `mapstructure:"grace"` // default 1 s
}

func defaultServe() serveConfig {
	return serveConfig{Addr: "127.0.0.1:5000", Grace: serve.Default().Grace}
}

// Validate reports every value that cannot be used.
func (s serveConfig) Validate() error {
	var errs []error
	if err := checkAddr(s.Addr); err != nil {
		errs = append(errs, fmt.Errorf("addr: %w", err))
	}
	if s.Grace < 0 {
		errs = append(errs, fmt.Errorf("grace: %s is less than nothing", durationText(s.Grace)))
	}
	return errors.Join(errs...)
}

// checkAddr reports why addr is not HOST:PORT. The host may be empty: all interfaces.
func checkAddr(addr string) error {
	const form = "write HOST:PORT, as 127.0.0.1:5000, [::1]:5000 or :5000 for every interface"
	_, port, err := net.SplitHostPort(addr)
	if err != nil || strings.ContainsAny(addr, " \t\n") {
		return hint.Wrap(fmt.Errorf("%q is not HOST:PORT", addr), form)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return hint.Wrap(fmt.Errorf("port %q is not a number from 0 to 65535", port), form)
	}
	return nil
}
