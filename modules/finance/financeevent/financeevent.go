// Package financeevent is what finance tells.
package financeevent

import (
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// InvoicedLine is how much of an order line an invoice covers, in the line's unit; negative on a credit note.
type InvoicedLine struct {
	OrderLineID id.ID
	Quantity    money.Quantity
}

// InvoicePosted says that a customer owes.
type InvoicePosted struct {
	InvoiceID  id.ID
	No         string
	OrderID    id.ID
	CustomerID id.ID
	Total      money.Amount
	Lines      []InvoicedLine
}

// Event names it.
func (e InvoicePosted) Event() (name, entity string, record id.ID) {
	return "finance.invoice.posted", "finance.invoice", e.InvoiceID
}

// OrderPaid is how much of an order's invoices is settled now, tax included.
type OrderPaid struct {
	OrderID   id.ID
	Collected money.Amount
}

// PaymentMatched says that payments settle invoices (or no longer do); a credit note that is offset does so in place of a payment.
type PaymentMatched struct {
	PaymentID    id.ID
	CreditNoteID id.ID
	Orders       []OrderPaid
}

// Event names it.
func (e PaymentMatched) Event() (name, entity string, record id.ID) {
	if !e.CreditNoteID.IsZero() {
		return "finance.payment.matched", "finance.credit_note", e.CreditNoteID
	}
	return "finance.payment.matched", "finance.payment", e.PaymentID
}

// BillBlocked says that a bill will not be paid until somebody with the right releases it, and why.
type BillBlocked struct {
	BillID          id.ID
	No              string
	PurchaseOrderID id.ID
	Reason          i18n.Text
}

// Event names it.
func (e BillBlocked) Event() (name, entity string, record id.ID) {
	return "finance.bill.blocked", "finance.bill", e.BillID
}

// BillPosted says that a vendor has billed an order.
type BillPosted struct {
	BillID          id.ID
	PurchaseOrderID id.ID
	Quantities      map[id.ID]money.Quantity // by purchase line
}

// Event names it.
func (e BillPosted) Event() (name, entity string, record id.ID) {
	return "finance.bill.posted", "finance.bill", e.BillID
}

// VendorCreditPosted says that a vendor has credited goods of an order; the quantities are in the products' own units.
type VendorCreditPosted struct {
	CreditID        id.ID
	No              string
	PurchaseOrderID id.ID
	Quantities      map[id.ID]money.Quantity // by purchase line
}

// Event names it.
func (e VendorCreditPosted) Event() (name, entity string, record id.ID) {
	return "finance.vendor_credit.posted", "finance.vendor_credit", e.CreditID
}

// CustomerDunned says that a customer is reminded of overdue invoices, in words that are ready to be sent.
type CustomerDunned struct {
	RunID      id.ID
	CustomerID id.ID
	Level      int
	Invoices   []id.ID
	Amount     money.Amount // overdue in all
	Currency   string
	Text       i18n.Text
}

// Event names it.
func (e CustomerDunned) Event() (name, entity string, record id.ID) {
	return "finance.customer.dunned", "finance.dunning_run", e.RunID
}

// StockAccount is what stands in the books on an account of goods, and for which product categories it is; the empty category stands for all that have
// no account of their own.
type StockAccount struct {
	AccountID  id.ID
	Code       string
	Name       string
	Categories []string
	Balance    money.Amount
}
