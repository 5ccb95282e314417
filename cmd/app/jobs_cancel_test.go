package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

// What a killed process was doing is begun again, once; what its person called off is not begun, or goes back.
func TestTasksOutliveTheirProcessAndCanBeCalledOff(t *testing.T) {
	url, data := tenancytest.Database(t), t.TempDir()
	open := func(workers bool) *app.App {
		a, err := app.Open(t.Context(), app.Config{Passwords: tenancytest.Cheap, DatabaseURL: url, Data: data, Listen: "127.0.0.1:0", Log: testLog(), Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close(t.Context()) })
		return a
	}
	first := open(false)
	address, stop, err := first.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop(t.Context()) })
	w := &world{app: first, url: "http://" + address}
	p, other := w.signUp(t, "Tasks"), w.signUp(t, "Elsewhere")
	products := func(prefix string, n int) []byte {
		var b bytes.Buffer
		b.WriteString("number,name,type,unit,supply\n")
		for i := range n {
			fmt.Fprintf(&b, "%s%05d,Product,stock,pcs,buy\n", prefix, i)
		}
		return b.Bytes()
	}
	begin := func(out answer) string { return fmt.Sprintf("%.0f", p.must(http.StatusAccepted, out)["job"]) }
	state := func(job string) m { return p.must(http.StatusOK, p.get("/jobs/"+job)) }

	killed := begin(p.sendFile("/inventory/products/import?async=true", "t.csv", products("K", 3)))
	off := begin(p.sendFile("/inventory/products/import?async=true", "t.csv", products("O", 3)))
	tables := func(prefix, contact string) []string { // they run in any order
		return []string{"crm/customers", "number,name\n" + prefix + "1,North\n" + prefix + "2,South\n", "crm/contacts", "customer_id,name\n" + prefix + "1,Ann\n" + contact}
	}
	trial := begin(p.takeOver("?async=true&dry_run=true", nil, tables("T", "T9,Bob\n")...))
	refused := begin(p.takeOver("?async=true", nil, tables("R", "R9,Bob\n")...))
	whole := begin(p.takeOver("?async=true", m{"reports": "finance/trial_balance"}, tables("C", "")...))

	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "UPDATE river.river_job SET state = 'running', attempt = 1, attempted_at = now() - interval '10 minutes' WHERE id = "+killed); err != nil {
		t.Fatal(err)
	}
	other.refused("another company's job", other.post("/jobs/"+off+"/cancel", nil), http.StatusNotFound, "job.not_found")
	if job := p.must(http.StatusOK, p.post("/jobs/"+off+"/cancel", nil)); job["state"] != "cancelled" {
		t.Errorf("called off before it began: %v", job)
	}
	p.refused("a second time", p.post("/jobs/"+off+"/cancel", nil), http.StatusConflict, "job.state")

	second := open(true)
	_, stop2, err := second.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop2(t.Context()) })
	results := map[string]m{}
	for _, job := range []string{trial, refused, whole, killed} {
		eventually(t, "job "+job+" ends", func() bool {
			x := state(job)
			results[job], _ = x["result"].(m)
			return x["state"] == "completed" || x["state"] == "failed"
		})
	}
	if results[killed]["created"] != 3.0 || len(p.list("inventory/products", "number[starts]=K")) != 3 {
		t.Errorf("the killed import: %v", results[killed])
	}
	if results[trial]["mistakes"] != 1.0 || results[refused]["reason"] != "takeover.refused" {
		t.Errorf("a takeover with a mistake: trial %v, for good %v", results[trial], results[refused])
	}
	if reports, _ := results[whole]["reports"].(m); results[whole]["mistakes"] != 0.0 || reports["finance/trial_balance"] == nil || len(p.list("crm/customers", "number[in]=C1,C2,T1,R1")) != 2 {
		t.Errorf("the takeover: %v", results[whole])
	}

	long := begin(p.sendFile("/inventory/products/import?async=true", "t.csv", products("L", 15_000)))
	eventually(t, "the long import runs", func() bool { return state(long)["state"] == "running" })
	if job := p.must(http.StatusOK, p.post("/jobs/"+long+"/cancel", nil)); job["state"] != "cancelled" {
		t.Errorf("called off while it ran: %v", job)
	}
	if job := state(off); job["state"] != "cancelled" {
		t.Errorf("what was called off: %v", job)
	}
	for _, prefix := range []string{"L", "O"} {
		if n := len(p.list("inventory/products", "number[starts]="+prefix)); n != 0 {
			t.Errorf("%d products of an import that was called off", n)
		}
	}
	w.sound(t)
}
