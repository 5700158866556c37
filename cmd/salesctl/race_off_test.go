//go:build !race

package main

// raceFactor is how much longer things may take than a test says.
const raceFactor = 1
