package finance_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/finance"
	"github.com/tenon-hq/tenon/modules/finance/financeevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
	"github.com/tenon-hq/tenon/modules/production/productionevent"
	"github.com/tenon-hq/tenon/modules/sales/salesevent"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// tax makes a tax and returns its id.
func (b *bench) tax(rate, rounding string) id.ID {
	b.t.Helper()
	return b.add("finance/taxes", m{"code": "T" + rate + rounding, "name": "增值税 " + rate, "rate": rate, "rounding": rounding})
}

// sold is a confirmed order of one line and what delivering a quantity of it tells.
type sold struct {
	b    *bench
	head salesevent.Order
	line salesevent.Line
}

func (b *bench) sell(quantity, price, total, untaxed string, tax id.ID) sold {
	b.t.Helper()
	s := sold{b: b, head: salesevent.Order{
		ID: standing[order](b), No: "SO000001", CustomerID: standing[customer](b), Currency: "CNY", Total: money.Must(total), Untaxed: money.Must(untaxed),
	}}
	s.line = salesevent.Line{
		ID: standing[orderLine](b), ProductType: "stock", Quantity: money.Must(quantity), Ordered: money.Must(quantity), Unit: "pcs",
		UnitPrice: money.Must(price), TaxID: tax, Untaxed: money.Must(untaxed), Total: money.Must(total),
	}
	b.emit(salesevent.OrderConfirmed{Order: s.head, Lines: []salesevent.Line{s.line}})
	return s
}

func (s sold) deliver(quantity string) {
	s.b.t.Helper()
	l := s.line
	l.Quantity, l.Ordered = money.Must(quantity), money.Must(quantity)
	s.b.emit(salesevent.OrderDelivered{Order: s.head, Lines: []salesevent.Line{l}})
}

func TestOrderToCash(t *testing.T) {
	b := newBench(t)
	s := b.sell("10", "100", "1130", "1000", b.tax("13", "line"))
	b.fields(b.one("finance/receivables"), m{"order_id": s.head.ID.String(), "expected_amount": "1130.00", "invoiced_amount": "0.00", "paid_amount": "0.00"})

	s.deliver("4")
	inv := b.one("finance/invoices")
	b.fields(inv, m{
		"status": "posted", "untaxed_amount": "400.00", "tax_amount": "52.00", "total_amount": "452.00", "residual_amount": "452.00",
		"order_no": "SO000001",
	})
	if no := fmt.Sprint(inv["no"]); !regexp.MustCompile(`^INV-\d{4}-000001$`).MatchString(no) {
		t.Errorf("number %s", no)
	}
	if e := last[financeevent.InvoicePosted](t, b); len(e.Lines) != 1 || e.Lines[0].OrderLineID != s.line.ID || e.Total.String() != "452" {
		t.Errorf("told %+v", e)
	}
	b.want(map[string]string{"1122": "452", "6001": "-400", "22210107": "-52"})

	s.deliver("6")
	b.fields(b.one("finance/receivables"), m{"invoiced_amount": "1130.00"})
	rows := b.list("finance/invoices", "sort", "no")
	b.fields(rows[1], m{"total_amount": "678.00"})

	pay := b.add("finance/payments", m{
		"customer_id": s.head.CustomerID, "amount": "1000", "matches": []m{{"invoice_id": rows[0]["id"], "amount": "452"}},
	})
	b.must("finance/payments", pay, "post", nil)
	b.fields(b.one("finance/payments"), m{"status": "posted", "unmatched_amount": "548.00"})
	b.want(map[string]string{"1002": "1000", "1122": "678", "2203": "-548", "6001": "-1000", "22210107": "-130"})
	if e := last[financeevent.PaymentMatched](t, b); len(e.Orders) != 1 || e.Orders[0].Collected.String() != "452" {
		t.Errorf("told %+v", e)
	}

	f := b.refused(b.act("finance/payments", pay, "match", m{"matches": []m{{"invoice_id": rows[1]["id"], "amount": "600"}}}), "payment.match")
	if f.Fields[0].Path != "matches[0].amount" || !strings.Contains(f.Fields[0].Text.EN, "548.00") {
		t.Errorf("got %v", f)
	}
	f = b.refused(b.act("finance/payments", pay, "match", m{"matches": []m{{"invoice_id": rows[0]["id"], "amount": "1"}}}), "payment.match")
	if !strings.Contains(f.Fields[0].Text.EN, "0.00 open") {
		t.Errorf("got %v", f)
	}
	b.must("finance/payments", pay, "match", m{"matches": []m{{"invoice_id": rows[1]["id"], "amount": "548"}}})
	b.fields(b.one("finance/invoices", "id", fmt.Sprint(rows[1]["id"])), m{"status": "partial", "residual_amount": "130.00"})
	b.fields(b.one("finance/receivables"), m{"paid_amount": "1000.00"})
	b.want(map[string]string{"1002": "1000", "1122": "130", "6001": "-1000", "22210107": "-130"})

	b.must("finance/payments", pay, "unmatch", m{"matches": []m{{"invoice_id": rows[0]["id"]}}})
	b.fields(b.one("finance/invoices", "id", fmt.Sprint(rows[0]["id"])), m{"status": "posted", "residual_amount": "452.00"})
	b.must("finance/payments", pay, "match", m{"matches": []m{{"invoice_id": rows[0]["id"], "amount": "452"}}})
	second := b.add("finance/payments", m{
		"customer_id": s.head.CustomerID, "amount": "130", "method": "cash",
		"matches": []m{{"invoice_id": rows[1]["id"], "amount": "130"}},
	})
	b.must("finance/payments", second, "post", nil)
	b.fields(b.one("finance/invoices", "id", fmt.Sprint(rows[1]["id"])), m{"status": "paid", "residual_amount": "0.00"})
	b.want(map[string]string{"1001": "130", "1002": "1000", "6001": "-1000", "22210107": "-130"})
	if e := last[financeevent.PaymentMatched](t, b); e.Orders[0].Collected.String() != "1130" {
		t.Errorf("told %+v", e)
	}
}

func TestTaxPerLineOrPerDocument(t *testing.T) {
	b := newBench(t)
	buyer := standing[customer](b)
	for rounding, want := range map[string]string{"line": "6527.81", "document": "6527.80"} {
		key := b.add("finance/invoices", m{"customer_id": buyer, "lines": []m{
			{"quantity": "16", "unit_price": "348.35", "discount_percent": "4", "tax_id": b.tax("22", rounding)},
		}})
		b.fields(b.one("finance/invoices", "id", key.String()), m{"total_amount": want, "status": "draft"})
		b.must("finance/invoices", key, "post", nil)
		b.fields(b.one("finance/invoices", "id", key.String()), m{"total_amount": want, "residual_amount": want, "status": "posted"})
	}
}

func TestPartInvoicesTakeWhatIsLeft(t *testing.T) {
	b := newBench(t)
	s := b.sell("3", "33.333333", "113", "100", b.tax("13", "line"))
	for range 3 {
		s.deliver("1")
	}
	sum := money.Zero()
	for _, r := range b.list("finance/invoices") {
		sum = sum.Add(money.Must(fmt.Sprint(r["total_amount"])))
	}
	if !sum.Equal(money.Int(113)) {
		t.Errorf("three invoices add up to %s", sum)
	}
}

func TestThreeTerms(t *testing.T) {
	b := newBench(t)
	term := b.add("finance/payment_terms", m{"code": "3X", "name": "三期", "lines": []m{
		{"percent": "33.3333"},
		{"percent": "33.3333", "days": 30},
		{"percent": "33.3334", "days": 60},
	}})
	key := b.add("finance/invoices", m{
		"customer_id": standing[customer](b), "payment_term_id": term, "date": "2026-01-31",
		"lines": []m{{"unit_price": "100"}},
	})
	b.must("finance/invoices", key, "post", nil)
	inv := b.one("finance/invoices")
	var parts []string
	for _, x := range inv["installments"].([]any) {
		parts = append(parts, fmt.Sprint(x.(m)["due_date"], " ", x.(m)["amount"]))
	}
	if got := strings.Join(parts, ", "); got != "2026-01-31 33.33, 2026-03-02 33.33, 2026-04-01 33.34" {
		t.Error(got)
	}
	b.fields(inv, m{"due_date": "2026-04-01"})
}

func TestCreditNoteAndRefund(t *testing.T) {
	b := newBench(t)
	s := b.sell("10", "100", "1130", "1000", b.tax("13", "line"))
	s.deliver("10")
	inv := b.one("finance/invoices")
	key, err := id.Parse(fmt.Sprint(inv["id"]))
	if err != nil {
		t.Fatal(err)
	}
	pay := b.add("finance/payments", m{"customer_id": s.head.CustomerID, "amount": "1000", "matches": []m{{"invoice_id": key, "amount": "1000"}}})
	b.must("finance/payments", pay, "post", nil)
	lineID := inv["lines"].([]any)[0].(m)["id"]
	b.refused(b.act("finance/invoices", key, "credit", m{"lines": []m{{"line_id": lineID, "quantity": "11"}}}), "fields.invalid")
	b.must("finance/invoices", key, "credit", m{"reason": "退货", "lines": []m{{"line_id": lineID, "quantity": "2"}}})
	note := b.one("finance/credit_notes")
	b.fields(note, m{"total_amount": "226.00", "tax_amount": "26.00", "residual_amount": "96.00", "status": "posted"})
	b.fields(b.one("finance/invoices"), m{"residual_amount": "0.00", "credited_amount": "226.00", "status": "paid"})
	if e := last[financeevent.InvoicePosted](t, b); e.Total.String() != "-226" || e.Lines[0].Quantity.String() != "-2" {
		t.Errorf("told %+v", e)
	}
	b.want(map[string]string{"1002": "1000", "1122": "-96", "6001": "-800", "22210107": "-104"})
	refund := b.add("finance/payments", m{
		"direction": "out", "customer_id": s.head.CustomerID, "amount": "96",
		"matches": []m{{"credit_note_id": note["id"], "amount": "96"}},
	})
	b.must("finance/payments", refund, "post", nil)
	b.fields(b.one("finance/credit_notes"), m{"status": "refunded", "residual_amount": "0.00"})
	b.fields(b.one("finance/receivables"), m{"expected_amount": "904.00", "invoiced_amount": "904.00", "paid_amount": "904.00"})
	b.want(map[string]string{"1002": "904", "6001": "-800", "22210107": "-104"})
	b.must("finance/invoices", key, "credit", nil)
	b.fields(b.one("finance/invoices"), m{"status": "cancelled", "credited_amount": "1130.00"})
}

func TestGoodsFromReceiptToCost(t *testing.T) {
	b := newBench(t)
	product := b.add("inventory/products", m{"number": "P1", "name": "螺丝", "type": "stock", "unit": "pcs"})
	po, line, seller := standing[purchase](b), standing[purchaseLine](b), standing[vendor](b)
	receipt := b.new()
	b.do(func(ctx context.Context, tx *tenancy.Tx) error {
		err := record.Emit(ctx, tx, inventoryevent.StockMoved{
			SourceEntity: "inventory.receipt", SourceID: receipt, SourceNo: "RC1", Date: tx.Today(),
			Moves: []inventoryevent.Moved{
				{ProductID: product, From: "supplier", To: "internal", Quantity: money.Int(10), Value: money.Must("80"), SourceLineID: line},
			},
		})
		if err != nil {
			return err
		}
		return record.Emit(ctx, tx, inventoryevent.GoodsReceived{
			ReceiptID: receipt, PurchaseOrderID: po, Date: tx.Today(),
			Lines: []inventoryevent.ReceivedLine{
				{PurchaseLineID: line, ProductID: product, Quantity: money.Int(10), UnitCost: money.Int(8)},
			},
		})
	})
	b.want(map[string]string{"1405": "80", "220202": "-80"})

	bill := b.add("finance/bills", m{"vendor_id": seller, "purchase_order_id": po, "vendor_reference": "F-77"})
	rec := b.one("finance/bills")
	b.fields(rec, m{"total_amount": "80.00", "status": "draft"})
	b.must("finance/bills", bill, "post", nil)
	b.fields(b.one("finance/bills"), m{"status": "posted", "match_status": "matched", "blocked": false, "residual_amount": "80.00"})
	b.want(map[string]string{"1405": "80", "2202": "-80"})
	if e := last[financeevent.BillPosted](t, b); e.PurchaseOrderID != po || e.Quantities[line].String() != "10" {
		t.Errorf("told %+v", e)
	}
	pay := b.add("finance/payments", m{"direction": "out", "vendor_id": seller, "amount": "100", "matches": []m{{"bill_id": bill, "amount": "80"}}})
	b.must("finance/payments", pay, "post", nil)
	b.fields(b.one("finance/bills"), m{"status": "paid"})
	b.want(map[string]string{"1405": "80", "1002": "-100", "1123": "20"})

	again := b.add("finance/bills", m{"vendor_id": seller, "lines": []m{{"purchase_line_id": line, "product_id": product, "quantity": "1", "unit_price": "8"}}})
	b.must("finance/bills", again, "post", nil)
	b.fields(b.one("finance/bills", "id", again.String()), m{"match_status": "quantity", "blocked": true})
	b.refused(b.act("finance/payments", pay, "match", m{"matches": []m{{"bill_id": again, "amount": "8"}}}), "payment.match")
	b.must("finance/bills", again, "release", nil)
	b.must("finance/payments", pay, "match", m{"matches": []m{{"bill_id": again, "amount": "8"}}})

	b.emit(inventoryevent.StockMoved{SourceEntity: "production.production_order", SourceID: b.new(), Moves: []inventoryevent.Moved{
		{ProductID: product, From: "internal", To: "production", Quantity: money.Int(5), Value: money.Int(40)},
	}})
	b.emit(productionevent.OrderCompleted{OrderID: b.new(), No: "PO1", Labour: money.Int(15)})
	b.emit(inventoryevent.StockMoved{SourceEntity: "production.production_order", SourceID: b.new(), Moves: []inventoryevent.Moved{
		{ProductID: product, From: "production", To: "internal", Quantity: money.Int(1), Value: money.Int(55)},
	}})
	b.emit(inventoryevent.StockMoved{SourceEntity: "inventory.delivery", SourceID: b.new(), Moves: []inventoryevent.Moved{
		{ProductID: product, From: "internal", To: "customer", Quantity: money.Int(1), Value: money.Int(55)},
	}})
	b.want(map[string]string{"1405": "40", "1002": "-100", "1123": "12", "220202": "8", "2211": "-15", "6401": "55"})
}

func TestPolicyCases(t *testing.T) {
	b := newBench(t)
	failed, err := policy.RunCases(t.Context(), b.policy, finance.Module(finance.Plugs{}).Policy)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range failed {
		t.Error(f)
	}
}
