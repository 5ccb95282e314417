package app_test

import (
	"bufio"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/modules/mail"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// postbox is an SMTP server that keeps what it is given.
type postbox struct {
	port int
	mu   sync.Mutex
	to   []string
}

func newPostbox(t *testing.T) *postbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed with the test
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	b := &postbox{port: l.Addr().(*net.TCPAddr).Port}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go b.serve(c)
		}
	}()
	return b
}

func (b *postbox) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewScanner(c)
	say := func(s string) { fmt.Fprint(c, s+"\r\n") }
	say("220 postbox")
	data := false
	for in.Scan() {
		line := in.Text()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch {
		case data && line == ".":
			data = false
			say("250 kept")
		case data:
		case verb == "EHLO" || verb == "HELO":
			say("250 postbox")
		case verb == "DATA":
			data = true
			say("354 go on")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			if rest, ok := strings.CutPrefix(line, "RCPT TO:"); ok {
				b.mu.Lock()
				b.to = append(b.to, strings.Trim(rest, "<> "))
				b.mu.Unlock()
			}
			say("250 ok")
		}
	}
}

func (b *postbox) got(address string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, to := range b.to {
		if to == address {
			return true
		}
	}
	return false
}

// eventually waits for something that goes on in the background.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// After the commit the owner gets a mail; a job that can't succeed is parked where its company can see it, and nobody else.
func TestJobsRunAfterTheCommitAndPoisonIsParked(t *testing.T) {
	box := newPostbox(t)
	url := tenancytest.Database(t)
	a, err := app.Open(t.Context(), app.Config{
		Passwords: tenancytest.Cheap, DatabaseURL: url, Data: t.TempDir(), Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Workers: true,
		Mail: mail.Config{Host: "127.0.0.1", Port: box.port, From: "tenon@example.com", TLS: mail.NoTLS},
	})
	if err != nil {
		t.Fatal(err)
	}
	address, stop, err := a.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(t.Context()); err != nil {
			t.Log(err)
		}
		if err := a.Close(t.Context()); err != nil {
			t.Log(err)
		}
	})
	w := &world{app: a, url: "http://" + address}
	p := w.signUp(t, "Post")
	p.must(http.StatusOK, p.do(http.MethodPut, "/modules", m{"on": []string{"mail"}}))
	director := p.hire("dora", "sales_director")
	sales := p.hire("sally", "sales")
	customer := sales.create("crm/customers", m{"name": "N"})
	product := p.create("inventory/products", m{"number": "X", "name": "X", "type": "stock", "unit": "pcs", "supply": "buy"})
	order := sales.create("sales/orders", m{"customer_id": customer["id"], "lines": []m{{"product_id": product["id"], "quantity": "1", "unit_price": "200000"}}})
	sales.must(http.StatusOK, sales.post("/sales/orders/"+str(order, "id")+"/confirm?dry_run=true", nil))
	sales.must(http.StatusAccepted, sales.post("/sales/orders/"+str(order, "id")+"/confirm", nil))
	if n := len(director.list("notifications", "")); n != 1 {
		t.Errorf("the director has %d notifications", n)
	}
	eventually(t, "the director's mail", func() bool { return box.got(director.email) })
	if box.got(sales.email) {
		t.Error("the requester got the approver's mail")
	}

	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	me, err := a.DB.Authenticate(t.Context(), p.token)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), `INSERT INTO river.river_job (kind, queue, args, max_attempts, state) VALUES ('tenon.call', 't00', jsonb_build_object(
		'tenant', $1::text, 'call', 'mail/nothing/0', 'event', 'e', 'payload', '{}'::jsonb), 1, 'available')`, me.Tenant.ID.String())
	if err != nil {
		t.Fatal(err)
	}
	parked := func(q person) []any {
		list, _ := q.must(http.StatusOK, q.get("/jobs?state=parked"))["data"].([]any)
		return list
	}
	eventually(t, "the poison job is parked", func() bool { return len(parked(p)) == 1 })
	job, _ := parked(p)[0].(m)
	if !strings.Contains(str(job, "error"), "no module makes the call") {
		t.Errorf("the job does not tell why: %v", job)
	}
	other := w.signUp(t, "Other")
	if list := parked(other); len(list) != 0 {
		t.Errorf("another company sees %v", list)
	}
	other.refused("another company's job", other.get(fmt.Sprintf("/jobs/%.0f", job["id"])), http.StatusNotFound, "job.not_found")
	sales.refused("a salesperson", sales.get("/jobs"), http.StatusForbidden, "jobs.denied")
}
