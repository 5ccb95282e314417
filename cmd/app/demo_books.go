package app

import (
	"fmt"
	"slices"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance"
	"github.com/tenon-hq/tenon/modules/purchasing"
)

// enterBills enters the bills of what came in: one for each purchase order, over what was received and is not billed.
func (d *demo) enterBills() {
	open := map[id.ID]map[id.ID]money.Quantity{}
	var orders []id.ID
	for _, a := range rows[finance.Accrual](d, "received_quantity > billed_quantity") {
		if open[a.PurchaseOrderID] == nil {
			open[a.PurchaseOrderID] = map[id.ID]money.Quantity{}
			orders = append(orders, a.PurchaseOrderID)
		}
		open[a.PurchaseOrderID][a.PurchaseLineID] = a.ReceivedQuantity.Sub(a.BilledQuantity)
	}
	for _, k := range orders {
		d.enterBill(get[purchasing.Order](d, k), open[k])
	}
}

func (d *demo) enterBill(o *purchasing.Order, open map[id.ID]money.Quantity) {
	var lines []any
	for _, l := range o.Lines {
		q, ok := open[l.ID]
		if !ok {
			continue
		}
		line := obj{"purchase_line_id": key(l.ID), "product_id": key(l.ProductID), "quantity": q.String(), "unit_price": d.dearer(l.UnitPrice).String()}
		if !l.TaxID.IsZero() {
			line["tax_id"] = key(l.TaxID)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return
	}
	body := obj{
		"vendor_id": key(o.VendorID), "purchase_order_id": key(o.ID), "vendor_reference": fmt.Sprintf("FP%08d", d.dice.n(99999999)), "lines": lines,
	}
	if !o.PaymentTermID.IsZero() {
		body["payment_term_id"] = key(o.PaymentTermID)
	}
	k := d.one("finance", "finance.bill", body)
	if d.last-d.day > 3 {
		d.run("finance", "finance.bill", k, "post", nil)
	}
}

// payBills pays what is due, one payment for each vendor.
func (d *demo) payBills() {
	due := map[id.ID][]*finance.Bill{}
	var vendors []id.ID
	for _, b := range rows[finance.Bill](d, "status IN ('posted', 'partial') AND residual_amount > 0 AND NOT blocked AND due_date <= ?", d.date(2)) {
		if due[b.VendorID] == nil {
			vendors = append(vendors, b.VendorID)
		}
		due[b.VendorID] = append(due[b.VendorID], b)
	}
	for _, v := range vendors {
		sum := money.Zero()
		var matches []any
		for _, b := range due[v] {
			sum = sum.Add(b.ResidualAmount)
			matches = append(matches, obj{"bill_id": key(b.ID), "amount": b.ResidualAmount.String()})
		}
		d.pay(obj{"vendor_id": key(v), "direction": "out", "amount": sum.String(), "matches": matches})
	}
}

func (d *demo) pay(body obj) {
	k := d.one("finance", "finance.payment", body)
	d.run("finance", "finance.payment", k, "post", nil)
}

// collect enters what customers pay: some are punctual, some late, some pay a part first, and a few have to be reminded for a long time.
func (d *demo) collect() {
	for _, i := range rows[finance.Invoice](d, "status IN ('posted', 'partial') AND residual_amount > 0 AND due_date <= ?", d.date(0)) {
		if i.Currency != "CNY" {
			continue // abroad they pay by letter of credit, later than the story
		}
		patient := d.customers[slices.IndexFunc(d.customers, func(c customer) bool { return c.id == i.CustomerID })%len(d.customers)].patient
		late := dateOf(d.date(0)).Sub(i.DueDate)
		if late < patient {
			continue
		}
		amount := i.ResidualAmount
		if i.Status == "posted" && d.dice.one(5) {
			amount = money.RoundTo(money.Div(amount, money.Int(2)), "CNY")
		} else if i.Status == "partial" && late < patient+25 {
			continue
		}
		d.pay(obj{
			"customer_id": key(i.CustomerID), "direction": "in", "amount": amount.String(), "reference": "回单 " + i.No,
			"matches": []any{obj{"invoice_id": key(i.ID), "amount": amount.String()}},
		})
	}
}

func dateOf(text string) clock.Date {
	out, _ := clock.ParseDate(text) // it was written by the play itself
	return out
}

// lockPeriod lets only closing adjustments into a month that is long over.
func (d *demo) lockPeriod(name string) {
	for _, p := range rows[finance.Period](d, "name = ? AND status = 'open'", name) {
		d.run("finance", "finance.period", p.ID, "soft_lock", nil)
	}
}

// unfinishedBooks leaves on finance's desk what is there on any day: drafts, an advance, a credit, a budget.
func (d *demo) unfinishedBooks() {
	c := d.customers[3]
	d.pay(obj{"customer_id": key(c.id), "direction": "in", "amount": "20000", "memo": "备件框架协议预付款"})
	d.one("finance", "finance.payment", obj{"customer_id": key(d.customers[5].id), "direction": "in", "amount": "8600", "memo": "待核实来款"})
	d.one("finance", "finance.invoice", obj{
		"customer_id": key(c.id), "memo": "展会样机租赁", "lines": []any{obj{"description": "样机租赁 30 天", "quantity": "1", "unit_price": "6000"}},
	})
	journals := rows[finance.Journal](d, "type = 'general'")
	if len(journals) == 0 {
		return
	}
	d.one("finance", "finance.entry", obj{"journal_id": key(journals[0].ID), "memo": "计提折旧（待复核）", "lines": []any{
		obj{"account_id": d.account("6602"), "debit": "7166.67"}, obj{"account_id": d.account("1602"), "credit": "7166.67"},
	}})
	for _, i := range rows[finance.Invoice](d, "status = 'posted' AND currency = 'CNY' AND residual_amount > 2000") {
		lines := get[finance.Invoice](d, i.ID).Lines
		if len(lines) > 0 && lines[0].Quantity.GreaterThan(money.Int(1)) {
			d.run("finance", "finance.invoice", i.ID, "credit", obj{"reason": "数量差异，红冲一件", "lines": []any{obj{"line_id": key(lines[0].ID), "quantity": "1"}}})
			break
		}
	}
	for _, b := range rows[finance.Bill](d, "status = 'posted' AND currency = 'CNY' AND residual_amount > 2000") {
		k := d.one("finance", "finance.vendor_credit", obj{"vendor_id": key(b.VendorID), "vendor_reference": "HZ-0713", "reason": "年度返利", "lines": []any{
			obj{"description": "年度采购返利", "quantity": "1", "unit_price": "600", "account_id": d.account("6602")},
		}})
		d.run("finance", "finance.vendor_credit", k, "post", nil)
		break
	}
	d.budget()
}

// budget plans this year's expenses.
func (d *demo) budget() {
	for _, y := range rows[finance.FiscalYear](d, "start_date <= ? AND end_date >= ?", d.date(0), d.date(0)) {
		k := d.one("finance", "finance.budget", obj{"name": y.Name + " 年费用预算", "fiscal_year_id": key(y.ID), "lines": []any{
			obj{"account_id": d.account("6601"), "amount": "480000"}, obj{"account_id": d.account("6602"), "amount": "1560000"},
		}})
		d.run("finance", "finance.budget", k, "approve", nil)
	}
}
