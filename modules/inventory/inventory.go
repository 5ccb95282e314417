// Package inventory keeps the stock: where goods are, for whom they are held, what they are worth. Every change is a move between two locations;
// balances, values and deliveries follow from moves and reservations.
package inventory

import (
	"context"
	"embed"
	"io/fs"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// Products is what inventory asks of core.
type Products interface {
	Products(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Product, error)
	Convert(ctx context.Context, tx *tenancy.Tx, items []coreevent.Conversion) ([]money.Quantity, error)
}

// Vendors answers who vendors are.
type Vendors interface {
	Vendors(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]purchasingevent.Vendor, error)
}

// Costs answers what goods on purchase orders in foreign money cost in company currency.
type Costs interface {
	Costs(ctx context.Context, tx *tenancy.Tx, lines []id.ID, on clock.Date) (map[id.ID]money.Price, error)
}

// Begun answers which production orders are on the shop floor: who takes these off leaves somebody a decision.
type Begun interface {
	Begun(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]bool, error)
}

// Plugs is whom inventory asks.
type Plugs struct {
	Products Products
	Ledger   Ledger  // none: the stock is not compared with any books
	Vendors  Vendors // none: locations at vendors have no name
	Costs    Costs   // none: goods cost what their receipt says
	Begun    Begun   // none: no production order has begun
}

// keeper is the stock keeper: actions and reactions are what he does.
type keeper struct {
	products Products
	ledger   Ledger
	vendors  Vendors
	abroad   Costs
	begun    Begun
}

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Module is inventory's table of contents.
func Module(plugs Plugs) modules.Module {
	k := keeper{products: plugs.Products, ledger: plugs.Ledger, vendors: plugs.Vendors, abroad: plugs.Costs, begun: plugs.Begun}
	return modules.Module{
		Name:      "inventory",
		Label:     entity.T("库存", "Inventory"),
		About:     entity.T("仓库、库位、批次、预留、收发货、调拨、盘点与存货计价", "Warehouses, reservations, receipts, deliveries, transfers, counts, and what the stock is worth"),
		Price:     "29.00",
		Documents: []string{"inventory.goods.shipped", "inventory.goods.received"},
		Entities: []entity.Record{
			&Warehouse{}, &Location{}, &Lot{}, &StockBalance{}, &StockMove{}, &Reservation{},
			&Delivery{}, &Receipt{}, &Transfer{}, &StockCount{}, &ProductValue{}, &CostLayer{},
			&LandedCost{}, &ValueAdjustment{}, &VendorReturn{}, &Reallocation{},
		},
		Actions: []modules.Action{
			modules.Act("ship", entity.T("发货", "Ship"), []string{waiting, ready}, k.ship),
			modules.Act("receive", entity.T("入库", "Receive"), []string{waiting}, k.receive),
			modules.Act("over_receive", entity.T("超收入库", "Receive beyond the tolerance"), []string{waiting}, k.overReceive),
			modules.Act("reschedule", entity.T("改期", "Reschedule"), []string{waiting}, k.reschedule),
			modules.Act("confirm", entity.T("确认", "Confirm"), []string{draft}, k.confirm),
			modules.Act("receive", entity.T("收货", "Receive"), []string{inTransit}, k.takeIn),
			modules.Act("start", entity.T("开始盘点", "Start"), []string{draft}, k.start),
			modules.Act("post", entity.T("过账", "Post"), []string{draft}, k.post),
			modules.Act("post", entity.T("过账", "Post"), []string{draft}, k.postLanded),
			modules.Act("confirm", entity.T("退货出库", "Send back"), []string{draft}, k.sendBack),
			modules.Act("await", entity.T("指定到货", "Wait for a supply"), nil, k.await),
			modules.Act("apply", entity.T("执行分配", "Apply"), []string{draft}, k.reallocate),
		},
		Prepares: []modules.Prepare{
			modules.Before(prepareLocations),
			modules.Before(k.prepareLots),
			modules.Before(k.prepareCounts),
			modules.Before(prepareTransfers),
			modules.Before(prepareLanded),
			modules.Before(prepareReturns),
		},
		Reactions: []modules.Reaction{
			modules.On(k.orderConfirmed),
			modules.On(k.orderAmended),
			modules.On(k.orderCancelled),
			modules.On(k.goodsReturned),
			modules.On(k.ordersPlanned),
			modules.On(k.materialsIssued),
			modules.On(k.materialsSent),
			modules.On(k.materialsReturned),
			modules.On(k.orderCompleted),
			modules.On(k.productionCancelled),
			modules.On(k.productionReduced),
			modules.On(k.productionRescheduled),
			modules.On(k.requisitionsMade),
			modules.On(k.requisitionsReused),
			modules.On(k.requisitionsDropped),
			modules.On(k.requisitionsRescheduled),
			modules.On(k.purchaseConfirmed),
			modules.On(k.purchaseAmended),
			modules.On(k.purchaseCancelled),
			modules.On(k.projectSupplied),
			modules.On(k.costDiffered),
			modules.On(k.standardsChanged),
		},
		Reports:    append(k.reports(), peggingReport()),
		Papers:     papers(),
		Checks:     checks(),
		Figures:    figures(),
		Tallies:    tallies(),
		Migrations: folder("migrations"),
		Policy:     folder("policy"),
		Seed:       seed,
	}
}

// folder is one of the folders that are part of the program.
func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // only a malformed name fails
	}
	return sub
}
