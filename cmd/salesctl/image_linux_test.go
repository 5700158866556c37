package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// imageUser is the user and group of the image.
const imageUser = 65532

// TestImageRoot runs the command line of the Dockerfile in what image-root puts together, as the
// image's user, with no other file and no environment in sight.
func TestImageRoot(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "root")
	build := exec.CommandContext(t.Context(), "make", "-C", filepath.Join("..", ".."), "image-root", "IMAGE="+root)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if diff := cmp.Diff([]string{"jobs", "models", "salesctl"}, names); diff != "" {
		t.Fatalf("the image's root (-want +got):\n%s", diff)
	}
	models, _ := trainContractModels(t)
	if err := os.RemoveAll(filepath.Join(root, "models")); err != nil { // what the developer has trained
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(root, "models"), os.DirFS(models)); err != nil {
		t.Fatal(err)
	}

	command := dockerCommand(t)
	addr := slices.Index(command, "--addr") + 1
	if addr == 0 {
		t.Fatalf("the image's command has no --addr: %q", command)
	}
	command[addr] = "127.0.0.1:0"
	c := newChild(t, nil, command[1:]...)
	c.Path, c.Args = command[0], command
	c.Dir, c.Env = "/", []string{}
	c.SysProcAttr = confine(t, root)
	s := startServer(t, c)
	contract(t, s.url)
	s.stop(t)
}

// confine returns what makes a process see root as /, as the image's user. Root may change its
// user; anybody else gets a namespace in which they are that user.
func confine(t *testing.T, root string) *syscall.SysProcAttr {
	t.Helper()
	if uid := os.Getuid(); uid != 0 {
		return &syscall.SysProcAttr{
			Chroot:      root,
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: imageUser, HostID: uid, Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: imageUser, HostID: os.Getgid(), Size: 1}},
		}
	}
	// As COPY --chown does.
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		return os.Lchown(path, imageUser, imageUser)
	})
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: imageUser, Gid: imageUser}}
}
