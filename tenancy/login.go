package tenancy

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// Principal is who is logged in, and where. What they may do there is the tenant's to say.
type Principal struct {
	Person  Person
	Tenant  *Tenant
	UserID  id.ID // their user record in the tenant
	Session id.ID // none for a token
	CSRF    string
	Token   id.ID // none for a session
	Scopes  []string
	Expires time.Time
	Method  string    // how they proved who they are: password, second_factor, passkey, oidc:name, saml:name
	Bound   bool      // proven by the company's own provider only: good there and nowhere else
	Joined  time.Time // when they became a member
	Rotate  bool      // rights changed since the cookie was given
	Agent   string    // what the browser says it is
	Network string
}

func refused() *fault.Fault {
	return fault.New(fault.Unauthenticated, "login.refused", "邮箱或密码不正确", "The e-mail address or the password is wrong")
}

func noLogin() *fault.Fault {
	return fault.New(fault.Unauthenticated, "login.required", "请先登录", "Please log in")
}

// Login checks an address and a password, and chooses the workspace: by its name or id, or the one entered last. Unknown addresses get the same
// answer after the same time as wrong passwords. It opens nothing: NewSession or NewToken does. Limits per address and account are the caller's.
func (db *DB) Login(ctx context.Context, email, password, workspace string) (Principal, error) {
	// Anybody can sign up with an address that is not proven to be theirs: the newest few count, and the oldest few, so that nobody is crowded out.
	rows, err := db.control.Query(ctx, "select "+personColumns+`, p.password from (select *, row_number() over (order by created_at desc, id desc) newest,
		row_number() over (order by created_at, id) oldest from tenon.person where lower(email) = lower($1)) p
		where p.verified or p.newest <= 4 or p.oldest <= 4 order by p.verified desc, p.created_at desc`, strings.TrimSpace(email)) //nolint:unqueryvet // the outer query names its columns
	if err != nil {
		return Principal{}, final(err)
	}
	type candidate struct {
		person Person
		phc    string
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c candidate, err error) {
		var r personRow
		if err = row.Scan(append(r.into(), &c.phc)...); err == nil {
			c.person, err = r.person()
		}
		return c, err
	})
	if err != nil {
		return Principal{}, final(err)
	}
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = c.phc
	}
	fits, err := db.compare(ctx, password, texts)
	if err != nil {
		return Principal{}, err
	}
	for _, c := range list {
		if !fits(c.phc) {
			continue
		}
		if p, err := db.enterWorkspace(ctx, c.person, workspace); !fault.Is(err, fault.Unauthenticated) {
			return p, err
		}
	}
	return Principal{}, refused()
}

// enterWorkspace chooses among a person's workspaces.
func (db *DB) enterWorkspace(ctx context.Context, person Person, workspace string) (Principal, error) {
	list, err := db.Workspaces(ctx, person.ID)
	if err != nil {
		return Principal{}, err
	}
	var chosen *Workspace
	for i := range list {
		w := &list[i]
		fits := workspace == "" || strings.EqualFold(w.Name, workspace) || w.Tenant.String() == workspace
		if fits && (chosen == nil || w.Last) {
			chosen = w
		}
	}
	if chosen == nil {
		return Principal{}, refused()
	}
	t, err := db.Tenant(ctx, chosen.Tenant)
	if err != nil {
		return Principal{}, err
	}
	return Principal{Person: person, Tenant: t, UserID: chosen.UserID}, nil
}

// fresh is how long a credential is believed without asking again. It bounds how long a revoked one works in other programs.
const fresh = time.Second

// loginCache remembers credentials by their hash for a moment.
type loginCache struct {
	mu      sync.Mutex
	entries map[[32]byte]login
}

type login struct {
	principal *Principal
	at        time.Time
}

func (c *loginCache) get(hash [32]byte) *Principal {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l, ok := c.entries[hash]; ok && time.Since(l.at) < fresh {
		return l.principal
	}
	return nil
}

func (c *loginCache) put(hash [32]byte, p *Principal, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) > 10_000 {
		clear(c.entries)
	}
	c.entries[hash] = login{p, at}
}

func (c *loginCache) forget(which func(p *Principal) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for hash, l := range c.entries {
		if which(l.principal) {
			delete(c.entries, hash)
		}
	}
}

// Authenticate returns who holds a session's cookie or a token. It returns an unauthenticated fault for what is unknown, expired, revoked, or of a
// tenant that is gone.
func (db *DB) Authenticate(ctx context.Context, credential string) (Principal, error) {
	if len(credential) < 40 || len(credential) > 60 {
		return Principal{}, noLogin()
	}
	hash := sha256.Sum256([]byte(credential))
	if p := db.logins.get(hash); p != nil && db.now().Before(p.Expires) {
		return db.current(ctx, p)
	}
	asked := time.Now()
	find := db.findSession
	if strings.HasPrefix(credential, tokenPrefix) {
		find = db.findToken
	}
	var p *Principal
	var generation int64
	err := patient(ctx, func() (err error) {
		p, generation, err = find(ctx, hash)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return Principal{}, noLogin()
	}
	if err != nil {
		return Principal{}, final(err)
	}
	if p.Tenant, err = db.at(ctx, p.Tenant.ID, generation); err != nil {
		if fault.Is(err, fault.NotFound) {
			return Principal{}, noLogin()
		}
		return Principal{}, err
	}
	db.logins.put(hash, p, asked)
	return *p, nil
}

// current gives a remembered principal the tenant as it is known now.
func (db *DB) current(ctx context.Context, p *Principal) (Principal, error) {
	out := *p
	t, err := db.Tenant(ctx, p.Tenant.ID)
	if err != nil {
		return Principal{}, err
	}
	out.Tenant = t
	return out, nil
}
