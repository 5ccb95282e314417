package purchasing

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
	"github.com/tenon-hq/tenon/tenancy"
)

// remindBefore is how many days before answers are due those who have not answered are reminded, once.
const remindBefore = 2

// write asks vendors who have an address for their offers, or reminds them.
func (b *desk) write(ctx context.Context, tx *tenancy.Tx, q *QuotationRequest, to []*RequestVendor, again bool) error {
	keys := make([]id.ID, len(to))
	for i, v := range to {
		keys[i] = v.VendorID
	}
	vendors, err := record.GetMany[Vendor](ctx, tx, distinct(keys))
	if err != nil {
		return err
	}
	address := map[id.ID]*Vendor{}
	for _, v := range vendors {
		address[v.ID] = v
	}
	text, err := b.words(ctx, tx, q)
	if err != nil {
		return err
	}
	e := purchasingevent.QuotationRequested{RequestID: q.ID, No: q.No, Title: q.Title, Reminder: again, Text: text}
	var written []*RequestVendor
	for _, v := range to {
		known := address[v.VendorID]
		if known == nil || known.Email == "" {
			continue
		}
		e.Vendors = append(e.Vendors, known.ID)
		if v.MailedOn = tx.Today(); again {
			v.RemindedOn = tx.Today()
		}
		written = append(written, v)
	}
	if len(written) == 0 {
		return nil
	}
	if err := record.Update(ctx, tx, written...); err != nil {
		return err
	}
	return record.Emit(ctx, tx, e)
}

// words says what is asked for, in both languages, line by line.
func (b *desk) words(ctx context.Context, tx *tenancy.Tx, q *QuotationRequest) (i18n.Text, error) {
	keys := make([]id.ID, len(q.Lines))
	for i, l := range q.Lines {
		keys[i] = l.ProductID
	}
	products, err := b.Products.Products(ctx, tx, distinct(keys))
	if err != nil {
		return i18n.Text{}, err
	}
	var zh, en strings.Builder
	for i, l := range q.Lines {
		p := products[l.ProductID]
		what := fmt.Sprintf("%d. %s %s: %s %s", i+1, p.Number, p.Name, l.Quantity, l.Unit)
		zh.WriteString(what)
		en.WriteString(what)
		if !l.NeedBy.IsZero() {
			zh.WriteString("，需用日期 " + l.NeedBy.String())
			en.WriteString(", needed by " + l.NeedBy.String())
		}
		zh.WriteString("\n")
		en.WriteString("\n")
	}
	if !q.DueOn.IsZero() {
		zh.WriteString("\n请于 " + q.DueOn.String() + " 前报价。")
		en.WriteString("\nPlease answer by " + q.DueOn.String() + ".")
	}
	return i18n.T(zh.String(), en.String()), nil
}

// silent are the invited vendors who have not answered.
func (q *QuotationRequest) silent() []*RequestVendor {
	var out []*RequestVendor
	for _, v := range q.Vendors {
		if v.AnsweredOn.IsZero() {
			out = append(out, v)
		}
	}
	return out
}

// remind writes again to the invited vendors who have not answered.
func (b *desk) remind(ctx context.Context, tx *tenancy.Tx, q *QuotationRequest, _ modules.None) error {
	left := q.silent()
	if len(left) == 0 {
		return fault.New(fault.Rule, "quotation_request.answered", "所有受邀供应商均已答复", "All invited vendors have answered")
	}
	return b.write(ctx, tx, q, left, true)
}

// remindAll reminds once, shortly before answers are due. It runs every day.
func (b *desk) remindAll(ctx context.Context, tx *tenancy.Tx) error {
	rows, err := record.Find[QuotationRequest](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("status = ? AND due_on BETWEEN ? AND ?", Sent, tx.Today(), tx.Today().AddDays(remindBefore)).
			Where("EXISTS (SELECT FROM quotation_request_vendor v WHERE v.request_id = qr.id AND v.answered_on IS NULL AND v.reminded_on IS NULL)").OrderExpr("id")
	})
	if err != nil {
		return err
	}
	keys := make([]id.ID, len(rows))
	for i, q := range rows {
		keys[i] = q.ID
	}
	docs, err := record.Lock[QuotationRequest](ctx, tx, keys...)
	if err != nil {
		return err
	}
	for _, q := range docs {
		var left []*RequestVendor
		for _, v := range q.silent() {
			if v.RemindedOn.IsZero() {
				left = append(left, v)
			}
		}
		if err := b.write(ctx, tx, q, left, true); err != nil {
			return err
		}
	}
	return nil
}

// Vendors answers other modules where to write to vendors.
type Vendors struct{}

// Vendors returns those that are there, by id.
func (Vendors) Vendors(ctx context.Context, tx *tenancy.Tx, ids []id.ID) (map[id.ID]purchasingevent.Vendor, error) {
	rows, err := record.GetMany[Vendor](ctx, tx, distinct(ids))
	out := make(map[id.ID]purchasingevent.Vendor, len(rows))
	for _, v := range rows {
		out[v.ID] = purchasingevent.Vendor{ID: v.ID, Name: v.Name, Email: v.Email}
	}
	return out, err
}
