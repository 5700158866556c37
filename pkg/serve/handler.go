package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/model"
)

// kindPredict is the kind of a job whose payload is a body of POST /predict.
const kindPredict = "predict"

// The codes of faults that only a job has; the others are those of errors.go.
const (
	codeUnknownKind = "unknown_kind"
	codeModelGone   = "model_gone"
)

// NewHandler returns the work of a job. Every job of a batch is read by the rules that POST
// /predict has, for the version that its model means at that moment; then each version answers
// all its jobs in one call. A result is a row of forecast.WriteJSONL, whose model_version says
// which version answered. A job whose model cannot be read at the moment, or that comes before the
// default model is loaded, gets a temporary fault.
func NewHandler(m *Models) jobs.Handler {
	return func(ctx context.Context, batch []*jobs.Job) []jobs.Outcome {
		p := prediction{
			models:   m,
			outcomes: make([]jobs.Outcome, len(batch)),
			found:    make(map[string]finding),
			groups:   make(map[*Loaded]*group),
		}
		for i, j := range batch {
			p.outcomes[i].Fault = p.read(ctx, i, j)
		}
		for l, g := range p.groups {
			p.answer(ctx, l, g)
		}
		return p.outcomes
	}
}

// prediction is the work on one batch.
type prediction struct {
	models   *Models
	outcomes []jobs.Outcome     // one per job
	found    map[string]finding // per reference of a job
	groups   map[*Loaded]*group
}

// finding is what Models.Find returned: within a batch a reference means one version.
type finding struct {
	loaded *Loaded
	fault  *jobs.Fault
}

// group is the jobs of a batch that one version answers.
type group struct {
	jobs     []int // where they stand in the batch
	requests []forecast.Request
}

// read puts the request of job i into the group of its version, or returns why it cannot.
func (p *prediction) read(ctx context.Context, i int, j *jobs.Job) *jobs.Fault {
	if j.Kind != kindPredict {
		return &jobs.Fault{Code: codeUnknownKind, Message: fmt.Sprintf("This server does not know jobs of the kind %.40q", j.Kind)}
	}
	f, ok := p.found[j.Model]
	if !ok {
		f = p.find(ctx, j.Model)
		p.found[j.Model] = f
	}
	if f.fault != nil {
		return f.fault
	}
	r, err := decodeRequest(j.Payload)
	if err != nil {
		return p.faultOf(err)
	}
	request, err := r.bind(f.loaded.Bundle)
	if err != nil {
		return p.faultOf(err)
	}
	g := p.groups[f.loaded]
	if g == nil {
		g = new(group)
		p.groups[f.loaded] = g
	}
	g.jobs, g.requests = append(g.jobs, i), append(g.requests, request)
	return nil
}

func (p *prediction) find(ctx context.Context, ref string) finding {
	l, err := p.models.Find(ctx, ref)
	if err == nil {
		return finding{loaded: l}
	}
	fault := &jobs.Fault{Code: codeModelAway, Message: messageModelAway, Temporary: true}
	switch {
	case errors.Is(err, ErrNoModel):
		fault.Code, fault.Message = codeNoModel, "No model is loaded"
	case errors.Is(err, model.ErrNotFound):
		*fault = jobs.Fault{Code: codeModelGone, Message: fmt.Sprintf("The model %.160q is not there any more", ref)}
	case errors.Is(err, model.ErrBadRef):
		*fault = jobs.Fault{Code: codeBadModel, Message: fmt.Sprintf("The model %.160q does not name one version", ref)}
	case isRefusal(err):
		*fault = jobs.Fault{Code: codeModelRefused, Message: fmt.Sprintf("The model %.160q cannot be used", ref)}
	}
	p.models.cfg.Log.Warn().Err(err).Str("model", ref).Str("code", fault.Code).Msg("jobs have no model")
	return finding{fault: fault}
}

// faultOf returns what a job keeps of an error; the log has the cause where that hides it.
func (p *prediction) faultOf(err error) *jobs.Fault {
	e := asAPIError(err)
	if e.code == codeInternal {
		p.models.cfg.Log.Error().Err(err).Msg("a forecast failed")
	}
	return &jobs.Fault{Code: e.code, Message: e.message}
}

// answer runs a group. If it is refused as a whole, each request runs alone, so that only those
// fail that must.
func (p *prediction) answer(ctx context.Context, l *Loaded, g *group) {
	rows, err := l.Forecaster.Run(ctx, g.requests)
	if err != nil && len(g.jobs) > 1 {
		for k := range g.jobs {
			p.answer(ctx, l, &group{g.jobs[k : k+1], g.requests[k : k+1]})
		}
		return
	}
	if err != nil {
		p.outcomes[g.jobs[0]].Fault = p.faultOf(err)
		return
	}
	var row []byte
	for k, i := range g.jobs {
		row = l.Forecaster.AppendJSON(row[:0], &rows[k])
		p.outcomes[i].Result = bytes.Clone(row)
	}
}
