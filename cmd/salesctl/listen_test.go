package main

import (
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/salesctl/salesctl/internal/hint"
)

func TestListenOnABusyPort(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "", "localhost"} {
		t.Run("host "+host, func(t *testing.T) {
			t.Parallel()
			addr := net.JoinHostPort(host, listenSomewhere(t, host))
			_, err := listen(t.Context(), addr)
			if err == nil {
				t.Fatalf("%s is listened on twice", addr)
			}
			if !errors.Is(err, syscall.EADDRINUSE) || !strings.HasPrefix(err.Error(), "listen on "+addr+": address already in use") {
				t.Errorf("got %q", err)
			}
			// The hint names an address that works.
			free, ok := strings.CutPrefix(hint.Of(err), "take another port: --addr ")
			if !ok {
				t.Fatalf("hint %q", hint.Of(err))
			}
			ln, err := listen(t.Context(), free)
			if err != nil {
				t.Fatalf("%q, as the hint says: %v", free, err)
			}
			_ = ln.Close()
		})
	}
}

// listenSomewhere listens on a free port of host until the test ends, and returns the port.
func listenSomewhere(t *testing.T, host string) string {
	t.Helper()
	ln, err := listen(t.Context(), net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestListenErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, addr, want, hint string }{
		{"address of another machine", "192.0.2.1:0", "listen on 192.0.2.1:0: cannot assign requested address", "no such address"},
		{"unknown host", "host.invalid:0", "listen on host.invalid:0: lookup host.invalid", "name an address of this machine"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := listen(t.Context(), tt.addr)
			if err == nil {
				t.Fatal("no error")
			}
			if !as[*listenError](err) || !strings.HasPrefix(err.Error(), tt.want) || !strings.Contains(hint.Of(err), tt.hint) {
				t.Errorf("got %q, hint %q", err, hint.Of(err))
			}
		})
	}
}

func TestServerURL(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ip       net.IP
		want     string
		loopback bool
	}{
		{net.IPv4(127, 0, 0, 1), "http://127.0.0.1:5000", true},
		{net.IPv6loopback, "http://[::1]:5000", true},
		{net.IPv4(127, 1, 2, 3), "http://127.1.2.3:5000", true},
		{net.IPv4zero, "http://127.0.0.1:5000", false},
		{net.IPv6unspecified, "http://127.0.0.1:5000", false},
		{net.IPv4(192, 0, 2, 1), "http://192.0.2.1:5000", false},
	}
	for _, tt := range tests {
		t.Run(tt.ip.String(), func(t *testing.T) {
			t.Parallel()
			addr := &net.TCPAddr{IP: tt.ip, Port: 5000}
			if got := serverURL(addr); got != tt.want || isLoopback(addr) != tt.loopback {
				t.Errorf("got %q, loopback %t, want %q, %t", got, isLoopback(addr), tt.want, tt.loopback)
			}
		})
	}
}
