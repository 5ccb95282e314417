package tenancy

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

const (
	sessionLife = 30 * 24 * time.Hour
	tokenPrefix = "tn_"
	seenEvery   = 10 * time.Minute // how exact "last seen" is
)

// secret draws 32 random bytes and returns them as text with the hash that is stored.
func secret(prefix string) (text string, hash [32]byte) {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		panic(err) // the system's source of randomness is gone: nothing may go on
	}
	text = prefix + base64.RawURLEncoding.EncodeToString(b)
	return text, sha256.Sum256([]byte(text))
}

// NewSession opens a session for who has logged in: 30 days, one tenant. The cookie is returned once; only its hash is stored.
func (db *DB) NewSession(ctx context.Context, p Principal) (cookie string, out Principal, err error) {
	cookie, hash := secret("")
	now := db.now()
	out = p
	out.Session, out.Token, out.Scopes, out.Expires = db.ids.New(), id.ID{}, nil, now.Add(sessionLife)
	out.CSRF, _ = secret("")
	err = pgx.BeginFunc(ctx, db.control, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `insert into tenon.session (id, hash, person_id, tenant_id, user_id, csrf, created_at, expires_at, seen_at, method, agent, network, bound)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $7, $9, $10, $11, $12)`, out.Session.String(), hash[:], p.Person.ID.String(), p.Tenant.ID.String(),
			p.UserID.String(), out.CSRF, now, out.Expires, cmp.Or(p.Method, "password"), p.Agent, p.Network, p.Bound); err != nil {
			return err
		}
		if p.Bound {
			return nil // the next login elsewhere must not lead here
		}
		_, err := tx.Exec(ctx, "update tenon.person set last_tenant = $2 where id = $1", p.Person.ID.String(), p.Tenant.ID.String())
		return err
	})
	return cookie, out, final(err)
}

// Rotate gives a session a new cookie and CSRF token, as after a login or a change of rights; the old ones end.
func (db *DB) Rotate(ctx context.Context, p Principal) (cookie string, out Principal, err error) {
	return db.move(ctx, p, p.Tenant, p.UserID)
}

// SwitchWorkspace moves a session to another tenant of the same person, with a new cookie. It returns a not_found fault when the person is no
// member there.
func (db *DB) SwitchWorkspace(ctx context.Context, p Principal, tenant id.ID) (cookie string, out Principal, err error) {
	if p.Bound {
		return "", Principal{}, Stays()
	}
	list, err := db.Workspaces(ctx, p.Person.ID)
	if err != nil {
		return "", Principal{}, err
	}
	for _, w := range list {
		if w.Tenant == tenant {
			t, err := db.Tenant(ctx, tenant)
			if err != nil {
				return "", Principal{}, err
			}
			return db.move(ctx, p, t, w.UserID)
		}
	}
	return "", Principal{}, noTenant()
}

// Stays is the fault for what would take a login beyond the company whose own provider vouches for it.
func Stays() *fault.Fault {
	return fault.New(fault.Forbidden, "session.bound", "通过企业单点登录进入，仅限本企业（规则 platform.session）；请用密码或通行密钥登录",
		"This login came through the company's own provider and is good for this company only (rule platform.session); log in by password or passkey").With("rule", "platform.session")
}

func (db *DB) move(ctx context.Context, p Principal, t *Tenant, user id.ID) (cookie string, out Principal, err error) {
	if p.Session.IsZero() {
		return "", Principal{}, fault.New(fault.Invalid, "session.required", "此操作需要浏览器会话", "This needs a browser session, not a token")
	}
	cookie, hash := secret("")
	out = p
	out.CSRF, _ = secret("")
	out.Tenant, out.UserID = t, user
	tag, err := db.control.Exec(ctx, `with moved as (
			update tenon.session set hash = $2, csrf = $3, tenant_id = $4, user_id = $5, rotate = false, old_hash = null where id = $1 returning person_id)
		update tenon.person set last_tenant = $4 where id in (select person_id from moved)`,
		p.Session.String(), hash[:], out.CSRF, t.ID.String(), user.String())
	db.logins.forget(func(q *Principal) bool { return q.Session == p.Session })
	if err == nil && tag.RowsAffected() == 0 {
		return "", Principal{}, noLogin()
	}
	return cookie, out, final(err)
}

// Logout ends a session, or revokes the token that was used.
func (db *DB) Logout(ctx context.Context, p Principal) error {
	_, err := db.control.Exec(ctx, "delete from tenon.session where id::text = $1", p.Session.String())
	if !p.Token.IsZero() {
		_, err = db.control.Exec(ctx, "delete from tenon.token where id = $1", p.Token.String())
	}
	db.logins.forget(func(q *Principal) bool { return q.Session == p.Session && q.Token == p.Token })
	return final(err)
}

const principalColumns = personColumns + ", c.id::text, c.tenant_id::text, c.user_id::text, t.generation, c.expires_at, coalesce(c.seen_at, c.created_at), m.created_at"

const principalJoins = ` join tenon.person p on p.id = c.person_id join tenon.tenant t on t.id = c.tenant_id and t.state <> 'deleted'
	join tenon.membership m on m.person_id = c.person_id and m.tenant_id = c.tenant_id and m.user_id = c.user_id
	where c.expires_at > $2 and `

// find reads a credential and what hangs on it with one query.
func (db *DB) find(ctx context.Context, table, column, where string, hash [32]byte, extra ...any) (p *Principal, credential id.ID, generation int64, err error) {
	var (
		r                 personRow
		key, tenant, user string
		seen              time.Time
		now               = db.now()
	)
	p = &Principal{Tenant: &Tenant{}}
	err = db.control.QueryRow(ctx, "select "+principalColumns+", "+column+" from tenon."+table+" c"+principalJoins+where, hash[:], now).
		Scan(append(append(r.into(), &key, &tenant, &user, &generation, &p.Expires, &seen, &p.Joined), extra...)...)
	if err != nil {
		return nil, id.ID{}, 0, err
	}
	var errs [4]error
	p.Person, errs[0] = r.person()
	credential, errs[1] = id.Parse(key)
	p.Tenant.ID, errs[2] = id.Parse(tenant)
	p.UserID, errs[3] = id.Parse(user)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, id.ID{}, 0, err
	}
	if now.Sub(seen) > seenEvery {
		if _, err := db.control.Exec(ctx, "update tenon."+table+" set seen_at = $2 where id = $1", key, now); err != nil {
			return nil, id.ID{}, 0, err
		}
	}
	return p, credential, generation, nil
}

func (db *DB) findSession(ctx context.Context, hash [32]byte) (*Principal, int64, error) {
	var csrf, method string
	var bound, rotate bool
	p, session, generation, err := db.find(ctx, "session", "c.csrf, c.method, c.bound, c.rotate and c.hash = $1",
		"(c.hash = $1 or c.old_hash = $1 and c.old_until > $2)", hash, &csrf, &method, &bound, &rotate)
	if err != nil {
		return nil, 0, err
	}
	p.Session, p.CSRF, p.Method, p.Bound, p.Rotate = session, csrf, method, bound, rotate
	return p, generation, nil
}
