package production

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// maxDays bounds how many days one report shows.
const maxDays = 370

// DaysInput is the days that are looked at: two weeks from today by default.
type DaysInput struct {
	From clock.Date `in:"from" label:"开始日期|From"`
	To   clock.Date `in:"to" label:"结束日期|To"`
}

// daysReport shows what each work centre has to do and can do, day by day.
func (f *floor) daysReport() modules.Report {
	return modules.Report{
		Name:  "work_center_days",
		Label: entity.T("工作中心每日负荷", "Work centre load by day"),
		Of:    orderEntity,
		Input: func() any { return new(DaysInput) },
		Columns: []entity.Field{
			{Name: "work_center_id", Label: entity.T("工作中心", "Work centre"), Kind: entity.KindID, Ref: "production.work_center", Class: entity.Basic},
			{Name: "code", Label: entity.T("编码", "Code"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "bottleneck", Label: entity.T("瓶颈", "Bottleneck"), Kind: entity.KindBool, Class: entity.Basic},
			{Name: "day", Label: entity.T("日期", "Day"), Kind: entity.KindDate, Class: entity.Basic},
			{Name: "minutes", Label: entity.T("需求分钟", "Minutes needed"), Kind: entity.KindQuantity, Class: entity.Basic},
			{Name: "available_minutes", Label: entity.T("可用分钟", "Minutes available"), Kind: entity.KindQuantity, Class: entity.Basic},
			{Name: "free_minutes", Label: entity.T("空闲分钟", "Minutes free"), Kind: entity.KindQuantity, Class: entity.Basic},
			{Name: "orders", Label: entity.T("工单数", "Orders"), Kind: entity.KindInt, Class: entity.Basic},
		},
		Run: f.days,
	}
}

// span reads the days that are looked at.
func (in *DaysInput) span(today clock.Date) (from, to clock.Date, err error) {
	if from = in.From; from.IsZero() {
		from = today
	}
	if to = in.To; to.IsZero() {
		to = from.AddDays(13)
	}
	var bad fault.Fields
	switch {
	case to.Before(from):
		bad.Add("to", "span.empty", "早于开始日期", "is before the first day")
	case to.Sub(from) >= maxDays:
		bad.Add("to", "span.long", "最多 %d 天", "at most %d days", maxDays)
	}
	return from, to, bad.Err()
}

func (f *floor) days(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*DaysInput)
	from, to, err := in.span(tx.Today())
	if err != nil {
		return nil, err
	}
	var ids []id.ID
	if err := tx.NewRaw("SELECT id FROM work_center WHERE active ORDER BY code").Scan(ctx, &ids); err != nil {
		return nil, err
	}
	s, err := (&floor{Plugs: f.Plugs, looks: true}).shop(ctx, tx, ids, nil)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		WorkCenterID id.ID          `bun:"work_center_id"`
		Day          clock.Date     `bun:"day"`
		Minutes      money.Quantity `bun:"minutes"`
		Orders       int            `bun:"orders"`
	}
	err = record.Select(ctx, tx, &rows, `SELECT l.work_center_id, l.day, sum(l.minutes) AS minutes, count(DISTINCT l.order_id) AS orders
		FROM production_load l JOIN production_order o ON o.id = l.order_id
		WHERE l.day BETWEEN $1::text::date AND $2::text::date AND o.status IN ('planned', 'released', 'in_progress') GROUP BY 1, 2`, from, to)
	if err != nil {
		return nil, err
	}
	type cell struct {
		center id.ID
		day    clock.Date
	}
	minutes, orders := map[cell]money.Quantity{}, map[cell]int{}
	for _, r := range rows {
		minutes[cell{r.WorkCenterID, r.Day}], orders[cell{r.WorkCenterID, r.Day}] = r.Minutes, r.Orders
	}
	var out []map[string]any
	for _, key := range ids {
		c := s.centers[key]
		for day := from; !day.After(to); day = day.AddDays(1) {
			at := cell{key, day}
			out = append(out, map[string]any{
				"work_center_id": key, "code": c.code, "bottleneck": c.bottleneck, "day": day, "minutes": minutes[at], "orders": orders[at],
				"available_minutes": c.available(day), "free_minutes": money.Max(money.Zero(), c.available(day).Sub(minutes[at])),
			})
		}
	}
	return out, nil
}
