package relay_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/tenon-hq/tenon/engine/relay"
)

// No form of an internal address gets through, and none that only leads inside.
func TestGuardRefusesWhatIsInside(t *testing.T) {
	g := relay.NewGuard()
	for _, s := range []string{
		"127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255",
		"::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "ff02::1", "198.18.0.1",
	} {
		if !g.Refuses(netip.MustParseAddr(s)) {
			t.Errorf("%s is let through", s)
		}
	}
	for _, s := range []string{"1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8"} {
		if g.Refuses(netip.MustParseAddr(s)) {
			t.Errorf("%s is refused", s)
		}
	}
	if !g.Refuses(netip.Addr{}) {
		t.Error("no address is let through")
	}
}

// A server that is allowed can't send the caller on to one that is not; names are looked at when they are numbers.
func TestGuardHoldsOnRedirects(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	defer inside.Close()
	call := func(g *relay.Guard, url string) error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := g.Client().Do(req)
		if err == nil {
			err = res.Body.Close()
		}
		return err
	}
	for _, url := range []string{inside.URL, "http://localhost:1/", "http://[::1]:1/", "http://0x7f000001:1/", "http://2130706433:1/"} {
		if err := call(relay.NewGuard(), url); err == nil {
			t.Errorf("%s was called", url)
		}
	}
	if err := call(relay.NewGuard(), inside.URL); !errors.Is(err, relay.ErrPrivate) {
		t.Errorf("refused for another reason: %v", err)
	}
	allowed := relay.NewGuard(netip.MustParsePrefix("127.0.0.1/32"))
	if err := call(allowed, inside.URL); err != nil {
		t.Errorf("an allowed network: %v", err)
	}
	for _, to := range []string{"http://127.0.0.2:9/", "http://169.254.169.254/latest", "file:///etc/passwd", "gopher://127.0.0.1/"} {
		from := httptest.NewServer(http.RedirectHandler(to, http.StatusTemporaryRedirect))
		if err := call(allowed, from.URL); err == nil {
			t.Errorf("sent on to %s", to)
		}
		from.Close()
	}
}
