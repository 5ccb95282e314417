package app

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/tenancy"
)

// people joins the tenants' users (core) with logins (tenancy) for httpapi, which knows neither.
type people struct{}

func actorOf(u *core.User) tenancy.Actor {
	return tenancy.Actor{ID: u.ID, Name: u.Name, Roles: u.Roles, Locale: i18n.Lang(u.Locale)}
}

// Actor loads a user as the one who acts; inactive users act no more.
func (people) Actor(ctx context.Context, tx *tenancy.Tx, user id.ID) (tenancy.Actor, bool, error) {
	list, err := record.Find[core.User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ?", user) })
	if err != nil || len(list) == 0 {
		return tenancy.Actor{}, false, err
	}
	return actorOf(list[0]), list[0].Active, nil
}

// Add makes the user's record in the tenant.
func (people) Add(ctx context.Context, tx *tenancy.Tx, user id.ID, name, email string, locale i18n.Lang, roles []string) error {
	u := &core.User{Name: name, Email: email, Roles: roles, Locale: string(locale), Active: true, AllowMail: true}
	u.ID = user
	return record.Create(ctx, tx, u)
}
