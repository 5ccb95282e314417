package vaulttest

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Proxy stands between Tenon and Vault and makes the network bad.
type Proxy struct {
	Address string

	to     string
	l      net.Listener
	mu     sync.Mutex
	delay  time.Duration
	closed bool
	open   map[net.Conn]bool
}

// NewProxy starts a proxy before a server.
func NewProxy(t testing.TB, s *Server) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	scheme, to, _ := strings.Cut(s.Address, "://")
	p := &Proxy{Address: scheme + "://" + l.Addr().String(), to: to, l: l, open: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = l.Close(); p.Cut(true) })
	go p.serve()
	return p
}

// Slow delays every answer.
func (p *Proxy) Slow(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = by
}

// Cut closes all connections and refuses new ones, until it is called with false.
func (p *Proxy) Cut(yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = yes
	for c := range p.open {
		if yes {
			_ = c.Close()
		}
	}
}

func (p *Proxy) serve() {
	for {
		in, err := p.l.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		closed := p.closed
		p.open[in] = true
		p.mu.Unlock()
		if closed {
			_ = in.Close()
			continue
		}
		go p.carry(in)
	}
}

func (p *Proxy) carry(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer out.Close()
	go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
	buf := make([]byte, 32<<10)
	for {
		n, err := out.Read(buf)
		p.mu.Lock()
		delay := p.delay
		p.mu.Unlock()
		time.Sleep(delay)
		if n > 0 {
			if _, err := in.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
