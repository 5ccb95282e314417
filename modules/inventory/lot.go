package inventory

import (
	"cmp"
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Lot is goods of one product that came or were made together, or one single piece with a serial number.
type Lot struct {
	bun.BaseModel `bun:"table:lot,alias:lot"`
	entity.Base

	ProductID id.ID      `bun:"product_id,type:uuid,notnull"`
	Number    string     `bun:"number,notnull"`
	ExpiresOn clock.Date `bun:"expires_on,type:date,nullzero"`
	Serial    bool       `bun:"serial,notnull"`
}

// Describe says what a lot's columns mean.
func (l *Lot) Describe(d *entity.Desc) {
	d.Is("inventory.lot", "lots", entity.T("批次", "Lot"), &l.Number)
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, Immutable: true, List: true, Filter: true})
	d.Field(&l.Number, entity.Field{Label: entity.T("批号或序列号", "Lot or serial number"), Required: true, List: true, Search: true})
	d.Field(&l.ExpiresOn, entity.Field{
		Label: entity.T("失效日期", "Expires on"), List: true, Filter: true,
		Help: entity.T("先到期的先出；过期的不再分配", "What expires first leaves first; what has expired is not reserved"),
	})
	d.Field(&l.Serial, entity.Field{
		Label: entity.T("序列号", "Serial number"), Computed: true, List: true, Filter: true,
		Help: entity.T("序列号对应一件货物，同一时间只能在一个库位", "A serial number is one piece, in one place at a time"),
	})
	d.Key(&l.ProductID, &l.Number)
}

// The ways to track a product.
const (
	untracked = "none"
	serial    = "serial"
)

// prepareLots notes which lots are single pieces.
func (k keeper) prepareLots(ctx context.Context, tx *tenancy.Tx, changes []modules.Change[*Lot]) error {
	keys := make([]id.ID, len(changes))
	for i, c := range changes {
		keys[i] = c.New.ProductID
	}
	products, err := k.products.Products(ctx, tx, keys)
	for _, c := range changes {
		c.New.Serial = products[c.New.ProductID].Tracking == serial
	}
	return err
}

// lotWish is a lot that goods shall belong to; it is made when there is none of that number.
type lotWish struct {
	product id.ID
	number  string
	expires clock.Date
	serial  bool
}

// lots finds lots by product and number and makes those that are missing, in at most three statements. A lot that has no expiry date yet gets the one
// that is given; another date than it has is refused.
func lots(ctx context.Context, tx *tenancy.Tx, wishes []lotWish) (map[lotWish]*Lot, error) {
	out := map[lotWish]*Lot{}
	if len(wishes) == 0 {
		return out, nil
	}
	products, numbers := make([]id.ID, len(wishes)), make([]string, len(wishes))
	for i, w := range wishes {
		products[i], numbers[i] = w.product, w.number
	}
	have, err := record.Find[Lot](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("(product_id, number) IN (SELECT * FROM unnest(?::uuid[], ?::text[]))", pgdialect.Array(products), pgdialect.Array(numbers))
	})
	if err != nil {
		return nil, err
	}
	known := map[lotName]*Lot{}
	for _, l := range have {
		known[lotName{l.ProductID, l.Number}] = l
	}
	var fresh []*Lot
	for _, w := range wishes {
		key := lotName{w.product, w.number}
		l := known[key]
		switch {
		case l == nil:
			l = &Lot{ProductID: w.product, Number: w.number, ExpiresOn: w.expires, Serial: w.serial}
			l.ID = tx.NewID()
			known[key] = l
			fresh = append(fresh, l)
		case w.expires.IsZero():
		case l.ExpiresOn.IsZero():
			l.ExpiresOn = w.expires
		case l.ExpiresOn != w.expires:
			return nil, fault.New(fault.Rule, "lot.other_expiry", "批次 %[1]s 的失效日期是 %[2]s，不是 %[3]s", "Lot %[1]s expires on %[2]s, not on %[3]s", l.Number, l.ExpiresOn, w.expires)
		}
		out[w] = l
	}
	if err := record.Update(ctx, tx, have...); err != nil {
		return nil, err
	}
	return out, record.Create(ctx, tx, fresh...)
}

// lotName is how people call a lot: its number, of one product.
type lotName struct {
	product id.ID
	number  string
}

// lotsNamed finds the lots that people name; names without a number are left out.
func lotsNamed(ctx context.Context, tx *tenancy.Tx, names []lotName) (map[lotName]id.ID, error) {
	out := map[lotName]id.ID{}
	var products []id.ID
	var numbers []string
	for _, n := range names {
		if n.number != "" {
			products, numbers = append(products, n.product), append(numbers, n.number)
		}
	}
	if len(numbers) == 0 {
		return out, nil
	}
	rows, err := record.Find[Lot](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("(product_id, number) IN (SELECT * FROM unnest(?::uuid[], ?::text[]))", pgdialect.Array(products), pgdialect.Array(numbers))
	})
	for _, l := range rows {
		out[lotName{l.ProductID, l.Number}] = l.ID
	}
	return out, err
}

// tracked gives a lot to goods that come in and have to have one. number says which the caller named, by index of the move; where none was named the
// document's own number serves, and pieces with serial numbers count up from it.
func tracked(ctx context.Context, tx *tenancy.Tx, no string, plan []planned, products map[id.ID]coreevent.Product, named map[int]lotWish) ([]planned, error) {
	var out []planned
	var wishes []lotWish
	at := map[int]lotWish{} // by index in out
	last, err := lastSerials(ctx, tx, no, plan, products, named)
	if err != nil {
		return nil, err
	}
	for i, p := range plan {
		wish, ok := named[i]
		kind := products[p.product].Tracking
		if !p.lot.IsZero() || kind == untracked && !ok {
			out = append(out, p)
			continue
		}
		wish.product, wish.serial = p.product, kind == serial
		pieces := []planned{p}
		if kind == serial && p.quantity.GreaterThan(money.Int(1)) {
			if pieces, err = single(p, products[p.product].Number); err != nil {
				return nil, err
			}
		}
		for _, piece := range pieces {
			w := wish
			switch {
			case kind == serial && (w.number == "" || len(pieces) > 1):
				from := lotName{number: no} // counts over all products of the document
				if wish.number != "" {
					from = lotName{p.product, wish.number}
				}
				last[from]++
				w.number = fmt.Sprintf("%s-%d", from.number, last[from])
			case w.number == "":
				w.number = no
			}
			at[len(out)] = w
			wishes = append(wishes, w)
			out = append(out, piece)
		}
	}
	found, err := lots(ctx, tx, wishes)
	if err != nil {
		return nil, err
	}
	for i, w := range at {
		out[i].lot, out[i].expires = found[w].ID, found[w].ExpiresOn
	}
	return out, nil
}

// lastSerials finds how far serial numbers have been counted up from a document's number, and from numbers that the caller named: a document that comes
// in parts goes on counting.
func lastSerials(
	ctx context.Context, tx *tenancy.Tx, no string, plan []planned, products map[id.ID]coreevent.Product, named map[int]lotWish,
) (map[lotName]int64, error) {
	last := map[lotName]int64{}
	var keys []id.ID
	var starts []string
	for i, p := range plan {
		if products[p.product].Tracking == serial && p.lot.IsZero() {
			keys, starts = append(keys, p.product), append(starts, cmp.Or(named[i].number, no))
		}
	}
	if len(keys) == 0 {
		return last, nil
	}
	var rows []struct {
		ProductID id.ID  `bun:"product_id"`
		Start     string `bun:"start"`
		Last      int64  `bun:"last"`
	}
	err := record.Select(ctx, tx, &rows, `SELECT s.product_id, s.start, coalesce(max(substring(l.number FROM '-([0-9]{1,9})$')::bigint), 0) AS last
		FROM unnest($1::text[]::uuid[], $2::text[]) AS s(product_id, start)
		LEFT JOIN lot l ON l.product_id = s.product_id AND starts_with(l.number, s.start || '-') GROUP BY 1, 2`, keys, starts)
	for _, r := range rows {
		from := lotName{r.ProductID, r.Start}
		if r.Start == no {
			from = lotName{number: no}
		}
		last[from] = max(last[from], r.Last)
	}
	return last, err
}

// single splits goods into pieces of one; their cost adds up to the whole.
func single(p planned, number string) ([]planned, error) {
	if !p.quantity.IsInteger() {
		return nil, fault.New(fault.Rule, "lot.not_whole", "产品 %s 按序列号追踪，数量必须为整数", "Product %s has serial numbers: the quantity must be whole", number)
	}
	if p.quantity.GreaterThan(money.Int(maxSerials)) {
		return nil, fault.New(fault.Rule, "lot.too_many", "产品 %s 一次最多处理 10000 个序列号", "Product %s: at most 10000 serial numbers at once", number)
	}
	n := int(p.quantity.IntPart())
	weights := make([]money.Quantity, n)
	for i := range weights {
		weights[i] = money.Int(1)
	}
	var totals []money.Amount
	if p.total != nil {
		totals = money.Split(*p.total, weights, 2)
	}
	out := make([]planned, n)
	for i := range out {
		out[i] = p
		out[i].quantity = money.Int(1)
		if totals != nil {
			out[i].total = &totals[i]
		}
	}
	return out, nil
}

// maxSerials bounds what one line may ask for.
const maxSerials = 10000
