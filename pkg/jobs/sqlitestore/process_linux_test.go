package sqlitestore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/jobs/sqlitestore"
)

// role is the variable that makes the test program a process of its own for a test.
const role = "SQLITESTORE_TEST_ROLE"

// TestMain runs the tests, or the role that a test gives its child.
func TestMain(m *testing.M) {
	roles := map[string]func(dir string) error{
		"work":         workUntilKilled,
		"full disk":    fillDisk,
		"broken fsync": breakFsync,
		"hold":         hold,
	}
	run, ok := roles[os.Getenv(role)]
	if !ok {
		goleak.VerifyTestMain(m)
		return
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child returns the test program in a role.
func child(t *testing.T, name, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], dir)
	cmd.Env = append(os.Environ(), role+"="+name)
	return cmd
}

// open opens and runs a store in a child.
func open(dir string) (s *sqlitestore.Store, ended <-chan error, stop func(), err error) {
	if s, err = sqlitestore.Open(context.Background(), dir, config()); err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	end := make(chan error, 1)
	go func() { end <- s.Run(ctx) }()
	return s, end, cancel, nil
}

// newJob returns a job with a payload of that many bytes.
func newJob(payload int) (*jobs.Job, error) {
	id, err := jobs.NewID()
	return &jobs.Job{
		ID: id, Tenant: "t", Kind: "test", Payload: make([]byte, payload), State: jobs.Pending, MaxAttempts: 5,
		Created: time.Now().UTC().Truncate(time.Microsecond),
	}, err
}

// TestKill kills a process that accepts and finishes jobs, again and again. Afterwards every job
// whose acceptance it had acknowledged is there, and every one whose end it had is final.
func TestKill(t *testing.T) {
	t.Parallel()
	const cycles, enough = 5, 400 // acknowledgements before each kill
	dir := t.TempDir()
	accepted, ended := make(map[string]bool), make(map[string]bool)
	for range cycles {
		cmd := child(t, "work", dir)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			what, id, ok := strings.Cut(lines.Text(), " ")
			if !ok || len(id) != 36 {
				continue // cut off by the kill
			}
			map[string]map[string]bool{"accepted": accepted, "ended": ended}[what][id] = true
			if n == enough {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil || stderr.Len() > 0 {
			t.Fatalf("the child was not killed: %v\n%s", err, stderr.String())
		}
	}
	if len(ended) == 0 || len(ended) == len(accepted) {
		t.Errorf("%d of %d jobs had ended: the kills met nothing", len(ended), len(accepted))
	}
	s := start(t, dir, config())
	for id := range accepted {
		parsed, err := jobs.ParseID(id)
		if err != nil {
			t.Fatal(err)
		}
		j, err := s.Get(t.Context(), "t", parsed)
		if err != nil {
			t.Errorf("lost: job %s: %v", id, err)
			continue
		}
		if ended[id] && (j.State != jobs.Completed || string(j.Result) != id) {
			t.Errorf("lost: the end of job %s, which is %v", id, j.State)
		}
	}
	wantTotals(t, s)
	finishAll(t, s)
}

// workUntilKilled submits by 16 goroutines and finishes by two, and prints what was acknowledged.
func workUntilKilled(dir string) error {
	s, ended, _, err := open(dir)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	say := func(what string, batch []*jobs.Job) {
		mu.Lock()
		defer mu.Unlock()
		for _, j := range batch {
			fmt.Println(what, j.ID)
		}
	}
	ctx := context.Background()
	for range 16 {
		go func() {
			for {
				j, err := newJob(300)
				if err == nil {
					err = s.Submit(ctx, []*jobs.Job{j})
				}
				if err != nil {
					panic(err)
				}
				say("accepted", []*jobs.Job{j})
			}
		}()
	}
	for range 2 {
		go func() {
			for {
				batch, err := s.Take(ctx, 10)
				for _, j := range batch {
					j.State, j.Result, j.Finished = jobs.Completed, []byte(j.ID.String()), time.Now().UTC()
				}
				if err == nil {
					err = s.Finish(ctx, batch)
				}
				if err != nil {
					panic(err)
				}
				say("ended", batch)
			}
		}()
	}
	return <-ended
}

// TestFullDisk has a child meet a disk without room, which then has room again. The limit on the
// size of a file is as near to that as every machine allows.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := child(t, "full disk", dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, stderr.String())
	}
	s := start(t, dir, config())
	accepted := strings.Fields(string(out))
	for _, id := range accepted {
		parsed, err := jobs.ParseID(id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), "t", parsed); err != nil {
			t.Errorf("lost: job %s: %v", id, err)
		}
	}
	stats, err := s.Stats(t.Context(), "t")
	if err != nil || stats.Total() != len(accepted) {
		t.Errorf("%d jobs, %v, want the %d that were acknowledged", stats.Total(), err, len(accepted))
	}
	wantTotals(t, s)
	finishAll(t, s)
}

func fillDisk(dir string) error {
	signal.Ignore(unix.SIGXFSZ)
	s, ended, stop, err := open(dir)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := submitSome(ctx, s, 3); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(dir, "jobs.db-wal"))
	if err != nil {
		return err
	}
	limit := func(bytes uint64) error {
		return unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY})
	}
	for _, room := range []int64{0, 10_000, 100_000} {
		if err := limit(uint64(info.Size() + room)); err != nil {
			return err
		}
		if err := submitSome(ctx, s, 1000); !errors.Is(err, jobs.ErrStorage) {
			return fmt.Errorf("submit to a full disk: %w, want ErrStorage", err)
		}
		if err := limit(0); err != nil { // a log that begins anew has room again
			return err
		}
		if err := s.Probe(ctx); !errors.Is(err, jobs.ErrStorage) {
			return fmt.Errorf("probe a full disk: %w, want ErrStorage", err)
		}
		if err := limit(unix.RLIM_INFINITY); err != nil {
			return err
		}
		if err := s.Probe(ctx); err != nil {
			return fmt.Errorf("probe a disk with room: %w", err)
		}
		if err := submitSome(ctx, s, 3); err != nil {
			return fmt.Errorf("submit to a disk with room: %w", err)
		}
	}
	stop()
	return errors.Join(<-ended, s.Close())
}

// submitSome submits n jobs, one by one, and prints those that were acknowledged.
func submitSome(ctx context.Context, s jobs.Queue, n int) error {
	for range n {
		j, err := newJob(2000)
		if err != nil {
			return err
		}
		if err := s.Submit(ctx, []*jobs.Job{j}); err != nil {
			return err
		}
		fmt.Println(j.ID)
	}
	return nil
}

// TestBrokenFsync has every fsync of a child fail from some time on: the write is not
// acknowledged, and Run ends instead of trying again.
func TestBrokenFsync(t *testing.T) {
	t.Parallel()
	if out, err := child(t, "broken fsync", t.TempDir()).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func breakFsync(dir string) error {
	s, ended, _, err := open(dir)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := submitSome(ctx, s, 3); err != nil {
		return err
	}
	if err := refuseFsync(); err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	if err := submitSome(ctx, s, 1); !errors.Is(err, jobs.ErrStorage) {
		return fmt.Errorf("submit without fsync: %w, want ErrStorage", err)
	}
	if err := <-ended; err == nil {
		return errors.New("Run did not end with an error")
	}
	if err := submitSome(ctx, s, 1); !errors.Is(err, jobs.ErrClosed) {
		return fmt.Errorf("submit after that: %w, want ErrClosed", err)
	}
	return nil
}

// refuseFsync makes fsync and fdatasync fail by EIO in all threads of this process, for good.
func refuseFsync() error {
	const number = 0 // offset of the number of a system call in what the filter sees
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: number},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_FSYNC, Jt: 1},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_FDATASYNC, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EIO)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return errno
	}
	return nil
}

// TestOwner starts 20 processes at once in one directory: one owns it, and the others say so.
func TestOwner(t *testing.T) {
	t.Parallel()
	const starts = 20
	dir := t.TempDir()
	var owners, refused int
	var commands []*exec.Cmd
	lines := make(chan string, starts)
	for range starts {
		cmd := child(t, "hold", dir)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = in.Close() }) // closed by the end of the child
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		commands = append(commands, cmd)
		go func() {
			line, err := bufio.NewReader(out).ReadString('\n')
			lines <- fmt.Sprintf("%d %s %v", cmd.Process.Pid, line, err)
		}()
	}
	for range starts {
		switch line := <-lines; {
		case strings.Contains(line, "owner"):
			owners++
		case strings.Contains(line, "held by"):
			refused++
		default:
			t.Error(line)
		}
	}
	if owners != 1 || refused != starts-1 {
		t.Errorf("%d own the directory and %d are refused, want 1 and %d", owners, refused, starts-1)
	}
	for _, cmd := range commands {
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		_ = cmd.Wait() // killed
	}
	start(t, dir, config()) // the lock died with its process
}

// hold opens a directory and waits to be killed, or says who has it.
func hold(dir string) error {
	_, err := sqlitestore.Open(context.Background(), dir, config())
	if locked, ok := errors.AsType[*sqlitestore.LockedError](err); ok {
		fmt.Println(locked)
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Println("owner", os.Getpid())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
