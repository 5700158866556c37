// Package jobstest is the suite that every engine of jobs must pass: each promise of jobs.Queue
// and jobs.Reader as a test.
//
//  1. A test of the engine fills in a Harness, which opens an engine and, if jobs outlive a
//     process, opens it again as a new process would.
//  2. Run gives each check an engine of its own and runs all checks side by side.
//
// What is special to an engine, such as its files and their damage, is tested beside it.
// testdata holds payloads and texts that engines have been known to change.
package jobstest
