package model_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/model"
)

// TestAliases makes moves one after another on the versions a, b and c.
func TestAliases(t *testing.T) {
	t.Parallel()
	r := model.Open(t.TempDir())
	id := make(map[string]string)
	letter := make(map[string]string)
	for i, l := range []string{"a", "b", "c"} {
		v := put(t, r, content(t, i), noon().Add(time.Duration(i)*time.Hour))
		id[l], letter[v.ID] = v.ID, l
	}
	steps := []struct {
		do   string
		ref  string
		want model.Aliases
		is   error
	}{
		{do: "rollback", is: model.ErrNotFound},
		{do: "promote", ref: id["a"], want: model.Aliases{Champion: "a"}},
		{do: "rollback", want: model.Aliases{Champion: "a"}, is: model.ErrNotFound},
		{do: "challenge", ref: id["b"], want: model.Aliases{Champion: "a", Challenger: "b"}},
		{do: "promote", ref: "@challenger", want: model.Aliases{Champion: "b", Previous: "a"}},
		{do: "promote", ref: id["b"], want: model.Aliases{Champion: "b", Previous: "a"}},
		{do: "rollback", want: model.Aliases{Champion: "a", Previous: "b"}},
		{do: "rollback", want: model.Aliases{Champion: "b", Previous: "a"}},
		{do: "promote", ref: id["c"][:14], want: model.Aliases{Champion: "c", Previous: "b"}},
		{do: "challenge", ref: "champion", want: model.Aliases{Champion: "c", Challenger: "c", Previous: "b"}},
		{do: "promote", ref: "2025", want: model.Aliases{Champion: "c", Challenger: "c", Previous: "b"}, is: model.ErrNotFound},
		{do: "challenge", ref: "2026", want: model.Aliases{Champion: "c", Challenger: "c", Previous: "b"}, is: model.ErrBadRef},
		{do: "promote", ref: "previous", want: model.Aliases{Champion: "b", Challenger: "c", Previous: "c"}},
	}
	letters := func(a model.Aliases) model.Aliases {
		return model.Aliases{Champion: letter[a.Champion], Challenger: letter[a.Challenger], Previous: letter[a.Previous]}
	}
	for i, step := range steps {
		var moved model.Aliases
		var err error
		switch step.do {
		case "promote":
			moved, err = r.Promote(t.Context(), "sales", step.ref)
		case "challenge":
			moved, err = r.SetChallenger(t.Context(), "sales", step.ref)
		default:
			moved, err = r.Rollback(t.Context(), "sales")
		}
		if !errors.Is(err, step.is) || (err != nil && hint.Of(err) == "") {
			t.Fatalf("step %d, %s %s: %v (hint %q), want %v", i, step.do, step.ref, err, hint.Of(err), step.is)
		}
		stored, readErr := r.Aliases("sales")
		if readErr != nil {
			t.Fatal(readErr)
		}
		if diff := cmp.Diff(step.want, letters(stored)); diff != "" {
			t.Fatalf("step %d, %s %s (-want +got):\n%s", i, step.do, step.ref, diff)
		}
		if err == nil && moved != stored {
			t.Errorf("step %d, %s %s returned %+v, stored %+v", i, step.do, step.ref, moved, stored)
		}
	}
}

// TestAliasesRefuseDamage wants no alias to move to a version that would not load.
func TestPromoteOver(t *testing.T) {
	t.Parallel()
	r := model.Open(t.TempDir())
	a := put(t, r, content(t, 0), noon())
	b := put(t, r, content(t, 1), noon().Add(time.Hour))
	if _, err := r.PromoteOver(t.Context(), "sales", b.ID, a.ID); !errors.Is(err, model.ErrMoved) {
		t.Errorf("over a champion that is none: got %v, want ErrMoved", err)
	}
	if _, err := r.PromoteOver(t.Context(), "sales", a.ID, ""); err != nil {
		t.Error(err)
	}
	if _, err := r.PromoteOver(t.Context(), "sales", b.ID, ""); !errors.Is(err, model.ErrMoved) {
		t.Errorf("over none while there is one: got %v, want ErrMoved", err)
	}
	got, err := r.PromoteOver(t.Context(), "sales", b.ID, a.ID)
	if want := (model.Aliases{Champion: b.ID, Previous: a.ID}); err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestAliasesRefuseDamage(t *testing.T) {
	t.Parallel()
	r, a := published(t)
	b := put(t, r, content(t, 1), noon())
	if _, err := r.Promote(t.Context(), "sales", b.ID); err != nil {
		t.Fatal(err)
	}
	corrupt(t, filepath.Join(a.Dir, "trees.txt"))
	for name, move := range map[string]func() error{
		"promote":   func() error { _, err := r.Promote(t.Context(), "sales", a.ID); return err },
		"rollback":  func() error { _, err := r.Rollback(t.Context(), "sales"); return err },
		"challenge": func() error { _, err := r.SetChallenger(t.Context(), "sales", a.ID); return err },
	} {
		if err := move(); !errors.Is(err, model.ErrDamaged) {
			t.Errorf("%s = %v, want ErrDamaged", name, err)
		}
	}
	got, err := r.Aliases("sales")
	if want := (model.Aliases{Champion: b.ID, Previous: a.ID}); err != nil || got != want {
		t.Errorf("aliases = %+v, %v, want %+v", got, err, want)
	}
}

func TestDamagedAliases(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text string }{
		{"empty", ""},
		{"truncated", `{"champion": "20260102T12`},
		{"no id", `{"champion": "../../etc"}`},
		{"an unknown alias", `{"champoin": "20260102T120000Z-00000000"}`},
		{"an alias twice", `{"champion": "20260102T120000Z-00000000", "champion": "20260102T120000Z-00000001"}`},
		{"no object", `[]`},
		{"too long", strings.Repeat(" ", 1<<16+1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, v := published(t)
			path := filepath.Join(v.Dir, "..", "..", "aliases.json")
			try(t, os.WriteFile(path, []byte(tt.text), 0o600))
			_, loadErr := r.Load("sales", "", model.CheckSums)
			_, listErr := r.List("sales")
			_, moveErr := r.Promote(t.Context(), "sales", v.ID)
			for _, err := range []error{loadErr, listErr, moveErr} {
				e, ok := errors.AsType[*model.BundleError](err)
				if !ok || e.File != "sales/aliases.json" || !errors.Is(err, model.ErrDamaged) || !strings.Contains(hint.Of(err), "delete the file") {
					t.Errorf("got %v (hint %q), want ErrDamaged about sales/aliases.json", err, hint.Of(err))
				}
			}
			if _, err := r.Load("sales", v.ID, model.CheckSums); err != nil {
				t.Errorf("Load by id = %v, want none: it needs no alias", err)
			}
		})
	}
}

// TestLockWaits wants who waits for the lock to stop when told to.
func TestLockWaits(t *testing.T) {
	t.Parallel()
	r, v := published(t)
	f, err := os.Create(filepath.Join(v.Dir, "..", "..", ".lock"))
	try(t, err)
	defer func() { try(t, f.Close()) }()
	try(t, unix.Flock(int(f.Fd()), unix.LOCK_EX))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.Promote(ctx, "sales", v.ID); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Promote while another holds the lock = %v, want context.DeadlineExceeded", err)
	}
	if _, err := r.Put(ctx, "sales", content(t, 1), model.Provenance{}, noon()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Put while another holds the lock = %v, want context.DeadlineExceeded", err)
	}
	if _, err := r.Load("sales", "", model.CheckSums); err != nil {
		t.Errorf("Load = %v: readers take no lock", err)
	}
}
