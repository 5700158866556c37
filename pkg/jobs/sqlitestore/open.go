package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/jobs"
)

// Open makes this process the owner of the job directory dir, which it makes if need be, and
// reads what is needed to go on: the totals, the delayed jobs and the most urgent others. A
// directory that has an owner is a *LockedError, at once. A database that is not whole or not
// ours is refused with ErrDamaged or ErrForeign, and left as it is.
func Open(ctx context.Context, dir string, cfg Config) (*Store, error) {
	return openWindow(ctx, dir, cfg, window{size: 100_000, bytes: 64 << 20, low: 10_000, chunk: 2_000})
}

func openWindow(ctx context.Context, dir string, cfg Config, size window) (*Store, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := makeDir(dir); err != nil {
		// Hidden, since a parent that does not exist is no job directory that was not found.
		return nil, hint.Wrap(errors.New("make the job directory: "+err.Error()), "give a job directory that can be made and written")
	}
	lock, err := lockDir(dir, cfg.Now())
	if err != nil {
		return nil, err
	}
	stopped := make(chan struct{})
	s := &Store{
		cfg: cfg, lock: lock, dispatch: jobs.NewDispatch(cfg.Now),
		totals: &totals{rows: make(map[string]jobs.Stats)}, calls: make(chan *call, cfg.WriteQueue),
		stopped: stopped, stop: sync.OnceFunc(func() { close(stopped) }),
	}
	if err := s.open(ctx, dir, size); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", filepath.Join(dir, dataFile), asDamage(err)), lock.Close())
	}
	return s, nil
}

// open opens the database of a directory that this process owns.
func (s *Store) open(ctx context.Context, dir string, size window) error {
	found, err := inspect(dir)
	if err == nil && !found {
		err = create(ctx, dir, s.cfg.Now())
	}
	if err != nil {
		return err
	}
	path := filepath.Join(dir, dataFile)
	version, err := examine(ctx, path)
	if err != nil {
		return err
	}
	if s.db, err = openDatabase(ctx, path, s.cfg.Durability); err != nil {
		return err
	}
	if err := s.prepare(ctx, version, size); err != nil {
		return errors.Join(err, s.db.close())
	}
	if err := s.writer.log.inherit(ctx, filepath.Join(dir, walFile)); err != nil {
		return errors.Join(err, s.writer.close(), s.db.close())
	}
	if err := s.load(ctx); err != nil {
		return errors.Join(err, s.writer.close(), s.db.close())
	}
	return nil
}

// prepare migrates the database and prepares what is asked of it.
func (s *Store) prepare(ctx context.Context, version int, size window) (err error) {
	if err := migrate(ctx, s.db.write, version, s.cfg.Now()); err != nil {
		return err
	}
	if s.reader, err = newReader(ctx, s.db.read); err != nil {
		return err
	}
	s.writer, err = newWriter(ctx, s.db, size)
	return err
}

// load fills memory from the database.
func (s *Store) load(ctx context.Context) error {
	if err := s.totals.load(ctx, s.db.write); err != nil {
		return fmt.Errorf("read the totals: %w", err)
	}
	w := s.writer
	var newest []byte
	if err := s.db.write.QueryRowContext(ctx, "SELECT max(id) FROM jobs").Scan(&newest); err != nil {
		return fmt.Errorf("read the newest id: %w", err)
	}
	copy(w.newest[:], newest)
	delayed, err := scanAll(each(w.delayed.QueryContext(ctx)))
	if err != nil {
		return fmt.Errorf("read the delayed jobs: %w", err)
	}
	w.mark(delayed)
	s.dispatch.Add(delayed...)
	pending := s.totals.pending()
	s.unfinished.Store(int64(pending))
	w.window.spilled = pending - len(delayed)
	return w.refill(ctx, s.dispatch)
}
