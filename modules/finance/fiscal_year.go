package finance

import (
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
)

const (
	open   = "open"
	soft   = "soft"
	hard   = "hard"
	closed = "closed"
)

// FiscalYear is a business year. Opening it makes its periods; closing it carries the result forward and closes
// them until it is reopened.
type FiscalYear struct {
	bun.BaseModel `bun:"table:finance_fiscal_year,alias:ffy"`
	entity.Base

	Name      string     `bun:"name,notnull"`
	StartDate clock.Date `bun:"start_date,type:date,notnull"`
	EndDate   clock.Date `bun:"end_date,type:date,notnull"`
	Status    string     `bun:"status,notnull"`
}

// Describe says what a fiscal year means.
func (y *FiscalYear) Describe(d *entity.Desc) {
	d.Is("finance.fiscal_year", "fiscal_years", entity.T("会计年度", "Fiscal year"), &y.Name)
	d.Field(&y.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&y.StartDate, entity.Field{Label: entity.T("开始日期", "Start date"), Required: true, List: true, Filter: true})
	d.Field(&y.EndDate, entity.Field{Label: entity.T("结束日期", "End date"), Required: true, List: true, Filter: true})
	d.Field(&y.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: draft, List: true, Filter: true,
		Options: entity.Options(draft, "草稿", "Draft", open, "进行中", "Open", closed, "已结账", "Closed"),
	})
	d.State(&y.Status, draft)
	d.Key(&y.Name)
}

// periods cuts the year into months.
func (y *FiscalYear) periods() []*Period {
	var list []*Period
	for from := y.StartDate; !from.After(y.EndDate); {
		to := from.MonthEnd()
		if to.After(y.EndDate) {
			to = y.EndDate
		}
		list = append(list, &Period{FiscalYearID: y.ID, Name: from.String()[:7], StartDate: from, EndDate: to, Status: open})
		from = to.AddDays(1)
	}
	return list
}

// calendarYear is the business year that the calendar gives.
func calendarYear(year int) *FiscalYear {
	return &FiscalYear{Name: fmt.Sprintf("%04d", year), Status: open, StartDate: clock.NewDate(year, time.January, 1), EndDate: clock.NewDate(year,
		time.December, 31)}
}

// Period is a month of a fiscal year. While it is soft-locked only closing adjustments are posted into it; closed with its year, nothing is until the
// year is reopened; hard-locked, nothing is, for good.
type Period struct {
	bun.BaseModel `bun:"table:finance_period,alias:fpe"`
	entity.Base

	FiscalYearID id.ID      `bun:"fiscal_year_id,type:uuid,notnull"`
	Name         string     `bun:"name,notnull"`
	StartDate    clock.Date `bun:"start_date,type:date,notnull"`
	EndDate      clock.Date `bun:"end_date,type:date,notnull"`
	Status       string     `bun:"status,notnull"`
}

// Describe says what a period means.
func (p *Period) Describe(d *entity.Desc) {
	d.Is("finance.period", "periods", entity.T("会计期间", "Period"), &p.Name)
	d.Field(&p.FiscalYearID, entity.Field{
		Label: entity.T("会计年度", "Fiscal year"), Ref: "finance.fiscal_year", Required: true, Immutable: true,
		List: true, Filter: true,
	})
	d.Field(&p.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&p.StartDate, entity.Field{Label: entity.T("开始日期", "Start date"), Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&p.EndDate, entity.Field{Label: entity.T("结束日期", "End date"), Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&p.Status, entity.Field{
		Label: entity.T("状态", "Status"), Computed: true, Default: open, List: true, Filter: true,
		Options: entity.Options(open, "开放", "Open", soft, "软锁定", "Soft-locked", closed, "已结账", "Closed", hard, "硬锁定", "Hard-locked"),
	})
	d.State(&p.Status, open)
	d.Key(&p.Name)
}
