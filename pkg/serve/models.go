package serve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/singleflight"

	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/model"
)

var (
	// ErrNoModel is returned while the default model has not been loaded yet.
	ErrNoModel = errors.New("no model is loaded")
	// errUnusable is wrapped for a version in order that this server's settings cannot serve.
	errUnusable = errors.New("not usable with these settings")
)

const (
	champion = "champion" // the alias that is watched

	// maxKept is how many versions stay loaded beside the default one.
	maxKept = 8

	defaultPoll = 250 * time.Millisecond
)

// Loaded is a version that is ready to answer. It never changes.
type Loaded struct {
	Bundle     *model.Bundle // its ID is the model_version of a result
	Forecaster *forecast.Forecaster
}

// ModelsConfig says which model is the default one and how models answer.
type ModelsConfig struct {
	// Name is the default model, the one whose champion is watched.
	Name string
	// Forecast is how every version answers.
	Forecast forecast.Config
	// Poll is the time between two looks at the aliases; 0 means 250 ms.
	Poll time.Duration
	// Now is the clock. It has no default.
	Now func() time.Time
	// Log takes which version answers, and why another one was refused.
	Log zerolog.Logger
}

// registry is where versions come from.
type registry interface {
	Aliases(name string) (model.Aliases, error)
	Resolve(name, ref string) (string, error)
	Load(name, ref string, check model.Check) (*model.Bundle, error)
}

// Models keeps versions loaded: the champion of the default model, which Run follows, and the
// others that were asked for last. It is safe for concurrent use.
type Models struct {
	reg registry
	cfg ModelsConfig

	def     atomic.Pointer[Loaded]  // the default model; nil until there is one
	ready   chan struct{}           // closed when there is one
	looked  chan struct{}           // closed when Run has looked for the first time
	refused atomic.Pointer[refusal] // why it is not what the alias names; nil when it is

	kept    recent
	loading singleflight.Group
}

// NewModels returns Models without any version. Run loads the first one.
func NewModels(reg registry, cfg ModelsConfig) *Models {
	if cfg.Poll == 0 {
		cfg.Poll = defaultPoll
	}
	return &Models{reg: reg, cfg: cfg, ready: make(chan struct{}), looked: make(chan struct{})}
}

// Default returns the champion of the default model, or false while none has been loaded.
func (m *Models) Default() (*Loaded, bool) {
	l := m.def.Load()
	return l, l != nil
}

// Wait returns when the default model is loaded, or ctx.Err() when ctx ends before.
func (m *Models) Wait(ctx context.Context) error {
	select {
	case <-m.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Looked returns a channel that is closed when Run knows for the first time what the champion alias
// means: then the default model is loaded, or refused, or there is none.
func (m *Models) Looked() <-chan struct{} { return m.looked }

// Find returns the version that ref means now, in the form of model.ParseRef. The champion of the
// default model is the one that Run has loaded, without a look at the disk; any other reference is
// resolved anew, and its version loaded unless it was used lately. Errors are or wrap ErrNoModel,
// model.ErrNotFound, model.ErrBadRef, or the refusal of a version that cannot be used; else the disk
// could not be read and a later try may succeed.
func (m *Models) Find(ctx context.Context, ref string) (*Loaded, error) {
	name, ref, err := model.ParseRef(ref, m.cfg.Name)
	if err != nil {
		return nil, err
	}
	def, loaded := m.Default()
	if name == m.cfg.Name && (ref == "" || ref == champion) {
		if !loaded {
			return nil, ErrNoModel
		}
		return def, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	id, err := m.reg.Resolve(name, ref)
	if err != nil {
		return nil, err
	}
	if loaded && def.is(name, id) {
		return def, nil
	}
	return m.version(name, id)
}

// version returns a version that is kept, or loads and keeps it. Callers that want the same one
// at the same time wait for one load.
func (m *Models) version(name, id string) (*Loaded, error) {
	if l := m.kept.get(name, id); l != nil {
		return l, nil
	}
	got, err, _ := m.loading.Do(name+"@"+id, func() (any, error) {
		if l := m.kept.get(name, id); l != nil { // another load has just ended
			return l, nil
		}
		l, err := m.load(name, id)
		if err == nil {
			m.kept.put(l)
		}
		return l, err
	})
	if err != nil {
		return nil, err
	}
	return got.(*Loaded), nil
}

// load reads and proves a version.
func (m *Models) load(name, id string) (*Loaded, error) {
	b, err := m.reg.Load(name, id, model.CheckGolden)
	if err != nil {
		return nil, err
	}
	f, err := forecast.New(b, m.cfg.Forecast)
	if err != nil {
		return nil, fmt.Errorf("version %s of %q: %w: %w", id, name, errUnusable, err)
	}
	return &Loaded{Bundle: b, Forecaster: f}, nil
}

// is reports whether l is that version. The id alone does not tell: two models may hold the same
// content, published in the same second.
func (l *Loaded) is(name, id string) bool { return l.Bundle.Name == name && l.Bundle.ID == id }

// recent holds the maxKept versions that were used last.
type recent struct {
	mu   sync.Mutex
	list []*Loaded // the latest first
}

// get returns a version and makes it the latest, or returns nil.
func (r *recent) get(name, id string) *Loaded {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.list, func(l *Loaded) bool { return l.is(name, id) })
	if i < 0 {
		return nil
	}
	l := r.list[i]
	copy(r.list[1:], r.list[:i])
	r.list[0] = l
	return l
}

// put adds a version, which pushes out the one that was not used for the longest time.
func (r *recent) put(l *Loaded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) == maxKept {
		r.list = slices.Delete(r.list, maxKept-1, maxKept)
	}
	r.list = slices.Insert(r.list, 0, l)
}
