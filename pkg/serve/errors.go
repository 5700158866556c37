package serve

import (
	"context"
	"errors"
	"net/http"

	"github.com/salesctl/salesctl/internal/hint"
	"github.com/salesctl/salesctl/pkg/forecast"
	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/model"
)

// The codes of errors. Clients compare them, so that a code keeps its meaning.
const (
	codeNoData        = "no_data"
	codeInvalidJSON   = "invalid_json"
	codeDuplicate     = "duplicate_member"
	codeInvalidUTF8   = "invalid_utf8"
	codeTooDeep       = "too_deep"
	codeTrailingData  = "trailing_data"
	codeNotAnObject   = "not_an_object"
	codeIncomplete    = "incomplete_body"
	codeMissingFields = "missing_fields"
	codeBadDate       = "bad_date"
	codeOffGrid       = "date_off_grid"
	codeBadID         = "bad_id"
	codeBadValue      = "bad_value" // of a covariate
	codeFutureMissing = forecast.CodeFutureMissing
	codeBadModel      = "bad_model"
	codeModelNotFound = "model_not_found"
	codeBadWait       = "bad_wait"
	codeBadParameter  = "bad_parameter"
	codeNotFound      = "not_found"
	codeJobNotFound   = "job_not_found"
	codeBadMethod     = "method_not_allowed"
	codeSlowBody      = "request_timeout"
	codeTooLarge      = "body_too_large"
	codeMediaType     = "unsupported_media_type"
	codeClientGone    = "client_gone"
	codeInternal      = "internal"
	codeBacklogFull   = "backlog_full"
	codeDraining      = "draining"
	codeNoModel       = "no_model"
	codeModelRefused  = "model_refused"
	codeModelAway     = "model_unavailable"
	codeStorageFull   = "storage_full"
)

// statusClientGone is the status in the log of a request whose client did not wait for it.
const statusClientGone = 499

// statusOf returns the HTTP status of a code.
func statusOf(code string) int {
	switch code {
	case codeNoData, codeInvalidJSON, codeDuplicate, codeInvalidUTF8, codeTooDeep, codeTrailingData, codeNotAnObject,
		codeIncomplete, codeMissingFields, codeBadDate, codeOffGrid, codeBadID, codeBadValue, codeFutureMissing,
		codeBadModel, codeModelNotFound, codeBadWait, codeBadParameter:
		return http.StatusBadRequest
	case codeNotFound, codeJobNotFound:
		return http.StatusNotFound
	case codeBadMethod:
		return http.StatusMethodNotAllowed
	case codeSlowBody:
		return http.StatusRequestTimeout
	case codeTooLarge:
		return http.StatusRequestEntityTooLarge
	case codeMediaType:
		return http.StatusUnsupportedMediaType
	case codeClientGone:
		return statusClientGone
	case codeBacklogFull, codeDraining, codeNoModel, codeModelRefused, codeModelAway:
		return http.StatusServiceUnavailable
	case codeStorageFull:
		return http.StatusInsufficientStorage
	}
	return http.StatusInternalServerError
}

// isRefusal reports whether err is of a version that is there and cannot be used.
func isRefusal(err error) bool {
	return errors.Is(err, model.ErrDamaged) || errors.Is(err, model.ErrForeign) || errors.Is(err, errUnusable)
}

// apiError is an error as a client sees it, and as a failed job keeps it.
type apiError struct {
	code    string
	message string       // the member error; full sentences are written as the original writes them
	fields  []fieldError // every fault of the request, the first one included
	jobID   string       // that the client asked for
	hint    string
	err     error // the cause, for the log only
}

// fieldError is one fault of a request.
type fieldError struct {
	Field   string `json:"field,omitzero"` // "" for the body as a whole
	Message string `json:"message"`

	code string
}

func (e *apiError) Error() string { return e.message }
func (e *apiError) Unwrap() error { return e.err }

// asAPIError returns what a client is told about err.
func asAPIError(err error) *apiError {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e
	}
	e := &apiError{code: codeInternal, message: "Internal server error", err: err}
	for _, known := range []struct {
		err           error
		code, message string
		hint          string
	}{
		{jobs.ErrNotFound, codeJobNotFound, "Job not found", ""},
		{jobs.ErrBacklogFull, codeBacklogFull, "Too many jobs are waiting", "try again later"},
		{jobs.ErrStorage, codeStorageFull, "The job could not be stored", ""},
		{jobs.ErrClosed, codeDraining, "The server is shutting down", "try again later"},
		{ErrNoModel, codeNoModel, "No model is loaded", "train one: salesctl train FILE"},
		{context.Canceled, codeClientGone, "The client has gone", ""},
	} {
		if errors.Is(err, known.err) {
			e.code, e.message, e.hint = known.code, known.message, known.hint
			break
		}
	}
	if remedy := hint.Of(err); remedy != "" {
		e.hint = remedy
	}
	return e
}
