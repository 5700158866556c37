package sqlitestore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/jobs/sqlitestore"
)

// used makes a directory with a database of n jobs and returns its path.
func used(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	s := start(t, dir, config())
	var batch []*jobs.Job
	for range n {
		j, err := newJob(300)
		if err != nil {
			t.Fatal(err)
		}
		batch = append(batch, j)
	}
	if err := s.Submit(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// change changes the bytes of a file.
func change(edit func(data []byte) []byte) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		path := filepath.Join(dir, "jobs.db")
		data, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, edit(data), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// query runs a statement in the database.
func query(text string) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		db, err := sql.Open("sqlite", filepath.Join(dir, "jobs.db"))
		if err == nil {
			_, err = db.ExecContext(t.Context(), text)
		}
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRefused opens what must not be opened. It stays what it is.
func TestRefused(t *testing.T) {
	t.Parallel()
	const page = 4096
	tests := []struct {
		name string
		edit func(t *testing.T, dir string)
		want error
	}{
		{"an empty file", change(func([]byte) []byte { return nil }), sqlitestore.ErrDamaged},
		{"a text", change(func([]byte) []byte { return []byte("jobs are kept elsewhere\n") }), sqlitestore.ErrDamaged},
		{"a long text", change(func([]byte) []byte { return make([]byte, 10*page) }), sqlitestore.ErrDamaged},
		{"a header of which a bit fell", change(func(data []byte) []byte { data[3] ^= 4; return data }), sqlitestore.ErrDamaged},
		{"cut off", change(func(data []byte) []byte { return data[:len(data)-20*page] }), sqlitestore.ErrDamaged},
		{"cut off within a page", change(func(data []byte) []byte { return data[:len(data)-page/2] }), sqlitestore.ErrDamaged},
		{"a page overwritten", change(func(data []byte) []byte { copy(data[len(data)/2:], make([]byte, page)); return data }), sqlitestore.ErrDamaged},
		{"the schema overwritten", change(func(data []byte) []byte { copy(data[200:], make([]byte, page-200)); return data }), sqlitestore.ErrDamaged},
		{"another program's database", query("PRAGMA application_id = 7"), sqlitestore.ErrForeign},
		{"a newer release's database", query("INSERT INTO schema_version VALUES (1000, 0)"), sqlitestore.ErrForeign},
		{"no version", query("DELETE FROM schema_version"), sqlitestore.ErrDamaged},
		{"a table gone", query("DROP TABLE totals"), sqlitestore.ErrDamaged},
		{"a column gone", query("ALTER TABLE jobs DROP COLUMN model"), sqlitestore.ErrDamaged},
		{"an index gone", query("DROP INDEX ready"), sqlitestore.ErrDamaged},
		{"a log without its database", func(t *testing.T, dir string) {
			t.Helper()
			if err := os.Rename(filepath.Join(dir, "jobs.db"), filepath.Join(dir, "jobs.db-wal")); err != nil {
				t.Fatal(err)
			}
		}, sqlitestore.ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := used(t, 500)
			tt.edit(t, dir)
			before := files(t, dir)
			s, err := sqlitestore.Open(t.Context(), dir, config())
			if err == nil {
				_ = s.Close()
			}
			if !errors.Is(err, tt.want) || hint.Of(err) == "" {
				t.Errorf("Open: %v (hint %q), want %v with a hint", err, hint.Of(err), tt.want)
			}
			if diff := cmp.Diff(before, files(t, dir)); diff != "" {
				t.Errorf("files (-before +after):\n%s", diff)
			}
		})
	}
}

// TestRefusedWithLog is a database that is damaged, and a log that a crash left beside it.
func TestRefusedWithLog(t *testing.T) {
	t.Parallel()
	dir := used(t, 500)
	crashed := t.TempDir()
	s := start(t, dir, config())
	j, err := newJob(300)
	if err == nil {
		err = s.Submit(t.Context(), []*jobs.Job{j})
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"jobs.db", "jobs.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(crashed, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	change(func(data []byte) []byte { copy(data[len(data)/2:], make([]byte, 4096)); return data })(t, crashed)
	before := files(t, crashed)
	if len(before["jobs.db-wal"]) == 0 {
		t.Fatal("there is no log")
	}
	if _, err := sqlitestore.Open(t.Context(), crashed, config()); !errors.Is(err, sqlitestore.ErrDamaged) {
		t.Errorf("Open: %v, want ErrDamaged", err)
	}
	if diff := cmp.Diff(before, files(t, crashed)); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
}

// files returns the content of the files in a directory that hold anything worth keeping.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 0 && e.Name() != "jobs.lock" && e.Name() != "jobs.db-shm" {
			found[e.Name()] = string(data)
		}
	}
	return found
}

// TestNoDirectory opens where no directory can be, or none that may be written.
func TestNoDirectory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o555); err != nil {
		t.Fatal(err)
	}
	readable := used(t, 1) // whose database this user may only read
	for name, mode := range map[string]os.FileMode{"..": 0o755, ".": 0o777, "jobs.db": 0o444, "jobs.lock": 0o666} {
		if err := os.Chmod(filepath.Join(readable, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{file, filepath.Join(file, "jobs"), closed, filepath.Join(closed, "a", "b"), readable} {
		s, err := openUnprivileged(t, dir)
		if err == nil {
			_ = s.Close()
		}
		if err == nil || hint.Of(err) == "" {
			t.Errorf("Open %s: %v (hint %q), want an error with a hint", dir, err, hint.Of(err))
		}
		if dir == readable && !strings.Contains(fmt.Sprint(err), "jobs.db: permission denied") {
			t.Errorf("Open with a database that may only be read: %v", err)
		}
	}
}

// openUnprivileged opens as a user whom permissions bind, which root is not.
func openUnprivileged(t *testing.T, dir string) (*sqlitestore.Store, error) {
	t.Helper()
	if os.Getuid() == 0 {
		runtime.LockOSThread() // which ends with the goroutine when it is not unlocked
		defer runtime.UnlockOSThread()
		const nobody = 65534
		if err := unix.Setfsuid(nobody); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := unix.Setfsuid(0); err != nil {
				t.Error(err)
			}
		}()
	}
	return sqlitestore.Open(t.Context(), dir, config())
}

// TestLocked opens a directory that this process holds already.
func TestLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, dir, config())
	_, err := sqlitestore.Open(t.Context(), dir, config())
	got, ok := errors.AsType[*sqlitestore.LockedError](err)
	if !ok || hint.Of(err) == "" {
		t.Fatalf("Open: %v (hint %q), want a LockedError with a hint", err, hint.Of(err))
	}
	if got.PID != os.Getpid() || got.Dir != dir || time.Since(got.Since) > time.Minute {
		t.Errorf("held by %d since %v in %s", got.PID, got.Since, got.Dir)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	start(t, dir, config())
}

// TestCrashWhileCreating leaves behind what a crash of Open does.
func TestCrashWhileCreating(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"jobs.db.new", "jobs.db.new-wal", "jobs.db.new-shm"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := start(t, dir, config())
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for name := range files(t, dir) {
		got = append(got, name)
	}
	if want := []string{"jobs.db"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
}

// TestOddPath opens directories with names that mean something in a URL.
func TestOddPath(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b", "what?mode=memory", "100%", "#1", "ü", "a&b=c;d"} {
		dir := filepath.Join(t.TempDir(), name)
		s := start(t, dir, config())
		if err := s.Probe(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "jobs.db")); err != nil {
			t.Error(err)
		}
	}
}

// TestConfig refuses what cannot work, each by its name.
func TestConfig(t *testing.T) {
	t.Parallel()
	if err := config().Validate(); err != nil {
		t.Errorf("the default with a clock: %v", err)
	}
	cfg := config()
	cfg.Durability, cfg.MaxPending, cfg.Now = "none", 0, nil
	err := cfg.Validate()
	want := "max_pending: at least 1 job\ndurability: \"none\", want full or process\na job storage needs a clock"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := sqlitestore.Open(context.Background(), t.TempDir(), cfg); err == nil {
		t.Error("Open took it")
	}
}
