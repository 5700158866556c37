package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/salesctl/salesctl/internal/hint"
)

// listenError is an address that cannot be listened on.
type listenError struct {
	Addr   string
	Holder string // the process that listens there already; empty where that is not known
	Err    error
}

func (l *listenError) Error() string {
	if l.Holder != "" {
		return fmt.Sprintf("listen on %s: %v by %s", l.Addr, l.Err, l.Holder)
	}
	return fmt.Sprintf("listen on %s: %v", l.Addr, l.Err)
}

func (l *listenError) Unwrap() error { return l.Err }

// listen listens on HOST:PORT. An error is a *listenError with its remedy.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, network(addr), addr)
	if err == nil {
		return ln, nil
	}
	failed := &listenError{Addr: addr, Err: err}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		failed.Err = lookup
		return nil, hint.Wrap(failed, "name an address of this machine, as --addr 127.0.0.1:5000")
	}
	errno, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		return nil, failed
	}
	failed.Err = errno
	switch errno {
	case syscall.EADDRINUSE:
		failed.Holder = holder(ctx, addr)
		remedy := inUseHint(ctx, addr)
		if strings.HasSuffix(failed.Holder, "(salesctl)") {
			remedy += ", and a job directory of its own: --jobs DIR"
		}
		return nil, hint.Wrap(failed, remedy)
	case syscall.EACCES:
		return nil, hint.Wrap(failed, "ports below 1024 need privileges: take a higher one by --addr")
	case syscall.EADDRNOTAVAIL, syscall.EAFNOSUPPORT, syscall.EINVAL:
		return nil, hint.Wrap(failed, "this machine has no such address: take 127.0.0.1, or none for every interface, by --addr")
	default:
		return nil, failed
	}
}

// network returns tcp4 for an IPv4 address, so that 0.0.0.0 is not every address of IPv6, too.
func network(addr string) string {
	host, _, _ := net.SplitHostPort(addr)
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is4() {
		return "tcp4"
	}
	return "tcp"
}

// inUseHint names a port beside addr that is free.
func inUseHint(ctx context.Context, addr string) string {
	const airPlay = "5000"
	host, port, _ := net.SplitHostPort(addr)
	remedy := "take another port: --addr " + shellWord(net.JoinHostPort(host, freePort(ctx, host, port)))
	if runtime.GOOS == "darwin" && port == airPlay {
		remedy += "; AirPlay Receiver of macOS listens on 5000 unless the system settings switch it off"
	}
	return remedy
}

// freePort returns the first free one of the hundred ports after port, 0 (any) if there is none.
func freePort(ctx context.Context, host, port string) string {
	const tries = 100
	first, _ := strconv.Atoi(port)
	for n := first + 1; n <= min(first+tries, 1<<16-1); n++ {
		var lc net.ListenConfig
		candidate := strconv.Itoa(n)
		addr := net.JoinHostPort(host, candidate)
		if ln, err := lc.Listen(ctx, network(addr), addr); err == nil {
			_ = ln.Close()
			return candidate
		}
	}
	return "0"
}

// holder returns which process listens where addr would, "" where that is not known.
func holder(ctx context.Context, addr string) string {
	host, port, _ := net.SplitHostPort(addr)
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return ""
	}
	ips := []netip.Addr{netip.IPv6Unspecified()}
	if host != "" {
		if ips, err = net.DefaultResolver.LookupNetIP(ctx, "ip", host); err != nil {
			return ""
		}
	}
	for _, ip := range ips {
		if who := listener(netip.AddrPortFrom(ip.Unmap(), uint16(n))); who != "" {
			return who
		}
	}
	return ""
}

// serverURL returns the URL that reaches a server on this machine. Where it listens on every
// interface, that is loopback.
func serverURL(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// isLoopback reports whether only this machine reaches addr.
func isLoopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
