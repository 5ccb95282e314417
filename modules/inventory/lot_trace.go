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

// TraceOf is the lot whose way is asked for; without a direction, both ways.
type TraceOf struct {
	LotID     id.ID  `in:"lot_id" label:"批次|Lot"`
	Direction string `in:"direction" label:"方向|Direction"`
}

const (
	upstream   = "upstream"
	downstream = "downstream"
)

func traceColumns() []entity.Field {
	text := func(name, zh, en string) entity.Field {
		return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindText, Class: entity.Basic}
	}
	ref := func(name, zh, en, to string) entity.Field {
		return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindID, Ref: to, Class: entity.Basic}
	}
	return []entity.Field{
		text("direction", "方向", "Direction"),
		{Name: "level", Label: entity.T("层级", "Level"), Kind: entity.KindInt, Class: entity.Basic},
		text("event", "事件", "Event"),
		ref("product_id", "产品", "Product", "inventory.product"), text("product_number", "产品编号", "Product number"), text("product_name", "产品名称", "Product name"),
		ref("lot_id", "批次", "Lot", "inventory.lot"), text("lot_number", "批号", "Lot number"),
		{Name: "quantity", Label: entity.T("数量", "Quantity"), Kind: entity.KindQuantity, Class: entity.Basic},
		{Name: "date", Label: entity.T("日期", "Date"), Kind: entity.KindDate, Class: entity.Basic},
		text("document_entity", "单据类型", "Kind of document"),
		{Name: "document_id", Label: entity.T("单据", "Document"), Kind: entity.KindID, Class: entity.Basic},
		text("document_no", "单号", "Document no."),
		ref("customer_id", "客户", "Customer", "crm.customer"), ref("vendor_id", "供应商", "Vendor", "purchasing.vendor"),
		{Name: "order_id", Label: entity.T("订单", "Order"), Kind: entity.KindID, Class: entity.Basic},
		text("order_no", "订单号", "Order no."),
	}
}

// traced is one step on a lot's way: what a document brought in, used up, made or sent out.
type traced struct {
	Level      int            `bun:"level"`
	Event      string         `bun:"event"`
	ProductID  id.ID          `bun:"product_id"`
	LotID      id.ID          `bun:"lot_id"`
	LotNumber  string         `bun:"lot_number"`
	Quantity   money.Quantity `bun:"quantity"`
	Date       clock.Date     `bun:"date"`
	Entity     string         `bun:"source_entity"`
	ID         id.ID          `bun:"source_id"`
	No         string         `bun:"source_no"`
	CustomerID id.ID          `bun:"customer_id"`
	VendorID   id.ID          `bun:"vendor_id"`
	OrderID    id.ID          `bun:"order_id"`
	OrderNo    string         `bun:"order_no"`
}

// lotTrace follows a lot through production: back to the receipts of everything that went in, and on to everything that came of it and who got it.
func (k keeper) lotTrace(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
	in, _ := input.(*TraceOf)
	if in == nil || in.LotID.IsZero() {
		return nil, fault.New(fault.Invalid, "fields.invalid", "请填写批次", "Say which lot").At("lot_id", "required", "必填", "is required")
	}
	if in.Direction != "" && in.Direction != upstream && in.Direction != downstream {
		return nil, fault.New(fault.Invalid, "fields.invalid", "方向不正确", "There is no such direction").
			At("direction", "value.option", "只能是 upstream 或 downstream", "upstream or downstream")
	}
	var out []map[string]any
	for direction, sql := range map[string]string{upstream: backSQL(), downstream: onSQL()} {
		if in.Direction != "" && in.Direction != direction {
			continue
		}
		var rows []traced
		if err := record.Select(ctx, tx, &rows, sql, in.LotID); err != nil {
			return nil, err
		}
		list, err := k.tracedRows(ctx, tx, direction, rows)
		if err != nil {
			return nil, err
		}
		if direction == upstream {
			out = append(list, out...)
		} else {
			out = append(out, list...)
		}
	}
	return out, nil
}

func (k keeper) tracedRows(ctx context.Context, tx *tenancy.Tx, direction string, rows []traced) ([]map[string]any, error) {
	keys := make([]id.ID, len(rows))
	for i, r := range rows {
		keys[i] = r.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	out := make([]map[string]any, len(rows))
	for i, r := range rows {
		p := products[r.ProductID]
		out[i] = map[string]any{
			"direction": direction, "level": r.Level, "event": r.Event, "product_id": r.ProductID, "product_number": p.Number, "product_name": p.Name,
			"lot_id": r.LotID, "lot_number": r.LotNumber, "quantity": r.Quantity, "date": r.Date, "document_entity": r.Entity, "document_id": r.ID,
			"document_no": r.No, "customer_id": r.CustomerID, "vendor_id": r.VendorID, "order_id": r.OrderID, "order_no": r.OrderNo,
		}
	}
	return out, err
}

// The lots that belong together are found by what production orders used up and made. A lot that went into itself again (rework) ends at level 20.
const (
	usedSQL = `SELECT v.lot_id, v.product_id, v.source_id FROM stock_move v JOIN location t ON t.id = v.to_location_id AND t.type = 'production'`
	madeSQL = `SELECT v.lot_id, v.product_id, v.source_id FROM stock_move v JOIN location f ON f.id = v.from_location_id AND f.type = 'production'`

	// shown tells of moves m, at a level, with the document that made them.
	shownSQL = `SELECT m.level, m.event, m.product_id, m.lot_id, coalesce(l.number, '') AS lot_number, sum(m.quantity) AS quantity, m.date, m.source_entity, m.source_id,
			m.source_no, d.customer_id, r.vendor_id, coalesce(d.order_id, r.purchase_order_id) AS order_id, coalesce(d.order_no, r.purchase_order_no, '') AS order_no
		FROM m LEFT JOIN lot l ON l.id = m.lot_id LEFT JOIN delivery d ON d.id = m.source_id LEFT JOIN receipt r ON r.id = m.source_id
		GROUP BY m.level, m.event, m.product_id, m.lot_id, l.number, m.date, m.source_entity, m.source_id, m.source_no, d.customer_id, r.vendor_id,
			d.order_id, r.purchase_order_id, d.order_no, r.purchase_order_no
		ORDER BY m.level, m.date, m.source_no, l.number, m.event`

	eventSQL = `CASE WHEN f.type = 'supplier' THEN 'received' WHEN t.type = 'supplier' THEN 'returned_to_vendor' WHEN f.type = 'production' THEN 'made'
			WHEN t.type = 'production' THEN 'used' WHEN t.type = 'customer' THEN 'shipped' WHEN f.type = 'customer' THEN 'returned'
			WHEN f.type = 'loss' THEN 'found' ELSE 'lost' END`
	movesSQL = `stock_move v JOIN location f ON f.id = v.from_location_id JOIN location t ON t.id = v.to_location_id`
)

// backSQL finds what went into a lot: how each lot before it came in, and what was used up for it, with or without lots.
func backSQL() string {
	return `WITH RECURSIVE made AS NOT MATERIALIZED (` + madeSQL + `), used AS NOT MATERIALIZED (` + usedSQL + `), chain(lot_id, level) AS (
			SELECT $1::text::uuid, 0
			UNION SELECT u.lot_id, c.level + 1 FROM chain c JOIN made p ON p.lot_id = c.lot_id JOIN used u ON u.source_id = p.source_id
			WHERE u.lot_id IS NOT NULL AND c.level < 20),
		lots AS (SELECT lot_id, min(level) AS level FROM chain GROUP BY lot_id),
		m AS (
			SELECT c.level, ` + eventSQL + ` AS event, v.product_id, v.lot_id, v.quantity, v.date, v.source_entity, v.source_id, v.source_no
			FROM lots c JOIN ` + movesSQL + ` ON v.lot_id = c.lot_id WHERE f.type NOT IN ('internal', 'transit', 'subcontractor') AND t.type IN ('internal', 'transit', 'subcontractor')
			UNION ALL
			SELECT c.level + 1, 'used', v.product_id, v.lot_id, v.quantity, v.date, v.source_entity, v.source_id, v.source_no
			FROM (SELECT DISTINCT c.level, p.source_id FROM lots c JOIN made p ON p.lot_id = c.lot_id) c
			JOIN stock_move v ON v.source_id = c.source_id JOIN location t ON t.id = v.to_location_id AND t.type = 'production')
		` + shownSQL
}

// onSQL finds what came of a lot: what each lot after it was used for, what that made, who got it, and what is still here.
func onSQL() string {
	return `WITH RECURSIVE made AS NOT MATERIALIZED (` + madeSQL + `), used AS NOT MATERIALIZED (` + usedSQL + `), chain(lot_id, level) AS (
			SELECT $1::text::uuid, 0
			UNION SELECT p.lot_id, c.level + 1 FROM chain c JOIN used u ON u.lot_id = c.lot_id JOIN made p ON p.source_id = u.source_id
			WHERE p.lot_id IS NOT NULL AND c.level < 20),
		lots AS (SELECT lot_id, min(level) AS level FROM chain GROUP BY lot_id),
		m AS (
			SELECT c.level, ` + eventSQL + ` AS event, v.product_id, v.lot_id, v.quantity, v.date, v.source_entity, v.source_id, v.source_no
			FROM lots c JOIN ` + movesSQL + ` ON v.lot_id = c.lot_id WHERE t.type NOT IN ('internal', 'transit', 'subcontractor') AND f.type IN ('internal', 'transit', 'subcontractor')
			UNION ALL
			SELECT c.level + 1, 'made', v.product_id, v.lot_id, v.quantity, v.date, v.source_entity, v.source_id, v.source_no
			FROM (SELECT DISTINCT c.level, u.source_id FROM lots c JOIN used u ON u.lot_id = c.lot_id) c
			JOIN stock_move v ON v.source_id = c.source_id JOIN location f ON f.id = v.from_location_id AND f.type = 'production'
			UNION ALL
			SELECT c.level, 'on_hand', b.product_id, b.lot_id, b.on_hand, NULL::date, 'inventory.location', b.location_id, p.code
			FROM lots c JOIN stock_balance b ON b.lot_id = c.lot_id JOIN location p ON p.id = b.location_id WHERE b.on_hand <> 0)
		` + shownSQL
}
