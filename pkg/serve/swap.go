package serve

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/salesctl/salesctl/pkg/model"
)

// retryRefused is how long a version that was refused is left alone while the alias names it: a
// damaged version stays damaged, but a disk may have failed to read a good one.
const retryRefused = 30 * time.Second

// refusal is why the champion that the alias names does not answer.
type refusal struct {
	version string // "" if not even the alias could be read
	err     error
	retry   time.Time // not before
}

// Run follows the champion alias of the default model until ctx ends. A version that the alias
// names is loaded and proved beside the one that answers, then takes its place at once; whoever
// uses the old one ends with it. A version that cannot be used is refused, logged once, and the
// old one keeps answering. Run is called once.
func (m *Models) Run(ctx context.Context) error {
	tick := time.NewTicker(m.cfg.Poll)
	defer tick.Stop()
	m.follow()
	close(m.looked)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			m.follow()
		}
	}
}

// Refused returns the version that the champion alias names and why it does not answer. The error
// is nil where it does, or where there is no champion yet; the version is "" where the alias
// itself cannot be read.
func (m *Models) Refused() (version string, err error) {
	if r := m.refused.Load(); r != nil {
		return r.version, r.err
	}
	return "", nil
}

// refusedReason is what clients are told about Refused: a fault of the version itself in full, else
// only where to look, since what a disk says may name directories.
func refusedReason(err error) string {
	if isRefusal(err) || errors.Is(err, model.ErrNotFound) {
		return err.Error()
	}
	return "the registry cannot be read; the log of the server has the cause"
}

// follow looks where the alias points, and swaps if that is another version. Only Run calls it.
func (m *Models) follow() {
	id, err := m.named()
	old, loaded := m.Default()
	switch {
	case errors.Is(err, model.ErrNotFound) && !loaded:
		m.refused.Store(nil) // nothing was trained yet
		return
	case err != nil:
		m.refuse("", err)
		return
	case loaded && old.Bundle.ID == id:
		m.refused.Store(nil)
		return
	}
	if last := m.refused.Load(); last != nil && last.version == id && m.cfg.Now().Before(last.retry) {
		return
	}
	next, err := m.load(m.cfg.Name, id)
	if err != nil {
		m.refuse(id, err)
		return
	}
	m.swap(next)
}

// named returns the id that the champion alias means.
func (m *Models) named() (string, error) {
	aliases, err := m.reg.Aliases(m.cfg.Name)
	if err == nil && aliases.Champion == "" {
		err = fmt.Errorf("%q has no %s: %w", m.cfg.Name, champion, model.ErrNotFound)
	}
	return aliases.Champion, err
}

// swap lets a version answer from now on.
func (m *Models) swap(next *Loaded) {
	old := m.def.Swap(next)
	m.refused.Store(nil)
	ev := m.cfg.Log.Info().Str("model", next.Bundle.Name).Str("version", next.Bundle.ID)
	if old == nil {
		close(m.ready)
	} else {
		ev = ev.Str("previous", old.Bundle.ID)
	}
	ev.Msg("model loaded")
}

// refuse remembers why the version that the alias names does not answer, and logs it unless that
// was said before.
func (m *Models) refuse(id string, err error) {
	last := m.refused.Swap(&refusal{version: id, err: err, retry: m.cfg.Now().Add(retryRefused)})
	if last != nil && last.version == id && last.err.Error() == err.Error() {
		return
	}
	ev := m.cfg.Log.Error().Err(err).Str("model", m.cfg.Name)
	if id != "" {
		ev = ev.Str("version", id)
	}
	if old, loaded := m.Default(); loaded {
		ev = ev.Str("answering", old.Bundle.ID)
	}
	ev.Msg("model refused")
}
