package serve

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/salesctl/salesctl/pkg/jobs"
)

// timeLayout is how the original writes times: UTC, without saying so.
const timeLayout = "2006-01-02T15:04:05.000000"

// serverStatus is the answer to GET /status.
type serverStatus struct {
	Status         string         `json:"status"`
	ModelLoaded    bool           `json:"model_loaded"`
	ActiveJobs     int            `json:"active_jobs"` // in any state, as the original counts them
	UnfinishedJobs int            `json:"unfinished_jobs"`
	JobsByStatus   jsontext.Value `json:"jobs_by_status"`
	Version        string         `json:"version"`
	Engine         string         `json:"engine"`
	Durability     string         `json:"durability"`
	Model          *modelStatus   `json:"model,omitzero"`
	ModelRefused   *modelRefused  `json:"model_refused,omitzero"`
	UptimeSeconds  int64          `json:"uptime_seconds"`
}

type modelStatus struct {
	Name    string  `json:"name"`
	Version string  `json:"version"`
	SMAPE   float64 `json:"smape,omitzero"` // on the rows that its training held out
}

// modelRefused is a version that the champion alias names, while an older one answers.
type modelRefused struct {
	Version string `json:"version,omitzero"` // "" if the alias itself cannot be read
	Reason  string `json:"reason"`
}

// status answers GET /status.
func (s *Server) status(a *answer, r *http.Request) error {
	stats, err := s.store.Stats(r.Context(), "")
	if err != nil {
		return err
	}
	st := serverStatus{
		Status: "online", ActiveJobs: stats.Total(), UnfinishedJobs: stats.Unfinished(), JobsByStatus: appendStats(nil, stats),
		Version: s.cfg.Version, Engine: s.cfg.Engine, Durability: s.cfg.Durability,
		UptimeSeconds: int64(s.cfg.Now().Sub(s.started) / time.Second),
	}
	if loaded, ok := s.models.Default(); ok {
		st.ModelLoaded, st.Model = true, &modelStatus{Name: loaded.Bundle.Name, Version: loaded.Bundle.ID}
		if m := loaded.Bundle.Metrics; m != nil && m.Valid != nil {
			st.Model.SMAPE = m.Valid.SMAPE
		}
	}
	if version, err := s.models.Refused(); err != nil {
		st.ModelRefused = &modelRefused{version, refusedReason(err)}
	}
	body, err := json.Marshal(st)
	if err != nil {
		return err
	}
	a.json(http.StatusOK, body)
	return nil
}

// appendStats appends an object with the number of jobs in each state.
func appendStats(dst []byte, stats jobs.Stats) []byte {
	before := byte('{')
	for _, state := range jobs.States() {
		dst = fmt.Appendf(append(dst, before), "%q:%d", state, stats[state])
		before = ','
	}
	return append(dst, '}')
}

// jobStatus answers GET /status/{job_id}. With wait it answers when the job has ended, or as it is
// when that many seconds are over.
func (s *Server) jobStatus(a *answer, r *http.Request) error {
	asked := r.PathValue("job_id")
	id, err := jobs.ParseID(asked)
	if err != nil {
		return &apiError{code: codeJobNotFound, message: "Job not found", jobID: asked}
	}
	a.jobID = id.String()
	wait, err := parseWait(r.URL.Query()) // other parameters are ignored, as the original does
	if err != nil {
		return err
	}
	job, err := s.job(r, id, wait)
	if err != nil {
		e := asAPIError(err)
		e.jobID = asked
		return e
	}
	etag := etagOf(job)
	a.Header().Set("ETag", etag)
	a.Header().Set("Cache-Control", "no-cache") // keep it, but ask
	if matches(r.Header["If-None-Match"], etag) {
		a.WriteHeader(http.StatusNotModified)
		return nil
	}
	a.json(http.StatusOK, appendJob(nil, job))
	return nil
}

func (s *Server) job(r *http.Request, id jobs.ID, wait time.Duration) (*jobs.Job, error) {
	if wait == 0 {
		return s.store.Get(r.Context(), "", id)
	}
	return s.watch(r, id, wait)
}

func parseWait(query url.Values) (time.Duration, error) {
	if !query.Has("wait") {
		return 0, nil
	}
	seconds, err := strconv.ParseUint(query.Get("wait"), 10, 16)
	if limit := uint64(maxWait / time.Second); err != nil || seconds > limit {
		return 0, badField("wait", codeBadWait, fmt.Sprintf("Wait must be whole seconds from 0 to %d", limit))
	}
	return time.Duration(seconds) * time.Second, nil
}

// etagOf tells apart what the status of one job may be. The end of the last attempt stands in it:
// a job that failed may be run again.
func etagOf(j *jobs.Job) string {
	var ended int64
	if !j.Finished.IsZero() {
		ended = j.Finished.UnixMicro()
	}
	return `"` + j.State.String() + "-" + strconv.FormatInt(ended, 36) + `"`
}

// matches reports whether an If-None-Match holds the tag.
func matches(headers []string, etag string) bool {
	for _, h := range headers {
		for candidate := range elements(h) {
			candidate = strings.TrimSpace(candidate)
			if candidate == "*" || strings.TrimPrefix(candidate, "W/") == etag {
				return true
			}
		}
	}
	return false
}

// appendJob appends a job as clients see it.
func appendJob(dst []byte, j *jobs.Job) []byte {
	dst = append(dst, `{"job_id":"`...)
	dst = append(dst, j.ID.String()...)
	dst = append(dst, `","status":"`...)
	dst = append(dst, j.State.String()...)
	dst = append(dst, `","submitted_at":"`...)
	dst = append(j.Created.AppendFormat(dst, timeLayout), '"')
	if !j.State.Final() {
		return append(dst, '}')
	}
	dst = append(dst, `,"completed_at":"`...)
	dst = append(j.Finished.AppendFormat(dst, timeLayout), '"')
	if j.State == jobs.Completed {
		dst = append(append(dst, `,"result":`...), j.Result...)
	}
	if j.Fault != nil {
		dst = appendText(append(dst, `,"error":`...), j.Fault.Message)
		dst = appendText(append(dst, `,"code":`...), j.Fault.Code)
	}
	return append(dst, '}')
}
