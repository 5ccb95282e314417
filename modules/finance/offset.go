package finance

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// Offset is by how much a credit settles another document of the same party, without money. The values are in company currency, as they were taken off
// the document and off the credit.
type Offset struct {
	Date        clock.Date   `bun:"date,type:date,notnull"`
	Amount      money.Amount `bun:"amount,type:numeric(20,4),notnull"`
	BookedValue money.Amount `bun:"booked_value,type:numeric(20,4),notnull"`
	MovedValue  money.Amount `bun:"moved_value,type:numeric(20,4),notnull"`
}

func (o *Offset) describe(d *entity.Desc) {
	d.Field(&o.Date, entity.Field{Label: entity.T("抵扣日期", "Offset on"), Class: "payment", Computed: true, List: true})
	d.Field(&o.Amount, entity.Field{Label: entity.T("抵扣金额", "Amount"), Class: "payment", Computed: true, List: true, Total: true})
	d.Field(&o.BookedValue, entity.Field{Label: entity.T("单据账面价值", "Value of the document"), Class: "payment", Computed: true, Signed: true})
	d.Field(&o.MovedValue, entity.Field{Label: entity.T("红字发票账面价值", "Value of the credit"), Class: "payment", Computed: true, Signed: true})
}

// CreditMatch is the part of a credit note that settles another invoice of the customer.
type CreditMatch struct {
	bun.BaseModel `bun:"table:finance_credit_match,alias:fcm"`
	entity.Line
	Offset

	CreditNoteID id.ID `bun:"credit_note_id,type:uuid,notnull"`
	InvoiceID    id.ID `bun:"invoice_id,type:uuid,notnull"`
}

// Describe says what the offset of a credit note means.
func (m *CreditMatch) Describe(d *entity.Desc) {
	d.Is("finance.credit_match", "credit_matches", entity.T("红字发票抵扣", "Offset of a credit note"), nil)
	d.Field(&m.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&m.CreditNoteID, entity.Field{Label: entity.T("红字发票", "Credit note"), Ref: "finance.credit_note", Computed: true})
	d.Field(&m.InvoiceID, entity.Field{Label: entity.T("销售发票", "Invoice"), Class: "payment", Ref: "finance.invoice", Computed: true, List: true, Filter: true})
	m.describe(d)
	d.Parent(&m.CreditNoteID)
	d.ReadOnly()
}

// VendorCreditMatch is the part of a vendor's credit that settles a bill of the vendor.
type VendorCreditMatch struct {
	bun.BaseModel `bun:"table:finance_vendor_credit_match,alias:fvcm"`
	entity.Line
	Offset

	VendorCreditID id.ID `bun:"vendor_credit_id,type:uuid,notnull"`
	BillID         id.ID `bun:"bill_id,type:uuid,notnull"`
}

// Describe says what the offset of a vendor's credit means.
func (m *VendorCreditMatch) Describe(d *entity.Desc) {
	d.Is("finance.vendor_credit_match", "vendor_credit_matches", entity.T("供应商红字发票抵扣", "Offset of a vendor credit"), nil)
	d.Field(&m.Position, entity.Field{Label: entity.T("行号", "Position"), Computed: true})
	d.Field(&m.VendorCreditID, entity.Field{Label: entity.T("供应商红字发票", "Vendor credit"), Ref: "finance.vendor_credit", Computed: true})
	d.Field(&m.BillID, entity.Field{Label: entity.T("采购发票", "Bill"), Class: "payment", Ref: "finance.bill", Computed: true, List: true, Filter: true})
	m.describe(d)
	d.Parent(&m.VendorCreditID)
	d.ReadOnly()
}
