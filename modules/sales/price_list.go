package sales

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// PriceList is what products cost for some customers, in one currency.
type PriceList struct {
	bun.BaseModel `bun:"table:sales_price_list,alias:pl"`
	entity.Base

	Name     string `bun:"name,notnull"`
	Currency string `bun:"currency,notnull"`
	Active   bool   `bun:"active,notnull"`

	CustomerID   id.ID  `bun:"customer_id,type:uuid,nullzero"`
	Group        string `bun:"customer_group,notnull"`
	ForEverybody bool   `bun:"for_everybody,notnull"`

	Lines []*PriceListLine `bun:"-"`
}

// Describe says what the fields mean.
func (p *PriceList) Describe(d *entity.Desc) {
	d.Is("sales.price_list", "price_lists", entity.T("价目表", "Price list"), &p.Name)
	d.Field(&p.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, Unique: true, List: true, Search: true})
	d.Field(&p.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", Default: "CNY", List: true, Filter: true})
	d.Field(&p.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", List: true, Filter: true})
	d.Field(&p.CustomerID, entity.Field{
		Label: entity.T("适用客户", "For the customer"), Ref: "crm.customer", List: true, Filter: true,
		Help: entity.T("单据未选价目表时自动采用：先客户、再客户组、后全部", "Used by itself where a document names no list: the customer's first, then the group's, then everybody's"),
	})
	d.Field(&p.Group, entity.Field{Label: entity.T("适用客户组", "For the group of customers"), List: true, Filter: true})
	d.Field(&p.ForEverybody, entity.Field{Label: entity.T("适用全部客户", "For everybody"), Filter: true})
	d.Lines(&p.Lines, "lines", entity.T("价格", "Prices"))
	d.Key(&p.Name)
}

// PriceListLine is one product's price from a quantity on.
type PriceListLine struct {
	bun.BaseModel `bun:"table:sales_price_list_line,alias:pll"`
	entity.Line

	PriceListID     id.ID          `bun:"price_list_id,type:uuid,notnull"`
	ProductID       id.ID          `bun:"product_id,type:uuid,notnull"`
	Unit            string         `bun:"unit,notnull"`
	MinQuantity     money.Quantity `bun:"min_quantity,type:numeric(20,6),notnull"`
	UnitPrice       money.Price    `bun:"unit_price,type:numeric(20,6),notnull"`
	DiscountPercent money.Percent  `bun:"discount_percent,type:numeric(9,4),notnull"`
	ValidFrom       clock.Date     `bun:"valid_from,nullzero"`
	ValidTo         clock.Date     `bun:"valid_to,nullzero"`
}

// Describe says what the fields mean.
func (l *PriceListLine) Describe(d *entity.Desc) {
	d.Is("sales.price_list_line", "price_list_lines", entity.T("价目表行", "Price list line"), nil)
	d.Field(&l.PriceListID, entity.Field{Label: entity.T("价目表", "Price list"), Ref: "sales.price_list", Required: true, Immutable: true})
	d.Field(&l.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&l.ProductID, entity.Field{Label: entity.T("产品", "Product"), Ref: "inventory.product", Required: true, List: true, Filter: true})
	d.Field(&l.Unit, entity.Field{
		Label: entity.T("单位", "Unit"), Ref: "inventory.unit_of_measure", RefBy: "code",
		Help: entity.T("留空时为产品单位的价格，其他单位按比例换算", "Left empty, the price is for the product's unit, and in proportion for lines in another"),
	})
	d.Field(&l.MinQuantity, entity.Field{Label: entity.T("起订量", "From quantity")})
	d.Field(&l.UnitPrice, entity.Field{Label: entity.T("单价", "Unit price"), Kind: entity.KindPrice, Class: "price", Required: true, List: true})
	d.Field(&l.DiscountPercent, entity.Field{Label: entity.T("折扣 %", "Discount %"), Class: "price"})
	d.Field(&l.ValidFrom, entity.Field{Label: entity.T("生效日期", "Valid from")})
	d.Field(&l.ValidTo, entity.Field{Label: entity.T("失效日期", "Valid to"), Help: entity.T("不含当日", "That day is not included")})
	d.Parent(&l.PriceListID)
}

// listsFor finds the price lists that apply by themselves to customers, the most particular first: one's own, the group's, everybody's. Who is not
// known yet (no customer) has everybody's.
func (o office) listsFor(ctx context.Context, tx *tenancy.Tx, customers []id.ID) (map[id.ID][]*PriceList, error) {
	out := map[id.ID][]*PriceList{}
	heads, err := record.Find[PriceList](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("active AND (for_everybody OR customer_group <> '' OR customer_id = ANY(?::uuid[]))", pgdialect.Array(customers)).OrderExpr("id DESC")
	})
	if err != nil || len(heads) == 0 {
		return out, err
	}
	named := unique(customers)
	known, err := o.customers(ctx, tx, named)
	if err != nil {
		return out, err
	}
	for _, c := range append(named, id.ID{}) {
		group := known[c].Group
		for _, fits := range []func(*PriceList) bool{
			func(p *PriceList) bool { return !c.IsZero() && p.CustomerID == c },
			func(p *PriceList) bool { return p.CustomerID.IsZero() && p.Group != "" && p.Group == group },
			func(p *PriceList) bool { return p.CustomerID.IsZero() && p.Group == "" && p.ForEverybody },
		} {
			for _, p := range heads {
				if fits(p) {
					out[c] = append(out[c], p)
				}
			}
		}
	}
	return out, nil
}

// offers reads the prices of active price lists.
func offers(ctx context.Context, tx *tenancy.Tx, lists []id.ID) (map[id.ID][]*PriceListLine, error) {
	out := map[id.ID][]*PriceListLine{}
	rows, err := record.GetMany[PriceList](ctx, tx, lists)
	for _, p := range rows {
		if p.Active {
			out[p.ID] = p.Lines
		}
	}
	return out, err
}

// pick finds the price for a line: the product, valid today, with the highest quantity that the line reaches; in the line's own unit, else for the
// product's unit, in which its quantities count then. Told is whether the price is for the product's unit while the line is in another.
func pick(prices []*PriceListLine, l *Priced, unit string, today clock.Date) (best *PriceListLine, told bool) {
	for _, p := range prices {
		if p.ProductID != l.ProductID || !p.ValidFrom.IsZero() && today.Before(p.ValidFrom) || !p.ValidTo.IsZero() && !today.Before(p.ValidTo) {
			continue
		}
		own, quantity := p.Unit, l.Quantity
		if own == "" {
			own = unit
		}
		foreign := own != l.Unit
		if foreign {
			quantity = l.BaseQuantity
		}
		if foreign && own != unit || quantity.LessThan(p.MinQuantity) {
			continue
		}
		if best == nil || told && !foreign || told == foreign && p.MinQuantity.GreaterThan(best.MinQuantity) {
			best, told = p, foreign
		}
	}
	return best, told
}
