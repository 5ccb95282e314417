package finance

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
	"github.com/tenon-hq/tenon/modules/inventory/inventoryevent"
)

func day(d int, m time.Month) clock.Date { return clock.NewDate(2026, m, d) }

func thirds() coreevent.Term {
	third := money.Must("33.3333")
	return coreevent.Term{Lines: []coreevent.TermLine{{Percent: third}, {Percent: third, Days: 30}, {Percent: third, Days: 60}}}
}

// shelf is books with an account for each purpose, whose ids are the accounts' codes.
func shelf() *books {
	b := &books{accounts: map[string]map[string]id.ID{}, journals: map[string]journal{}, codes: map[id.ID]string{}}
	for _, p := range purposes() {
		b.accounts[p.name] = map[string]id.ID{"": code(p.account)}
	}
	for i, c := range []string{journalSales, journalPurchase, journalBank, journalCash, journalStock, journalGeneral} {
		b.journals[c] = journal{id: id.ID{15: byte(i + 1)}}
		b.codes[id.ID{15: byte(i + 1)}] = c
	}
	return b
}

func code(s string) id.ID {
	var k id.ID
	copy(k[:], s)
	return k
}

// sums of an entry by account code, debit positive.
func byAccount(e *Entry) map[string]string {
	sums := map[string]money.Amount{}
	for _, l := range e.Lines {
		n := 0
		for n < len(l.AccountID) && l.AccountID[n] != 0 {
			n++
		}
		c := string(l.AccountID[:n])
		sums[c] = sums[c].Add(l.Debit).Sub(l.Credit)
	}
	out := map[string]string{}
	for c, s := range sums {
		out[c] = s.String()
	}
	return out
}

func same(t *testing.T, e *Entry, want map[string]string) {
	t.Helper()
	if err := e.ready(); err != nil && len(want) > 0 {
		t.Fatal(err)
	}
	got := byAccount(e)
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for c, s := range want {
		if got[c] != s {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestStockEntries(t *testing.T) {
	move := func(from, to, value, variance string) inventoryevent.Moved {
		return inventoryevent.Moved{From: from, To: to, Value: money.Must(value), PriceVariance: money.Must(variance)}
	}
	tests := []struct {
		name  string
		moves []inventoryevent.Moved
		want  map[string]string
	}{
		{"a receipt", []inventoryevent.Moved{move("supplier", "internal", "80", "0")}, map[string]string{"1405": "80", "220202": "-80"}},
		{"a dearer receipt at standard cost", []inventoryevent.Moved{move("supplier", "internal", "80", "5")}, map[string]string{
			"1405": "80",
			"1404": "5", "220202": "-85",
		}},
		{"a cheaper one", []inventoryevent.Moved{move("supplier", "internal", "80", "-5")}, map[string]string{"1405": "80", "1404": "-5", "220202": "-75"}},
		{"back to the vendor", []inventoryevent.Moved{move("internal", "supplier", "80", "5")}, map[string]string{"1405": "-80", "1404": "-5", "220202": "85"}},
		{"shipped", []inventoryevent.Moved{move("internal", "customer", "60", "0")}, map[string]string{"6401": "60", "1405": "-60"}},
		{"returned", []inventoryevent.Moved{move("customer", "internal", "60", "0")}, map[string]string{"6401": "-60", "1405": "60"}},
		{
			"issued and made",
			[]inventoryevent.Moved{move("internal", "production", "40", "0"), move("production", "internal", "55", "0")},
			map[string]string{"1405": "15", "5001": "-15"},
		},
		{"made, at standard cost", []inventoryevent.Moved{move("production", "internal", "50", "5")}, map[string]string{
			"1405": "50", "1404": "5",
			"5001": "-55",
		}},
		{
			"found and lost",
			[]inventoryevent.Moved{move("loss", "internal", "9", "0"), move("internal", "loss", "4", "0")},
			map[string]string{"1405": "5", "1901": "-5"},
		},
		{"into transit", []inventoryevent.Moved{move("internal", "transit", "9", "0"), move("transit", "internal", "9", "0")}, nil},
		{"without a value", []inventoryevent.Moved{move("supplier", "internal", "0", "0")}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same(t, shelf().stockEntry(inventoryevent.StockMoved{Moves: tt.moves}, day(1, 3)), tt.want)
		})
	}
}

func TestInventoryAccountByCategory(t *testing.T) {
	b := shelf()
	b.accounts[forInventory]["raw"] = code("1403")
	e := b.stockEntry(inventoryevent.StockMoved{Moves: []inventoryevent.Moved{{
		From: "supplier", To: "internal", Category: "raw",
		Value: money.Int(7),
	}}}, day(1, 3))
	same(t, e, map[string]string{"1403": "7", "220202": "-7"})
}

func TestInvoiceEntryInAnotherCurrency(t *testing.T) {
	inv := &Invoice{Currency: "USD", Rate: money.Must("7.123456"), Lines: []*InvoiceLine{{}, {}}}
	inv.Lines[0].setSums(Sums{money.Must("10.01"), money.Must("1.30"), money.Must("11.31")})
	inv.Lines[1].setSums(Sums{money.Must("0.03"), money.Zero(), money.Must("0.03")})
	inv.total()
	same(t, shelf().invoiceEntry(inv, "CNY"), map[string]string{"1122": "80.78", "6001": "-71.52", "22210107": "-9.26"})
}

func TestPaymentEntries(t *testing.T) {
	invoice := id.ID{1}
	pay := func(amount, matched, rate, invoiceRate string) (*Payment, *settlement) {
		p := &Payment{
			Direction: moneyIn, CustomerID: id.ID{5}, Amount: money.Must(amount), Currency: "CNY", Rate: money.Must(rate),
			JournalID: shelf().journals[journalBank].id,
		}
		inv := &Invoice{Status: posted, Rate: money.Must(invoiceRate), TotalAmount: money.Int(100), ResidualAmount: money.Int(100)}
		inv.OpenValue = inv.value("CNY")
		s := &settlement{invoices: map[id.ID]*Invoice{invoice: inv}, minor: 2}
		if m := money.Must(matched); m.Sign() > 0 {
			s.matches = []*Match{{InvoiceID: invoice, Amount: m}}
		}
		p.UnmatchedAmount, p.OpenValue = p.Amount, p.Amount.Mul(p.Rate)
		s.apply(&p.UnmatchedAmount, &p.OpenValue)
		return p, s
	}
	b := shelf()
	p, s := pay("100", "100", "1", "1")
	same(t, b.paymentEntry(p, s, code("1002"), "CNY"), map[string]string{"1002": "100", "1122": "-100"})
	p, s = pay("100", "60", "1", "1")
	same(t, b.paymentEntry(p, s, code("1002"), "CNY"), map[string]string{"1002": "100", "1122": "-60", "2203": "-40"})
	same(t, b.matchEntry(p, s, day(1, 3), "CNY", 1), map[string]string{"2203": "60", "1122": "-60"})
	same(t, b.matchEntry(p, s, day(1, 3), "CNY", -1), map[string]string{"2203": "-60", "1122": "60"})
	p, s = pay("100", "100", "7.2", "7")
	p.Currency = "USD"
	same(t, b.paymentEntry(p, s, code("1002"), "CNY"), map[string]string{"1002": "720", "1122": "-700", "660303": "-20"})
	p.Direction, p.CustomerID, p.VendorID = moneyOut, id.ID{}, id.ID{6}
	same(t, b.paymentEntry(p, s, code("1002"), "CNY"), map[string]string{"1002": "-720", "2202": "700", "660303": "20"})
}

func TestBillEntryAndThreeWayMatch(t *testing.T) {
	product, order := id.ID{3}, id.ID{4}
	products := map[id.ID]coreevent.Product{product: {ID: product, Type: "stock"}}
	tests := []struct {
		name, net, quantity string
		accrual             *Accrual
		want                map[string]string
		match               string
	}{
		{"as received", "80", "10", &Accrual{ReceivedQuantity: money.Int(10), ReceivedAmount: money.Int(80)}, map[string]string{
			"220202":   "80",
			"22210101": "10.4", "2202": "-90.4",
		}, matchFits},
		{"dearer", "85", "10", &Accrual{ReceivedQuantity: money.Int(10), ReceivedAmount: money.Int(80)}, map[string]string{
			"220202": "80",
			"1404":   "5", "22210101": "10.4", "2202": "-95.4",
		}, matchPrice},
		{"cheaper", "75", "10", &Accrual{ReceivedQuantity: money.Int(10), ReceivedAmount: money.Int(80)}, map[string]string{
			"220202": "80",
			"1404":   "-5", "22210101": "10.4", "2202": "-85.4",
		}, matchFits},
		{"more than received", "88", "11", &Accrual{ReceivedQuantity: money.Int(10), ReceivedAmount: money.Int(80)}, map[string]string{
			"220202":   "88",
			"22210101": "10.4", "2202": "-98.4",
		}, matchQuantity},
		{"before anything came", "80", "10", nil, map[string]string{"220202": "80", "22210101": "10.4", "2202": "-90.4"}, matchQuantity},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := &BillLine{PurchaseLineID: order, ProductID: product}
			l.setSums(Sums{money.Must(tt.net), money.Must("10.4"), money.Must(tt.net).Add(money.Must("10.4"))})
			bill := &Bill{Currency: "CNY", Rate: money.Int(1), TotalAmount: l.TotalAmount, Lines: []*BillLine{l}}
			byLine := map[id.ID]*Accrual{}
			if tt.accrual != nil {
				byLine[order] = tt.accrual
			}
			same(t, shelf().billEntry(bill, []money.Quantity{money.Must(tt.quantity)}, byLine, products, "CNY"), tt.want)
			if bill.MatchStatus != tt.match {
				t.Errorf("match %s, want %s", bill.MatchStatus, tt.match)
			}
		})
	}
}

func TestEntryRefusals(t *testing.T) {
	b := shelf()
	e := &Entry{JournalID: b.journals[journalGeneral].id, Date: day(1, 3)}
	e.add(code("1002"), money.Int(5), EntryLine{})
	if f := fault.As(e.ready()); f == nil || f.Reason != "entry.empty" {
		t.Errorf("one line: %v", e.ready())
	}
	e.add(code("1122"), money.Int(-4), EntryLine{})
	if f := fault.As(e.ready()); f == nil || f.Reason != "entry.unbalanced" {
		t.Errorf("unbalanced: %v", e.ready())
	}
	e.add(id.ID{}, money.Int(-1), EntryLine{})
	if f := fault.As(e.ready()); f == nil || f.Reason != "setting.missing" {
		t.Errorf("no account: %v", e.ready())
	}
	b.locked = []lock{{day(1, 1), day(31, 1), hard}, {day(1, 2), day(28, 2), soft}}
	for _, tt := range []struct {
		on         clock.Date
		adjustment bool
		ok         bool
	}{{day(5, 1), true, false}, {day(5, 2), false, false}, {day(5, 2), true, true}, {day(5, 3), false, true}} {
		if err := b.check(tt.on, tt.adjustment); (err == nil) != tt.ok {
			t.Errorf("%s adjustment %v: %v", tt.on, tt.adjustment, err)
		}
	}
}

func TestPartInvoicesAddUpToTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ordered := rapid.Int64Range(1, 40).Draw(t, "ordered")
		price := money.Int(rapid.Int64Range(1, 1_000_000).Draw(t, "price")).Shift(-4)
		p := Priced{Quantity: money.Int(ordered), UnitPrice: price, Rate: money.Int(13), IncludesTax: rapid.Bool().Draw(t, "includes")}
		whole := TaxPerLine([]Priced{p}, 2)[0]
		l := &ReceivableLine{Quantity: p.Quantity, UntaxedAmount: whole.Untaxed, TotalAmount: whole.Total}
		sum := Sums{}
		for left := ordered; left > 0; {
			n := rapid.Int64Range(1, left).Draw(t, "part")
			p.Quantity = money.Int(n)
			s := l.share(p.Quantity, TaxPerLine([]Priced{p}, 2)[0], 2)
			l.invoice(p.Quantity, s)
			sum, left = sum.Add(s), left-n
		}
		if off := sum.Total.Sub(whole.Total).Abs(); !off.IsZero() && ordered <= 5 {
			t.Fatalf("parts %s, order %s", sum.Total, whole.Total)
		}
		if !sum.Untaxed.Add(sum.Tax).Equal(sum.Total) {
			t.Fatalf("%s + %s is not %s", sum.Untaxed, sum.Tax, sum.Total)
		}
	})
}

func TestCreditPartsAddUpToTheInvoice(t *testing.T) {
	inv := &Invoice{No: "INV-1", Currency: "CNY", Lines: []*InvoiceLine{{Quantity: money.Int(3)}}}
	inv.Lines[0].ID = id.ID{1}
	inv.Lines[0].setSums(Sums{money.Must("88.50"), money.Must("11.50"), money.Must("100")})
	before, sum := map[id.ID]taken{}, Sums{}
	one := money.Int(1)
	for range 3 {
		lines, err := inv.creditLines([]CreditLine{{LineID: id.ID{1}, Quantity: &one}}, before)
		if err != nil {
			t.Fatal(err)
		}
		s := Sums{lines[0].UntaxedAmount, lines[0].TaxAmount, lines[0].TotalAmount}
		sum = sum.Add(s)
		before[id.ID{1}] = taken{before[id.ID{1}].quantity.Add(one), sum}
	}
	if !sum.Total.Equal(money.Int(100)) || !sum.Tax.Equal(money.Must("11.50")) {
		t.Errorf("credited %v", sum)
	}
	if _, err := inv.creditLines(nil, before); fault.As(err) == nil {
		t.Error("a fourth credit was not refused")
	}
	two := money.Int(2)
	if _, err := inv.creditLines([]CreditLine{{LineID: id.ID{1}, Quantity: &two}}, map[id.ID]taken{{1}: {quantity: two}}); fault.As(err) == nil {
		t.Error("more than is left was not refused")
	}
}
