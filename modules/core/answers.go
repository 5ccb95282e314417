package core

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// StandardTax returns the tax that applies where neither line nor product names one: the highest active sales rate, 13 % as a company is set up.
func (Products) StandardTax(ctx context.Context, tx *tenancy.Tx) (coreevent.Tax, error) {
	rows, err := record.Find[Tax](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("active AND kind IN ('sale', 'both')").OrderExpr("rate DESC, code").Limit(1)
	})
	if err != nil || len(rows) == 0 {
		return coreevent.Tax{}, err
	}
	t := rows[0]
	return coreevent.Tax{ID: t.ID, Code: t.Code, Name: t.Name, Rate: t.Rate, Kind: t.Kind, Rounding: t.Rounding}, nil
}

// Users answers who a tenant's people are.
type Users struct{}

// Names returns how the users are called.
func (Users) Names(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]string, error) {
	rows, err := record.Find[User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ANY(?::uuid[])", pgdialect.Array(ids)) })
	out := make(map[id.ID]string, len(rows))
	for _, u := range rows {
		out[u.ID] = u.Name
	}
	return out, err
}

// Mailable returns those of the users who are active and want mail.
func (Users) Mailable(ctx context.Context, tx *tenancy.Tx, ids []id.ID) ([]*User, error) {
	return record.Find[User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("active AND allow_mail AND id = ANY(?::uuid[])", pgdialect.Array(ids)).OrderExpr("id")
	})
}
