package jobstest_test

import (
	"fmt"
	"testing"

	"github.com/salesctl/salesctl/pkg/jobs"
	"github.com/salesctl/salesctl/pkg/jobs/jobstest"
)

// The test of an engine hands this to Run.
func ExampleHarness() {
	h := jobstest.Harness{
		Open: func(_ *testing.T, cfg jobs.Config) jobstest.Engine { return jobs.NewMemory(cfg) },
	}
	fmt.Println("outlives its process:", h.Reopen != nil)
	// Output: outlives its process: false
}
