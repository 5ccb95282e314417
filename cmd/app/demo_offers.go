package app

import (
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance"
	"github.com/tenon-hq/tenon/modules/purchasing"
)

// buyingRules are what purchasing goes by: how far deliveries and bills may differ, and which requests need nobody's yes.
func (d *demo) buyingRules() {
	d.one("buyer", "purchasing.setting", obj{"over_receipt_percent": "3", "quantity_tolerance_percent": "0", "price_tolerance_percent": "2"})
	d.one("owner", "purchasing.requisition_rule", obj{"name": "五金小额申请自动批准", "vendor_id": d.vendor("V012"), "limit_amount": "500"})
	d.one("owner", "purchasing.requisition_rule", obj{"name": "包材申请自动批准", "vendor_id": d.vendor("V011"), "limit_amount": "800"})
}

// quote is what a vendor asks for a piece, and in how many days it comes.
type quote struct {
	vendor, price string
	days          int
}

// asking is a request for quotation of one product.
type asking struct {
	title, product, quantity string
	quotes                   []quote
}

// askAround puts the year's requests for quotation on the agenda. The last two are still open today.
func (d *demo) askAround() {
	bearings := asking{"轴承年度询价", "M-BEARING", "200", []quote{{"V006", "20.8", 6}, {"V012", "22.4", 2}}}
	servos := asking{"伺服电机二供比价", "E-SERVO-400", "12", []quote{{"V003", "1048", 20}, {"V004", "1120", 9}}}
	steel := asking{"圆钢季度询价", "R-STEEL45", "300", []quote{{"V001", "5.95", 7}, {"V012", "6.3", 3}}}
	for i, a := range []asking{bearings, servos, steel} {
		d.at(60+90*i, func() {
			k := d.ask(a)
			d.at(8, func() { d.run("buyer", "purchasing.quotation_request", k, "award", nil) })
		})
	}
	d.at(d.last-6, func() {
		d.ask(asking{"可编程控制器比价", "E-PLC-32", "10", []quote{{"V004", "2095", 22}, {"V003", "2180", 15}}})
	})
	d.at(d.last-1, func() {
		d.one("buyer", "purchasing.quotation_request", d.invitation(asking{"气动元件年度框架询价", "M-CYL-50", "60", []quote{{"V007", "", 0}, {"V004", "", 0}}}))
	})
}

// invitation is a request for quotation as it is written.
func (d *demo) invitation(a asking) obj {
	var vendors []any
	for _, q := range a.quotes {
		vendors = append(vendors, obj{"vendor_id": d.vendor(q.vendor)})
	}
	return obj{
		"title": a.title, "due_on": d.date(7), "vendors": vendors,
		"lines": []any{obj{"product_id": key(d.products[a.product]), "quantity": a.quantity, "need_by": d.date(40)}},
	}
}

// ask sends a request for quotation; the vendors answer in the days after.
func (d *demo) ask(a asking) id.ID {
	k := d.one("buyer", "purchasing.quotation_request", d.invitation(a))
	d.run("buyer", "purchasing.quotation_request", k, "send", nil)
	for i, q := range a.quotes {
		d.at(2+i, func() {
			for _, l := range get[purchasing.QuotationRequest](d, k).Lines {
				d.one("buyer", "purchasing.vendor_offer", obj{
					"request_id": key(k), "line_id": key(l.ID), "vendor_id": d.vendor(q.vendor), "price": q.price, "lead_time_days": whole(q.days),
				})
			}
		})
	}
	return k
}

// dearer raises the price of a bill's line now and then: a vendor who sends an old price list. The bill is blocked until somebody has asked them.
func (d *demo) dearer(price money.Price) money.Price {
	if !d.aside.one(16) {
		return price
	}
	return money.Div(price.Mul(money.Int(106)), money.Int(100)).Round(2)
}

// askVendors releases bills that were blocked for a week: the vendor explained the price.
func (d *demo) askVendors() {
	for _, b := range rows[finance.Bill](d, "blocked AND status = 'posted' AND date <= ?", d.date(-6)) {
		d.run("finance", "finance.bill", b.ID, "release", obj{"reason": "供应商已提供调价函，采购确认新价格"})
	}
}
