package app

import (
	"strconv"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules/core"
	"github.com/tenon-hq/tenon/modules/crm"
	"github.com/tenon-hq/tenon/modules/finance"
	"github.com/tenon-hq/tenon/modules/inventory"
	"github.com/tenon-hq/tenon/tenancy"
)

// customer is what the play knows of one.
type customer struct {
	id      id.ID
	name    string
	address string
	seller  string // who looks after them
	patient int    // days after the due date on which they pay
}

// company signs the demo company up, a year ago, and hires its people.
func (d *demo) company(logins []DemoLogin) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		d.fail("time zone", err)
		return
	}
	d.end = d.clock.real()
	y, m, day := d.end.In(zone).Date()
	d.start = time.Date(y, m, day-d.last, 0, 0, 0, 0, zone)
	d.dawn(0)
	n := tenancy.New{
		Company: DemoCompany, Locale: i18n.ZH, Zone: "Asia/Shanghai", Currency: "CNY",
		Person: tenancy.PersonInput{Name: logins[0].Name, Email: logins[0].Email, Password: DemoPassword},
	}
	for _, m := range d.Engine.Modules() {
		if !m.Always && !m.Connector {
			n.Modules = append(n.Modules, m.Name)
		}
	}
	p, err := d.API.SignUp(d.ctx, n)
	if err != nil {
		d.fail("sign-up", err)
		return
	}
	d.tenant = p.Tenant
	d.staff["owner"] = tenancy.Actor{ID: p.UserID, Name: logins[0].Name, Roles: []string{"owner"}, Locale: i18n.ZH}
	team := d.add("owner", "team", obj{"name": "销售部"}, obj{"name": "供应链"}, obj{"name": "财务部"})
	teams := map[string]id.ID{
		"sales": team[0], "sales_director": team[0], "buyer": team[1], "planner": team[1], "warehouse": team[1], "finance": team[2],
	}
	for _, l := range logins[1:] {
		d.hire(l, teams[l.Role])
	}
	for i, who := range []string{"director", "planner", "finance"} {
		d.change("owner", "team", team[i], obj{"leader_id": key(d.staff[who].ID)})
	}
}

// hire makes a colleague's user and login.
func (d *demo) hire(l DemoLogin, team id.ID) {
	body := obj{"name": l.Name, "email": l.Email, "roles": []any{l.Role}, "locale": "zh-CN"}
	if !team.IsZero() {
		body["team_id"] = key(team)
	}
	user := d.one("owner", "user", body)
	if d.err != nil {
		return
	}
	_, err := d.DB.AddMember(d.ctx, d.tenant.ID, l.Email, l.Name, DemoPassword, user)
	d.fail("login of "+l.Email, err)
	who, _, _ := strings.Cut(l.Email, "@")
	d.staff[who] = tenancy.Actor{ID: user, Name: l.Name, Roles: []string{l.Role}, Locale: i18n.ZH}
}

// masterData makes what the business works with.
func (d *demo) masterData() {
	for _, c := range rows[core.Company](d, "") {
		d.change("owner", "company", c.ID, obj{
			"name_en": "Suzhou Hengtuo Machinery Co., Ltd.", "address": "苏州市吴中区东吴北路 88 号", "address_en": "88 Dongwu North Road, Wuzhong, Suzhou 215128, China",
			"phone": "0512-55500188", "email": "sales@hengtuo.example", "tax_no": "91320506MA1XXXXX0X",
		})
	}
	d.table("owner", "inventory.product_category", d.file("categories"))
	d.table("owner", "inventory.product", d.file("products"))
	for _, p := range rows[core.Product](d, "") {
		d.products[p.Number] = p.ID
	}
	d.table("director", "crm.customer", d.file("customers"))
	d.table("director", "crm.contact", d.file("contacts"))
	for i, c := range rows[crm.Customer](d, "") {
		seller := "sales2"
		if c.OwnerID == d.staff["sales"].ID {
			seller = "sales"
		}
		d.customers = append(d.customers, customer{c.ID, c.Name, c.Address, seller, []int{0, 2, 5, 0, 9, 14, 3, 28, 1, 70}[i%10]})
	}
	d.table("buyer", "purchasing.vendor", d.file("vendors"))
	d.table("buyer", "purchasing.vendor_price", d.file("vendor_prices"))
	d.table("planner", "production.work_center", d.file("work_centers"))
	d.table("planner", "production.routing", d.file("routings"))
	d.table("planner", "production.bill_of_materials", d.file("boms"))
	d.one("director", "sales.price_list", obj{"name": "标准价目表（备件满量优惠）", "lines": d.prices()})
	d.dealers()
	d.workshop()
	d.buyingRules()
	d.openingStock()
	d.openingBooks()
	d.broughtForward()
	d.ownProjects()
}

// prices is the price list of spare parts: cheaper by the dozen.
func (d *demo) prices() []any {
	var lines []any
	for _, p := range []struct{ number, one, dozen string }{
		{"P-BLADE", "198", "178"}, {"P-RING", "42", "36"}, {"P-TEFLON", "26", "22"}, {"P-WIRE", "32", "27.5"}, {"P-RIBBON", "92", "83"}, {"P-KIT-V", "980", "880"},
	} {
		lines = append(lines, obj{"product_id": key(d.products[p.number]), "unit_price": p.one},
			obj{"product_id": key(d.products[p.number]), "unit_price": p.dozen, "min_quantity": "12"})
	}
	return lines
}

// openingStock counts what is on the shelves on the first day, lots by their numbers.
func (d *demo) openingStock() {
	d.add("warehouse", "inventory.location", obj{"code": "FG", "name": "成品库位", "type": "internal"}, obj{"code": "QC", "name": "待检库位", "type": "internal"})
	counts := d.table("finance", "inventory.stock_count", d.file("stock"))
	var lots, lines []obj
	for _, r := range d.file("lots").Rows {
		product, number, days, counted, cost := r[0], r[1], r[2], r[3], r[4]
		lot := obj{"product_id": key(d.products[product]), "number": number}
		if n, _ := strconv.Atoi(days); n > 0 {
			lot["expires_on"] = d.date(n)
		}
		lots = append(lots, lot)
		lines = append(lines, obj{"product_id": lot["product_id"], "counted_quantity": counted, "unit_cost": cost})
	}
	rows := make([]any, len(lines))
	for i, k := range d.add("warehouse", "inventory.lot", lots...) {
		lines[i]["lot_id"] = key(k)
		rows[i] = lines[i]
	}
	counts = append(counts, d.one("finance", "inventory.stock_count", obj{"note": "期初库存（批次）", "lines": rows}))
	for _, k := range counts {
		d.run("finance", "inventory.stock_count", k, "post", nil)
	}
}

// account finds an account of the books by its code.
func (d *demo) account(code string) string {
	found := rows[finance.Account](d, "code = ?", code)
	if len(found) == 0 {
		return ""
	}
	return key(found[0].ID)
}

// openingBooks makes the business years that the play runs through, bank accounts, cost centres and the capital.
func (d *demo) openingBooks() {
	for y := d.start.Year() + 1; y <= d.end.In(d.start.Location()).Year(); y++ {
		year := strconv.Itoa(y)
		k := d.one("finance", "finance.fiscal_year", obj{"name": year, "start_date": year + "-01-01", "end_date": year + "-12-31"})
		d.run("finance", "finance.fiscal_year", k, "open", nil)
	}
	d.add("finance", "finance.bank_account",
		obj{"name": "基本户", "bank": "中国工商银行苏州吴中支行", "number": "1102 0201 0900 0012 345", "account_id": d.account("1002")},
		obj{"name": "一般户", "bank": "苏州银行木渎支行", "number": "5188 6000 0009 8765", "account_id": d.account("1002")})
	d.one("finance", "finance.dimension", obj{"code": "DEPT", "name": "部门", "values": []any{
		obj{"code": "SALES", "name": "销售部"}, obj{"code": "PROD", "name": "生产部"}, obj{"code": "ADMIN", "name": "管理部"},
	}})
	d.journal("期初：股东投入", obj{"account_id": d.account("1002"), "debit": "3000000"}, obj{"account_id": d.account("4001"), "credit": "3000000"})
	d.journal("期初：厂房租赁押金与设备", obj{"account_id": d.account("1601"), "debit": "860000"}, obj{"account_id": d.account("1002"), "credit": "860000"})
}

// journal posts an entry of the general journal.
func (d *demo) journal(memo string, lines ...obj) id.ID {
	items := make([]any, len(lines))
	for i, l := range lines {
		items[i] = l
	}
	books := rows[finance.Journal](d, "type = 'general'")
	if len(books) == 0 {
		return id.ID{}
	}
	k := d.one("finance", "finance.entry", obj{"journal_id": key(books[0].ID), "memo": memo, "lines": items})
	d.run("finance", "finance.entry", k, "post", nil)
	return k
}

// ownProjects makes the people and the template that projects work with.
func (d *demo) ownProjects() {
	for _, r := range []struct{ who, skill, rate string }{{"pm", "项目管理", "180"}, {"planner", "机械设计", "150"}, {"sales", "售前方案", "140"}, {"viewer", "现场安装", "110"}} {
		d.one("pm", "projects.resource", obj{"user_id": key(d.staff[r.who].ID), "name": d.staff[r.who].Name, "skill": r.skill, "cost_rate": r.rate, "hours_per_day": "8"})
	}
	task := func(name string, hours string, days, after int, milestone string) obj {
		return obj{"name": name, "planned_hours": hours, "days": whole(days), "after_no": whole(after), "milestone": milestone}
	}
	d.one("pm", "projects.template", obj{"name": "安装与培训", "is_default": true, "manager_id": key(d.staff["pm"].ID), "tasks": []any{
		task("现场勘查与图纸确认", "8", 3, 0, "图纸确认"), task("设备就位与安装", "24", 5, 1, "安装完成"),
		task("带料调试", "16", 4, 2, ""), task("操作培训与验收", "8", 2, 3, "客户验收"),
	}})
}

// location finds a location by its code.
func (d *demo) location(code string) id.ID {
	found := rows[inventory.Location](d, "code = ?", code)
	if len(found) == 0 {
		return id.ID{}
	}
	return found[0].ID
}

// remark writes a comment on a record.
func (d *demo) remark(who, name string, k id.ID, text string) {
	d.one(who, "comment", obj{"entity": name, "record_id": key(k), "text": text})
}
