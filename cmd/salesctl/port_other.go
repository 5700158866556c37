//go:build !linux

package main

import "net/netip"

// listener returns "": only Linux tells which process listens on addr.
func listener(netip.AddrPort) string { return "" }
