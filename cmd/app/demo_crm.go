package app

import (
	"fmt"
	"strconv"

	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/crm"
	"github.com/tenon-hq/tenon/modules/sales"
)

// decide goes through the director's inbox. Requests of today stay there until tomorrow.
func (d *demo) decide() {
	for _, a := range rows[flow.Approval](d, "status = 'pending'") {
		if a.Entity == "inventory.stock_count" {
			d.run("finance", "approval", a.ID, "approve", obj{"comment": "差异已复盘核实，同意过账"})
			continue
		}
		if !d.dice.one(13) {
			d.run("director", "approval", a.ID, "approve", obj{"comment": pick(&d.dice, "同意", "同意，注意回款节点", "")})
			continue
		}
		d.run("director", "approval", a.ID, "reject", obj{"comment": "折扣偏高，请与客户再谈"})
		d.at(3, func() { d.afterRefusal(a.RecordID) })
	}
}

// afterRefusal asks again, or gives the order up.
func (d *demo) afterRefusal(k id.ID) {
	for _, o := range rows[sales.Order](d, "id = ? AND status = ?", k, sales.Draft) {
		if d.dice.one(2) {
			d.run("director", "sales.order", o.ID, "cancel", obj{"reason": "未达成价格一致"})
		} else {
			d.run(d.sellerOf(o.OwnerID), "sales.order", o.ID, "confirm", nil)
		}
	}
}

func (d *demo) sellerOf(owner id.ID) string {
	if owner == d.staff["sales"].ID {
		return "sales"
	}
	return "sales2"
}

// offer is a quotation and what becomes of it.
func (d *demo) offer() {
	c, w := d.anyone(), pick(&d.dice, machines()...)
	k := d.one(c.seller, "sales.quotation", obj{
		"customer_id": key(c.id), "valid_until": d.date(30), "requested_date": d.date(60), "delivery_address": c.address,
		"lines": []any{d.line(w.number, strconv.Itoa(1+d.dice.n(2)), w.price, pick(&d.dice, "", "3")), d.line("SV-INSTALL", "1", "", "")},
	})
	fate := d.dice.n(8)
	if fate == 7 {
		return // never sent
	}
	d.at(1, func() { d.run(c.seller, "sales.quotation", k, "send", nil) })
	d.at(6+d.dice.n(12), func() {
		switch {
		case fate < 3:
			d.run(c.seller, "sales.quotation", k, "accept", obj{"confirm": true})
		case fate < 5:
			d.run(c.seller, "sales.quotation", k, "reject", obj{"reason": pick(&d.dice, "客户暂缓采购", "价格未谈拢")})
		case fate == 5:
			d.reoffer(c, k)
		}
	})
}

// complaint is a service case.
func (d *demo) complaint() {
	c := d.anyone()
	subjects := []struct{ text, kind, priority, answer string }{
		{"横封温度波动，封口不牢", "repair", "high", "更换加热管与温控模块，重新标定"},
		{"触摸屏偶发黑屏", "repair", "urgent", "升级程序并更换供电模块"},
		{"询问色带更换周期", "question", "low", "建议每 600 米更换，已发送操作视频"},
		{"到货少一包紧固件", "complaint", "normal", "已补发，承运单号已通知客户"},
		{"输送带跑偏", "repair", "normal", "远程指导调整张紧轮，恢复正常"},
		{"称重偏差超过 1 克", "complaint", "high", "工程师上门重新校准十斗组合秤"},
	}
	s := subjects[d.dice.n(len(subjects))]
	body := obj{"subject": s.text, "customer_id": key(c.id), "type": s.kind, "priority": s.priority, "product_id": key(d.products["HT-V320"])}
	if orders := rows[sales.Order](d, "customer_id = ? AND status <> 'cancelled'", c.id); len(orders) > 0 {
		body["order_id"] = key(orders[0].ID)
	}
	k := d.one(c.seller, "crm.service_case", body)
	d.at(1+d.dice.n(3), func() { d.run(c.seller, "crm.service_case", k, "start", nil) })
	d.at(5+d.dice.n(7), func() { d.run(c.seller, "crm.service_case", k, "resolve", obj{"resolution": s.answer}) })
	if !d.dice.one(3) {
		d.at(14+d.dice.n(6), func() { d.run(c.seller, "crm.service_case", k, "close", nil) })
	}
}

// campaigns are the fairs and mailings of the year.
func (d *demo) campaigns() {
	list := []struct {
		name, channel, budget, spent string
		day, days                    int
	}{
		{"上海国际包装展", "event", "180000", "172400", 30, 4},
		{"老客户备件优惠季", "mail", "12000", "9800", 110, 45},
		{"食品加工设备线上研讨会", "web", "25000", "26300", 190, 2},
		{"渠道伙伴推介", "partner", "40000", "", 300, 90},
	}
	for _, c := range list {
		d.at(c.day-25, func() {
			k := d.one("director", "crm.campaign", obj{
				"name": c.name, "channel": c.channel, "start_date": d.date(25), "end_date": d.date(25 + c.days), "budget_amount": c.budget,
			})
			d.at(25, func() { d.change("director", "crm.campaign", k, obj{"status": "running"}) })
			d.at(25+c.days+5, func() { d.change("director", "crm.campaign", k, obj{"status": "done", "actual_amount": c.spent}) })
		})
	}
	d.at(350, func() {
		d.one("director", "crm.campaign", obj{"name": "秋季新品发布会", "channel": "event", "start_date": d.date(60), "end_date": d.date(61), "budget_amount": "90000"})
	})
}

// leads are who asks for the first time.
func (d *demo) leads() {
	for _, r := range d.file("leads").Rows {
		day, _ := strconv.Atoi(r[0])
		name, company, territory, source, amount, fate := r[1], r[2], r[3], r[4], r[5], r[6]
		seller := "sales"
		if territory == "华南" || territory == "西南" || territory == "华中" || territory == "西北" {
			seller = "sales2"
		}
		d.at(day, func() {
			body := obj{
				"name": name, "company": company, "contact_name": pick(&d.dice, "田志远", "郝佳", "邱明", "段晓雯", "侯军"), "phone": fmt.Sprintf("199%08d", d.dice.n(99999999)),
				"territory": territory, "source": source, "expected_amount": amount,
			}
			if running := rows[crm.Campaign](d, "status = 'running'"); source == "campaign" && len(running) > 0 {
				body["campaign_id"] = key(running[0].ID)
			}
			d.lead(seller, d.one(seller, "crm.lead", body), fate)
		})
	}
}

func (d *demo) lead(seller string, k id.ID, fate string) {
	if fate == "new" {
		return
	}
	d.at(2, func() { d.run(seller, "crm.lead", k, "contact", nil) })
	switch fate {
	case "disqualify":
		d.at(6, func() { d.run(seller, "crm.lead", k, "disqualify", obj{"reason": "只是比价，没有预算"}) })
	case "convert":
		d.at(8, func() { d.run(seller, "crm.lead", k, "convert", obj{"opportunity": true}) })
	}
}
