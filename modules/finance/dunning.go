package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

const done = "done"

// DunningLevel is one reminder 催款级别: from how many days of delay on it is sent, and its words in both languages. {invoices}, {amount}, {currency} and
// {days} stand for what is overdue.
type DunningLevel struct {
	bun.BaseModel `bun:"table:finance_dunning_level,alias:fdl"`
	entity.Base

	Level  int    `bun:"level,notnull"`
	Days   int    `bun:"days,notnull"`
	TextZH string `bun:"text_zh,notnull"`
	TextEN string `bun:"text_en,notnull"`
	Active bool   `bun:"active,notnull"`
}

// Describe says what a dunning level means.
func (l *DunningLevel) Describe(d *entity.Desc) {
	d.Is("finance.dunning_level", "dunning_levels", entity.T("催款级别", "Dunning level"), nil)
	d.Field(&l.Level, entity.Field{Label: entity.T("级别", "Level"), Required: true, Positive: true, Unique: true, List: true, Filter: true})
	d.Field(&l.Days, entity.Field{Label: entity.T("逾期天数", "Days late"), Required: true, NotNeg: true, List: true})
	d.Field(&l.TextZH, entity.Field{Label: entity.T("中文内容", "Text in Chinese"), Required: true, List: true})
	d.Field(&l.TextEN, entity.Field{Label: entity.T("英文内容", "Text in English"), Required: true, List: true})
	d.Field(&l.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
	d.Key(&l.Level)
}

// DunningRun reminds all customers of what is overdue on a day; each invoice moves up by at most one level in a run.
type DunningRun struct {
	bun.BaseModel `bun:"table:finance_dunning_run,alias:fdr"`
	entity.Base

	Date      clock.Date `bun:"date,type:date,notnull"`
	Status    string     `bun:"status,notnull"`
	Memo      string     `bun:"memo,notnull"`
	LineCount int        `bun:"line_count,notnull"`

	Notices []*DunningNotice `bun:"-"`
}

// Describe says what a dunning run means.
func (r *DunningRun) Describe(d *entity.Desc) {
	d.Is("finance.dunning_run", "dunning_runs", entity.T("催款", "Dunning run"), nil)
	d.Field(&r.Date, entity.Field{Label: entity.T("日期", "Date"), List: true, Filter: true})
	d.Field(&r.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", done, "已催款", "Done"),
	})
	d.Field(&r.Memo, entity.Field{Label: entity.T("备注", "Memo"), List: true, Search: true})
	d.Field(&r.LineCount, entity.Field{Label: entity.T("发票数", "Invoices"), Computed: true, List: true})
	d.State(&r.Status, draft)
	d.Lines(&r.Notices, "notices", entity.T("催款明细", "Notices"))
}

// DunningNotice says that a customer was reminded of one invoice.
type DunningNotice struct {
	bun.BaseModel `bun:"table:finance_dunning_notice,alias:fdn"`
	entity.Line

	RunID         id.ID        `bun:"run_id,type:uuid,notnull"`
	InvoiceID     id.ID        `bun:"invoice_id,type:uuid,notnull"`
	CustomerID    id.ID        `bun:"customer_id,type:uuid,notnull"`
	Level         int          `bun:"level,notnull"`
	DaysLate      int          `bun:"days_late,notnull"`
	Currency      string       `bun:"currency,notnull"`
	OverdueAmount money.Amount `bun:"overdue_amount,type:numeric(20,4),notnull"`
}

// Describe says what a notice means.
func (n *DunningNotice) Describe(d *entity.Desc) {
	d.Is("finance.dunning_notice", "dunning_notices", entity.T("催款明细", "Dunning notice"), nil)
	d.Field(&n.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&n.RunID, entity.Field{Label: entity.T("催款", "Dunning run"), Ref: "finance.dunning_run", Computed: true})
	d.Field(&n.InvoiceID, entity.Field{Label: entity.T("销售发票", "Invoice"), Ref: "finance.invoice", Computed: true, List: true})
	d.Field(&n.CustomerID, entity.Field{Label: entity.T("客户", "Customer"), Ref: "crm.customer", Computed: true, List: true})
	d.Field(&n.Level, entity.Field{Label: entity.T("级别", "Level"), Computed: true, List: true})
	d.Field(&n.DaysLate, entity.Field{Label: entity.T("逾期天数", "Days late"), Computed: true, List: true})
	d.Field(&n.Currency, entity.Field{Label: entity.T("币种", "Currency"), Computed: true, List: true})
	d.Field(&n.OverdueAmount, entity.Field{Label: entity.T("逾期金额", "Overdue amount"), Class: "payment", Computed: true, List: true, Total: true})
	d.Parent(&n.RunID)
}

// dunningLevels are the reminders that a new company starts with.
func dunningLevels() []*DunningLevel {
	return []*DunningLevel{
		{
			Level: 1, Days: 7, Active: true, TextZH: "温馨提示：以下发票已到期，合计 {amount} {currency}：{invoices}。如已付款，请忽略本提醒。",
			TextEN: "A friendly reminder: these invoices are due, {amount} {currency} in all: {invoices}. If you have paid already, please ignore this.",
		},
		{
			Level: 2, Days: 21, Active: true, TextZH: "第二次提醒：以下发票已逾期 {days} 天，合计 {amount} {currency}：{invoices}。请尽快付款。",
			TextEN: "Second reminder: these invoices are {days} days overdue, {amount} {currency} in all: {invoices}. Please pay soon.",
		},
		{
			Level: 3, Days: 45, Active: true,
			TextZH: "最后通知：以下发票已逾期 {days} 天，合计 {amount} {currency}：{invoices}。请在七日内付清，否则我们将采取进一步措施。",
			TextEN: "Final notice: these invoices are {days} days overdue, {amount} {currency} in all: {invoices}. Please pay within seven days, or we shall take further steps.",
		},
	}
}
