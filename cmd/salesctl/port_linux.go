package main

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// listener returns the process whose socket keeps others from listening on addr, as "process 7
// (nginx)". Sockets of other users' processes are nobody's, as far as the kernel tells.
func listener(addr netip.AddrPort) string {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		if inode := listeningInode(string(text), addr); inode != "" {
			return ownerOf("socket:[" + inode + "]")
		}
	}
	return ""
}

// listeningInode returns the inode of the listening socket in a table of the kernel
// (Documentation/networking/proc_net_tcp.rst) that is bound to addr, or to all addresses, or to
// any one where addr is all.
func listeningInode(table string, addr netip.AddrPort) string {
	const local, state, inode, listening = 1, 3, 9, "0A"
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) <= inode || fields[state] != listening {
			continue
		}
		bound, ok := parseSocket(fields[local])
		if !ok || bound.Port() != addr.Port() {
			continue
		}
		if bound.Addr() == addr.Addr() || bound.Addr().IsUnspecified() || addr.Addr().IsUnspecified() {
			return fields[inode]
		}
	}
	return ""
}

// parseSocket reads the kernel's hexadecimal IP:PORT: the address in words of 32 bits, each in
// the order of the machine, the port as a number.
func parseSocket(text string) (netip.AddrPort, bool) {
	ip, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(ip)
	n, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	addr, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr.Unmap(), uint16(n)), ok
}

// ownerOf returns the process that has the file open.
func ownerOf(file string) string {
	open, _ := filepath.Glob("/proc/[0-9]*/fd/[0-9]*")
	for _, fd := range open {
		if target, err := os.Readlink(fd); err != nil || target != file {
			continue
		}
		process := filepath.Dir(filepath.Dir(fd))
		command, err := os.ReadFile(filepath.Join(process, "comm"))
		if err != nil {
			return "process " + filepath.Base(process)
		}
		return fmt.Sprintf("process %s (%s)", filepath.Base(process), strings.TrimSpace(string(command)))
	}
	return ""
}
