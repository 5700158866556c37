package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/model"
)

// predict makes a job of a request: when it is durable, the answer is sent. A client that prefers
// to wait is answered when the job has ended, or as soon as it has waited long enough.
func (s *Server) predict(a *answer, r *http.Request) error {
	job, err := s.accept(a, r)
	if err != nil {
		return err
	}
	if err := s.store.Submit(r.Context(), []*jobs.Job{job}); err != nil {
		return err
	}
	a.jobID = job.ID.String()
	a.Header().Set("Location", "/status/"+a.jobID)
	seconds := preferredWait(r.Header["Prefer"])
	if seconds > 0 {
		// What goes wrong while waiting does not take the acceptance back.
		if last, err := s.watch(r, job.ID, time.Duration(seconds)*time.Second); err == nil {
			job = last
		}
	}
	if job.State.Final() {
		a.Header().Set("Preference-Applied", fmt.Sprintf("wait=%d", seconds))
		a.json(http.StatusOK, appendJob(nil, job))
		return nil
	}
	a.Header().Set("Retry-After", "1")
	a.json(http.StatusAccepted, appendJob(make([]byte, 0, 128), job))
	return nil
}

// accept reads a request and returns its job, if the model it names could answer it.
func (s *Server) accept(a *answer, r *http.Request) (*jobs.Job, error) {
	body, err := readBody(a, r)
	if err != nil {
		return nil, err
	}
	req, err := decodeRequest(body)
	if err != nil {
		return nil, err
	}
	if _, ok := s.models.Default(); !ok {
		return nil, s.noModel() // the workers wait for it, whatever the request names
	}
	loaded, err := s.models.Find(r.Context(), req.model)
	if err != nil {
		return nil, modelError(req.model, err)
	}
	if _, err := req.bind(loaded.Bundle); err != nil {
		return nil, err
	}
	id, err := jobs.NewID()
	if err != nil {
		return nil, err
	}
	return &jobs.Job{
		ID: id, Kind: kindPredict, Model: req.model, Payload: body,
		State: jobs.Pending, MaxAttempts: s.cfg.MaxAttempts, Created: s.cfg.Now().UTC().Truncate(time.Microsecond),
	}, nil
}

// noModel says why no model is loaded: there is none yet, or the only one was refused.
func (s *Server) noModel() error {
	if _, err := s.models.Refused(); err != nil {
		return &apiError{code: codeModelRefused, message: "The model cannot be used", hint: "salesctl model verify says why", err: err}
	}
	return ErrNoModel
}

// readBody returns the body of a request that says nothing else than JSON of at most
// maxBodyBytes.
func readBody(a *answer, r *http.Request) ([]byte, error) {
	if !isJSON(r.Header.Get(headerContentType)) {
		return nil, &apiError{
			code: codeMediaType, message: "Content-Type must be application/json", hint: "with curl: -H 'Content-Type: application/json'",
		}
	}
	limited := http.MaxBytesReader(a.ResponseWriter, r.Body, maxBodyBytes)
	if size := r.ContentLength; size > maxBodyBytes {
		return nil, tooLarge()
	} else if size > 0 && size <= 4096 {
		body := make([]byte, size) // the exact size: it stays in memory as long as its job
		if _, err := io.ReadFull(limited, body); err != nil {
			return nil, bodyError(err)
		}
		return body, nil
	}
	body, err := io.ReadAll(limited)
	if err != nil {
		return nil, bodyError(err)
	}
	return body, nil
}

// isJSON reports whether a Content-Type allows a JSON body. Without one, the body decides.
func isJSON(contentType string) bool {
	if contentType == "" || contentType == "application/json" {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"))
}

func tooLarge() *apiError {
	return &apiError{code: codeTooLarge, message: fmt.Sprintf("Request body exceeds %d bytes", maxBodyBytes)}
}

func bodyError(err error) *apiError {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &apiError{code: codeSlowBody, message: "The request body did not arrive in time"}
	}
	return &apiError{code: codeIncomplete, message: noData, fields: []fieldError{{Message: "the body ends too early"}}, err: err}
}

// messageModelAway is said where a disk cannot be read, which a later try may find mended.
const messageModelAway = "The model cannot be read at the moment"

// modelError is the error of a request for a model that is not there. A model that the client
// named wrongly is a fault of the field; what the registry says about it may name directories,
// and stays in the log.
func modelError(ref string, err error) error {
	var e *apiError
	switch {
	case errors.Is(err, model.ErrBadRef):
		e = badField("model", codeBadModel, fmt.Sprintf("Model %.80q is not name[@version] or name[@alias]", ref))
	case errors.Is(err, model.ErrNotFound):
		e = badField("model", codeModelNotFound, fmt.Sprintf("Model %.80q not found", ref))
	case isRefusal(err):
		e = &apiError{code: codeModelRefused, message: "The model cannot be used"}
	case errors.Is(err, ErrNoModel), errors.Is(err, context.Canceled):
		return err
	default:
		e = &apiError{code: codeModelAway, message: messageModelAway}
	}
	e.hint, e.err = hint.Of(err), err
	return e
}
