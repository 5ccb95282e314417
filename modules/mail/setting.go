package mail

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// How many documents a company sends by mail in a day: without a setting, and at most.
const (
	usualDaily = 500
	mostDaily  = 100_000
)

// Setting is what a company sets about its mail. It has one; without it the usual applies.
type Setting struct {
	bun.BaseModel `bun:"table:mail_setting,alias:mst"`
	entity.Base

	DailyDocuments int64 `bun:"daily_documents,notnull"`
}

// Describe says what a setting means.
func (s *Setting) Describe(d *entity.Desc) {
	d.Is("mail.setting", "settings", entity.T("邮件设置", "Mail setting"), nil)
	d.Field(&s.DailyDocuments, entity.Field{
		Label: entity.T("每日单据邮件上限", "Documents mailed per day, at most"), Required: true, NotNeg: true, List: true,
		Help: entity.T("全公司每天最多发送的单据邮件数；0 表示不发送；没有设置时为 500", "By the whole company; 0: none are sent; 500 where nothing is set"),
	})
}

// prepareSettings refuses a second setting, and more than a mail server would take.
func prepareSettings(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Setting]) error {
	var bad fault.Fields
	for _, c := range changes {
		if c.New != nil && c.New.DailyDocuments > mostDaily {
			bad.Add("daily_documents", "value.range", "最多 %d", "at most %d", mostDaily)
		}
		if c.Old != nil {
			continue
		}
		known, err := record.Find[Setting](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Limit(1) })
		if err != nil {
			return err
		}
		if len(known) > 0 || len(changes) > 1 {
			return fault.New(fault.Conflict, "setting.exists", "邮件设置已存在，请修改现有设置", "There is a mail setting already; change that one")
		}
	}
	return bad.Err()
}

// daily refuses more documents than the company sends in a day. Two who send at once wait for each other here, so that both can't take the last.
func daily(ctx context.Context, tx *tenancy.Tx, more int) error {
	if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", tx.Tenant.ID.String()+"/mail").Exec(ctx); err != nil {
		return err
	}
	rows, err := record.Find[Setting](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Limit(1) })
	if err != nil {
		return err
	}
	most := int64(usualDaily)
	if len(rows) > 0 {
		most = rows[0].DailyDocuments
	}
	day := tx.Today().Time()
	start := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, tx.Tenant.Zone)
	var sent int64
	if err := tx.NewRaw("SELECT count(*) FROM mail_document WHERE created_at >= ?", start).Scan(ctx, &sent); err != nil {
		return err
	}
	if sent+int64(more) <= most {
		return nil
	}
	return fault.New(fault.OverLimit, "mail.daily", "今天还能发送 %[3]d 封单据邮件（每日上限 %[1]d，已发送 %[2]d）；请减少数量、明天再发，或请管理员调整上限",
		"%[3]d more documents can be mailed today (%[1]d a day, %[2]d are sent); send fewer, send tomorrow, or ask an administrator to raise the limit", most, sent, max(0, most-sent))
}
