package app

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/httpapi"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/mail"
	"github.com/tenon-hq/tenon/people"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// members joins the tenants' users (core) with logins (tenancy) for httpapi and people, which know neither.
type members struct{}

func actorOf(u *core.User) tenancy.Actor {
	return tenancy.Actor{ID: u.ID, Name: u.Name, Roles: u.Roles, Locale: i18n.Lang(u.Locale)}
}

// Actor loads a user as the one who acts; inactive users act no more.
func (members) Actor(ctx context.Context, tx *tenancy.Tx, user id.ID) (tenancy.Actor, bool, error) {
	list, err := record.Find[core.User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ?", user) })
	if err != nil || len(list) == 0 {
		return tenancy.Actor{}, false, err
	}
	actor, err := relieved(ctx, tx, actorOf(list[0]))
	return actor, list[0].Active, err
}

// relieved adds the roles that somebody has by emergency grants now.
func relieved(ctx context.Context, tx *tenancy.Tx, a tenancy.Actor) (tenancy.Actor, error) {
	extra, err := policy.ExtraRoles(ctx, tx, a.ID, tx.Now)
	for _, x := range extra {
		if !slices.Contains(a.Roles, x.Role) {
			a.Roles = append(slices.Clone(a.Roles), x.Role)
		}
	}
	return a, err
}

// List returns everybody who is active.
func (members) List(ctx context.Context, tx *tenancy.Tx) ([]policy.Person, error) {
	list, err := record.Find[core.User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("active").Order("id") })
	if err != nil {
		return nil, err
	}
	out := make([]policy.Person, len(list))
	for i, u := range list {
		out[i] = policy.Person{ID: u.ID, Name: u.Name, Roles: u.Roles}
	}
	return out, nil
}

// Add makes the user's record in the tenant.
func (members) Add(ctx context.Context, tx *tenancy.Tx, user id.ID, name, email string, locale i18n.Lang, roles []string) error {
	u := &core.User{Name: name, Email: email, Roles: roles, Locale: string(locale), Active: true, AllowMail: true}
	u.ID = user
	return record.Create(ctx, tx, u)
}

// Join makes the record of a user who comes in, as the one who acts in tx: with their rights, and checked like any other.
func (members) Join(ctx context.Context, tx *tenancy.Tx, m people.Member) (id.ID, error) {
	roles := make([]any, len(m.Roles))
	for i, r := range m.Roles {
		roles[i] = r
	}
	body := map[string]any{"name": m.Name, "email": m.Email, "roles": roles, "locale": string(m.Locale), "active": m.Active}
	keys, err := record.Add(ctx, tx, record.Catalog(tx).Entity("user"), []map[string]any{body}, func(int) string { return "" })
	if err != nil {
		return id.ID{}, err
	}
	return keys[0], nil
}

// Member reads a user; nil when there is none.
func (members) Member(ctx context.Context, tx *tenancy.Tx, user id.ID) (*people.Member, error) {
	return member(ctx, tx, "id = ?", user)
}

// ByEmail finds a user by their address, whatever its case; nil when there is none.
func (members) ByEmail(ctx context.Context, tx *tenancy.Tx, email string) (*people.Member, error) {
	return member(ctx, tx, "lower(email) = lower(?)", email)
}

func member(ctx context.Context, tx *tenancy.Tx, where string, value any) (*people.Member, error) {
	list, err := record.Find[core.User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where(where, value).OrderExpr("id").Limit(1) })
	if err != nil || len(list) == 0 {
		return nil, err
	}
	m := memberOf(list[0])
	return &m, nil
}

func memberOf(u *core.User) people.Member {
	return people.Member{ID: u.ID, Name: u.Name, Email: u.Email, Roles: u.Roles, Locale: i18n.Lang(u.Locale), Active: u.Active}
}

// Members lists all users in the order in which they came.
func (members) Members(ctx context.Context, tx *tenancy.Tx) ([]people.Member, error) {
	list, err := record.Find[core.User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.OrderExpr("id") })
	out := make([]people.Member, len(list))
	for i, u := range list {
		out[i] = memberOf(u)
	}
	return out, err
}

// Alter saves what a directory says of a user. It goes the way of people's changes, so that the last owner stays and only owners make owners.
func (members) Alter(ctx context.Context, tx *tenancy.Tx, m people.Member) error {
	u, err := record.Get[core.User](ctx, tx, m.ID)
	if err != nil {
		return err
	}
	roles := make([]any, len(m.Roles))
	for i, r := range m.Roles {
		roles[i] = r
	}
	body := map[string]any{"name": m.Name, "email": m.Email, "roles": roles, "active": m.Active}
	return record.Change(ctx, tx, record.Catalog(tx).Entity("user"), m.ID, u.Version, body)
}

// As is a user as the one who acts.
func (members) As(m people.Member) tenancy.Actor {
	return tenancy.Actor{ID: m.ID, Name: m.Name, Roles: m.Roles, Locale: m.Locale}
}

// peopleSettings fills in what sign-up and login share with the rest of the installation.
func (a *App) peopleSettings() people.Settings {
	s, cfg := a.Config.People, a.Config
	s.PublicURL = cfg.PublicURL
	if s.Terms.Version == "" {
		s.Terms.Version = "1"
	}
	if cfg.Mail.On() && s.Mail == nil {
		s.Mail = func(ctx context.Context, key string, l people.Letter) error {
			return mail.Post(ctx, cfg.Mail, key, mail.Letter{
				To: mail.Recipient{Email: l.Email, Name: l.Name, Locale: l.Locale}, Sender: l.Sender, Subject: l.Subject, Body: l.Body,
			})
		}
	}
	return s
}

// Change writes what a person says of themselves into their user's record.
func (members) Change(ctx context.Context, tx *tenancy.Tx, user id.ID, change httpapi.Profile) error {
	list, err := record.Lock[core.User](ctx, tx, user)
	if err != nil || len(list) == 0 {
		return err
	}
	u := list[0]
	if change.Name != nil {
		u.Name = *change.Name
	}
	if change.Locale != nil {
		u.Locale = string(*change.Locale)
	}
	if change.AllowMail != nil {
		u.AllowMail = *change.AllowMail
	}
	return record.Update(ctx, tx, u)
}
