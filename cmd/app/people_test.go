package app_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/tenon-hq/tenon/cmd/app"
	"github.com/tenon-hq/tenon/people"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
	"github.com/tenon-hq/tenon/web"
)

// letterbox takes the mails of a world.
type letterbox struct {
	mu      sync.Mutex
	letters []people.Letter
}

func (b *letterbox) take(_ context.Context, _ string, l people.Letter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = append(b.letters, l)
	return nil
}

// wait returns the nth mail to an address, from 1.
func (b *letterbox) wait(t *testing.T, email string, n int) people.Letter {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		b.mu.Lock()
		seen := 0
		for _, l := range b.letters {
			if strings.EqualFold(l.Email, email) {
				if seen++; seen == n {
					b.mu.Unlock()
					return l
				}
			}
		}
		b.mu.Unlock()
	}
	t.Fatalf("mail %d to %s did not come", n, email)
	return people.Letter{}
}

func (b *letterbox) count(email string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.letters {
		if strings.EqualFold(l.Email, email) {
			n++
		}
	}
	return n
}

var (
	sixDigits = regexp.MustCompile(`\b\d{6}\b`)
	linkToken = regexp.MustCompile(`\?token=([A-Za-z0-9_-]+)`)
)

func codeOf(l people.Letter) string { return sixDigits.FindString(l.Body) }

func tokenOf(l people.Letter) string {
	if m := linkToken.FindStringSubmatch(l.Body); m != nil {
		return m[1]
	}
	return ""
}

// peopleWorld is a world with a letterbox whose jobs are worked on.
func peopleWorld(t *testing.T, change func(c *app.Config)) (*world, *letterbox) {
	t.Helper()
	aside(t)
	box := &letterbox{}
	// The address is known before the program starts: cookies, passkeys and providers depend on it.
	srv := httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	url := "http://localhost:" + port // passkeys need a name
	cfg := app.Config{Passwords: tenancytest.Cheap, DatabaseURL: tenancytest.Database(t), Data: t.TempDir(), Listen: "127.0.0.1:0", PublicURL: url, Workers: true, Log: testLog()}
	cfg.People.Mail = box.take
	if change != nil {
		change(&cfg)
	}
	a, err := app.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, stop, err := a.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = a.API.Handler(web.Handler())
	srv.Start()
	w := &world{app: a, url: url}
	t.Cleanup(func() {
		srv.Close()
		w.sound(t)
		end := context.WithoutCancel(t.Context())
		if err := stop(end); err != nil {
			t.Log(err)
		}
		if err := a.Close(end); err != nil {
			t.Log(err)
		}
	})
	return w, box
}

// From the sign-up over the proven address to a colleague who joins by invitation, and one person in two companies.
func TestACompanySignsUpAndInvites(t *testing.T) {
	w, box := peopleWorld(t, nil)
	nobody := person{w: w, t: t}
	options := nobody.must(http.StatusOK, nobody.get("/signup"))
	version := str(options["terms"].(m), "version")
	if free := nobody.must(http.StatusOK, nobody.get("/signup/address?address=North-Wind")); free["available"] != true || free["address"] != "north-wind" {
		t.Errorf("a free address: %v", free)
	}
	in := m{
		"company": "Northwind", "address": "north-wind", "name": "Ann", "email": "ann@northwind.example", "password": "a long enough one", "locale": "en", "terms": version, "data": "sample",
		"modules": []string{"crm", "sales", "inventory", "purchasing", "production"}, "token": true,
	}
	out := nobody.must(http.StatusCreated, nobody.post("/signup", in))
	ann := person{w: w, t: t, token: str(out, "token"), id: str(out, "user_id"), email: "ann@northwind.example"}
	if taken := nobody.must(http.StatusOK, nobody.get("/signup/address?address=north-wind")); taken["available"] != false || taken["reason"] != "address.taken" {
		t.Errorf("a taken address: %v", taken)
	}
	// Usable at once, but nobody is written to in the company's name before the address is proven.
	ann.create("crm/customers", m{"name": "First"})
	invitation := m{"email": "bob@home.example", "name": "Bob", "roles": []string{"sales"}, "locale": "en"}
	ann.refused("inviting unproven", ann.post("/invitations", invitation), http.StatusForbidden, "email.unverified")
	first := box.wait(t, ann.email, 1)
	wrong := "000000"
	if codeOf(first) == wrong {
		wrong = "000001"
	}
	ann.refused("a wrong code", ann.post("/verify", m{"code": wrong}), http.StatusUnprocessableEntity, "code.wrong")
	ann.must(http.StatusOK, ann.post("/verify", m{"code": codeOf(first)}))
	if me := ann.must(http.StatusOK, ann.get("/me")); me["verified"] != true {
		t.Errorf("me: %v", me)
	}
	x := ann.create("invitations", invitation)
	same(t, "invitation", x, m{"status": "pending", "email": "bob@home.example"})
	ann.refused("twice", ann.post("/invitations", invitation), http.StatusBadRequest, "fields.invalid")
	ann.refused("a role that is none", ann.post("/invitations", m{"email": "x@home.example", "roles": []string{"king"}}), http.StatusBadRequest, "fields.invalid")
	old := tokenOf(box.wait(t, "bob@home.example", 1))
	ann.refused("sent just now", ann.post("/invitations/"+str(x, "id")+"/resend", nil), http.StatusTooManyRequests, "invitation.soon")
	same(t, "opened", nobody.must(http.StatusOK, nobody.post("/invitations/open", m{"token": old})), m{"company": "Northwind", "known": false})
	nobody.refused("a weak password", nobody.post("/invitations/accept", m{"token": old, "password": "password1"}), http.StatusBadRequest, "fields.invalid")
	joined := nobody.must(http.StatusCreated, nobody.post("/invitations/accept", m{"token": old, "name": "Bob", "password": "another long one", "session_token": true}))
	bob := person{w: w, t: t, token: str(joined, "token"), id: str(joined, "user_id"), email: "bob@home.example"}
	if me := bob.must(http.StatusOK, bob.get("/me")); me["verified"] != true || me["roles"].([]any)[0] != "sales" {
		t.Errorf("bob: %v", me)
	}
	nobody.refused("a link that was used", nobody.post("/invitations/accept", m{"token": old, "name": "Eve", "password": "another long one"}), http.StatusUnprocessableEntity, "link.invalid")
	same(t, "accepted", ann.read("invitations", str(x, "id")), m{"status": "accepted", "user_id": bob.id})
	// The same Bob is asked into a second company, where he joins as who he is.
	second := w.signUp(t, "Southwind", "crm")
	second.must(http.StatusOK, second.post("/verify", m{"code": codeOf(box.wait(t, second.email, 1))}))
	y := second.create("invitations", m{"email": "Bob@home.example", "roles": []string{"viewer"}})
	link := tokenOf(box.wait(t, "bob@home.example", 2))
	same(t, "known", nobody.must(http.StatusOK, nobody.post("/invitations/open", m{"token": link})), m{"known": true})
	same(t, "joined", nobody.must(http.StatusOK, nobody.post("/invitations/accept", m{"token": link})), m{"log_in": true})
	if list := bob.must(http.StatusOK, bob.get("/workspaces"))["data"].([]any); len(list) != 2 {
		t.Errorf("bob's companies: %v", list)
	}
	same(t, "second", second.read("invitations", str(y, "id")), m{"status": "accepted"})
	// One that is taken back opens nothing.
	z := second.create("invitations", m{"email": "eve@home.example", "roles": []string{"viewer"}})
	gone := tokenOf(box.wait(t, "eve@home.example", 1))
	second.act("invitations", str(z, "id"), "revoke", nil)
	nobody.refused("a revoked one", nobody.post("/invitations/open", m{"token": gone}), http.StatusUnprocessableEntity, "link.invalid")
	ann.refused("the last owner", ann.patch("/users/"+ann.id, m{"active": false}), http.StatusUnprocessableEntity, "user.last_owner")
	sampleComesAndGoes(t, ann)
}

// sampleComesAndGoes waits for the sample data of a sign-up, changes one record and takes the rest away.
func sampleComesAndGoes(t *testing.T, p person) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); p.must(http.StatusOK, p.get("/sample_data"))["records"] == float64(0); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no sample data: %s", p.get("/jobs").raw)
		}
	}
	if rows := p.list("crm/opportunities", ""); len(rows) != 2 {
		t.Errorf("%d sample opportunities", len(rows))
	}
	vendor := p.list("purchasing/vendors", "sort=name")[0]
	p.must(http.StatusOK, p.patch("/purchasing/vendors/"+str(vendor, "id"), m{"name": "Ours now"}))
	dry := p.must(http.StatusOK, p.post("/sample_data/remove?dry_run=true", nil))
	kept, _ := dry["kept"].([]any)
	if len(kept) == 0 || dry["removed"].(float64) < 10 || len(p.list("crm/opportunities", "")) != 2 {
		t.Errorf("a dry run of the removal: %v", dry)
	}
	job := p.must(http.StatusAccepted, p.post("/sample_data/remove", nil))
	p.finished(job)
	if rows := p.list("crm/opportunities", ""); len(rows) != 0 {
		t.Errorf("%d opportunities stay", len(rows))
	}
	if rows := p.list("purchasing/vendors", ""); len(rows) != 1 || str(rows[0], "name") != "Ours now" {
		t.Errorf("vendors: %v", rows)
	}
	if rows := p.list("crm/customers", ""); len(rows) != 1 {
		t.Errorf("the company's own customer is gone: %v", rows)
	}
}

func (p person) finished(job m) m {
	p.t.Helper()
	path := fmt.Sprintf("/jobs/%.0f", job["job"])
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		out := p.must(http.StatusOK, p.get(path))
		if out["state"] == "completed" || out["state"] == "failed" {
			return out
		}
	}
	p.t.Fatalf("the job %s does not end", path)
	return nil
}

// A password is forgotten; the answer is the same for every address, the link works once, and all sessions end.
func TestAPasswordIsSetAnew(t *testing.T) {
	w, box := peopleWorld(t, nil)
	o := w.signUp(t, "Forgetful", "crm")
	o.must(http.StatusOK, o.post("/verify", m{"token": tokenOf(box.wait(t, o.email, 1))}))
	nobody := person{w: w, t: t}
	known, unknown := nobody.post("/password/forgot", m{"email": o.email}), nobody.post("/password/forgot", m{"email": "nobody@example.com"})
	if known.status != http.StatusAccepted || known.status != unknown.status || known.raw != unknown.raw {
		t.Errorf("known: %s, unknown: %s", known.raw, unknown.raw)
	}
	token := tokenOf(box.wait(t, o.email, 2))
	nobody.refused("a leaked one", nobody.post("/password/reset", m{"token": token, "password": "qwertyuiop"}), http.StatusBadRequest, "fields.invalid")
	nobody.must(http.StatusNoContent, nobody.post("/password/reset", m{"token": token, "password": "quite another one"}))
	o.refused("the old session", o.get("/me"), http.StatusUnauthorized, "login.required")
	nobody.refused("the link again", nobody.post("/password/reset", m{"token": token, "password": "and yet another one"}), http.StatusUnprocessableEntity, "link.invalid")
	nobody.refused("the old password", nobody.post("/login", m{"email": o.email, "password": "correct horse battery"}), http.StatusUnauthorized, "login.refused")
	nobody.must(http.StatusOK, nobody.post("/login", m{"email": o.email, "password": "quite another one", "token": true}))
	if n := box.count("nobody@example.com"); n != 0 {
		t.Errorf("%d mails to an unknown address", n)
	}
}

// A second factor: set up, asked for, good once, with recovery codes, and demanded by the company.
func TestASecondFactorIsAskedFor(t *testing.T) {
	w, _ := peopleWorld(t, nil)
	o := w.signUp(t, "Careful", "crm")
	const password = "correct horse battery"
	o.refused("without the password", o.post("/second_factor/totp", m{"current_password": "wrong"}), http.StatusBadRequest, "password.wrong")
	secret := str(o.must(http.StatusOK, o.post("/second_factor/totp", m{"current_password": password})), "secret")
	code := func(after time.Duration) string {
		c, err := totp.GenerateCode(secret, time.Now().Add(after))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	o.refused("a wrong first code", o.post("/second_factor/totp/confirm", m{"code": "12345"}), http.StatusBadRequest, "second_factor.wrong")
	set := o.must(http.StatusOK, o.post("/second_factor/totp/confirm", m{"code": code(-30 * time.Second)}))
	recovery, _ := set["recovery_codes"].([]any)
	if len(recovery) != 10 {
		t.Fatalf("recovery codes: %v", set)
	}
	nobody := person{w: w, t: t}
	login := m{"email": o.email, "password": password, "token": true}
	asked := nobody.post("/login", login)
	nobody.refused("a password alone", asked, http.StatusUnauthorized, "login.second_factor")
	challenge := str(asked.body, "challenge")
	nobody.refused("a used code", nobody.post("/login/second", m{"challenge": challenge, "code": code(-30 * time.Second)}), http.StatusUnauthorized, "second_factor.wrong")
	nobody.must(http.StatusOK, nobody.post("/login/second", m{"challenge": challenge, "code": code(0)}))
	nobody.refused("the challenge again", nobody.post("/login/second", m{"challenge": challenge, "code": code(30 * time.Second)}), http.StatusUnauthorized, "login.over")
	login["code"] = recovery[0]
	nobody.must(http.StatusOK, nobody.post("/login", login))
	nobody.refused("a used recovery code", nobody.post("/login", login), http.StatusUnauthorized, "second_factor.wrong")
	// Five guesses end a challenge.
	delete(login, "code")
	challenge = str(nobody.post("/login", login).body, "challenge")
	for range 5 {
		nobody.post("/login/second", m{"challenge": challenge, "code": "000000"})
	}
	nobody.refused("after five guesses", nobody.post("/login/second", m{"challenge": challenge, "code": code(30 * time.Second)}), http.StatusUnauthorized, "login.over")
	// The company demands one of everybody.
	q := o.hire("joe", "viewer")
	q.refused("a viewer sets the rule", q.do(http.MethodPut, "/sign_in", m{"second_factor": "required"}), http.StatusForbidden, "sign_in.denied")
	o.must(http.StatusOK, o.do(http.MethodPut, "/sign_in", m{"second_factor": "required", "grace_days": 3}))
	if me := q.must(http.StatusOK, q.get("/me")); me["second_factor"].(m)["required"] != true || me["second_factor"].(m)["overdue"] != false {
		t.Errorf("in the days of grace: %v", me["second_factor"])
	}
	o.must(http.StatusOK, o.do(http.MethodPut, "/sign_in", m{"grace_days": 0}))
	q.refused("after them", q.get("/users"), http.StatusForbidden, "second_factor.required")
	q.must(http.StatusOK, q.get("/me"))
	secret = str(q.must(http.StatusOK, q.post("/second_factor/totp", m{"current_password": password})), "secret")
	q.must(http.StatusOK, q.post("/second_factor/totp/confirm", m{"code": code(0)}))
	q.must(http.StatusOK, q.get("/users"))
}
