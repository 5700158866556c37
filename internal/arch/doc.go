// Package arch holds no code, only the tests that keep the house in order: which room may
// import which, where a third-party engine may appear, which files a room has, and that the
// links, make targets and import columns written in the documents are true.
//
//  1. TestHouse parses every Go file of the module with go/parser and lists what breaks the
//     table in arch_test.go. It does not ask `go list`: the test cache does not see which
//     files a child process reads, and would keep a stale pass.
//  2. TestFindings gives the same check small made-up houses with one fault each.
//  3. TestDocuments does the like for the Markdown files.
package arch
