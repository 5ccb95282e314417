package tenancy_test

import (
	"context"
	"crypto/sha256"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/tenancy"
	"github.com/tenon-hq/tenon/tenancy/tenancytest"
)

func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(4 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come true")
		}
	}
}

func signUp(t *testing.T, db *tenancy.DB, company, email, password string) (*tenancy.Tenant, tenancy.Person) {
	t.Helper()
	tenant, person, _ := tenancytest.SignUp(t, db, tenancy.New{
		Company: company,
		Person:  tenancy.PersonInput{Name: "Ann", Email: email, Password: password},
	}, nil)
	return tenant, person
}

func TestLoginAndSession(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	email := db.NewID().String() + "@Example.com"
	tenant, person := signUp(t, db, "Ann's", email, "a long password")
	p, err := db.Login(t.Context(), " "+strings.ToUpper(email)+" ", "a long password", "")
	if err != nil || p.Person.ID != person.ID || p.Tenant.ID != tenant.ID || p.UserID.IsZero() {
		t.Fatalf("%+v, %v", p, err)
	}
	cookie, p, err := db.NewSession(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		got, err := db.Authenticate(t.Context(), cookie)
		if err != nil || got.Person.ID != person.ID || got.UserID != p.UserID || got.CSRF != p.CSRF || got.Session != p.Session || got.Tenant.Name != "Ann's" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	again, p2, err := db.Rotate(t.Context(), p)
	if err != nil || again == cookie || p2.CSRF == p.CSRF {
		t.Errorf("rotated to %v, %v", p2, err)
	}
	if _, err := db.Authenticate(t.Context(), cookie); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("the old cookie: %v", err)
	}
	if got, err := db.Authenticate(t.Context(), again); err != nil || got.CSRF != p2.CSRF {
		t.Errorf("the new cookie: %+v, %v", got, err)
	}
	if err := db.Logout(t.Context(), p2); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{again, "", "x", strings.Repeat("A", 43), "tn_" + strings.Repeat("A", 43)} {
		if _, err := db.Authenticate(t.Context(), bad); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestLoginTellsNothing compares the answers for a wrong password and an unknown address.
func TestLoginTellsNothing(t *testing.T) {
	db := dear(t, tenancytest.Database(t))
	email := db.NewID().String() + "@example.com"
	for i := range 4 { // anybody may sign up with somebody's address: it must not show that there are more than one's own
		signUp(t, db, "Silent", strings.ToUpper(email), "a long password "+strings.Repeat("x", i))
	}
	signUp(t, db, "Silent", email, "a long password")
	// The least of several rounds counts, taken in turns: a machine that is busy for a while slows what it slows, and not one of them.
	var known, unknown, elsewhere time.Duration
	for round := range 60 {
		for _, c := range []struct {
			email, password, company string
			least                    *time.Duration
		}{{email, "another password", "", &known}, {"nobody@example.com", "a long password", "", &unknown}, {email, "a long password", "Somebody else's", &elsewhere}} {
			began := time.Now()
			_, err := db.Login(t.Context(), c.email, c.password, c.company)
			if took := time.Since(began); round == 0 || took < *c.least {
				*c.least = took
			}
			if err == nil || err.Error() != "unauthenticated login.refused: The e-mail address or the password is wrong" {
				t.Errorf("%s, %s: %v", c.email, c.company, err)
			}
		}
		if round >= 4 && known <= 2*unknown && unknown <= 2*known {
			return
		}
	}
	t.Errorf("a known address takes %v, an unknown one %v", known, unknown)
}

// dear opens a database in which passwords cost what they do by default.
func dear(t *testing.T, url string) *tenancy.DB {
	t.Helper()
	db, err := tenancy.Open(t.Context(), tenancy.Config{URL: url, Lines: toyLines()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// TestSecretsAreHashed looks for secrets in the shared tables.
func TestSecretsAreHashed(t *testing.T) {
	url := tenancytest.Database(t)
	db := dear(t, url)
	_, person := signUp(t, db, "Hashed", "hash@example.com", "a long password")
	p, err := db.Login(t.Context(), "hash@example.com", "a long password", "")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := db.NewSession(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := db.NewToken(t.Context(), p, "script", []string{"sales:read"}, time.Hour)
	if err != nil || len(token) != 46 || !strings.HasPrefix(token, "tn_") {
		t.Fatal(token, err)
	}
	conn := connect(t, url)
	var all, phc string
	err = conn.QueryRow(t.Context(), `select (select string_agg(s::text, ' ') from tenon.session s) || (select string_agg(k::text, ' ') from tenon.token k)
		|| (select string_agg(p::text, ' ') from tenon.person p), (select password from tenon.person where id = $1)`, person.ID.String()).Scan(&all, &phc)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{cookie, token, token[3:], "a long password"} {
		if strings.Contains(all, s) {
			t.Errorf("%q is stored", s)
		}
	}
	if hash := sha256.Sum256([]byte(cookie)); !strings.Contains(all, hexOf(hash[:4])) {
		t.Error("control: the cookie's hash should be stored")
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the password is kept as %s", phc)
	}
	for password, want := range map[string]bool{"a long password": true, "": false, "A long password": false} {
		if ok, err := db.CheckPassword(t.Context(), person.ID, password); err != nil || ok != want {
			t.Errorf("%q: %v %v", password, ok, err)
		}
	}
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	out := ""
	for _, c := range b {
		out += string(digits[c>>4]) + string(digits[c&15])
	}
	return out
}

func TestTokens(t *testing.T) {
	var ahead atomic.Int64
	now := clock.Clock(func() time.Time { return clock.System().Add(time.Duration(ahead.Load())) })
	db := tenancytest.Fresh(t, tenancy.Config{Lines: toyLines(), Clock: now})
	tenant, _ := signUp(t, db, "Tokens", "token@example.com", "a long password")
	p, err := db.Login(t.Context(), "token@example.com", "a long password", "tokens")
	if err != nil {
		t.Fatal(err)
	}
	text, made, err := db.NewToken(t.Context(), p, "script", []string{"sales:read", "crm:write"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	got, err := db.Authenticate(t.Context(), text)
	if err != nil || got.Token != made.ID || !got.Session.IsZero() || strings.Join(got.Scopes, " ") != "sales:read crm:write" || got.Tenant.ID != tenant.ID {
		t.Errorf("%+v, %v", got, err)
	}
	if list, err := db.Tokens(t.Context(), tenant.ID, p.UserID); err != nil || len(list) != 1 || list[0].Name != "script" || !list[0].Seen.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
	ahead.Store(int64(59 * time.Minute))
	if _, err := db.Authenticate(t.Context(), text); err != nil {
		t.Errorf("before its end: %v", err)
	}
	ahead.Store(int64(61 * time.Minute))
	if _, err := db.Authenticate(t.Context(), text); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("after its end: %v", err)
	}
	second, made, err := db.NewToken(t.Context(), p, "second", nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.RevokeToken(t.Context(), db.NewID(), made.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("another tenant revoked it: %v", err)
	}
	if _, err := db.Authenticate(t.Context(), second); err != nil {
		t.Error(err)
	}
	if err := db.RevokeToken(t.Context(), tenant.ID, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Authenticate(t.Context(), second); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("after it was revoked: %v", err)
	}
	cookie, _, err := db.NewSession(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	ahead.Add(int64(31 * 24 * time.Hour))
	if _, err := db.Authenticate(t.Context(), cookie); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a session after 31 days: %v", err)
	}
	if err := db.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestKnownAddress signs up with somebody else's address: a workspace is made, but never a way into the other's.
func TestKnownAddress(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	email := db.NewID().String() + "@example.com"
	first, ann := signUp(t, db, "First", email, "the first password")
	if _, err := db.Verify(t.Context(), ann.ID); err != nil {
		t.Fatal(err)
	}
	second, mallory := signUp(t, db, "Second", email, "the second password")
	for password, want := range map[string]*tenancy.Tenant{"the first password": first, "the second password": second} {
		p, err := db.Login(t.Context(), email, password, "")
		if err != nil || p.Tenant.ID != want.ID {
			t.Errorf("%s leads to %+v, %v", password, p.Tenant, err)
		}
		if list, err := db.Workspaces(t.Context(), p.Person.ID); err != nil || len(list) != 1 {
			t.Errorf("%s sees %v, %v", password, list, err)
		}
	}
	if _, err := db.Login(t.Context(), email, "the second password", "First"); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("into the other's workspace: %v", err)
	}
	// A member of that address is the verified person, whatever password the admin thinks of.
	third := tenancytest.Tenant(t, db)
	if p, err := db.AddMember(t.Context(), third.ID, email, "Mallory?", "the admin's password", db.NewID()); err != nil || p.ID != ann.ID {
		t.Errorf("the member is %+v, %v", p, err)
	}
	if _, err := db.Login(t.Context(), email, "the admin's password", ""); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("the admin's password for a known person: %v", err)
	}
	// Proving the address makes them one.
	if p, err := db.Verify(t.Context(), mallory.ID); err != nil || p.ID != ann.ID {
		t.Errorf("after the code: %+v, %v", p, err)
	}
	if list, err := db.Workspaces(t.Context(), ann.ID); err != nil || len(list) != 3 {
		t.Errorf("after the code: %v, %v", list, err)
	}
}

func TestMembers(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	home, away := tenancytest.Tenant(t, db), tenancytest.Tenant(t, db)
	email, user := db.NewID().String()+"@example.com", db.NewID()
	bob, err := db.AddMember(t.Context(), home.ID, email, "Bob", "a long password", user)
	if err != nil || bob.Verified || bob.Locale != i18n.ZH {
		t.Fatal(bob, err)
	}
	if _, err := db.AddMember(t.Context(), home.ID, strings.ToUpper(email), "Bob", "", db.NewID()); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	if _, err := db.AddMember(t.Context(), home.ID, "x", "", "short", db.NewID()); fault.As(err) == nil || len(fault.As(err).Fields) != 3 {
		t.Errorf("bad input: %v", err)
	}
	if bob, err = db.Verify(t.Context(), bob.ID); err != nil || !bob.Verified {
		t.Fatal(bob, err)
	}
	there := db.NewID()
	if again, err := db.AddMember(t.Context(), away.ID, email, "Robert", "", there); err != nil || again.ID != bob.ID {
		t.Fatal(again, err)
	}
	p, err := db.Login(t.Context(), email, "a long password", home.ID.String())
	if err != nil || p.UserID != user {
		t.Fatal(p, err)
	}
	cookie, p, err := db.NewSession(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.SwitchWorkspace(t.Context(), p, tenancytest.Tenant(t, db).ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("into a stranger's workspace: %v", err)
	}
	moved, q, err := db.SwitchWorkspace(t.Context(), p, away.ID)
	if err != nil || q.UserID != there || q.CSRF == p.CSRF {
		t.Fatal(q, err)
	}
	if _, err := db.Authenticate(t.Context(), cookie); err == nil {
		t.Error("the cookie of the other workspace still works")
	}
	if got, err := db.Authenticate(t.Context(), moved); err != nil || got.Tenant.ID != away.ID || got.UserID != there {
		t.Errorf("%+v, %v", got, err)
	}
	if last, err := db.Login(t.Context(), email, "a long password", ""); err != nil || last.Tenant.ID != away.ID {
		t.Errorf("the workspace entered last is %+v, %v", last.Tenant, err)
	}
	if err := db.RemoveMember(t.Context(), away.ID, there); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Authenticate(t.Context(), moved); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("after the removal: %v", err)
	}
	if err := db.SetPassword(t.Context(), bob.ID, "another password", p.Session); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Login(t.Context(), email, "a long password", ""); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("the old password: %v", err)
	}
	if p, err := db.Login(t.Context(), email, "another password", ""); err != nil || p.Tenant.ID != home.ID {
		t.Errorf("the new password: %v", err)
	}
	if err := db.UpdatePerson(t.Context(), bob.ID, "Bobby", i18n.EN); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Person(t.Context(), bob.ID); err != nil || got.Name != "Bobby" || got.Locale != i18n.EN {
		t.Errorf("%+v, %v", got, err)
	}
	tenancytest.SignUp(t, db, tenancy.New{Company: "Bob's", Person: tenancy.PersonInput{ID: bob.ID}}, nil)
	if list, err := db.Workspaces(t.Context(), bob.ID); err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestDeletedTenantLogsOut(t *testing.T) {
	db := tenancytest.DB(t, toyLines()...)
	email := db.NewID().String() + "@example.com"
	tenant, _ := signUp(t, db, "Gone", email, "a long password")
	p, err := db.Login(t.Context(), email, "a long password", "")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := db.NewSession(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Delete(context.WithoutCancel(t.Context()), tenant.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Authenticate(t.Context(), cookie); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a session: %v", err)
	}
	if _, err := db.Login(t.Context(), email, "a long password", ""); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a login: %v", err)
	}
}
