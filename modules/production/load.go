package production

import (
	"context"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// loadSQL adds up what open orders still ask of each work centre, by the week in which they are due; what is late counts to this week. A week has
// five days.
const loadSQL = `SELECT w.id, w.code, w.name, w.bottleneck, date_trunc('week', greatest(o.due_date, ?0::date))::date AS week,
	sum(greatest(0, p.planned_minutes - p.actual_minutes)) AS minutes, w.hours_per_day * w.capacity * 60 * 5 AS available
FROM production_order o JOIN production_operation p ON p.order_id = o.id JOIN work_center w ON w.id = p.work_center_id
WHERE o.status IN ('planned', 'released', 'in_progress')
GROUP BY w.id, week ORDER BY w.code, week`

// loadReport shows how full each work centre is, week by week.
func (f *floor) loadReport() modules.Report {
	return modules.Report{
		Name:  "work_center_load",
		Label: entity.T("工作中心负荷", "Work centre load"),
		Of:    orderEntity,
		Columns: []entity.Field{
			{Name: "work_center_id", Label: entity.T("工作中心", "Work centre"), Kind: entity.KindID, Ref: "production.work_center", Class: entity.Basic},
			{Name: "code", Label: entity.T("编码", "Code"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "name", Label: entity.T("名称", "Name"), Kind: entity.KindText, Class: entity.Basic},
			{Name: "bottleneck", Label: entity.T("瓶颈", "Bottleneck"), Kind: entity.KindBool, Class: entity.Basic},
			{Name: "week", Label: entity.T("周（周一）", "Week (Monday)"), Kind: entity.KindDate, Class: entity.Basic},
			{Name: "minutes", Label: entity.T("需求分钟", "Minutes needed"), Kind: entity.KindQuantity, Class: entity.Basic},
			{Name: "available_minutes", Label: entity.T("可用分钟", "Minutes available"), Kind: entity.KindQuantity, Class: entity.Basic},
		},
		Run: load,
	}
}

func load(ctx context.Context, tx *tenancy.Tx, _ any) ([]map[string]any, error) {
	var rows []struct {
		ID         id.ID          `bun:"id"`
		Code       string         `bun:"code"`
		Name       string         `bun:"name"`
		Bottleneck bool           `bun:"bottleneck"`
		Week       clock.Date     `bun:"week"`
		Minutes    money.Quantity `bun:"minutes"`
		Available  money.Quantity `bun:"available"`
	}
	if err := tx.NewRaw(loadSQL, tx.Today()).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		out[i] = map[string]any{
			"work_center_id": r.ID, "code": r.Code, "name": r.Name, "bottleneck": r.Bottleneck, "week": r.Week,
			"minutes": r.Minutes, "available_minutes": r.Available,
		}
	}
	return out, nil
}
