package app

import (
	"context"

	"github.com/tenon-hq/tenon/engine/paper"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/mail"
	"github.com/tenon-hq/tenon/tenancy"
)

// mailDesk lets mail print documents with the eyes of whoever sends them, and keeps those from writing to strangers whose own address is not proven.
func (a *App) mailDesk(press *paper.Press) mail.Desk {
	return mail.Desk{
		Prints:  press.Prints,
		Allowed: a.Door.Verified,
		Print: func(ctx context.Context, tenant *tenancy.Tenant, user id.ID, entity string, key id.ID, lang i18n.Lang) (out mail.Paper, err error) {
			actor, address, err := a.sender(ctx, tenant, user)
			if err != nil {
				return out, err
			}
			err = a.Engine.Do(ctx, tenant, actor, func(ctx context.Context, tx *tenancy.Tx) (err error) {
				out.PDF, out.Name, err = press.PDF(ctx, tx, record.Catalog(tx).Entity(entity), key, lang)
				return err
			}, tenancy.ReadOnly())
			out.ReplyTo = address
			return out, err
		},
	}
}

// sender reads who sends a document, with the rights and the address that they have now.
func (a *App) sender(ctx context.Context, tenant *tenancy.Tenant, user id.ID) (actor tenancy.Actor, address string, err error) {
	err = a.Engine.Do(ctx, tenant, tenancy.Actor{System: true, Name: "tenon"}, func(ctx context.Context, tx *tenancy.Tx) error {
		var active bool
		if actor, active, err = (members{}).Actor(ctx, tx, user); err != nil {
			return err
		}
		if !active {
			return fault.New(fault.Forbidden, "mail.sender", "发件人已停用", "Who sent it is no longer active")
		}
		u, err := record.Get[core.User](ctx, tx, user)
		if err == nil {
			address = u.Email
		}
		return err
	}, tenancy.ReadOnly())
	return actor, address, err
}
