package model_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/salesctl/salesctl/pkg/model"
)

// role is the variable that makes the test program a process of its own for a test.
const role = "MODEL_TEST_ROLE"

// TestMain runs the tests, or the role that a test gives its child.
func TestMain(m *testing.M) {
	roles := map[string]func(args []string) error{
		"publish":   func(args []string) error { return publishRounds(context.Background(), args[0], args[1]) },
		"full disk": func(args []string) error { return fillDisk(args[0], args[1]) },
		"crash":     func(args []string) error { return crash(args[0]) },
	}
	run, ok := roles[os.Getenv(role)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child returns the test program in a role.
func child(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), role+"="+name)
	return cmd
}

const (
	publishers  = 8 // half of them processes
	rounds      = 20
	commonEvery = 5 // rounds
)

// TestConcurrentPublishers has publishers move the champion while readers load it.
func TestConcurrentPublishers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := model.Open(dir)
	put(t, r, content(t, 0), noon())
	if _, err := r.Promote(t.Context(), "sales", "2"); err != nil {
		t.Fatal(err)
	}

	ended := make(chan error)
	for i := range publishers {
		if i%2 == 0 {
			go func() { ended <- publishRounds(t.Context(), dir, strconv.Itoa(i)) }()
			continue
		}
		cmd := child(t, "publish", dir, strconv.Itoa(i))
		go func() {
			text, err := cmd.CombinedOutput()
			if err != nil {
				err = fmt.Errorf("publisher %d: %w\n%s", i, err, text)
			}
			ended <- err
		}()
	}
	stop := make(chan struct{})
	read := make(chan readerResult)
	for range 2 {
		go func() { read <- readUntil(r, stop) }()
	}
	for range publishers {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	close(stop)
	for range 2 {
		got := <-read
		if got.err != nil {
			t.Error(got.err)
		}
		if got.seen < 2 {
			t.Errorf("a reader saw %d champions in %d reads, want several", got.seen, got.reads)
		}
	}

	versions, err := r.List("sales")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(versions), publishers*rounds+rounds/commonEvery; got != want {
		t.Errorf("%d versions, want %d", got, want)
	}
	for _, v := range versions {
		if _, err := r.Load("sales", v.ID, model.CheckGolden); err != nil {
			t.Error(err)
		}
	}
}

// publishRounds publishes and promotes a version of its own per round, and in some rounds one
// that all publishers have in common.
func publishRounds(ctx context.Context, dir, publisher string) error {
	r := model.Open(dir)
	n, err := strconv.Atoi(publisher)
	if err != nil {
		return err
	}
	common, err := readContent("trees", 0)
	if err != nil {
		return err
	}
	for round := range rounds {
		prov, now := model.Provenance{Host: publisher}, noon().Add(time.Duration(round)*time.Second)
		if round%commonEvery == 0 {
			if _, err := r.Put(ctx, "sales", common, prov, now); err != nil {
				return err
			}
		}
		own, err := readContent("trees", 1+n*rounds+round)
		if err != nil {
			return err
		}
		v, err := r.Put(ctx, "sales", own, prov, now)
		if err != nil {
			return err
		}
		if _, err := r.Promote(ctx, "sales", v.ID); err != nil {
			return err
		}
	}
	return nil
}

type readerResult struct {
	reads, seen int
	err         error
}

const listEvery = 10 // reads

// readUntil loads the champion, and now and then lists the versions, again and again.
func readUntil(r *model.Registry, stop <-chan struct{}) readerResult {
	var got readerResult
	champions := make(map[string]bool)
	for {
		select {
		case <-stop:
			got.seen = len(champions)
			return got
		default:
		}
		b, err := r.Load("sales", "", model.CheckGolden)
		if err == nil && !strings.HasSuffix(b.ID, b.Digest[:8]) {
			err = fmt.Errorf("version %s has digest %s", b.ID, b.Digest)
		}
		if err != nil {
			got.err = err
			return got
		}
		champions[b.ID] = true
		got.reads++
		if got.reads%listEvery != 0 {
			continue
		}
		versions, err := r.List("sales")
		for _, v := range versions {
			err = errors.Join(err, v.Err)
		}
		if err != nil {
			got.err = err
			return got
		}
	}
}

// TestFullDisk limits how large a file of the child may get, which is as near to a full disk as
// every machine allows.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{0, 100, 2000, 8000} { // within each file of the bundle
		t.Run(strconv.Itoa(limit), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			text, err := child(t, "full disk", dir, strconv.Itoa(limit)).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			wantNothing(t, dir)
		})
	}
	t.Run("aliases", func(t *testing.T) {
		t.Parallel()
		r, v := published(t)
		next := put(t, r, content(t, 1), noon())
		dir := filepath.Join(v.Dir, "..", "..", "..")
		before := tree(t, dir)
		text, err := child(t, "full disk", dir, next.ID).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		after := tree(t, dir)
		if len(after) != len(before) {
			t.Errorf("%d files before, %d after", len(before), len(after))
		}
		if b, err := r.Load("sales", "", model.CheckGolden); err != nil || b.ID != v.ID {
			t.Errorf("the champion = %v, %v, want %s", b, err, v.ID)
		}
	})
}

// fillDisk publishes with files limited to what bytes, or promotes the version what with files
// limited to 50 bytes, and wants that to fail.
func fillDisk(dir, what string) error {
	signal.Ignore(unix.SIGXFSZ)
	limit, promote := 50, true
	if n, err := strconv.Atoi(what); err == nil {
		limit, promote = n, false
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: uint64(limit), Max: uint64(limit)}); err != nil {
		return err
	}
	r := model.Open(dir)
	c, err := readContent("trees", 0)
	if err != nil {
		return err
	}
	if promote {
		_, err = r.Promote(context.Background(), "sales", what)
	} else {
		_, err = r.Put(context.Background(), "sales", c, model.Provenance{}, noon())
	}
	if !errors.Is(err, unix.EFBIG) {
		return fmt.Errorf("got %w, want EFBIG", err)
	}
	return nil
}

// TestKilledPublishers kills publishers wherever they are. What was published loads, and the
// next publisher goes on.
func TestKilledPublishers(t *testing.T) {
	t.Parallel()
	r, first := published(t)
	dir := filepath.Join(first.Dir, "..", "..", "..")
	for round := range 10 {
		cmd := child(t, "crash", dir)
		out, err := cmd.StdoutPipe()
		try(t, err)
		try(t, cmd.Start())
		_, err = out.Read(make([]byte, 1)) // it has begun
		try(t, err)
		timer := time.NewTimer(time.Duration(3*round) * time.Millisecond)
		<-timer.C
		try(t, cmd.Process.Kill())
		_ = cmd.Wait() // killed
		versions, err := r.List("sales")
		try(t, err)
		for _, v := range versions {
			if _, err := r.Load("sales", v.ID, model.CheckGolden); err != nil {
				t.Error(err)
			}
		}
	}
	put(t, r, content(t, 999), noon().AddDate(1, 0, 0))
	got := tree(t, filepath.Join(dir, "sales"))
	for path := range got {
		if strings.Contains(path, ".incoming") {
			t.Errorf("left behind: %s", path)
		}
	}
}

// crash publishes and promotes until it is killed.
func crash(dir string) error {
	r := model.Open(dir)
	for variant := 1; ; variant++ {
		c, err := readContent("trees", variant)
		if err != nil {
			return err
		}
		if variant == 1 {
			fmt.Println("begun")
		}
		now := noon().Add(time.Duration(variant) * time.Second)
		v, err := r.Put(context.Background(), "sales", c, model.Provenance{}, now)
		if err != nil {
			return err
		}
		if _, err := r.Promote(context.Background(), "sales", v.ID); err != nil {
			return err
		}
	}
}
