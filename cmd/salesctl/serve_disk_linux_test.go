package main

import (
	"net/http"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestServeFullDisk has a server meet a disk that takes nothing, and then takes all again. A limit
// on the size of its files is as near to that as every machine allows.
func TestServeFullDisk(t *testing.T) {
	t.Parallel()
	models, _ := trainContractModels(t)
	jobs := filepath.Join(t.TempDir(), "jobs")
	s := startServer(t, newServer(t, models, jobs))
	limit := func(bytes uint64) {
		t.Helper()
		if err := unix.Prlimit(s.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	api := newAPI(t, s.url)
	accepted := func() string {
		t.Helper()
		id, ok := api.call(t, http.StatusAccepted, http.MethodPost, "/predict", goodRequest).body["job_id"].(string)
		if !ok {
			t.Fatal("no job_id")
		}
		return id
	}
	before := accepted()
	api.completed(t, before)

	limit(0)
	for range 3 {
		refused := api.call(t, http.StatusInsufficientStorage, http.MethodPost, "/predict", goodRequest)
		if refused.body["code"] != "storage_full" {
			t.Errorf("%v, want the code storage_full", refused.body)
		}
	}
	if code := statusCode(s.url + "/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("/readyz on a full disk: %d, want 503", code)
	}
	if code := statusCode(s.url + "/livez"); code != http.StatusOK {
		t.Errorf("/livez on a full disk: %d, want 200", code)
	}
	api.completed(t, before) // what was there is still shown

	limit(unix.RLIM_INFINITY)
	s.await(t, "/readyz after there is room", func() bool { return statusCode(s.url+"/readyz") == http.StatusOK })
	after := accepted()
	api.completed(t, after)
	if got := wholeOf(t, api.call(t, http.StatusOK, http.MethodGet, "/jobs", "").body["total_jobs"]); got != 2 {
		t.Errorf("%d jobs, want the 2 that were accepted", got)
	}
	s.stop(t)
}
