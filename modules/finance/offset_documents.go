package finance

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// creditor is a credit that settles other documents of its party: a customer's credit note, or a vendor's credit.
type creditor interface {
	credit() credit
	offsetDone(ctx context.Context, tx *tenancy.Tx, s *settlement, way int64) error
}

// wish names a document to settle, and how much of it where that is said.
type wish struct {
	match  Match
	amount *money.Amount
}

// settleWith settles documents with a credit. Field is what names a document in the input, row makes what is kept of one.
func settleWith[T any, P record.Pointer[T]](
	ctx context.Context, tx *tenancy.Tx, c creditor, field string, wishes []wish, row func(i int, m *Match, o Offset) P,
) error {
	var bad fault.Fields
	list := make([]*Match, len(wishes))
	for i := range wishes {
		m := &wishes[i].match
		list[i] = m
		if m.target().IsZero() {
			bad.Add(fmt.Sprintf("matches[%d].%s", i, field), "required", "请填写要抵扣的单据", "Name the document to settle")
		}
		if a := wishes[i].amount; a != nil {
			if m.Amount = *a; a.Sign() <= 0 {
				bad.Add(fmt.Sprintf("matches[%d].amount", i), "value.positive", "金额应大于零", "The amount must be more than zero")
			}
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	s, err := offset(ctx, tx, c.credit(), list)
	if err != nil {
		return err
	}
	rows := make([]P, len(list))
	for i, m := range list {
		rows[i] = row(i, m, Offset{tx.Today(), m.Amount, m.BookedValue, m.MovedValue})
	}
	if err := record.Create(ctx, tx, rows...); err != nil {
		return err
	}
	return c.offsetDone(ctx, tx, s, 1)
}

// openAgain opens documents that a credit has settled, those that off names or without any all: they, the credit and the books are as they were.
func openAgain[T any, P record.Pointer[T]](ctx context.Context, tx *tenancy.Tx, c creditor, kept []P, off map[id.ID]bool, match func(P) *Match) error {
	var gone []P
	var list []*Match
	for _, k := range kept {
		if m := match(k); len(off) == 0 || off[m.target()] {
			gone, list = append(gone, k), append(list, m)
		}
	}
	if len(gone) == 0 {
		return fault.New(fault.Rule, "match.none", "没有这样的抵扣", "There is no such offset").At("matches", "match.none", "没有可取消的抵扣", "nothing to take back")
	}
	of := c.credit()
	s, err := unsettle(ctx, tx, of.left, of.value, list)
	if err != nil {
		return err
	}
	if err := record.Delete(ctx, tx, gone...); err != nil {
		return err
	}
	return c.offsetDone(ctx, tx, s, -1)
}

// match is the offset as a match, to be taken back.
func (o *Offset) match(m Match) *Match {
	m.Amount, m.BookedValue, m.MovedValue = o.Amount, o.BookedValue, o.MovedValue
	return &m
}

// offsetNote settles other invoices of the customer with what is open of a credit note.
func (o office) offsetNote(ctx context.Context, tx *tenancy.Tx, c *CreditNote, in OffsetInput) error {
	wishes := make([]wish, len(in.Matches))
	for i, l := range in.Matches {
		wishes[i] = wish{Match{InvoiceID: l.InvoiceID}, l.Amount}
	}
	next := nextPosition(c.Matches, func(m *CreditMatch) int { return m.Position })
	return settleWith(ctx, tx, c, "invoice_id", wishes, func(i int, m *Match, o Offset) *CreditMatch {
		row := &CreditMatch{CreditNoteID: c.ID, InvoiceID: m.InvoiceID, Offset: o}
		row.Position = next + i
		return row
	})
}

// unoffsetNote opens invoices again that a credit note has settled.
func (o office) unoffsetNote(ctx context.Context, tx *tenancy.Tx, c *CreditNote, in OffsetInput) error {
	off := map[id.ID]bool{}
	for _, l := range in.Matches {
		off[l.InvoiceID] = true
	}
	return openAgain(ctx, tx, c, c.Matches, off, func(m *CreditMatch) *Match { return m.match(Match{InvoiceID: m.InvoiceID}) })
}

// offsetCredit settles bills of the vendor with what is open of its credit. No money leaves, so a bill that is blocked for payment may be settled.
func (o office) offsetCredit(ctx context.Context, tx *tenancy.Tx, c *VendorCredit, in VendorOffsetInput) error {
	wishes := make([]wish, len(in.Matches))
	for i, l := range in.Matches {
		wishes[i] = wish{Match{BillID: l.BillID}, l.Amount}
	}
	next := nextPosition(c.Matches, func(m *VendorCreditMatch) int { return m.Position })
	return settleWith(ctx, tx, c, "bill_id", wishes, func(i int, m *Match, o Offset) *VendorCreditMatch {
		row := &VendorCreditMatch{VendorCreditID: c.ID, BillID: m.BillID, Offset: o}
		row.Position = next + i
		return row
	})
}

// unoffsetCredit opens bills again that a vendor's credit has settled.
func (o office) unoffsetCredit(ctx context.Context, tx *tenancy.Tx, c *VendorCredit, in VendorOffsetInput) error {
	off := map[id.ID]bool{}
	for _, l := range in.Matches {
		off[l.BillID] = true
	}
	return openAgain(ctx, tx, c, c.Matches, off, func(m *VendorCreditMatch) *Match { return m.match(Match{BillID: m.BillID}) })
}
