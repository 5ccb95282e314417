package sales

import (
	"context"
	"fmt"
	"slices"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Supply answers what could be promised. It reads only, and locks nothing.
type Supply interface {
	// Look returns what nobody has reserved of each product.
	Look(ctx context.Context, tx *tenancy.Tx, products []id.ID) (map[id.ID]money.Quantity, error)
	// Coming returns what is on its way that nobody waits for.
	Coming(ctx context.Context, tx *tenancy.Tx, products []id.ID) ([]inventoryevent.Coming, error)
	// Capable returns for each wish when it could be made or bought at the earliest.
	Capable(ctx context.Context, tx *tenancy.Tx, wishes []productionevent.Wish) ([]productionevent.Capability, error)
	// Path returns for each supply the numbers of the documents that hold it up, the nearest first.
	Path(ctx context.Context, tx *tenancy.Tx, supplies []id.ID) (map[id.ID][]string, error)
}

// PromiseLine is one product that a customer asks for.
type PromiseLine struct {
	ProductID id.ID          `in:"product_id" label:"产品|Product"`
	Quantity  money.Quantity `in:"quantity" label:"数量|Quantity"`
	Unit      string         `in:"unit" label:"单位|Unit"`
}

// PromiseQuestion is an order that is being typed.
type PromiseQuestion struct {
	CustomerID    id.ID         `in:"customer_id" label:"客户|Customer"`
	RequestedDate clock.Date    `in:"requested_date" label:"要求交期|Requested date"`
	Lines         []PromiseLine `in:"lines" label:"订单行|Lines"`
}

// part is a piece of a line that can leave on a day.
type part struct {
	source   string // stock, incoming, make, buy, direct, none
	quantity money.Quantity
	date     clock.Date
	coming   *inventoryevent.Coming
}

// wanted is a line while its promise is worked out, in the product's own unit.
type wanted struct {
	PromiseLine
	product  coreevent.Product
	base     money.Quantity
	free     money.Quantity
	incoming []*inventoryevent.Coming
	able     productionevent.Capability
	parts    []part
}

func (o office) promiseReport() modules.Report {
	col := func(name, zh, en string, kind entity.Kind) entity.Field {
		return entity.Field{Name: name, Label: entity.T(zh, en), Kind: kind, Class: entity.Basic}
	}
	product := col("product_id", "产品", "Product", entity.KindID)
	product.Ref = "inventory.product"
	return modules.Report{
		Name:  "promise",
		Label: entity.T("可承诺交期", "What can be promised"),
		Of:    "sales.promise",
		Input: func() any { return new(PromiseQuestion) },
		Columns: []entity.Field{
			col("line", "行", "Line", entity.KindInt), product, col("quantity", "数量", "Quantity", entity.KindQuantity), col("unit", "单位", "Unit", entity.KindText),
			col("base_quantity", "基本单位数量", "Quantity in product unit", entity.KindQuantity),
			col("free_quantity", "可用库存", "Free stock", entity.KindQuantity), col("incoming", "在途可用", "Incoming", entity.KindJSON),
			col("way", "补充方式", "Supplied by", entity.KindText), col("supply_date", "补充最早到位", "Supplied at the earliest", entity.KindDate),
			col("earliest_date", "最早交期", "Earliest date", entity.KindDate), col("parts", "分批", "Split", entity.KindJSON),
			col("late_days", "晚于要求天数", "Days late", entity.KindInt),
		},
		Run: func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error) {
			in, _ := input.(*PromiseQuestion)
			return o.promise(ctx, tx, *in)
		},
	}
}

// promise tells for each line, and in a last row for the whole order, what could be there when: from free stock, from what is on its way, made or bought.
// Lines are served in their order. Nothing is saved or kept free.
func (o office) promise(ctx context.Context, tx *tenancy.Tx, in PromiseQuestion) ([]map[string]any, error) {
	list, err := o.wanted(ctx, tx, in)
	if err != nil {
		return nil, err
	}
	if err := o.supply(ctx, tx, list); err != nil {
		return nil, err
	}
	rows := make([]map[string]any, 0, len(list)+1)
	var all clock.Date
	known := true
	for i, w := range list {
		w.split(tx.Today())
		date := w.earliest()
		known = known && !date.IsZero()
		all = clock.Latest(all, date)
		rows = append(rows, w.row(i, date, in.RequestedDate))
	}
	if !known {
		all = clock.Date{}
	}
	return append(rows, map[string]any{"earliest_date": all, "late_days": lateness(all, in.RequestedDate)}), nil
}

// wanted completes the lines of a question.
func (o office) wanted(ctx context.Context, tx *tenancy.Tx, in PromiseQuestion) ([]*wanted, error) {
	var bad fault.Fields
	keys := make([]id.ID, len(in.Lines))
	for i, l := range in.Lines {
		keys[i] = l.ProductID
	}
	products, err := o.ask.Products.Products(ctx, tx, unique(keys))
	if err != nil {
		return nil, err
	}
	out := make([]*wanted, len(in.Lines))
	items := make([]coreevent.Conversion, len(in.Lines))
	for i, l := range in.Lines {
		p, ok := products[l.ProductID]
		if !ok || !p.Active {
			bad.Add(fmt.Sprintf("lines[%d].product_id", i), "product.not_sold", "产品不存在或已停用", "There is no such product, or it is no longer sold")
		}
		if l.Quantity.Sign() <= 0 {
			bad.Add(fmt.Sprintf("lines[%d].quantity", i), "value.positive", "数量应大于零", "The quantity must be more than zero")
		}
		if l.Unit == "" {
			l.Unit = p.Unit
		}
		out[i], items[i] = &wanted{PromiseLine: l, product: p}, coreevent.Conversion{ProductID: l.ProductID, Quantity: l.Quantity, From: l.Unit}
	}
	if len(in.Lines) == 0 {
		bad.Add("lines", "required", "至少需要一行产品", "At least one line is needed")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	base, err := o.ask.Products.Convert(ctx, tx, items)
	if err != nil {
		return nil, err
	}
	for i, w := range out {
		w.base = base[i]
	}
	return out, nil
}

// supply asks what there is for all lines: what one line takes is gone for the next.
func (o office) supply(ctx context.Context, tx *tenancy.Tx, list []*wanted) error {
	var keys []id.ID
	for _, w := range list {
		if w.product.Stocked() {
			keys = append(keys, w.ProductID)
		}
	}
	if keys = unique(keys); len(keys) == 0 || !tx.Tenant.On("inventory") {
		return nil
	}
	free, err := o.ask.Supply.Look(ctx, tx, keys)
	if err != nil {
		return err
	}
	coming, err := o.ask.Supply.Coming(ctx, tx, keys)
	if err != nil {
		return err
	}
	var wishes []productionevent.Wish
	var whose []*wanted
	for _, w := range list {
		if !w.product.Stocked() {
			continue
		}
		w.take(free, coming)
		if rest := w.base.Sub(w.free); rest.Sign() > 0 {
			wishes, whose = append(wishes, productionevent.Wish{ProductID: w.ProductID, Quantity: rest}), append(whose, w)
		}
	}
	if len(wishes) == 0 {
		return nil
	}
	answer, err := o.ask.Supply.Capable(ctx, tx, wishes)
	for i, a := range answer {
		whose[i].able = a
	}
	return err
}

// take gives a line its share of free stock and of what is on its way. What is supplied to order takes nothing of either.
func (w *wanted) take(free map[id.ID]money.Quantity, coming []inventoryevent.Coming) {
	if w.product.SupplyPolicy == "order" {
		return
	}
	w.free = money.Min(w.base, money.Max(money.Zero(), free[w.ProductID]))
	free[w.ProductID] = free[w.ProductID].Sub(w.free)
	rest := w.base.Sub(w.free)
	for i := range coming {
		c := &coming[i]
		if c.ProductID != w.ProductID || c.Date.IsZero() || rest.Sign() <= 0 || c.Quantity.Sign() <= 0 {
			continue
		}
		mine := *c
		mine.Quantity = money.Min(rest, c.Quantity)
		rest, c.Quantity = rest.Sub(mine.Quantity), c.Quantity.Sub(mine.Quantity)
		w.incoming = append(w.incoming, &mine)
	}
	slices.SortStableFunc(w.incoming, func(a, b *inventoryevent.Coming) int { return a.Date.Sub(b.Date) })
}

// split says which part can leave when: what is free today, what comes sooner than it could be made or bought, and the rest when it can be.
func (w *wanted) split(today clock.Date) {
	if !w.product.Stocked() {
		w.parts = []part{{source: direct, quantity: w.base, date: today}}
		return
	}
	rest := w.base
	add := func(p part) {
		if p.quantity.Sign() > 0 {
			w.parts, rest = append(w.parts, p), rest.Sub(p.quantity)
		}
	}
	add(part{source: "stock", quantity: w.free, date: today})
	for _, c := range w.incoming {
		if w.able.Earliest.IsZero() || !c.Date.After(w.able.Earliest) {
			add(part{source: "incoming", quantity: c.Quantity, date: clock.Latest(c.Date, today), coming: c})
		}
	}
	way := w.able.Way
	if way == "" || w.able.Earliest.IsZero() {
		way = productionevent.WayNone
	}
	add(part{source: way, quantity: rest, date: w.able.Earliest})
}

// earliest is the day on which all of the line can leave; none when nobody can say for a part.
func (w *wanted) earliest() clock.Date {
	var last clock.Date
	for _, p := range w.parts {
		if p.date.IsZero() {
			return clock.Date{}
		}
		last = clock.Latest(last, p.date)
	}
	return last
}

func (w *wanted) row(i int, date, requested clock.Date) map[string]any {
	incoming, parts := []map[string]any{}, []map[string]any{}
	for _, c := range w.incoming {
		incoming = append(incoming, map[string]any{"quantity": c.Quantity, "date": c.Date, "entity": c.Entity, "id": c.ID, "no": c.No})
	}
	for _, p := range w.parts {
		x := map[string]any{"source": p.source, "quantity": p.quantity, "date": p.date}
		if p.coming != nil {
			x["entity"], x["id"], x["no"] = p.coming.Entity, p.coming.ID, p.coming.No
		}
		parts = append(parts, x)
	}
	way := w.able.Way
	if way == "" {
		way = "none"
	}
	return map[string]any{
		"line": i, "product_id": w.ProductID, "quantity": w.Quantity, "unit": w.Unit, "base_quantity": w.base, "free_quantity": w.free,
		"incoming": incoming, "way": way, "supply_date": w.able.Earliest, "earliest_date": date, "parts": parts, "late_days": lateness(date, requested),
	}
}

func lateness(date, requested clock.Date) int {
	if date.IsZero() || requested.IsZero() {
		return 0
	}
	return max(0, date.Sub(requested))
}
