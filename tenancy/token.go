package tenancy

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// longestToken is how long a program's token may live.
const longestToken = 366 * 24 * time.Hour

// Token is what a program logs in with, as it is listed: the secret itself was shown once.
type Token struct {
	ID      id.ID
	UserID  id.ID
	Name    string
	Scopes  []string // empty: all that the user may
	Created time.Time
	Expires time.Time
	Seen    time.Time // zero: never used
}

// NewToken makes a token for a user of a tenant, as tn_ and 43 letters. It is returned once; only its hash is stored.
func (db *DB) NewToken(ctx context.Context, p Principal, name string, scopes []string, life time.Duration) (text string, t Token, err error) {
	if life <= 0 || life > longestToken {
		return "", Token{}, fault.New(fault.Invalid, "token.life", "令牌有效期最长为一年", "A token lives for a year at most")
	}
	if scopes == nil {
		scopes = []string{}
	}
	text, hash := secret(tokenPrefix)
	now := db.now()
	t = Token{ID: db.ids.New(), UserID: p.UserID, Name: name, Scopes: scopes, Created: now, Expires: now.Add(life)}
	raw, err := json.Marshal(scopes)
	if err != nil {
		return "", Token{}, err
	}
	_, err = db.control.Exec(ctx, "insert into tenon.token (id, hash, person_id, tenant_id, user_id, name, scopes, created_at, expires_at, bound)"+
		" values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10)", t.ID.String(), hash[:], p.Person.ID.String(),
		p.Tenant.ID.String(), p.UserID.String(), name, string(raw), t.Created, t.Expires, p.Bound)
	return text, t, final(err)
}

// Tokens returns the tokens of a tenant's user, or of all its users when none is named; newest first.
func (db *DB) Tokens(ctx context.Context, tenant, user id.ID) ([]Token, error) {
	rows, err := db.control.Query(ctx, `select id::text, user_id::text, name, scopes::text, created_at, expires_at, coalesce(seen_at, 'epoch') from tenon.token
		where tenant_id = $1 and ($2 = '' or user_id::text = $2) order by id desc`, tenant.String(), user.String())
	if err != nil {
		return nil, final(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Token, err error) {
		var key, user, scopes string
		if err := row.Scan(&key, &user, &t.Name, &scopes, &t.Created, &t.Expires, &t.Seen); err != nil {
			return t, err
		}
		if t.Seen.Unix() == 0 {
			t.Seen = time.Time{}
		}
		if t.ID, err = id.Parse(key); err != nil {
			return t, err
		}
		if t.UserID, err = id.Parse(user); err != nil {
			return t, err
		}
		return t, json.Unmarshal([]byte(scopes), &t.Scopes)
	})
	return list, final(err)
}

// RevokeToken ends a token of a tenant; a not_found fault when the tenant has none with this id.
func (db *DB) RevokeToken(ctx context.Context, tenant, token id.ID) error {
	tag, err := db.control.Exec(ctx, "delete from tenon.token where tenant_id = $1 and id = $2", tenant.String(), token.String())
	db.logins.forget(func(p *Principal) bool { return p.Token == token })
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.NotFound, "token.not_found", "没有这个令牌", "There is no such token")
	}
	return final(err)
}

func (db *DB) findToken(ctx context.Context, hash [32]byte) (*Principal, int64, error) {
	var scopes string
	var bound bool
	p, token, generation, err := db.find(ctx, "token", "c.scopes::text, c.bound", "c.hash = $1", hash, &scopes, &bound)
	if err != nil {
		return nil, 0, err
	}
	p.Token, p.Bound = token, bound
	return p, generation, json.Unmarshal([]byte(scopes), &p.Scopes)
}

// visitScope starts the scope of a token by which an operator acts as one of a tenant's people; the operator's name follows. No other token can have it.
const visitScope = "visit:"

// NewVisit makes a token for an operator who acts as a user of a tenant, by its consent. EndVisits ends it before its time.
func (db *DB) NewVisit(ctx context.Context, p Principal, operator string, life time.Duration) (text string, t Token, err error) {
	return db.NewToken(ctx, p, "operator: "+operator, []string{"read", "write", visitScope + operator}, life)
}

// EndVisits ends what operators may do in a tenant.
func (db *DB) EndVisits(ctx context.Context, tenant id.ID) error {
	_, err := db.control.Exec(ctx, `delete from tenon.token where tenant_id = $1
		and exists (select from jsonb_array_elements_text(scopes) s where starts_with(s, $2))`, tenant.String(), visitScope)
	db.logins.forget(func(p *Principal) bool { return p.Tenant.ID == tenant && p.Visitor() != "" })
	return final(err)
}

// Visitor names the operator who acts as this person; empty: it is the person.
func (p *Principal) Visitor() string {
	for _, s := range p.Scopes {
		if name, ok := strings.CutPrefix(s, visitScope); ok {
			return name
		}
	}
	return ""
}
