package httpapi

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// through is a request as it came to the outermost of the proxies that are trusted: its RemoteAddr is that of whoever spoke to them. A proxy adds whom it
// heard at the end of X-Forwarded-For, and what stands before may be made up; so the list is read from its end, up to the first that is no trusted proxy.
func (a *API) through(r *http.Request) *http.Request {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !a.trusts(at.Addr()) {
		return r
	}
	from := at.Addr()
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(said) {
		heard, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil { // empty, or what no proxy writes
			break
		}
		if from = heard; !a.trusts(heard) {
			break
		}
	}
	if from == at.Addr() {
		return r
	}
	r = r.WithContext(r.Context())
	r.RemoteAddr = netip.AddrPortFrom(from, 0).String()
	return r
}

func (a *API) trusts(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(a.proxies, func(p netip.Prefix) bool { return p.Contains(address) })
}
