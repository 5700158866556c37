package sqlitestore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/salesctl/salesctl/internal/hint"
)

// lockFile is locked by the process that owns the directory, and says which one that is.
const lockFile = "jobs.lock"

// LockedError says that another process, or another Store of this one, owns the directory.
type LockedError struct {
	Dir   string
	PID   int       // 0 when the owner has not written it
	Since time.Time // when the owner took it
}

// Error names the directory and its owner.
func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("job directory %s is held by another process", e.Dir)
	}
	return fmt.Sprintf("job directory %s is held by process %d since %s", e.Dir, e.PID, e.Since.Format(time.RFC3339))
}

// lockDir makes this process the owner of dir, or says who is. The lock ends with the process;
// the file stays.
func lockDir(dir string, now time.Time) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, hint.Wrap(err, "give a job directory in which this user may write")
	}
	err = flock(f)
	switch {
	case errors.Is(err, unix.EWOULDBLOCK):
		err = hint.Wrap(owner(dir, f), "stop that process, or give this one another job directory")
	case err != nil:
		err = fmt.Errorf("lock %s: %w", f.Name(), err)
	default:
		err = sign(f, now)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func flock(f *os.File) error {
	for {
		if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// sign writes who holds the lock. The file is for people and for owner: on a full disk it stays
// empty, which harms nothing.
func sign(f *os.File, now time.Time) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(f, "%d %s\n", os.Getpid(), now.UTC().Format(time.RFC3339))
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return nil
	}
	return err
}

// owner returns what the owner wrote into the lock file.
func owner(dir string, f *os.File) *LockedError {
	held := &LockedError{Dir: dir}
	text, err := io.ReadAll(io.LimitReader(f, 100))
	if err != nil {
		return held
	}
	var pid int
	var since string
	if _, err := fmt.Sscan(string(text), &pid, &since); err != nil {
		return held
	}
	if t, err := time.Parse(time.RFC3339, since); err == nil {
		held.PID, held.Since = pid, t
	}
	return held
}
