// Package jobs runs accepted work that must not be lost. It knows nothing of what the work is: a
// payload goes in, a result comes out, both are bytes.
//
// What a job goes through:
//
//  1. Queue.Submit makes it durable, and only then returns: what was accepted is never lost. It is
//     pending.
//  2. Queue.Take gives it to a worker of the Runner, the most urgent first, with whatever else is
//     ready: the batch is as large as the backlog, and nothing waits for a batch to fill. It is
//     processing, which only the memory of its process knows: taking a job writes nothing.
//  3. If an earlier process held it, Queue.Recover records the attempt before it begins. So a job
//     that ends every process that runs it uses up its attempts and is given up, and one that
//     only waited keeps its count.
//  4. The Handler does the work of the batch and returns one Outcome per job.
//  5. Queue.Finish makes the outcomes durable: a job is completed or failed for good, or pending
//     for another attempt after a pause. Then Reader.Watch returns it to those who wait for it.
//
// The states are pending and processing, which are unfinished, and the final completed, failed,
// canceled and expired; docs/ARCHITECTURE.md draws them.
//
// A job runs at least once. It runs again when its process ended after the handler returned and
// before Finish did, so a handler's work must bear being repeated.
//
// Policy is here, in the Runner, and the same for all engines: batches, retries, deadlines, what
// runs alone. An engine stores: it implements Queue and Reader and keeps every promise in their
// comments, which pkg/jobs/jobstest tests one by one. One that is the only owner of its jobs
// builds on Dispatch, which holds in memory what is ready, delayed, running and watched. Memory
// is the smallest engine, pkg/jobs/sqlitestore the one that survives. Package serve is where jobs
// come from and where their results go.
package jobs
