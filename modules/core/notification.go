package core

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/seeded"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Notification tells one person that something happened to a record.
type Notification struct {
	bun.BaseModel `bun:"table:notification,alias:n"`
	entity.Base

	UserID   id.ID     `bun:"user_id,type:uuid,notnull"`
	TextZH   string    `bun:"text_zh,notnull"`
	TextEN   string    `bun:"text_en,notnull"`
	Entity   string    `bun:"entity,notnull"`
	RecordID id.ID     `bun:"record_id,type:uuid,nullzero"`
	ReadAt   time.Time `bun:"read_at,nullzero"`
}

// Describe says what a notification's columns mean.
func (n *Notification) Describe(d *entity.Desc) {
	d.Is("notification", "notifications", entity.T("通知", "Notification"), nil)
	d.Field(&n.UserID, entity.Field{Label: entity.T("收件人", "For"), Ref: "user", Computed: true, Filter: true})
	d.Field(&n.TextZH, entity.Field{Label: entity.T("内容（中文）", "Text in Chinese"), Computed: true, List: true})
	d.Field(&n.TextEN, entity.Field{Label: entity.T("内容（英文）", "Text in English"), Computed: true, List: true})
	d.Field(&n.Entity, entity.Field{Label: entity.T("对象", "Kind of record"), Computed: true, Filter: true})
	d.Field(&n.RecordID, entity.Field{Label: entity.T("记录", "Record"), Computed: true})
	d.Field(&n.ReadAt, entity.Field{Label: entity.T("阅读时间", "Read at"), Computed: true, List: true, Filter: true})
	d.Owner(&n.UserID)
	d.ReadOnly()
}

// seen says what is to be marked as read.
type seen struct {
	All *bool `in:"all" label:"同时标记更早的未读通知|All older ones too"`
}

// read notes that the person has seen the notification, and with all whatever they had not read before it; reading twice changes nothing.
func read(ctx context.Context, tx *tenancy.Tx, n *Notification, in seen) error {
	list := []*Notification{n}
	if in.All != nil && *in.All {
		older, err := record.Find[Notification](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("user_id = ? AND read_at IS NULL AND id < ?", n.UserID, n.ID).OrderExpr("id").For("UPDATE")
		})
		if err != nil {
			return err
		}
		list = append(list, older...)
	}
	var unread []*Notification
	for _, x := range list {
		if x.ReadAt.IsZero() {
			x.ReadAt = tx.Now
			unread = append(unread, x)
		}
	}
	return record.Update(ctx, tx, unread...)
}

// whole is a record as it stands in the database, for the build with the defects only.
func whole(ctx context.Context, tx *tenancy.Tx, n coreevent.Notice) string {
	var row struct {
		Text string `bun:"text"`
	}
	if def := record.Catalog(tx).Entity(n.Entity); def != nil {
		_ = record.Attempt(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) error {
			return record.Select(ctx, tx, &row, `SELECT to_jsonb(t)::text AS text FROM "`+def.Table+`" t WHERE id = $1::text::uuid`, n.Record)
		})
	}
	return row.Text
}

// notify stores a notice for everyone whom it names or who has one of its roles, each once.
func notify(ctx context.Context, tx *tenancy.Tx, n coreevent.Notice) error {
	if len(n.To) == 0 && len(n.Roles) == 0 {
		return nil
	}
	to, roles := n.To, n.Roles
	if to == nil {
		to = []id.ID{}
	}
	if roles == nil {
		roles = []string{}
	}
	if seeded.LoudNotice {
		n.Text.EN += whole(ctx, tx, n)
	}
	people, err := record.Find[User](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("active AND (id = ANY(?::uuid[]) OR roles && ?::text[])", pgdialect.Array(to), pgdialect.Array(roles)).OrderExpr("id")
	})
	if err != nil || len(people) == 0 {
		return err
	}
	rows := make([]*Notification, len(people))
	told := make([]id.ID, len(people))
	for i, p := range people {
		told[i] = p.ID
		rows[i] = &Notification{UserID: p.ID, TextZH: n.Text.ZH, TextEN: n.Text.EN, Entity: n.Entity, RecordID: n.Record}
	}
	if err := record.Create(ctx, tx, rows...); err != nil {
		return err
	}
	return record.Emit(ctx, tx, coreevent.Notified{To: told, Text: n.Text, Entity: n.Entity, Record: n.Record})
}
