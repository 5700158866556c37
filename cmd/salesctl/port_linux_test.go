package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
)

func TestHolderOfAPort(t *testing.T) {
	t.Parallel()
	command, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	own := fmt.Sprintf("process %d (%s)", os.Getpid(), strings.TrimSpace(string(command)))
	tests := []struct{ name, listens, asked, want string }{
		{"the address itself", "127.0.0.1", "127.0.0.1", own},
		{"every interface holds one", "", "127.0.0.1", own},
		{"one holds every interface", "127.0.0.1", "", own},
		{"by name", "127.0.0.1", "localhost", own},
		{"another address", "127.0.0.1", "127.0.0.2", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			port := listenSomewhere(t, tt.listens)
			if got := holder(t.Context(), net.JoinHostPort(tt.asked, port)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestListeningInode(t *testing.T) {
	t.Parallel()
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0
   1: 0100007F:1389 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0
   2: 00000000:138A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13 1 0 100 0 0 10 0
   3: 00000000000000000000000001000000:138B 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 14 1 0 100 0 0 10 0
   4: short
   5: zz:138C 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 15 1 0 100 0 0 10 0
`
	tests := []struct{ addr, want string }{
		{"127.0.0.1:5000", "11"},
		{"127.0.0.2:5000", ""},
		{"[::]:5000", "11"},
		{"127.0.0.1:5001", ""}, // a connection, nothing that listens
		{"192.0.2.1:5002", "13"},
		{"[::1]:5003", "14"},
		{"127.0.0.1:5004", ""},
	}
	for _, tt := range tests {
		if got := listeningInode(table, netip.MustParseAddrPort(tt.addr)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.addr, got, tt.want)
		}
	}
}
