package app

import (
	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/crm"
	"github.com/tenon-hq/tenon/modules/finance"
	"github.com/tenon-hq/tenon/modules/production"
	"github.com/tenon-hq/tenon/modules/projects"
	"github.com/tenon-hq/tenon/modules/purchasing"
	"github.com/tenon-hq/tenon/modules/sales"
)

// DemoDeal is the opportunity that the README follows from the win to the payment. Its product is new: nothing else in the story uses it.
const DemoDeal = "湖畔茶坊 台式封口机 ×6"

// today leaves the desks as they are on any day, and ends with the mark that the load is whole.
func (d *demo) today() {
	if d.err != nil {
		return
	}
	d.planAll("月度计划")
	d.followUps()
	d.statement(4, false)
	d.tour()
	d.unfinishedBooks()
	d.waiting()
	d.remarks()
	d.views()
	d.remark("owner", "user", d.staff["owner"].ID, demoDone)
}

// tour makes the new product with its bill, some stock and a deal that is about to be won.
func (d *demo) tour() {
	stock := obj{"type": "stock", "unit": "pcs"}
	with := func(more obj) obj {
		for k, v := range stock {
			more[k] = v
		}
		return more
	}
	made := d.add("owner", "inventory.product",
		with(obj{"number": "HT-S1", "name": "台式封口机 S1（新品）", "category": "machine", "supply": "make", "standard_cost": "9200", "list_price": "18800", "lead_time_days": whole(3)}),
		with(obj{"number": "S1-HEAD", "name": "S1 封口头", "category": "assembly", "supply": "make", "standard_cost": "2600", "lead_time_days": whole(2)}),
		with(obj{"number": "S1-BODY", "name": "S1 机身", "category": "mechanic", "supply": "buy", "standard_cost": "5400"}),
		with(obj{"number": "S1-COIL", "name": "S1 加热线圈", "category": "electric", "supply": "buy", "standard_cost": "310"}))
	machine, head, body, coil := key(made[0]), key(made[1]), key(made[2]), key(made[3])
	d.add("planner", "production.bill_of_materials",
		obj{"product_id": head, "lines": []any{obj{"component_id": coil, "quantity": "4"}, obj{"component_id": key(d.products["R-STEEL45"]), "quantity": "2"}}},
		obj{"product_id": machine, "lines": []any{obj{"component_id": head, "quantity": "1"}, obj{"component_id": body, "quantity": "1"}}})
	d.one("buyer", "purchasing.vendor_price", obj{"product_id": coil, "vendor_id": d.vendor("V005"), "price": "298", "lead_time_days": whole(6)})
	d.one("buyer", "purchasing.vendor_price", obj{"product_id": body, "vendor_id": d.vendor("V012"), "price": "5300", "lead_time_days": whole(9)})
	count := d.one("finance", "inventory.stock_count", obj{"note": "新品试制入库", "lines": []any{
		obj{"product_id": machine, "counted_quantity": "2", "unit_cost": "9150"},
		obj{"product_id": head, "counted_quantity": "1", "unit_cost": "2580"},
		obj{"product_id": body, "counted_quantity": "4", "unit_cost": "5380"},
		obj{"product_id": coil, "counted_quantity": "7", "unit_cost": "305"},
	}})
	d.run("finance", "inventory.stock_count", count, "post", nil)
	for _, a := range rows[flow.Approval](d, "status = 'pending' AND record_id = ?", count) { // more than a warehouse may find
		d.run("owner", "approval", a.ID, "approve", obj{"comment": "新品首批，同意入库"})
	}
	customer := d.one("sales", "crm.customer", obj{
		"number": "C900", "name": "湖畔茶坊（杭州）有限公司", "territory": "华东", "industry": "茶叶", "phone": "0571-55590001", "email": "info@hupan.example",
		"address": "杭州市西湖区龙井路 1 号", "notify_progress": true,
	})
	d.one("sales", "crm.contact", obj{"customer_id": key(customer), "name": "陆羽飞", "title": "采购经理", "email": "lu@hupan.example", "is_primary": true})
	d.one("sales", "crm.opportunity", obj{
		"name": DemoDeal, "customer_id": key(customer), "stage": "待签合同", "close_date": d.date(5), "requested_date": d.date(30), "terms": "预付 30%，发货前付清",
		"delivery_address": "杭州市西湖区龙井路 1 号", "lines": []any{obj{"product_id": machine, "quantity": "6", "unit_price": "18800"}},
	})
}

// vendor finds a vendor by number.
func (d *demo) vendor(number string) string {
	found := rows[purchasing.Vendor](d, "number = ?", number)
	if len(found) == 0 {
		return ""
	}
	return key(found[0].ID)
}

// waiting makes what waits for somebody today: on each desk at least one thing.
func (d *demo) waiting() {
	d.readOlder()
	d.waitingSales()
	d.secondThoughts()
	d.waitingGoods()
	d.one("director", "delegation", obj{"delegate_id": key(d.staff["owner"].ID), "valid_from": d.date(12), "valid_to": d.date(16), "reason": "外出参加行业展会"})
	for i, n := range rows[core.Notification](d, "") {
		if i%3 == 0 {
			d.readBy(n)
		}
	}
}

// readOlder marks what people were told until now as read: only what happens today is new to them.
func (d *demo) readOlder() {
	newest := map[id.ID]*core.Notification{}
	for _, n := range rows[core.Notification](d, "read_at IS NULL") {
		if last := newest[n.UserID]; last == nil || last.ID.String() < n.ID.String() {
			newest[n.UserID] = n
		}
	}
	for who, a := range d.staff {
		if n := newest[a.ID]; n != nil {
			d.run(who, "notification", n.ID, "read", obj{"all": true})
		}
	}
}

// readBy marks a notification as read by whom it is for, when that is one of a few diligent people.
func (d *demo) readBy(n *core.Notification) {
	for _, who := range []string{"director", "planner"} {
		if d.staff[who].ID == n.UserID {
			d.run(who, "notification", n.ID, "read", nil)
		}
	}
}

// waitingSales leaves orders in the director's inbox, a draft, an offer, calls to make, customers who need help.
func (d *demo) waitingSales() {
	for i, w := range []string{"HT-V320", "HT-H280"} {
		c := d.customers[7+i]
		k := d.one(c.seller, "crm.opportunity", obj{
			"name": short(c.name) + " 产线扩建", "customer_id": key(c.id), "stage": "待签合同", "requested_date": d.date(80), "delivery_address": c.address,
			"lines": []any{d.line(w, "2", "", "4"), d.line("SV-INSTALL", "2", "", "")},
		})
		d.run(c.seller, "crm.opportunity", k, "win", nil)
	}
	c := d.customers[11]
	d.one(c.seller, "sales.order", obj{"customer_id": key(c.id), "requested_date": d.date(14), "lines": []any{d.line("P-BLADE", "6", "", ""), d.line("P-RING", "10", "", "")}})
	now := d.one(c.seller, "sales.order", obj{"customer_id": key(c.id), "requested_date": d.date(3), "lines": []any{d.line("M-CASTER", "1", "60", ""), d.line("SV-CARE", "1", "", "")}})
	d.run(c.seller, "sales.order", now, "confirm", nil)
	d.one(c.seller, "sales.quotation", obj{"customer_id": key(c.id), "valid_until": d.date(30), "lines": []any{d.line("HT-Z400", "1", "", "")}})
	for i, subject := range []string{"回访：台式封口机试用情况", "约客户看样机", "发送合同终稿"} {
		c := d.customers[i*5]
		d.one(c.seller, "crm.activity", obj{"subject": subject, "type": pick(&d.dice, "call", "visit", "mail"), "due_date": d.date(i - 1), "customer_id": key(c.id)})
	}
	cases := d.add("sales", "crm.service_case",
		obj{"subject": "新机开机报警 E12", "customer_id": key(c.id), "type": "repair", "priority": "urgent", "product_id": key(d.products["HT-Z400"])},
		obj{"subject": "咨询清洁剂是否可用于食品接触面", "customer_id": key(d.customers[2].id), "product_id": key(d.products["C-CLEAN"])})
	d.run("sales", "crm.service_case", cases[0], "start", nil)
}

// secondThoughts are an order that the customer has just called off, and an offer of which they asked for another version.
func (d *demo) secondThoughts() {
	c := d.customers[13]
	off := d.one(c.seller, "sales.order", obj{"customer_id": key(c.id), "requested_date": d.date(20), "lines": []any{d.line("P-BLADE", "8", "", "")}})
	d.run(c.seller, "sales.order", off, "confirm", nil)
	d.run(c.seller, "sales.order", off, "cancel", obj{"reason": "客户改向总部统一采购"})
	offer := d.one(c.seller, "sales.quotation", obj{
		"customer_id": key(c.id), "valid_until": d.date(30), "requested_date": d.date(60), "delivery_address": c.address, "lines": []any{d.line("HT-Z400", "1", "", "")},
	})
	d.run(c.seller, "sales.quotation", offer, "send", nil)
	d.reoffer(c, offer)
}

// waitingGoods leaves orders on the shop floor, requests for the buyer, and goods that are on their way within the house.
func (d *demo) waitingGoods() {
	d.one("planner", "purchasing.requisition", obj{"product_id": key(d.products["E-PLC-32"]), "quantity": "6", "need_by": d.date(40), "note": "新订单备料"})
	agreed := d.one("buyer", "purchasing.requisition", obj{"product_id": key(d.products["M-BEARING"]), "quantity": "100", "need_by": d.date(20)})
	d.run("buyer", "purchasing.requisition", agreed, "approve", nil)
	ordered := d.one("buyer", "purchasing.requisition", obj{"product_id": key(d.products["P-TEFLON"]), "quantity": "200", "need_by": d.date(12)})
	d.run("buyer", "purchasing.requisition", ordered, "approve", nil)
	d.run("buyer", "purchasing.requisition", ordered, "order", nil)
	wrong := d.one("buyer", "purchasing.order", obj{"vendor_id": d.vendor("V012"), "note": "重复下单，已取消", "lines": []any{d.line("M-SCREWS", "20", "34", "")}})
	d.run("buyer", "purchasing.order", wrong, "cancel", nil)
	parts := d.add("planner", "production.production_order", obj{"product_id": key(d.products["S-JAW"]), "quantity": "6"}, obj{"product_id": key(d.products["S-ROLL"]), "quantity": "4"})
	for _, k := range parts {
		d.run("planner", "production.production_order", k, "release", nil)
	}
	for _, o := range rows[production.Order](d, "status = 'released' AND "+complete) {
		d.run("planner", "production.production_order", o.ID, "issue", nil)
		break
	}
	for i, b := range d.plenty() {
		if i == 2 {
			break
		}
		line := []any{obj{"product_id": key(b.ProductID), "quantity": "1"}}
		k := d.one("warehouse", "inventory.transfer", obj{
			"from_location_id": key(b.LocationID), "to_location_id": key(d.location("QC")), "via_transit": true, "lines": line,
		})
		if i == 0 {
			d.run("warehouse", "inventory.transfer", k, "confirm", nil)
		}
	}
	d.one("warehouse", "inventory.stock_count", obj{"note": "月末盘点（进行中）", "lines": []any{obj{"product_id": key(d.products["M-SCREWS"]), "counted_quantity": "58"}}})
}

// remarks are what people write under records.
func (d *demo) remarks() {
	for i, o := range rows[sales.Order](d, "status IN ('confirmed', 'in_progress')") {
		if i%4 == 0 {
			d.remark("planner", "sales.order", o.ID, pick(&d.dice, "伺服电机预计下周到货，交期可保。", "客户要求提前一周，已与采购确认。", "总装排在下周三。"))
		}
	}
	for _, i := range rows[finance.Invoice](d, "status IN ('posted', 'partial') AND due_date < ?", d.date(-30)) {
		d.remark("finance", "finance.invoice", i.ID, "已电话催款，客户答应月底前付款。")
	}
	for i, o := range rows[crm.Opportunity](d, "status = 'open'") {
		if i%3 == 0 {
			d.remark("director", "crm.opportunity", o.ID, "请跟进决策人，本季度争取签约。")
		}
	}
	for _, p := range rows[projects.Project](d, "order_id IS NULL") {
		d.remark("owner", "projects.project", p.ID, "每两周向管理层汇报一次。")
	}
}

// views are lists that people have kept.
func (d *demo) views() {
	for _, v := range []struct {
		who, name, text string
		settings        obj
	}{
		{"sales", "crm.opportunity", "我的在谈商机", obj{"filter": obj{"status": "open"}, "sort": "-expected_amount"}},
		{"director", "sales.order", "待审批订单", obj{"filter": obj{"status": "pending_approval"}}},
		{"finance", "finance.invoice", "逾期未收", obj{"filter": obj{"status[in]": "posted,partial"}, "sort": "due_date"}},
		{"warehouse", "inventory.delivery", "今日可发", obj{"filter": obj{"status": "ready"}}},
	} {
		d.one(v.who, "saved_view", obj{"entity": v.name, "name": v.text, "settings": v.settings})
	}
}
