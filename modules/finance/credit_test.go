package finance_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// goods receives (or, negative, sends back) goods of a purchase line at a unit cost.
func (b *bench) goods(po, line, product id.ID, quantity, cost string) {
	b.t.Helper()
	q := money.Must(quantity)
	value := q.Mul(money.Must(cost))
	move := inventoryevent.Moved{ProductID: product, From: "supplier", To: "internal", Quantity: q.Abs(), Value: value.Abs(), SourceLineID: line}
	if q.Sign() < 0 {
		move.From, move.To = move.To, move.From
	}
	key := b.new()
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		moved := inventoryevent.StockMoved{SourceEntity: "inventory.receipt", SourceID: key, SourceNo: "RC1", Date: tx.Today(), Moves: []inventoryevent.Moved{move}}
		if err := record.Emit(ctx, tx, moved); err != nil || q.Sign() < 0 {
			return err
		}
		return record.Emit(ctx, tx, inventoryevent.GoodsReceived{ReceiptID: key, PurchaseOrderID: po, Date: tx.Today(), Lines: []inventoryevent.ReceivedLine{
			{PurchaseLineID: line, ProductID: product, Quantity: q, UnitCost: money.Must(cost)},
		}})
	})
}

// Goods go back after they were billed: the vendor credits them in two parts, one is offset against another bill, the rest is paid back.
func TestVendorCredit(t *testing.T) {
	b := newBench(t)
	vat := b.tax("13", "line")
	product := b.add("inventory/products", m{"number": "P1", "name": "螺丝", "type": "stock", "unit": "pcs"})
	po, line, seller := standing[purchase](b), standing[purchaseLine](b), standing[vendor](b)
	b.goods(po, line, product, "10", "8")
	bill := b.add("finance/bills", m{"vendor_id": seller, "lines": []m{{"purchase_line_id": line, "product_id": product, "quantity": "10", "unit_price": "8", "tax_id": vat}}})
	b.must("finance/bills", bill, "post", nil)
	b.goods(po, line, product, "-3", "8")
	b.want(map[string]string{"1405": "56", "2202": "-90.4", "220202": "24", "22210101": "10.4"})

	b.refused(b.tryAdd("finance/vendor_credits", m{"vendor_id": seller, "lines": []m{{"unit_price": "1"}}, "matches": []m{{}}}), "fields.invalid")
	first := b.add("finance/vendor_credits", m{"vendor_id": seller, "purchase_order_id": po, "vendor_reference": "CN-1"})
	b.fields(b.read("finance/vendor_credits", first), m{"status": "draft", "untaxed_amount": "24.00", "tax_amount": "3.12", "total_amount": "27.12", "bill_id": bill.String()})
	f := b.refused(b.tryAdd("finance/vendor_credits", m{"vendor_id": seller, "currency": "USD", "bill_id": bill, "lines": []m{{"unit_price": "1"}}}), "fields.invalid")
	if f.Fields[0].Path != "currency" {
		t.Errorf("got %v", f)
	}
	credit := func(quantity, price string) id.ID {
		return b.add("finance/vendor_credits", m{"vendor_id": seller, "lines": []m{
			{"purchase_line_id": line, "product_id": product, "quantity": quantity, "unit_price": price, "tax_id": vat},
		}})
	}
	f = b.refused(b.act("finance/vendor_credits", credit("3.5", "8"), "post", nil), "credit.too_much")
	if f.Fields[0].Path != "lines[0].quantity" {
		t.Errorf("got %v", f)
	}
	f = b.refused(b.act("finance/vendor_credits", credit("1", "8.01"), "post", nil), "credit.too_much")
	if f.Fields[0].Path != "lines[0].unit_price" {
		t.Errorf("got %v", f)
	}
	part := credit("1", "8")
	b.must("finance/vendor_credits", part, "post", nil)
	b.want(map[string]string{"1405": "56", "2202": "-81.36", "220202": "16", "22210101": "9.36"})
	if e := last[financeevent.VendorCreditPosted](t, b); e.PurchaseOrderID != po || e.Quantities[line].String() != "1" {
		t.Errorf("told %+v", e)
	}
	b.refused(b.act("finance/vendor_credits", first, "post", nil), "credit.too_much") // two are left, it says three
	rest := credit("2", "7.5")
	b.must("finance/vendor_credits", rest, "post", nil) // the vendor keeps half a yuan of each for handling: a variance
	b.want(map[string]string{"1404": "1", "1405": "56", "2202": "-64.41", "22210101": "7.41"})
	b.refused(b.act("finance/vendor_credits", credit("1", "1"), "post", nil), "credit.too_much")

	// The first settles part of the bill of the goods, then another; taking it back restores both.
	b.must("finance/vendor_credits", part, "match", m{"matches": []m{{"bill_id": bill, "amount": "5"}}})
	b.fields(b.read("finance/bills", bill), m{"status": "partial", "residual_amount": "85.40", "paid_amount": "5.00"})
	b.fields(b.read("finance/vendor_credits", part), m{"status": "partial", "residual_amount": "4.04", "open_value": "4.04"})
	b.refused(b.act("finance/vendor_credits", part, "match", m{"matches": []m{{"bill_id": bill, "amount": "4.05"}}}), "payment.match")
	b.must("finance/vendor_credits", part, "match", m{"matches": []m{{"bill_id": bill}}})
	b.fields(b.read("finance/vendor_credits", part), m{"status": "settled", "residual_amount": "0.00"})
	b.must("finance/vendor_credits", part, "unmatch", nil)
	b.fields(b.read("finance/vendor_credits", part), m{"status": "posted", "residual_amount": "9.04", "matches": "[]"})
	b.fields(b.read("finance/bills", bill), m{"status": "posted", "residual_amount": "90.40"})
	b.must("finance/vendor_credits", part, "match", m{"matches": []m{{"bill_id": bill}}})

	refund := b.paid(m{"direction": "in", "vendor_id": seller, "amount": "20", "matches": []m{{"vendor_credit_id": rest, "amount": "16.95"}}})
	b.fields(b.read("finance/vendor_credits", rest), m{"status": "settled"})
	b.fields(b.read("finance/payments", refund), m{"unmatched_amount": "3.05"})
	b.refused(b.act("finance/payments", refund, "match", m{"matches": []m{{"bill_id": bill, "amount": "1"}}}), "payment.match")
	b.want(map[string]string{"1002": "20", "1123": "-3.05", "1404": "1", "1405": "56", "2202": "-81.36", "22210101": "7.41"})
	total := money.Zero()
	for _, r := range b.report("payables_ageing", nil) {
		total = total.Add(money.Must(fmt.Sprint(r["value"])))
	}
	if total.String() != "81.36" {
		t.Errorf("ageing says %s is owed", total)
	}
}

// What a vendor prints on a credit is taken over within the tolerance, on a line of its own; beyond it the credit is refused with both figures.
func TestVendorCreditAsPrinted(t *testing.T) {
	b := newBench(t)
	vat, seller := b.tax("13", "line"), standing[vendor](b)
	bill := b.add("finance/bills", m{"vendor_id": seller, "lines": []m{{"description": "Work", "unit_price": "33.35", "tax_id": vat}}})
	b.must("finance/bills", bill, "post", nil)
	one := m{"description": "Work", "unit_price": "10.05", "tax_id": vat} // 1.31 of tax
	credit := m{"vendor_id": seller, "bill_id": bill, "printed_tax_amount": "1.30", "lines": []m{one}}
	key := b.add("finance/vendor_credits", credit)
	b.fields(b.read("finance/vendor_credits", key), m{"untaxed_amount": "10.05", "tax_amount": "1.30", "total_amount": "11.35", "line_count": "2"})
	b.must("finance/vendor_credits", key, "post", nil)
	b.want(map[string]string{"2202": "-26.34", "22210101": "3.04", "6602": "23.3"})
	credit["printed_tax_amount"], credit["printed_total_amount"] = "1.31", "11.37"
	key = b.add("finance/vendor_credits", credit)
	b.must("finance/vendor_credits", key, "post", nil)
	b.want(map[string]string{"2202": "-14.97", "22210101": "1.73", "6602": "13.25", "660302": "-0.01"})
	credit["printed_tax_amount"] = "9"
	if f := b.refused(b.tryAdd("finance/vendor_credits", credit), "fields.invalid"); f.Fields[0].Path != "printed_tax_amount" {
		t.Errorf("got %v", f)
	}
}

// A credit for no goods takes an expense back; a bill is credited by no more than it was for, and what is posted stays.
func TestVendorCreditOfAnExpense(t *testing.T) {
	b := newBench(t)
	seller := standing[vendor](b)
	bill := b.add("finance/bills", m{"vendor_id": seller, "lines": []m{{"description": "Rent", "unit_price": "100"}}})
	b.refused(b.tryAdd("finance/vendor_credits", m{"vendor_id": seller, "bill_id": bill, "lines": []m{{"unit_price": "1"}}}), "fields.invalid")
	b.must("finance/bills", bill, "post", nil)
	credit := b.add("finance/vendor_credits", m{"vendor_id": seller, "bill_id": bill, "reason": "leak", "lines": []m{{"description": "Rent", "unit_price": "60"}}})
	b.must("finance/vendor_credits", credit, "post", nil)
	b.want(map[string]string{"2202": "-40", "6602": "40"})
	again := b.add("finance/vendor_credits", m{"vendor_id": seller, "bill_id": bill, "lines": []m{{"unit_price": "40.01"}}})
	b.refused(b.act("finance/vendor_credits", again, "post", nil), "credit.too_much")
	empty := b.add("finance/vendor_credits", m{"vendor_id": seller})
	b.refused(b.act("finance/vendor_credits", empty, "post", nil), "credit.empty")
	other := standing[vendor](b)
	b.refused(b.tryAdd("finance/vendor_credits", m{"vendor_id": other, "bill_id": bill, "lines": []m{{"unit_price": "1"}}}), "fields.invalid")
	b.refused(b.act("finance/bills", b.add("finance/bills", m{"vendor_id": seller, "lines": []m{{"unit_price": "-1"}}}), "post", nil), "bill.negative")
}

// What a customer is owed settles another invoice; the orders, the note and the books follow, and come back exactly.
func TestCreditNoteOffset(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7.123456"})
	buyer, other := standing[customer](b), standing[customer](b)
	usd := func(who id.ID, amount string) id.ID {
		return b.invoice(who, amount, m{"currency": "USD", "date": "2020-06-01"})
	}
	paid := usd(buyer, "100.01")
	b.paid(m{"customer_id": buyer, "currency": "USD", "date": "2020-06-02", "amount": "100.01", "matches": []m{{"invoice_id": paid, "amount": "100.01"}}})
	b.must("finance/invoices", paid, "credit", m{"reason": "broken", "date": "2020-06-03"})
	note := parse(t, b.one("finance/credit_notes")["id"])
	b.dollars(m{"2021-01-01": "6.9"})
	open, foreign := b.invoice(buyer, "70.03", m{"currency": "USD"}), usd(other, "10")
	match := func(key id.ID, amount any) error {
		return b.act("finance/credit_notes", note, "match", m{"matches": []m{{"invoice_id": key, "amount": amount}}})
	}
	b.refused(match(foreign, "1"), "payment.match")
	b.refused(match(b.invoice(buyer, "5", nil), "1"), "payment.match")
	b.refused(match(open, "70.04"), "payment.match")
	b.refused(match(open, "0"), "fields.invalid")
	b.refused(b.act("finance/credit_notes", note, "match", nil), "fields.invalid")
	before := fmt.Sprint(b.balances(), b.read("finance/credit_notes", note)["open_value"], b.read("finance/invoices", open)["open_value"])
	if err := match(open, "33.34"); err != nil {
		t.Fatal(err)
	}
	b.fields(b.read("finance/credit_notes", note), m{"status": "posted", "residual_amount": "66.67"})
	b.fields(b.read("finance/invoices", open), m{"status": "partial", "residual_amount": "36.69"})
	b.must("finance/credit_notes", note, "match", m{"matches": []m{{"invoice_id": open}}})
	b.fields(b.read("finance/invoices", open), m{"status": "paid", "open_value": "0.00"})
	b.fields(b.read("finance/credit_notes", note), m{"residual_amount": "29.98"})
	if got := b.balances()["660303"]; got == "" {
		t.Error("the rates' difference is not realised")
	}
	b.must("finance/credit_notes", note, "unmatch", m{"matches": []m{{"invoice_id": open}}})
	after := fmt.Sprint(b.balances(), b.read("finance/credit_notes", note)["open_value"], b.read("finance/invoices", open)["open_value"])
	if after != before {
		t.Errorf("not as before\n got %s\nwant %s", after, before)
	}
	b.refused(b.act("finance/credit_notes", note, "unmatch", nil), "match.none")
	b.must("finance/credit_notes", note, "match", m{"matches": []m{{"invoice_id": open}}})
	b.paid(m{"direction": "out", "customer_id": buyer, "currency": "USD", "amount": "29.98", "matches": []m{{"credit_note_id": note, "amount": "29.98"}}})
	b.fields(b.read("finance/credit_notes", note), m{"status": "refunded", "residual_amount": "0.00", "open_value": "0.00"})
}

// Money on account in another currency is revalued at the period's end, carried on, and taken back; who treats it as settled by goods leaves it alone.
func TestRevaluationOfAdvances(t *testing.T) {
	b := newBench(t)
	b.dollars(m{"2020-01-01": "7", "2020-12-31": "7.2", "2021-06-01": "7.1"})
	buyer, seller := standing[customer](b), standing[vendor](b)
	in := b.paid(m{"customer_id": buyer, "currency": "USD", "date": "2020-07-01", "amount": "100"})
	out := b.paid(m{"direction": "out", "vendor_id": seller, "currency": "USD", "date": "2020-07-01", "amount": "30"})
	b.want(map[string]string{"1002": "490", "1123": "210", "2203": "-700"})
	alone := b.add("finance/revaluations", m{"date": "2020-12-31", "leave_advances": true})
	b.must("finance/revaluations", alone, "post", nil)
	b.fields(b.read("finance/revaluations", alone), m{"difference": "0.00"})
	end := b.add("finance/revaluations", m{"date": "2020-12-31"})
	b.must("finance/revaluations", end, "post", nil)
	b.fields(b.read("finance/revaluations", end), m{"difference": "-14.00"}) // 100 × 0.2 lost, 30 × 0.2 gained
	b.fields(b.read("finance/payments", in), m{"open_value": "720.00"})
	b.want(map[string]string{"1002": "490", "1123": "216", "2203": "-720", "660303": "14"})
	inv := b.invoice(buyer, "40", m{"currency": "USD", "date": "2021-06-01"})
	b.must("finance/payments", in, "match", m{"matches": []m{{"invoice_id": inv, "amount": "40"}}})
	b.fields(b.read("finance/payments", in), m{"open_value": "432.00"})
	b.want(map[string]string{"1002": "490", "1123": "216", "2203": "-432", "6001": "-284", "660303": "10"}) // 40 × 0.1 gained since
	b.refused(b.act("finance/revaluations", end, "reverse", nil), "revaluation.settled")
	b.must("finance/payments", in, "unmatch", nil)
	b.must("finance/revaluations", end, "reverse", m{"date": "2021-01-01"})
	b.fields(b.read("finance/payments", in), m{"open_value": "700.00"})
	b.fields(b.read("finance/payments", out), m{"open_value": "210.00"})
	b.want(map[string]string{"1002": "490", "1122": "284", "1123": "210", "2203": "-700", "6001": "-284"})

	asOf := b.add("finance/revaluations", m{"date": "2021-06-01", "auto_reverse": true})
	b.must("finance/revaluations", asOf, "post", nil)
	b.fields(b.read("finance/revaluations", asOf), m{"difference": "-7.00"}) // 100 × 0.1 lost, 30 × 0.1 gained
	b.want(map[string]string{"1002": "490", "1122": "284", "1123": "210", "2203": "-700", "6001": "-284"})
	again := b.add("finance/revaluations", m{"date": "2021-06-01", "auto_reverse": true, "leave_advances": true})
	b.must("finance/revaluations", again, "post", nil)
	b.fields(b.read("finance/revaluations", again), m{"difference": "0.00"})
}

func parse(t *testing.T, v any) id.ID {
	t.Helper()
	key, err := id.Parse(fmt.Sprint(v))
	if err != nil {
		t.Fatal(err)
	}
	return key
}
