package finance

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// Why a suggestion is made.
const (
	becausePayment = "payment" // it is on record already
	becauseNumber  = "number"  // the text names the documents
	becauseAmount  = "amount"  // one document is open by just this amount
	becauseName    = "name"    // and its customer has the counterparty's name
)

// candidate is a document that a movement may settle.
type candidate struct {
	Open
	names []string // by which the text may speak of it
	in    bool     // settled by money that comes in
	due   clock.Date
}

// guess suggests what the open lines of a statement settle: a payment on record over the amount; documents whose numbers the text names; a document
// that is open by just the amount, the more so when the counterparty has its customer's name.
func (o office) guess(ctx context.Context, tx *tenancy.Tx, s *BankStatement) error {
	var amounts []string
	var all strings.Builder
	for _, l := range s.Lines {
		if l.Status == open {
			amounts = append(amounts, l.Amount.Abs().String())
			all.WriteString(bare(l.Text + " " + l.Reference))
			all.WriteByte('\n')
		}
	}
	if len(amounts) == 0 {
		return nil
	}
	payments, err := free(ctx, tx, s.Currency, amounts)
	if err != nil {
		return err
	}
	list, err := candidates(ctx, tx, s.Currency, amounts, all.String())
	if err != nil {
		return err
	}
	names, err := o.names(ctx, tx, list)
	if err != nil {
		return err
	}
	used := map[id.ID]bool{}
	for _, l := range s.Lines {
		if l.Status == open {
			l.Suggested, l.Score, l.Because = []string{}, 0, ""
			l.guess(payments, list, names, used)
		}
	}
	return nil
}

// candidates reads the open documents that have one of the amounts or whose number the texts name.
func candidates(ctx context.Context, tx *tenancy.Tx, currency string, amounts []string, all string) ([]candidate, error) {
	const number = `'[^A-Z0-9]+', '', 'g')`
	pick := func(no, more string) func(q *bun.SelectQuery) *bun.SelectQuery {
		return func(q *bun.SelectQuery) *bun.SelectQuery {
			q = q.Where("status IN ('posted', 'partial')").Where("residual_amount > 0").Where("currency = ?", currency)
			return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
				q = q.Where("residual_amount = ANY(?::text[]::numeric[])", pgdialect.Array(amounts)).
					WhereOr("strpos(?, regexp_replace(upper("+no+"), "+number+") > 0", all)
				return q.WhereOr(more+" <> '' AND length(regexp_replace(upper("+more+"), "+number+") > 3 AND strpos(?, regexp_replace(upper("+more+"), "+number+") > 0", all)
			}).OrderExpr("due_date, id").Limit(5000)
		}
	}
	invoices, err := record.Find[Invoice](ctx, tx, pick("no", "order_no"))
	if err != nil {
		return nil, err
	}
	bills, err := record.Find[Bill](ctx, tx, pick("no", "vendor_reference"))
	if err != nil {
		return nil, err
	}
	var list []candidate
	for _, d := range invoices {
		list = append(list, candidate{Open: d.open(), names: []string{bare(d.No), bare(d.OrderNo)}, in: true, due: d.DueDate})
	}
	for _, d := range bills {
		if !d.Blocked {
			list = append(list, candidate{Open: d.open(), names: []string{bare(d.No), bare(d.VendorReference)}, due: d.DueDate})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return a.due.Sub(b.due) })
	return list, nil
}

// names asks for the names of the candidates' customers and vendors.
func (o office) names(ctx context.Context, tx *tenancy.Tx, list []candidate) (map[id.ID]string, error) {
	var buyers, sellers []id.ID
	for _, c := range list {
		if c.in {
			buyers = append(buyers, c.Party)
		} else {
			sellers = append(sellers, c.Party)
		}
	}
	out := map[id.ID]string{}
	if buyers = distinct(buyers); o.ask.Customers != nil && len(buyers) > 0 {
		found, err := o.ask.Customers.Customers(ctx, tx, buyers)
		if err != nil {
			return nil, err
		}
		for k, c := range found {
			out[k] = bare(c.Name)
		}
	}
	if sellers = distinct(sellers); o.ask.Vendors != nil && len(sellers) > 0 {
		found, err := o.ask.Vendors.Vendors(ctx, tx, sellers)
		if err != nil {
			return nil, err
		}
		for k, v := range found {
			out[k] = bare(v.Name)
		}
	}
	return out, nil
}

// guess suggests what one line settles. What is suggested for a line is not suggested for another.
func (l *BankLine) guess(payments []*Payment, list []candidate, names map[id.ID]string, used map[id.ID]bool) {
	for _, p := range payments {
		if !used[p.ID] && p.Amount.Mul(p.sign()).Equal(l.Amount) && apart(p.Date, l.Date) <= 10 {
			l.take(used, 95, becausePayment, p.ID)
			return
		}
	}
	text, party := bare(l.Text+" "+l.Reference), bare(l.Counterparty)
	var named []candidate
	sum := money.Zero()
	for _, c := range list {
		if c.in == l.came() && !used[c.ID] && c.namedIn(text) && (len(named) == 0 || c.Party == named[0].Party) {
			named, sum = append(named, c), sum.Add(c.Residual)
		}
	}
	if len(named) > 0 {
		score := 75
		if sum.Equal(l.Amount.Abs()) {
			score = 100
		}
		l.take(used, score, becauseNumber, ids(named)...)
		return
	}
	var exact []candidate
	for _, c := range list {
		if c.in == l.came() && !used[c.ID] && c.Residual.Equal(l.Amount.Abs()) {
			if name := names[c.Party]; name != "" && party != "" && (strings.Contains(party, name) || strings.Contains(name, party)) {
				l.take(used, 85, becauseName, c.ID)
				return
			}
			exact = append(exact, c)
		}
	}
	if len(exact) == 1 {
		l.take(used, 60, becauseAmount, exact[0].ID)
	}
}

func (l *BankLine) take(used map[id.ID]bool, score int, because string, keys ...id.ID) {
	l.Suggested, l.Score, l.Because = texts(keys), score, because
	for _, k := range keys {
		used[k] = true
	}
}

// namedIn tells that a text names the document. Short numbers mean nothing.
func (c candidate) namedIn(text string) bool {
	for _, n := range c.names {
		if len(n) > 3 && strings.Contains(text, n) {
			return true
		}
	}
	return false
}

func ids(list []candidate) []id.ID {
	out := make([]id.ID, len(list))
	for i, c := range list {
		out[i] = c.ID
	}
	return out
}

// bare is a text without anything but letters and digits, in capitals: banks add and drop blanks and dashes.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// suggestions turns the suggestions of a statement that are sure enough into matches: each document by what is open of it, as far as the money goes.
func (s *BankStatement) suggestions(ctx context.Context, tx *tenancy.Tx, least int) ([]MatchBankLine, error) {
	var keys []id.ID
	byLine := map[id.ID][]id.ID{}
	for _, l := range s.Lines {
		if l.Status != open || l.Score < least || len(l.Suggested) == 0 {
			continue
		}
		for _, t := range l.Suggested {
			k, err := id.Parse(t)
			if err != nil {
				return nil, err
			}
			byLine[l.ID], keys = append(byLine[l.ID], k), append(keys, k)
		}
	}
	invoices, bills := map[id.ID]*Invoice{}, map[id.ID]*Bill{}
	if err := lockInto(ctx, tx, invoices, keys); err != nil {
		return nil, err
	}
	if err := lockInto(ctx, tx, bills, keys); err != nil {
		return nil, err
	}
	var out []MatchBankLine
	for _, l := range s.Lines {
		w := MatchBankLine{LineID: l.ID}
		left := l.Amount.Abs()
		for _, k := range byLine[l.ID] {
			var m MatchLine
			switch {
			case l.Because == becausePayment:
				w.PaymentID = &k
				continue
			case invoices[k] != nil:
				m = MatchLine{InvoiceID: &k, Amount: money.Min(left, invoices[k].ResidualAmount)}
			case bills[k] != nil:
				m = MatchLine{BillID: &k, Amount: money.Min(left, bills[k].ResidualAmount)}
			}
			if m.Amount.Sign() > 0 {
				left = left.Sub(m.Amount)
				w.Matches = append(w.Matches, m)
			}
		}
		if w.PaymentID != nil || len(w.Matches) > 0 {
			out = append(out, w)
		}
	}
	return out, nil
}
