// Package serve answers over HTTP: it turns requests into jobs, and shows what became of them.
//
//  1. Models keeps the bundle that the champion alias names loaded, and swaps it when the alias
//     moves.
//  2. Server.Handler reads POST /predict by the rules of JSON (decodeRequest) and by those of the
//     bundle (bind), and submits the body as a job. The answer is sent when the job is durable.
//  3. The jobs runner hands batches to the function of NewHandler, which reads the stored bodies
//     by the same rules and makes one forecast call per bundle.
//  4. GET /status/{job_id} and GET /jobs show jobs, at once or as soon as they have ended.
//  5. Server.Serve runs all of it on a listener until its context ends, then drains.
//
// An error leaves as {error, code, request_id}, with job_id, errors and hint where they help. The
// table of errors.go maps errors to codes and codes to statuses; what is not in it is internal.
// Package jobs keeps the jobs, package forecast answers them.
package serve
