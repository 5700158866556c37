//go:build race

package main

// raceFactor is how much longer things may take than a test says: the race detector slows the
// SQLite engine down about ten times.
const raceFactor = 10
