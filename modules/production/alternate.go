package production

import (
	"context"
	"fmt"
	"math/big"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Alternate is a product that may stand in for a component: by itself when the component is short and the alternate is there, or by a person's choice.
type Alternate struct {
	bun.BaseModel `bun:"table:bom_alternate,alias:ba"`
	entity.Line

	BillID      id.ID          `bun:"bill_id,type:uuid,notnull"`
	ComponentID id.ID          `bun:"component_id,type:uuid,notnull"`
	ProductID   id.ID          `bun:"product_id,type:uuid,notnull"`
	Quantity    money.Quantity `bun:"quantity,type:numeric(20,6),notnull"`
	Priority    int            `bun:"priority,notnull"`
}

// Describe says what an alternate means.
func (a *Alternate) Describe(d *entity.Desc) {
	d.Is("production.alternate", "alternates", entity.T("替代料", "Alternate"), nil)
	d.Field(&a.BillID, entity.Field{Label: entity.T("物料清单", "Bill of materials"), Ref: "production.bill_of_materials", Computed: true})
	d.Field(&a.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true, Aside: true})
	d.Field(&a.ComponentID, entity.Field{Label: entity.T("被替代组件", "Component"), Ref: "inventory.product", Required: true, List: true})
	d.Field(&a.ProductID, entity.Field{Label: entity.T("替代料", "Alternate"), Ref: "inventory.product", Required: true, List: true})
	d.Field(&a.Quantity, entity.Field{
		Label: entity.T("替代数量", "Quantity"), Default: "1", Positive: true, List: true,
		Help: entity.T("替代一个组件单位所需数量", "How much of it stands in for one unit of the component"),
	})
	d.Field(&a.Priority, entity.Field{Label: entity.T("优先级", "Priority"), Default: "1", List: true, Help: entity.T("小者优先", "The smallest first")})
	d.Parent(&a.BillID)
}

// checkAlternates refuses alternates of what is no component, and of a thing by itself.
func (b *BillOfMaterials) checkAlternates(bad *fault.Fields) {
	used := map[id.ID]bool{}
	for _, l := range b.Lines {
		used[l.ComponentID] = true
	}
	for i, a := range b.Alternates {
		path := fmt.Sprintf("alternates[%d].", i)
		if !used[a.ComponentID] {
			bad.Add(path+"component_id", "alternate.no_component", "不是本清单的组件", "is no component of this bill")
		}
		if !a.ProductID.IsZero() && (a.ProductID == a.ComponentID || a.ProductID == b.ProductID) {
			bad.Add(path+"product_id", "alternate.same", "不能替代自身或用于自身", "can't stand in for itself or be made of itself")
		}
	}
}

// substitute is an alternate as the planner reckons with it.
type substitute struct {
	Component, ProductID id.ID
	Quantity             *big.Rat // for one unit of the component
}

// replaceShort takes an alternate in place of a component that is short, the first one that is there for all of it. Two are never mixed in one order.
func (p *planner) replaceShort(o *planned, m *component) {
	if !m.Listed || !p.free[m.ProductID].LessThan(m.Quantity) {
		return
	}
	for _, s := range o.Recipe.Substitutes {
		if s.Component != m.ProductID || !p.products[s.ProductID].Active {
			continue
		}
		q := upTo(new(big.Rat).Mul(m.Quantity.Rat(), s.Quantity), p.products[s.ProductID].Rounding)
		if !p.free[s.ProductID].LessThan(q) {
			m.Instead, m.ProductID, m.Quantity = m.ProductID, s.ProductID, q
			return
		}
	}
}

// SubstituteInput names a material and the alternate that is taken in its place.
type SubstituteInput struct {
	MaterialID id.ID `in:"material_id" label:"用料|Material"`
	ProductID  id.ID `in:"product_id" label:"替代料|Alternate"`
}

// substitute takes another product in place of a material of which nothing was issued: what was held and asked for the material is given up, and the
// alternate is reserved, made or bought.
func (f *floor) substitute(ctx context.Context, tx *tenancy.Tx, o *Order, in SubstituteInput) error {
	old := o.material(in.MaterialID)
	book, err := f.cookbook(ctx, tx, []id.ID{o.ProductID, in.ProductID})
	if err != nil {
		return err
	}
	q, err := book.instead(o, old, in.ProductID)
	if err != nil {
		return err
	}
	reduced := productionevent.OrderReduced{
		OrderID: o.ID, No: o.No, Quantity: o.Quantity, Materials: []productionevent.Material{{ID: old.ID, ProductID: old.ProductID}},
	}
	if err := record.Emit(ctx, tx, reduced); err != nil {
		return err
	}
	if err := record.Fresh(ctx, tx, o); err != nil {
		return err
	}
	if err := record.Delete(ctx, tx, o.material(in.MaterialID)); err != nil {
		return err
	}
	p, err := f.informed(ctx, tx, book.below([]id.ID{in.ProductID}), []id.ID{in.ProductID})
	if err != nil {
		return err
	}
	m := &Material{OrderID: o.ID, ProductID: in.ProductID, Quantity: q, NeedBy: old.NeedBy}
	if m.Instead = old.original(); m.Instead == m.ProductID {
		m.Instead = id.ID{}
	}
	m.ID, m.Position = tx.NewID(), old.Position
	if err := record.Create(ctx, tx, m); err != nil {
		return err
	}
	root := &planned{
		ID: o.ID, ProductID: o.ProductID, Quantity: o.Quantity, Fixed: true, Start: o.StartDate, Due: o.DueDate, path: []id.ID{o.ProductID},
		Materials: []*component{{ID: m.ID, ProductID: m.ProductID, Quantity: m.Quantity}},
	}
	root.Demand.SalesOrderID = o.SalesOrderID
	if err := p.supply(root); err != nil {
		return err
	}
	p.schedule()
	_, err = f.launch(ctx, tx, p, map[id.ID]*Order{o.ID: o})
	return err
}

// instead returns how much of an alternate a material takes.
func (b *cookbook) instead(o *Order, m *Material, product id.ID) (money.Quantity, error) {
	var bad fault.Fields
	switch {
	case m == nil:
		bad.Add("material_id", "production.no_material", "工单没有该用料", "is no material of this order")
	case m.IssuedQuantity.Sign() > 0:
		bad.Add("material_id", "production.issued", "已领料 %[1]s", "%[1]s are issued already", m.IssuedQuantity)
	}
	if err := bad.Err(); err != nil {
		return money.Zero(), err
	}
	r := b.recipes[o.ProductID]
	if r != nil && product == m.original() && product != m.ProductID { // back to the component itself
		for _, s := range r.Substitutes {
			if s.Component == product && s.ProductID == m.ProductID {
				return upTo(ratio(m.Quantity.Rat(), s.Quantity), b.products[product].Rounding), nil
			}
		}
	}
	if r != nil && m.Instead.IsZero() {
		for _, s := range r.Substitutes {
			if s.Component == m.ProductID && s.ProductID == product {
				return upTo(new(big.Rat).Mul(m.Quantity.Rat(), s.Quantity), b.products[product].Rounding), nil
			}
		}
	}
	bad.Add("product_id", "bom.no_alternate", "物料清单未将其列为该组件的替代料", "is not listed as an alternate of this component")
	return money.Zero(), bad.Err()
}

// original is the component that the bill names.
func (m *Material) original() id.ID {
	if m.Instead.IsZero() {
		return m.ProductID
	}
	return m.Instead
}
