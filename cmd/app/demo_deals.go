package app

import (
	"fmt"
	"strconv"

	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/crm"
	"github.com/tenon-hq/tenon/modules/sales"
)

// plan puts the year's customers' wishes on the agenda, as chance has it.
func (d *demo) plan() {
	for i := range 51 {
		d.at(2+i*7+d.dice.n(4), d.deal)
	}
	for i := range 51 {
		d.at(1+i*7+d.dice.n(5), d.spares)
	}
	for i := range 17 {
		d.at(6+i*20+d.dice.n(6), d.offer)
	}
	for i := range 22 {
		d.at(40+i*14+d.dice.n(8), d.complaint)
	}
	d.campaigns()
	d.leads()
	d.at(120, d.export)
	d.at(200, d.improvement)
	d.at(d.last-24, d.ramp)
	d.stockroom()
	d.askAround()
	for i, w := range []wish{{"HT-M100", "码垛机 M100", "198000"}, {"HT-F4", "四头灌装机 F4", "92000"}, {"HT-V420", "立式包装机 V420", "168000"}, {"HT-L60", "贴标机 L60", "56000"}} {
		d.at(d.last-26+7*i, func() { d.sold(w) }) // so that there is always work on the shop floor
	}
}

// sold is a deal that needed no persuasion.
func (d *demo) sold(w wish) {
	c := d.anyone()
	k := d.one(c.seller, "crm.opportunity", obj{
		"name": short(c.name) + " " + w.name + " 追加", "customer_id": key(c.id), "stage": "待签合同", "requested_date": d.date(55), "delivery_address": c.address,
		"lines": []any{d.line(w.number, "2", w.price, "3"), d.line("SV-INSTALL", "1", "", "")},
	})
	d.run(c.seller, "crm.opportunity", k, "win", nil)
}

// wish is something that customers ask for.
type wish struct{ number, name, price string }

func machines() []wish {
	return []wish{
		{"HT-V320", "立式包装机 V320", "138000"},
		{"HT-Z400", "真空包装机 Z400", "46800"},
		{"HT-H280", "枕式包装机 H280", "89000"},
		{"HT-C2", "输送机", "12800"},
		{"HT-L60", "贴标机 L60", "56000"},
		{"HT-F4", "四头灌装机 F4", "92000"},
		{"HT-Z400", "真空包装机 Z400", "46800"},
		{"HT-V420", "立式包装机 V420", "168000"},
		{"HT-C2", "输送机", "12800"},
		{"HT-M100", "码垛机 M100", "198000"},
	}
}

func (d *demo) anyone() customer {
	if len(d.customers) == 0 {
		return customer{}
	}
	return d.customers[d.dice.n(len(d.customers))]
}

func (d *demo) line(number, quantity, price, discount string) obj {
	l := obj{"product_id": key(d.products[number]), "quantity": quantity}
	if price != "" {
		l["unit_price"] = price
	}
	if discount != "" {
		l["discount_percent"] = discount
	}
	return l
}

// deal is an opportunity from the first contact to its end.
func (d *demo) deal() {
	c, w := d.anyone(), pick(&d.dice, machines()...)
	quantity := 1
	if d.dice.one(4) {
		quantity = 2
	}
	if w.number == "HT-C2" {
		quantity += 1 + d.dice.n(3)
	}
	lines := []any{d.line(w.number, strconv.Itoa(quantity), w.price, pick(&d.dice, "", "", "2", "3", "5"))}
	if w.number != "HT-C2" && !d.dice.one(3) {
		lines = append(lines, d.line("SV-INSTALL", "1", "", ""))
	}
	if d.dice.one(3) {
		lines = append(lines, d.line("SV-TRAIN", strconv.Itoa(8*(1+d.dice.n(2))), "", ""))
	}
	if d.dice.one(3) {
		lines = append(lines, d.line("P-KIT-V", "1", "", ""))
	}
	k := d.one(c.seller, "crm.opportunity", obj{
		"name": fmt.Sprintf("%s %s ×%d", short(c.name), w.name, quantity), "customer_id": key(c.id), "close_date": d.date(40), "requested_date": d.date(70 + d.dice.n(40)),
		"delivery_address": c.address, "terms": pick(&d.dice, "预付 30%，发货前付清", "预付 30%，验收后 60%，质保金 10%", "月结"), "lines": lines,
	})
	d.pursue(c, k)
}

// short is a company's name as people say it.
func short(name string) string {
	out := []rune(name)
	if n := len(out) - len([]rune("有限公司")); n > 0 {
		return string(out[:n])
	}
	return name
}

// pursue takes an opportunity along the pipeline.
func (d *demo) pursue(c customer, k id.ID) {
	day := 2 + d.dice.n(4)
	d.follow(c, k, day)
	end := d.dice.n(20) // below 11 it is won, below 17 lost, else it rests where it is
	steps := []string{"需求确认", "方案报价", "商务谈判", "待签合同"}
	for i, stage := range steps {
		if end >= 11 && i > d.dice.n(4) {
			break
		}
		day += 2 + d.dice.n(6)
		d.at(day, func() { d.change(c.seller, "crm.opportunity", k, obj{"stage": stage}) })
	}
	day += 2 + d.dice.n(8)
	switch {
	case end < 11:
		d.at(day, func() { d.win(c, k) })
	case end < 17:
		d.at(day, func() {
			d.run(c.seller, "crm.opportunity", k, "lose", obj{"reason": pick(&d.dice, "价格高于竞争对手", "客户预算取消", "交期不满足", "选择了进口设备")})
		})
	}
}

// follow plans what a salesperson does for an opportunity, and does it.
func (d *demo) follow(c customer, k id.ID, days int) {
	kind := pick(&d.dice, "call", "visit", "meeting", "mail")
	subject := map[string]string{"call": "电话确认需求", "visit": "上门拜访，了解产线", "meeting": "技术交流会", "mail": "发送样机视频与方案"}[kind]
	a := d.one(c.seller, "crm.activity", obj{
		"subject": subject, "type": kind, "due_date": d.date(days + 1), "customer_id": key(c.id), "opportunity_id": key(k),
	})
	d.at(days, func() {
		if !d.dice.one(9) {
			d.run(c.seller, "crm.activity", a, "complete", obj{"outcome": pick(&d.dice, "客户有明确计划，需要报价", "约定下周看样机", "需要补充产能数据", "对方要求优惠")})
		}
	})
}

// win turns an opportunity into an order, which may change its mind later.
func (d *demo) win(c customer, k id.ID) {
	d.run(c.seller, "crm.opportunity", k, "win", nil)
	d.second(c, func() id.ID { return get[crm.Opportunity](d, k).OrderID })
}

// second is what customers think better of: some cancel, some want more.
func (d *demo) second(c customer, order func() id.ID) {
	switch d.dice.n(12) {
	case 0:
		d.at(4, func() {
			if o := get[sales.Order](d, order()); o.Status == sales.Confirmed {
				d.run(c.seller, "sales.order", o.ID, "cancel", obj{"reason": pick(&d.dice, "客户项目延期", "客户资金未到位")})
			}
		})
	case 1, 2:
		d.at(3, func() {
			o := get[sales.Order](d, order())
			if o.Status != sales.Confirmed && o.Status != sales.InProgress || len(o.Lines) == 0 {
				return
			}
			d.run(c.seller, "sales.order", o.ID, "amend", obj{"reason": "客户追加备件", "lines": []any{d.line("P-KIT-V", "1", "", "")}})
		})
	}
}

// spares is an order for spare parts and supplies: from stock, the rest is bought.
func (d *demo) spares() {
	c := d.anyone()
	goods := []struct{ number, quantity string }{
		{"P-BLADE", "4"},
		{"P-TEFLON", "30"},
		{"P-RING", "12"},
		{"P-WIRE", "20"},
		{"P-RIBBON", "12"},
		{"P-FILM", "120"},
		{"P-GREASE", "2"},
		{"E-HEATER", "8"},
		{"E-SENSOR-PE", "2"},
		{"P-KIT-V", "1"},
		{"M-BELT", "3"},
		{"C-CLEAN", "10"},
		{"P-FILM", "260"},
		{"P-BLADE", "12"},
	}
	var lines []any
	taken := map[string]bool{}
	for range 1 + d.dice.n(4) {
		g := goods[d.dice.n(len(goods))]
		if !taken[g.number] {
			taken[g.number] = true
			lines = append(lines, d.line(g.number, g.quantity, "", ""))
		}
	}
	if d.dice.one(9) {
		lines = append(lines, d.line("SV-CARE", "1", "", ""))
	}
	body := obj{
		"customer_id": key(c.id), "requested_date": d.date(7 + d.dice.n(14)), "delivery_address": c.address, "customer_ref": fmt.Sprintf("PO-%05d", 10000+d.dice.n(80000)),
		"lines": lines,
	}
	if lists := rows[sales.PriceList](d, ""); len(lists) > 0 && d.dice.one(2) {
		body["price_list_id"] = key(lists[0].ID)
	}
	k := d.one(c.seller, "sales.order", body)
	if d.last-d.day <= 3 && d.dice.one(2) {
		return // still a draft
	}
	d.run(c.seller, "sales.order", k, "confirm", nil)
	if d.dice.one(14) {
		d.at(24, func() { d.giveBack(c, k) })
	} else {
		d.second(c, func() id.ID { return k })
	}
}

// giveBack returns one piece of what was shipped.
func (d *demo) giveBack(c customer, k id.ID) {
	for _, l := range get[sales.Order](d, k).Lines {
		if l.ShippedQuantity.Sign() > 0 && l.ReturnedQuantity.IsZero() {
			r := d.one(c.seller, "sales.return", obj{
				"order_id": key(k), "service_case_id": d.claim(c, k), "reason": "型号不符，客户退回", "lines": []any{obj{"order_line_id": key(l.ID), "quantity": "1"}},
			})
			d.run(c.seller, "sales.return", r, "confirm", nil)
			return
		}
	}
}

// export is an order in a foreign currency.
func (d *demo) export() {
	if len(d.customers) == 0 {
		return
	}
	c := d.customers[len(d.customers)-7]
	k := d.one(c.seller, "sales.order", obj{
		"customer_id": key(c.id), "currency": "USD", "requested_date": d.date(60), "delivery_address": "越南胡志明市平新郡工业区 18 号", "note": "出口订单，CIF 胡志明",
		"lines": []any{d.line("HT-C2", "2", "1900", ""), d.line("P-BLADE", "6", "30", "")},
	})
	d.run(c.seller, "sales.order", k, "confirm", nil)
}
