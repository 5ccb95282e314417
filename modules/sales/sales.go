// Package sales turns a customer's will into a binding order and keeps that order true: what it is worth, what is promised, how far it is delivered,
// invoiced and paid. Stock, production, purchasing, projects and receivables follow what it tells.
package sales

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
	"github.com/tenon-hq/tenon/modules/crm/crmevent"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/tenancy"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed policy/*.yaml
var rights embed.FS

// Products answers what sales has to know of products. A product that is unknown or no longer sold is missing in the answer.
type Products interface {
	Products(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Product, error)
	// Convert turns quantities into the products' own units.
	Convert(ctx context.Context, tx *tenancy.Tx, items []coreevent.Conversion) ([]money.Quantity, error)
}

// Taxes answers what taxes are, and which one applies where neither line nor product names one.
type Taxes interface {
	Taxes(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]coreevent.Tax, error)
	StandardTax(ctx context.Context, tx *tenancy.Tx) (coreevent.Tax, error)
}

// Rates answers what one unit of a currency is worth in company currency on a day.
type Rates interface {
	Rate(ctx context.Context, tx *tenancy.Tx, currency string, on clock.Date) (money.Price, error)
}

// Customers answers what an order takes over from its customer.
type Customers interface {
	Customers(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]crmevent.Customer, error)
}

// Debts answers what a customer's invoices leave open, by order.
type Debts interface {
	Debts(ctx context.Context, tx *tenancy.Tx, customer id.ID) ([]financeevent.Debt, error)
}

// Plugs are the questions that sales asks other modules.
type Plugs struct {
	Products  Products
	Taxes     Taxes
	Rates     Rates
	Customers Customers
	Supply    Supply
	Debts     Debts
}

// office is the module at work: its actions and reactions with the plugs that they need.
type office struct{ ask Plugs }

// Module is the table of contents.
func Module(plugs Plugs) modules.Module {
	o := office{ask: plugs}
	return modules.Module{
		Name:  "sales",
		Label: entity.T("销售", "Sales"),
		About: entity.T("价目表、报价、订单、变更与退货：一次确认，库存、生产、采购、项目与应收随之而动。",
			"Price lists, quotations, orders, amendments and returns: one confirmation moves stock, production, purchasing, projects and receivables."),
		Needs:     []string{"crm"},
		Price:     "49.00",
		Documents: []string{"sales.order.confirmed", "sales.return.confirmed"},
		Entities: []entity.Record{
			new(PriceList), new(Quotation), new(Order), new(Revision), new(Return), new(Promise),
		},
		Actions:    o.actions(),
		Prepares:   []modules.Prepare{modules.Before(o.prepareOrders), modules.Before(o.prepareQuotations), modules.Before(o.prepareReturns)},
		Reactions:  o.reactions(),
		Reports:    []modules.Report{o.promiseReport(), diffReport()},
		Papers:     papers(),
		Checks:     checks(),
		Figures:    figures(),
		Tallies:    tallies(),
		Migrations: folder(migrations, "migrations"),
		Policy:     folder(rights, "policy"),
	}
}

func (o office) actions() []modules.Action {
	return []modules.Action{
		modules.Act("confirm", entity.T("确认", "Confirm"), []string{Draft}, o.confirm),
		modules.Act("release", entity.T("信用放行", "Release credit"), []string{Draft}, o.release),
		modules.Act("amend", entity.T("变更", "Amend"), []string{Confirmed, InProgress}, o.amend),
		modules.Act("cancel", entity.T("取消", "Cancel"), []string{Draft, Confirmed, InProgress}, o.cancel),
		modules.Act("close", entity.T("关闭", "Close"), []string{Confirmed, InProgress}, o.close),
		modules.Act("apply", entity.T("生效", "Apply"), []string{Proposed}, o.apply),
		modules.Act("withdraw", entity.T("撤回", "Withdraw"), []string{Proposed}, o.withdraw),
		modules.Act("send", entity.T("发出", "Send"), []string{Draft}, o.sendQuotation),
		modules.Act("accept", entity.T("客户接受", "Accept"), []string{Draft, Sent}, o.acceptQuotation),
		modules.Act("revise", entity.T("修订", "Revise"), []string{Sent, Rejected}, o.reviseQuotation),
		modules.Act("extend", entity.T("延期", "Extend"), []string{Draft, Sent}, o.extendQuotation),
		modules.Act("reject", entity.T("客户拒绝", "Reject"), []string{Draft, Sent}, o.rejectQuotation),
		modules.Act("confirm", entity.T("确认", "Confirm"), []string{Draft}, o.confirmReturn),
		modules.Act("cancel", entity.T("取消", "Cancel"), []string{Draft}, o.cancelReturn),
	}
}

func (o office) reactions() []modules.Reaction {
	return []modules.Reaction{
		modules.On(o.opportunityWon),
		modules.On(o.stockReserved),
		modules.On(o.stockReleased),
		modules.On(o.stockShort),
		modules.On(o.purchaseNeeded),
		modules.On(o.demandPegged),
		modules.On(o.supplyReleased),
		modules.On(o.deliveriesOpened),
		modules.On(o.goodsShipped),
		modules.On(o.invoicePosted),
		modules.On(o.paymentMatched),
		modules.On(o.projectOpened),
		modules.On(o.projectClosed), modules.On(o.servicesRendered),
	}
}

func folder(files embed.FS, name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return sub
}
