package app_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// Two worlds differ only in what a salesperson and a storekeeper may not see: what things cost. Whatever they open looks the same in both.
func TestTwoWorldsLookTheSame(t *testing.T) {
	cheap, dear := twin(t, "4.25", false), twin(t, "6.75", false)
	for _, who := range []func(*company) person{func(c *company) person { return c.sales }, func(c *company) person { return c.store }} {
		look(t, who(cheap), who(dear), cheap, dear)
	}
	if one, other := seen(cheap.books, "/inventory/stock_moves?limit=500"), seen(dear.books, "/inventory/stock_moves?limit=500"); one == other {
		t.Error("the worlds are the same for those who may see costs: the test proves nothing")
	}
}

// Two worlds differ only in their neighbours: a busy other company, with the same people's names. Its owner sees no difference anywhere.
func TestTwoWorldsWithoutNeighbours(t *testing.T) {
	alone, beside := twin(t, "4.25", false), twin(t, "4.25", true)
	look(t, alone.owner, beside.owner, alone, beside)
}

// twin is a company in a world of its own, with something of everything.
func twin(t *testing.T, cost string, neighbour bool) *company {
	t.Helper()
	w := newWorld(t)
	if neighbour {
		other := newCompany(t, w, "Other")
		busy(other)
		tenant := w.tenant(t, "Other")
		w.meddle(t, tenant, `INSERT INTO river.river_job (state, args, kind, max_attempts) VALUES
			('available', '{"tenant":"`+tenant.ID.String()+`","call":"mail/core.notified/0"}', 'tenon.call', 12)`)
	}
	c := newCompany(t, w, "Twin")
	c.stock(c.motor, "20", cost)
	for _, quantity := range []string{"5", "30"} {
		order := c.sell(c.motor, quantity, "600")
		if delivery := c.store.list("inventory/deliveries", "status=ready&order_id="+str(order, "id")); len(delivery) > 0 {
			c.store.act("inventory/deliveries", str(delivery[0], "id"), "ship", nil)
		}
	}
	return c
}

// look opens every address in both worlds and fails where anything differs but ids and times.
func look(t *testing.T, a, b person, one, other *company) {
	t.Helper()
	paths, same := crawl(one.owner, str(one.motor, "id")), crawl(other.owner, str(other.motor, "id"))
	if len(paths) != len(same) || len(paths) < 100 {
		t.Fatalf("%d addresses in one world, %d in the other", len(paths), len(same))
	}
	paths, same = append(paths, "/jobs", "/me", "/tokens", "/workspaces", "/users", "/approvals"), append(same, "/jobs", "/me", "/tokens", "/workspaces", "/users", "/approvals")
	shown := 0
	for i := range paths {
		if strings.HasPrefix(paths[i], "/events") {
			continue // how changes are bundled follows from when they happened
		}
		x, y := seen(a, paths[i]), seen(b, same[i])
		if strings.HasPrefix(x, "200") && len(x) > 100 {
			shown++
		}
		if x != y {
			t.Errorf("%s sees two worlds at %s: %s", a.email, paths[i], difference(x, y))
		}
	}
	if shown < 20 {
		t.Errorf("%s sees something at %d addresses only: the crawl proves nothing", a.email, shown)
	}
}

var (
	anID   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	aTime  = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?`)
	aTrace = regexp.MustCompile(`"(request_id|next_cursor|hash|generation)":("[^"]*"|\d+)`)
)

// seen is an answer with ids numbered as they come and without times.
func seen(p person, path string) string {
	p.t.Helper()
	a := p.get(path)
	numbers := map[string]string{}
	raw := anID.ReplaceAllStringFunc(a.raw, func(id string) string {
		if numbers[id] == "" {
			numbers[id] = fmt.Sprint("id", len(numbers))
		}
		return numbers[id]
	})
	return fmt.Sprint(a.status, " ", aTrace.ReplaceAllString(aTime.ReplaceAllString(raw, "TIME"), `"$1":"…"`))
}

// difference shows where two texts part.
func difference(x, y string) string {
	i := 0
	for i < len(x) && i < len(y) && x[i] == y[i] {
		i++
	}
	from := max(0, i-120)
	return fmt.Sprintf("…%s… and …%s…", x[from:min(len(x), i+60)], y[from:min(len(y), i+60)])
}
