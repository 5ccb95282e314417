package app

import (
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/crm"
	"github.com/tenon-hq/tenon/modules/sales"
)

// dealers are customers who sell on, with prices of their own.
func (d *demo) dealers() {
	for i, c := range d.customers {
		if i%9 == 4 {
			d.change("director", "crm.customer", c.id, obj{"customer_group": "经销商"})
		}
	}
	line := func(number, price string) obj { return obj{"product_id": key(d.products[number]), "unit_price": price} }
	d.one("director", "sales.price_list", obj{"name": "经销商价目表", "customer_group": "经销商", "lines": []any{
		line("P-BLADE", "168"), line("P-RING", "34"), line("P-TEFLON", "21"), line("P-KIT-V", "840"), line("HT-C2", "11600"),
	}})
}

// reoffer makes the next version of an offer: the customer needs it sooner.
func (d *demo) reoffer(c customer, k id.ID) {
	if len(rows[sales.Quotation](d, "id = ? AND status = 'sent'", k)) == 0 {
		return
	}
	d.run(c.seller, "sales.quotation", k, "revise", nil)
	next := get[sales.Quotation](d, k).ReplacedByID
	d.change(c.seller, "sales.quotation", next, obj{"requested_date": d.date(45), "valid_until": d.date(30)})
	d.run(c.seller, "sales.quotation", next, "send", nil)
	if d.last-d.day > 12 && d.aside.one(2) {
		d.at(6, func() { d.run(c.seller, "sales.quotation", next, "accept", obj{"confirm": true}) })
	}
}

// claim is the case that a customer opens who wants to give something back.
func (d *demo) claim(c customer, order id.ID) string {
	k := d.one(c.seller, "crm.service_case", obj{
		"subject": "收到型号与订单不符，要求退货", "customer_id": key(c.id), "type": "complaint", "priority": "normal", "order_id": key(order),
	})
	d.at(6, func() {
		d.run(c.seller, "crm.service_case", k, "resolve", obj{"resolution": "已收到退回件并冲减应收"})
	})
	d.at(13, func() { d.run(c.seller, "crm.service_case", k, "close", nil) })
	return key(k)
}

// followUps are the days on which salespeople want to be reminded of open deals.
func (d *demo) followUps() {
	for i, o := range rows[crm.Opportunity](d, "status = 'open'") {
		if i%4 == 1 {
			d.change("director", "crm.opportunity", o.ID, obj{"follow_up_date": d.date(2 + i)})
		}
	}
}
