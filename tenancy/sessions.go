package tenancy

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// oldCookie is how long a cookie goes on after it was replaced because rights changed: other requests of the page are under way.
const oldCookie = 30 * time.Second

// Session is a login that goes on, as its person sees it in the list.
type Session struct {
	ID                     id.ID
	Tenant                 id.ID
	Workspace              string
	Method, Agent, Network string
	Created, Seen, Expires time.Time // Seen is exact to ten minutes
}

// Sessions returns a person's open sessions, the last used first; with a tenant only those there.
func (db *DB) Sessions(ctx context.Context, person, tenant id.ID) ([]Session, error) {
	rows, err := db.control.Query(ctx, `select s.id::text, s.tenant_id::text, t.name, s.method, s.agent, s.network, s.created_at, s.seen_at, s.expires_at
		from tenon.session s join tenon.tenant t on t.id = s.tenant_id
		where s.person_id = $1 and ($2 = '' or s.tenant_id::text = $2) and s.expires_at > $3 order by s.seen_at desc, s.id desc`,
		person.String(), textOf(tenant), db.now())
	if err != nil {
		return nil, final(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Session, err error) {
		var key, where string
		if err := row.Scan(&key, &where, &s.Workspace, &s.Method, &s.Agent, &s.Network, &s.Created, &s.Seen, &s.Expires); err != nil {
			return s, err
		}
		if s.ID, err = id.Parse(key); err != nil {
			return s, err
		}
		s.Tenant, err = id.Parse(where)
		return s, err
	})
	return list, final(err)
}

// EndSession ends one of a person's sessions; a not_found fault when it is not theirs.
func (db *DB) EndSession(ctx context.Context, person, tenant, session id.ID) error {
	tag, err := db.control.Exec(ctx, "delete from tenon.session where id = $1 and person_id = $2 and ($3 = '' or tenant_id::text = $3)",
		session.String(), person.String(), textOf(tenant))
	db.logins.forget(func(p *Principal) bool { return p.Session == session })
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.NotFound, "session.not_found", "没有这个会话", "There is no such session")
	}
	return final(err)
}

// EndSessionsBy ends a person's sessions in a company that began in one way.
func (db *DB) EndSessionsBy(ctx context.Context, person, tenant id.ID, method string) error {
	_, err := db.control.Exec(ctx, "delete from tenon.session where person_id = $1 and tenant_id = $2 and method = $3", person.String(), tenant.String(), method)
	db.Forget(person)
	return final(err)
}

// EndSessions ends a person's sessions but one, which may be none, and the tokens that logins of programs were given.
func (db *DB) EndSessions(ctx context.Context, person, keep id.ID) error {
	err := pgx.BeginFunc(ctx, db.control, func(tx pgx.Tx) error { return endSessions(ctx, tx, person, keep) })
	db.Forget(person)
	return final(err)
}

// Unsettle makes the sessions of a tenant's users (none named: of all) take a new cookie with their next request, because what they may do has changed.
func (db *DB) Unsettle(ctx context.Context, tenant id.ID, users ...id.ID) error {
	keys := make([]string, len(users))
	for i, u := range users {
		keys[i] = u.String()
	}
	_, err := db.control.Exec(ctx, "update tenon.session set rotate = true where tenant_id = $1 and ($3 or user_id::text = any($2))", tenant.String(), keys, len(users) == 0)
	db.logins.forget(func(p *Principal) bool { return p.Tenant.ID == tenant })
	return final(err)
}

// Renew gives a session whose rights changed a new cookie. The old one goes on for half a minute, the CSRF token stays: pages that are open work on.
// Of several requests at once one gets the cookie; the others get none.
func (db *DB) Renew(ctx context.Context, p Principal) (cookie string, err error) {
	cookie, hash := secret("")
	tag, err := db.control.Exec(ctx, "update tenon.session set old_hash = hash, old_until = $3, hash = $2, rotate = false where id = $1 and rotate",
		p.Session.String(), hash[:], db.now().Add(oldCookie))
	db.logins.forget(func(q *Principal) bool { return q.Session == p.Session })
	if err != nil || tag.RowsAffected() == 0 {
		return "", final(err)
	}
	return cookie, nil
}
