package core

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// PaymentTerm says when which part of an invoice is due. The last line takes what the others leave.
type PaymentTerm struct {
	bun.BaseModel `bun:"table:payment_term,alias:pt"`
	entity.Base

	Code   string `bun:"code,notnull"`
	Name   string `bun:"name,notnull"`
	NameEN string `bun:"name_en,notnull"`
	Active bool   `bun:"active,notnull"`

	Lines []*PaymentTermLine `bun:"-"`
}

// Describe says what a payment term's columns mean.
func (t *PaymentTerm) Describe(d *entity.Desc) {
	d.Is("finance.payment_term", "payment_terms", entity.T("付款条件", "Payment term"), &t.Name)
	d.Field(&t.Code, entity.Field{Label: entity.T("编码", "Code"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&t.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&t.NameEN, entity.Field{Label: entity.T("英文名称", "English name"), List: true, Search: true})
	d.Field(&t.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Lines(&t.Lines, "lines", entity.T("分期", "Instalments"))
	d.Key(&t.Code)
}

// PaymentTermLine is one instalment: a share of the total, due some days after the invoice's date, or after the end of that month.
type PaymentTermLine struct {
	bun.BaseModel `bun:"table:payment_term_line,alias:ptl"`
	entity.Line

	TermID     id.ID         `bun:"term_id,type:uuid,notnull"`
	Percent    money.Percent `bun:"percent,type:numeric(9,4),notnull"`
	Days       int           `bun:"days,notnull"`
	EndOfMonth bool          `bun:"end_of_month,notnull"`
}

// Describe says what the columns mean.
func (l *PaymentTermLine) Describe(d *entity.Desc) {
	d.Is("finance.payment_term_line", "lines", entity.T("分期", "Instalment"), nil)
	d.Field(&l.TermID, entity.Field{Label: entity.T("付款条件", "Payment term"), Ref: "finance.payment_term", Computed: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.Percent, entity.Field{Label: entity.T("比例（%）", "Percent"), Default: "100", NotNeg: true})
	d.Field(&l.Days, entity.Field{Label: entity.T("天数", "Days"), Default: "0", NotNeg: true})
	d.Field(&l.EndOfMonth, entity.Field{Label: entity.T("从月末起算", "From the end of the month"), Default: "false"})
	d.Parent(&l.TermID)
}

// prepareTerms refuses instalments that leave nothing, or less, for the last one.
func prepareTerms(_ context.Context, _ *tenancy.Tx, changes []modules.Change[*PaymentTerm]) error {
	var bad fault.Fields
	for _, c := range changes {
		sum := money.Zero()
		for i, l := range c.New.Lines {
			if sum = sum.Add(l.Percent); sum.GreaterThan(money.Hundred()) {
				bad.Add(fmt.Sprintf("lines[%d].percent", i), "term.over_hundred", "各期比例合计不能超过 100%", "The instalments add up to more than 100 percent")
				break
			}
		}
	}
	return bad.Err()
}
