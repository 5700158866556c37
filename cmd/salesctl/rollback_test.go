package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/salesctl/salesctl/pkg/model"
)

// swapLimit is how long after an alias moved a server may answer from the version before.
const swapLimit = raceFactor * time.Second

// TestRollbackBesideServer moves the champion to and fro beside a server that 8 clients use.
func TestRollbackBesideServer(t *testing.T) {
	t.Parallel()
	models, a := trainTwice(t)
	s := startServer(t, newServer(t, models, filepath.Join(t.TempDir(), "jobs")))
	w := newWitness(t, s.url, a.Champion)
	for range 6 {
		took := w.move(t, s, func() string {
			c := newChild(t, nil, "model", "rollback", "--models", models, "-o", "json")
			if err := c.Run(); err != nil {
				t.Fatalf("model rollback: %v\n%s", err, c.stderr.String())
			}
			var moved model.Aliases
			if err := json.Unmarshal([]byte(c.stdout.String()), &moved); err != nil {
				t.Fatal(err)
			}
			return moved.Champion
		})
		t.Logf("answers name the other version %v after the command", took.Round(time.Millisecond))
	}
	t.Logf("%d answers, none failed", w.stop(t))
	s.stop(t)
}

// TestDamagedVersionIsRefused moves the champion by hand to a version with a changed byte. The
// version before keeps answering.
func TestDamagedVersionIsRefused(t *testing.T) {
	t.Parallel()
	models, a := trainTwice(t)
	s := startServer(t, newServer(t, models, filepath.Join(t.TempDir(), "jobs")))
	w := newWitness(t, s.url, a.Champion)
	trees := filepath.Join(models, "sales", "versions", a.Previous, "trees.txt")
	sound, err := os.ReadFile(trees)
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(sound)
	damaged[len(damaged)/2] ^= 1
	replaceFile(t, trees, damaged)
	moveChampion(t, models, a.Previous)

	client := newAPI(t, s.url)
	status := func() string { return client.call(t, http.StatusOK, http.MethodGet, "/status", "").text }
	s.await(t, "/status to name the refused version", func() bool { return strings.Contains(status(), a.Previous) })
	for range 20 { // the version before answers
		got := client.call(t, http.StatusOK, http.MethodPost, "/predict", goodRequest, "Prefer", "wait=10").body
		if result, _ := got["result"].(object); result["model_version"] != a.Champion {
			t.Fatalf("a damaged version was promoted, and the answer is %v", got)
		}
	}
	if code := statusCode(s.url + "/readyz"); code != http.StatusOK {
		t.Errorf("/readyz is %d while the version before answers", code)
	}
	if lines := strings.Count(s.stderr.String(), `"message":"model refused"`); lines != 1 {
		t.Errorf("the refusal is logged %d times, want once; stderr:\n%s", lines, lastLines(s.stderr.String()))
	}

	// The alias back, then the version mended and promoted again.
	moveChampion(t, models, a.Champion)
	s.await(t, "/status to name it no more", func() bool { return !strings.Contains(status(), a.Previous) })
	replaceFile(t, trees, sound)
	w.move(t, s, func() string {
		moveChampion(t, models, a.Previous)
		return a.Previous
	})
	w.stop(t)
	s.stop(t)
}

// trainTwice returns a registry whose model has a champion and a previous version.
func trainTwice(t *testing.T) (models string, a model.Aliases) {
	t.Helper()
	models, sales := trainContractModels(t)
	salesctl(t, "train", sales, "--models", models, "--set", "lightgbm.num_iterations=10", "--set", "registry.promote=always")
	a, err := model.Open(models).Aliases("sales")
	if err != nil {
		t.Fatal(err)
	}
	if a.Champion == "" || a.Previous == "" {
		t.Fatalf("aliases %+v, want a champion and a previous version", a)
	}
	return models, a
}

// moveChampion writes aliases.json without the checks that promote makes.
func moveChampion(t *testing.T, models, version string) {
	t.Helper()
	replaceFile(t, filepath.Join(models, "sales", "aliases.json"), fmt.Appendf(nil, `{"champion": %q}`, version))
}

// replaceFile puts a new file in the place of the old one, so that no reader sees half of it.
func replaceFile(t *testing.T, path string, data []byte) {
	t.Helper()
	next := path + ".next"
	if err := os.WriteFile(next, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, path); err != nil {
		t.Fatal(err)
	}
}

// witness is 8 clients that use a server without a pause and judge its answers.
type witness struct {
	halt func()

	mu      sync.Mutex
	answers int
	faults  []string
	moving  time.Time            // when the last move of the alias began
	seen    map[string]time.Time // when each version first answered a request sent after that
	want    string               // the version that must answer; "" while the alias moves
	since   time.Time            // the requests that it must answer are sent after this
}

func newWitness(t *testing.T, url, version string) *witness {
	t.Helper()
	w := &witness{want: version, seen: map[string]time.Time{}}
	a := newAPI(t, url)
	done := make(chan struct{})
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					w.ask(a)
				}
			}
		})
	}
	w.halt = sync.OnceFunc(func() { close(done); clients.Wait() })
	t.Cleanup(w.halt)
	return w
}

// ask sends one request and judges the answer.
func (w *witness) ask(a *api) {
	sent := time.Now()
	got, err := a.send(http.MethodPost, "/predict", goodRequest, "Prefer", "wait=10")
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers++
	if err != nil {
		w.faults = append(w.faults, err.Error())
		return
	}
	result, _ := got.body["result"].(object)
	version, _ := result["model_version"].(string)
	switch _, known := w.seen[version]; {
	case got.code != http.StatusOK || version == "":
		w.faults = append(w.faults, fmt.Sprintf("%d %s", got.code, got.text))
		return
	case w.want != "" && version != w.want && sent.After(w.since):
		w.faults = append(w.faults, fmt.Sprintf("version %s answered a request sent %v too late", version, sent.Sub(w.since)))
	case !known && sent.After(w.moving):
		w.seen[version] = time.Now()
	}
}

// move runs a function that makes another version the champion, waits until that answers and
// returns how long it took. From swapLimit on, no other version may answer.
func (w *witness) move(t *testing.T, s *server, promote func() (version string)) time.Duration {
	t.Helper()
	w.mu.Lock()
	w.want, w.moving = "", time.Now()
	clear(w.seen)
	w.mu.Unlock()
	version := promote()
	at := time.Now()
	w.mu.Lock()
	w.want, w.since = version, at.Add(swapLimit)
	w.mu.Unlock()
	var first time.Time
	s.await(t, "an answer of version "+version, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		first = w.seen[version]
		return !first.IsZero()
	})
	took := first.Sub(at) // below zero when the answer is there before the command ends
	if took > swapLimit {
		t.Errorf("version %s answers after %v, want %v at most", version, took, swapLimit)
	}
	return took
}

// stop ends the clients, reports what failed and returns the number of answers.
func (w *witness) stop(t *testing.T) int {
	t.Helper()
	w.halt()
	for _, fault := range w.faults[:min(len(w.faults), 10)] {
		t.Error(fault)
	}
	if len(w.faults) > 0 {
		t.Errorf("%d of %d requests failed", len(w.faults), w.answers)
	}
	return w.answers
}
