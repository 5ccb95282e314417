package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Guard keeps calls of the world in the world: addresses that tenants name must not reach what is behind the firewall. It looks at the number that is
// really dialled, after names were resolved and on every redirect, so that no name and no detour gets around it.
type Guard struct{ allowed []netip.Prefix }

// NewGuard allows some internal networks all the same: a private install's own services.
func NewGuard(allowed ...netip.Prefix) *Guard { return &Guard{allowed} }

// ErrPrivate is returned for an address that is not of the world.
var ErrPrivate = errors.New("the address is internal")

// Lenient tells that some internal network is allowed, where there is often no certificate.
func (g *Guard) Lenient() bool { return len(g.allowed) > 0 }

// closed are networks that are not private by name and lead inside, or nowhere.
func closed() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Refuses tells that an address must not be called.
func (g *Guard) Refuses(at netip.Addr) bool {
	at = at.Unmap().WithZone("")
	for _, p := range g.allowed {
		if p.Contains(at) {
			return false
		}
	}
	if !at.IsValid() || !at.IsGlobalUnicast() || at.IsPrivate() || at.IsLoopback() || at.IsLinkLocalUnicast() || at.IsMulticast() || at.IsUnspecified() {
		return true
	}
	for _, p := range closed() {
		if p.Contains(at) {
			return true
		}
	}
	return false
}

const (
	callWithin    = 10 * time.Second
	callRedirects = 3
)

// Dial connects to an address of the world.
func (g *Guard) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 5 * time.Second, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || g.Refuses(at.Addr()) {
			return ErrPrivate
		}
		return nil
	}}
	return dialer.DialContext(ctx, network, address)
}

// Client makes the one HTTP client with which anything outside is called.
func (g *Guard) Client() *http.Client {
	return &http.Client{
		Timeout: callWithin,
		Transport: &http.Transport{
			Proxy: nil, DialContext: g.Dial, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: callWithin,
			MaxIdleConns: 20, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > callRedirects {
				return errors.New("too many redirects")
			}
			if r.URL.Scheme != "https" && (r.URL.Scheme != "http" || !g.Lenient()) {
				return fmt.Errorf("a redirect to %s", r.URL.Scheme)
			}
			return nil
		},
	}
}

// Guard is what outgoing calls pass.
func (r *Relay) Guard() *Guard { return r.guard }
