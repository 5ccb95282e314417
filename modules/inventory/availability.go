package inventory

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// AvailabilityOf is the product that is asked about, and how far to look.
type AvailabilityOf struct {
	ProductID id.ID       `in:"product_id" label:"产品|Product"`
	Until     *clock.Date `in:"until" label:"截止日期|Until"`
}

func availabilityColumns() []entity.Field {
	quantity := func(name, zh, en, helpZH, helpEN string) entity.Field {
		return entity.Field{Name: name, Label: entity.T(zh, en), Help: entity.T(helpZH, helpEN), Kind: entity.KindQuantity, Class: entity.Basic, Signed: true}
	}
	return []entity.Field{
		{Name: "product_id", Label: entity.T("产品", "Product"), Kind: entity.KindID, Ref: "inventory.product", Class: entity.Basic},
		{Name: "date", Label: entity.T("日期", "Date"), Kind: entity.KindDate, Class: entity.Basic},
		quantity("on_hand", "在手数量", "On hand", "内部库位中未过期的数量", "What lies at internal locations and has not expired"),
		quantity("reserved", "预留数量", "Reserved", "当前为需求保留的数量", "What is held for demands now"),
		quantity("incoming", "到货", "Incoming", "当日预计入库", "What is expected to come in on the day"),
		quantity("outgoing", "出货", "Outgoing", "当日需求", "What is needed on the day"),
		quantity("projected", "预计结存", "Projected on hand", "当日终了的预计结存", "What there will be at the end of the day"),
		quantity("projected_free", "预计可用", "Projected free", "从当日起始终可用的数量：此后各日预计结存的最小值", "What can be promised for the day without anybody later missing it"),
	}
}

// stir is what is expected to come or go on a day.
type stir struct {
	Date     clock.Date     `bun:"date"`
	Incoming money.Quantity `bun:"incoming"`
	Outgoing money.Quantity `bun:"outgoing"`
}

// availability shows how a product's stock is expected to develop: today, and every day on which something comes in or is needed. What is overdue
// counts for today. What demands wait for and nobody has undertaken to supply is needed, and does not come.
func (k keeper) availability(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*AvailabilityOf)
	if in == nil || in.ProductID.IsZero() {
		return nil, fault.New(fault.Invalid, "fields.invalid", "请填写产品", "Say which product").At("product_id", "required", "必填", "is required")
	}
	var now []struct {
		OnHand   money.Quantity `bun:"on_hand"`
		Reserved money.Quantity `bun:"reserved"`
	}
	err := record.Select(ctx, tx, &now, `SELECT coalesce(sum(b.on_hand), 0) AS on_hand, coalesce(sum(b.reserved), 0) AS reserved
		FROM stock_balance b JOIN location p ON p.id = b.location_id AND p.type = 'internal' AND p.active LEFT JOIN lot l ON l.id = b.lot_id
		WHERE b.product_id = $1::text::uuid AND (l.expires_on IS NULL OR l.expires_on >= $2::text::date)`, in.ProductID, tx.Today())
	if err != nil {
		return nil, err
	}
	var days []stir
	err = record.Select(ctx, tx, &days, stirSQL, in.ProductID, tx.Today())
	if err != nil {
		return nil, err
	}
	out := make([]map[string]any, len(days))
	level := now[0].OnHand
	for i, d := range days {
		level = level.Add(d.Incoming).Sub(d.Outgoing)
		out[i] = map[string]any{
			"product_id": in.ProductID, "date": d.Date, "on_hand": now[0].OnHand, "reserved": now[0].Reserved, "incoming": d.Incoming, "outgoing": d.Outgoing,
			"projected": level,
		}
	}
	lowest := level
	for i := len(days) - 1; i >= 0; i-- {
		at, _ := out[i]["projected"].(money.Quantity)
		lowest = money.Min(lowest, at)
		out[i]["projected_free"] = lowest
	}
	if in.Until != nil {
		for len(out) > 1 && days[len(out)-1].Date.After(*in.Until) {
			out = out[:len(out)-1]
		}
	}
	return out, nil
}

// What vendors owe, what is on the road between our own locations, and what is made or requested for demands comes in; what demands still need goes.
const stirSQL = `SELECT greatest(coalesce(x.date, $2::text::date), $2::text::date) AS date, sum(x.incoming) AS incoming, sum(x.outgoing) AS outgoing FROM (
		SELECT $2::text::date AS date, 0::numeric AS incoming, 0::numeric AS outgoing
		UNION ALL SELECT coalesce(l.expected_date, r.expected_date), l.quantity, 0 FROM receipt r JOIN receipt_line l ON l.receipt_id = r.id
			WHERE r.status = 'waiting' AND l.product_id = $1::text::uuid
		UNION ALL SELECT t.expected_date, l.base_quantity - l.received_quantity, 0 FROM transfer t JOIN transfer_line l ON l.transfer_id = t.id
			WHERE t.status = 'in_transit' AND l.product_id = $1::text::uuid
		UNION ALL SELECT expected_date, quantity, 0 FROM reservation
			WHERE status = 'open' AND source = 'supply' AND supply_entity <> 'inventory.receipt' AND product_id = $1::text::uuid
		UNION ALL SELECT coalesce(need_by, expected_date), 0, quantity FROM reservation WHERE status = 'open' AND product_id = $1::text::uuid` + notAtVendors + `) x
	GROUP BY 1 ORDER BY 1`
