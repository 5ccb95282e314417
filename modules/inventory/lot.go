package inventory

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Lot is goods of one product that came or were made together, or one single piece with a serial number.
type Lot struct {
	bun.BaseModel `bun:"table:lot,alias:lot"`
	entity.Base

	ProductID id.ID      `bun:"product_id,type:uuid,notnull"`
	Number    string     `bun:"number,notnull"`
	ExpiresOn clock.Date `bun:"expires_on,type:date,nullzero"`
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
	d.Key(&l.ProductID, &l.Number)
}

// lotWish is a lot that goods shall belong to; it is made when there is none of that number.
type lotWish struct {
	product id.ID
	number  string
	expires clock.Date
}

// lots finds lots by product and number and makes those that are missing, in at most two statements.
func lots(ctx context.Context, tx *tenancy.Tx, wishes []lotWish) (map[lotWish]id.ID, error) {
	out := map[lotWish]id.ID{}
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
	type name struct {
		product id.ID
		number  string
	}
	known := map[name]*Lot{}
	for _, l := range have {
		known[name{l.ProductID, l.Number}] = l
	}
	var fresh []*Lot
	for _, w := range wishes {
		key := name{w.product, w.number}
		if known[key] == nil {
			l := &Lot{ProductID: w.product, Number: w.number, ExpiresOn: w.expires}
			l.ID = tx.NewID()
			known[key] = l
			fresh = append(fresh, l)
		}
		out[w] = known[key].ID
	}
	return out, record.Create(ctx, tx, fresh...)
}
