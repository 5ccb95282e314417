package httpapi

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestProxiesTellWhoAsks(t *testing.T) {
	a := &API{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8")}}
	for _, x := range []struct {
		peer string
		said []string
		want string
	}{
		{"203.0.113.9:5000", nil, "203.0.113.9"},
		{"203.0.113.9:5000", []string{"198.51.100.1"}, "203.0.113.9"}, // no proxy of ours: it may say what it likes
		{"10.1.2.3:5000", nil, "10.1.2.3"},
		{"10.1.2.3:5000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"10.1.2.3:5000", []string{"192.0.2.66, 198.51.100.1"}, "198.51.100.1"}, // the visitor made the first one up
		{"10.1.2.3:5000", []string{"192.0.2.66", "198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
		{"127.0.0.1:5000", []string{"10.0.0.5"}, "10.0.0.5"},
		{"10.1.2.3:5000", []string{"rubbish"}, "10.1.2.3"},
		{"10.1.2.3:5000", []string{"198.51.100.1, rubbish"}, "10.1.2.3"},
		{"10.1.2.3:5000", []string{"2001:db8:1:2:3::4"}, "2001:db8:1:2::/64"},
		{"[::ffff:10.1.2.3]:5000", []string{"198.51.100.1"}, "198.51.100.1"},
	} {
		r := &http.Request{RemoteAddr: x.peer, Header: http.Header{"X-Forwarded-For": x.said}}
		if got := addressOf(a.through(r)); got != x.want {
			t.Errorf("%s said %q: %s, want %s", x.peer, x.said, got, x.want)
		}
	}
}
