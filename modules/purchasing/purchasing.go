// Package purchasing buys what is missing: vendors and their prices, requisitions that follow from demands, and the orders that vendors get.
package purchasing

import (
	"context"
	"embed"
	"io/fs"
	"math/big"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Products answers what products are and measures them in their own units.
type Products interface {
	Products(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Product, error)
	Factors(ctx context.Context, tx *tenancy.Tx, list []coreevent.Measure) (map[coreevent.Measure]*big.Rat, error)
}

// Trade answers what taxes are and what foreign money is worth.
type Trade interface {
	Taxes(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Tax, error)
	Rate(ctx context.Context, tx *tenancy.Tx, currency string, on clock.Date) (money.Price, error)
}

// Stock answers what vendors owe that nobody waits for.
type Stock interface {
	Spare(ctx context.Context, tx *tenancy.Tx, products []id.ID, made []inventoryevent.Coming) ([]inventoryevent.Coming, error)
}

// Plugs are what purchasing asks of others.
type Plugs struct {
	Products Products
	Trade    Trade
	Stock    Stock
}

// desk is purchasing with its plugs: what actions and reactions work with.
type desk struct{ Plugs }

// Module is purchasing's table of contents.
func Module(plugs Plugs) modules.Module {
	b := &desk{plugs}
	return modules.Module{
		Name:  "purchasing",
		Label: entity.T("采购", "Purchasing"),
		About: entity.T("供应商与价格、采购申请、采购订单：该买什么、向谁买、何时到",
			"Vendors and prices, requisitions and purchase orders: what to buy, from whom, and when it comes"),
		Needs:     []string{"inventory"},
		Price:     "35.00",
		Documents: []string{"purchasing.order.confirmed"},
		Entities: []entity.Record{
			&Vendor{}, &VendorPrice{}, &Requisition{}, &RequisitionRule{}, &Order{}, &Setting{},
			&QuotationRequest{}, &VendorOffer{},
		},
		Actions: []modules.Action{
			modules.Act("approve", entity.T("批准", "Approve"), []string{Draft}, b.approve),
			modules.Act("order", entity.T("下单", "Order"), []string{Approved}, b.order),
			modules.Act("cancel", entity.T("取消", "Cancel"), []string{Draft, Approved}, b.cancelRequisition),
			modules.Act("keep", entity.T("照收", "Keep"), []string{Ordered}, b.keep),
			modules.Act("call_off", entity.T("与供应商取消", "Call off"), []string{Ordered}, b.callOff),
			modules.Act("confirm", entity.T("确认", "Confirm"), []string{Draft}, b.confirm),
			modules.Act("amend", entity.T("变更", "Amend"), []string{Confirmed, Received, Billed}, b.amend),
			modules.Act("acknowledge", entity.T("供应商确认", "Acknowledge"), []string{Confirmed, Billed}, b.acknowledge),
			modules.Act("cancel", entity.T("取消", "Cancel"), []string{Draft, Confirmed}, b.cancelOrder),
			modules.Act("send", entity.T("发出", "Send"), []string{Draft}, b.send),
			modules.Act("remind", entity.T("催报", "Remind"), []string{Sent}, b.remind),
			modules.Act("award", entity.T("定标", "Award"), []string{Sent}, b.award),
			modules.Act("cancel", entity.T("取消", "Cancel"), []string{Draft, Sent}, cancelRequest),
		},
		Prepares: []modules.Prepare{
			modules.Before(b.preparePrices),
			modules.Before(b.prepareRequisitions),
			modules.Before(b.prepareOrders),
			modules.Before(prepareSettings),
			modules.Before(b.prepareRequests),
			modules.Before(prepareOffers),
		},
		Reactions: []modules.Reaction{
			modules.On(b.needed),
			modules.On(b.wanted),
			modules.On(b.services),
			modules.On(b.replanned),
			modules.On(b.received),
			modules.On(b.receiptRescheduled),
			modules.On(b.supplyReleased),
			modules.On(b.billed), modules.On(b.credited),
			modules.On(blocked),
			modules.On(b.sentBack),
		},
		Daily:      []modules.Daily{{Name: "quotation_reminders", Run: b.remindAll}},
		Reports:    []modules.Report{b.comparison()},
		Papers:     papers(),
		Checks:     checks(),
		Tallies:    tallies(),
		Migrations: folder("migrations"),
		Policy:     folder("policy"),
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
