package model_test

import (
	"sync"
	"testing"
	"time"

	"github.com/salesctl/salesctl/pkg/model"
)

// TestAliasesWhileTheyMove is the promise that a reader sees the old aliases or the new ones, also
// where their files differ in length.
func TestAliasesWhileTheyMove(t *testing.T) {
	t.Parallel()
	r := model.Open(t.TempDir())
	first, second := put(t, r, content(t, 0), noon()), put(t, r, content(t, 1), noon().Add(time.Second))
	if _, err := r.Promote(t.Context(), "sales", first.ID); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if a, err := r.Aliases("sales"); err != nil || a.Champion == "" {
					t.Errorf("Aliases = %+v, %v", a, err)
					return
				}
			}
		})
	}
	for range 20 { // the challenger appears and, promoted, disappears
		for _, id := range []string{second.ID, first.ID} {
			if _, err := r.SetChallenger(t.Context(), "sales", id); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Promote(t.Context(), "sales", id); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(stop)
	readers.Wait()
}
