package app

import (
	"fmt"
	"strings"

	"github.com/tenon-hq/tenon/modules/crm"
	"github.com/tenon-hq/tenon/modules/finance"
	"github.com/tenon-hq/tenon/modules/purchasing"
)

// broughtForward takes over from the former books what customers and vendors still owed, and what differences are not worth a phone call.
func (d *demo) broughtForward() {
	owed := func(c customer, reference, amount string, days int) obj {
		return obj{"account_id": d.account("1122"), "debit": amount, "customer_id": key(c.id), "reference": reference, "due_date": d.date(days)}
	}
	owing := func(vendor, reference, amount string, days int) obj {
		return obj{"account_id": d.account("2202"), "credit": amount, "vendor_id": d.vendor(vendor), "reference": reference, "due_date": d.date(days)}
	}
	if len(d.customers) == 0 {
		return
	}
	k := d.one("finance", "finance.opening", obj{"memo": "旧账套未清往来", "counter_account_id": d.account("4001"), "lines": []any{
		owed(d.customers[1], "旧-0871", "46800", 12), owed(d.customers[4], "旧-0880", "25600", 26), owed(d.customers[20], "旧-0894", "92000", 33),
		owing("V003", "旧-RD551", "28600", 20), owing("V001", "旧-YC207", "13450", 15),
	}})
	d.run("finance", "finance.opening", k, "post", nil)
	d.add("finance", "finance.tolerance", obj{"purpose": "write_off", "amount": "5"}, obj{"purpose": "bill_rounding", "amount": "0.5"})
}

// remind sends the month's reminders to customers who are late.
func (d *demo) remind(name string) {
	k := d.one("finance", "finance.dunning_run", obj{"memo": name + " 逾期催款"})
	d.run("finance", "finance.dunning_run", k, "run", nil)
}

// revalue values what is open in other currencies at the rates of the month's end.
func (d *demo) revalue(name string, end int) {
	if len(rows[finance.Invoice](d, "currency <> 'CNY' AND status <> 'draft' AND residual_amount > 0 AND date <= ?", d.date(end))) == 0 {
		return
	}
	k := d.one("finance", "finance.revaluation", obj{"date": d.date(end), "memo": name + " 期末调汇", "auto_reverse": true})
	d.run("finance", "finance.revaluation", k, "post", nil)
}

// statement takes in what the bank tells of the last days: payments that are on record, and its charges.
func (d *demo) statement(days int, post bool) {
	banks := rows[finance.BankAccount](d, "name = '基本户'")
	payments := rows[finance.Payment](d, "status = 'posted' AND currency = 'CNY' AND date > ?", d.date(-days))
	if len(banks) == 0 || len(payments) == 0 {
		return
	}
	var file strings.Builder
	file.WriteString("交易日期,交易金额,对方户名,流水号,摘要\n")
	for _, p := range payments {
		amount, text := p.Amount, "货款"
		if p.Direction == "out" {
			amount, text = amount.Neg(), "付货款"
		}
		fmt.Fprintf(&file, "%s,%s,%s,%s,%s\n", p.Date, amount, d.party(p), p.No, text)
	}
	fmt.Fprintf(&file, "%s,-%d.50,中国工商银行,SF%s,账户管理费与手续费\n", d.date(0), 20+d.aside.n(60), d.date(0))
	k := d.one("finance", "finance.bank_statement", obj{"bank_account_id": key(banks[0].ID), "reference": "对账单 " + d.date(0)})
	d.run("finance", "finance.bank_statement", k, "load", obj{"format": "csv", "content": file.String()})
	if !post {
		return
	}
	lines := get[finance.BankStatement](d, k).Lines
	var matches []any
	for i, l := range lines {
		if i < len(payments) {
			matches = append(matches, obj{"line_id": key(l.ID), "payment_id": key(payments[i].ID)})
		} else {
			matches = append(matches, obj{"line_id": key(l.ID), "account_id": d.account("660302")})
		}
	}
	d.run("finance", "finance.bank_statement", k, "match", obj{"lines": matches})
	d.run("finance", "finance.bank_statement", k, "post", nil)
}

// party is the name of who paid or was paid.
func (d *demo) party(p *finance.Payment) string {
	if !p.CustomerID.IsZero() {
		return get[crm.Customer](d, p.CustomerID).Name
	}
	return get[purchasing.Vendor](d, p.VendorID).Name
}
