package model

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"time"

	"golang.org/x/sys/unix"
)

const (
	lockFile  = ".lock"
	lockRetry = 5 * time.Millisecond
	tempFile  = ".tmp" // ending of a file that will replace another
)

// lock takes the lock of a model, which a crash of its holder releases, and returns what
// releases it. It waits until ctx ends.
func lock(ctx context.Context, root *os.Root, name string) (unlock func(), err error) {
	f, err := root.OpenFile(path.Join(name, lockFile), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	retry := time.NewTicker(lockRetry)
	defer retry.Stop()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return func() { _ = f.Close() }, nil // nothing was written
		case !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR):
			return nil, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), err), f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), ctx.Err()), f.Close())
		case <-retry.C:
		}
	}
}

// writeFile makes a file that is on the disk when writeFile returns nil.
func writeFile(root *os.Root, name string, data []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// replaceFile replaces a file, or makes it: readers see the old bytes or the new ones. The
// caller holds the lock, so that a temporary file is left from a crash.
func replaceFile(root *os.Root, name string, data []byte) error {
	temp := name + tempFile
	if err := root.RemoveAll(temp); err != nil {
		return err
	}
	err := writeFile(root, temp, data)
	if err == nil {
		err = root.Rename(temp, name)
	}
	if err != nil {
		return errors.Join(err, root.RemoveAll(temp))
	}
	return syncDir(root, path.Dir(name))
}

// syncDir puts the names in a directory on the disk.
func syncDir(root *os.Root, name string) error {
	dir, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
