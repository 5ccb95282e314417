package billing

import (
	"context"
	"errors"
	"time"
)

// Provider collects the money. Each call carries a key that stays the same over its retries, so that a call whose answer was lost is not done twice.
// The ledger of what was used and what is owed is ours; the provider is told.
type Provider interface { //nolint:interfacebloat // one service, one conversation
	Name() string
	// Customer makes the provider's record of a tenant.
	Customer(ctx context.Context, key string, c Customer) (customer string, err error)
	// Checkout returns the address of a page on which a way to pay is left and the subscription begins.
	Checkout(ctx context.Context, key string, c CheckoutCall) (url string, err error)
	// Subscribe begins a subscription whose invoices are sent and paid on a page of the provider, by card, Alipay or WeChat Pay.
	Subscribe(ctx context.Context, key string, c CheckoutCall) (subscription string, err error)
	// PayPage returns the address of a page on which one invoice is paid, by card, Alipay or WeChat Pay.
	PayPage(ctx context.Context, key string, c PayCall) (url string, err error)
	// PaidElsewhere notes at the provider's invoice that it was paid by a page of its own.
	PaidElsewhere(ctx context.Context, key, ref string) error
	// Coupon answers what a code is worth; ErrGone for one that does not exist or has run out.
	Coupon(ctx context.Context, code string) (Coupon, error)
	// Portal returns the address of a page on which methods are changed and receipts are found.
	Portal(ctx context.Context, customer, back string) (url string, err error)
	// Report tells what was used since the last report, in minor units of the currency.
	Report(ctx context.Context, key string, r ReportCall) error
	// Reported returns the sum of what was reported in [from, to).
	Reported(ctx context.Context, customer string, from, to time.Time) (int64, error)
	// Settle makes the provider's invoice of a period agree with ours to the cent, and sends it.
	Settle(ctx context.Context, key string, c Settlement) (ref, url string, err error)
	// State returns what the provider knows of an invoice: open, paid, void, uncollectible.
	State(ctx context.Context, ref string) (string, error)
	Credit(ctx context.Context, key string, ref string, amount int64, reason string) error
	Cancel(ctx context.Context, key, subscription string) error
	// Hold keeps a draft that the provider made by itself until it is settled.
	Hold(ctx context.Context, key, ref string) error
	// Verify checks that a webhook was signed by the provider, lately.
	Verify(body []byte, signature string) error
	// Read reads a webhook that was verified when it came.
	Read(body []byte) (Told, error)
}

// ErrGone is returned for what the provider does not have any more, such as a customer that was deleted there.
var ErrGone = errors.New("the provider does not have it any more")

// ErrRefused is returned for a call that the provider will never accept: it is parked and shown, not tried again.
var ErrRefused = errors.New("the provider refuses the call")

// Customer is who pays.
type Customer struct {
	Tenant, Name, Email, TaxID, Country string
	English                             bool
}

// CheckoutCall is what a checkout is for.
type CheckoutCall struct {
	Tenant, Customer, Currency string
	Anchor                     time.Time // the first day of the next month
	Success, Cancel            string    // where the browser goes on
	DueDays                    int
	English                    bool
}

// PayCall is one invoice to be paid at once.
type PayCall struct {
	Tenant, Customer, Invoice, No, Currency string
	Total                                   int64 // minor units
	Success, Cancel                         string
	English                                 bool
}

// Coupon is a discount on a number of months.
type Coupon struct {
	Percent string
	Months  int // 0: for good
}

// ReportCall is a part of what was used.
type ReportCall struct {
	Customer string    `json:"customer"`
	Amount   int64     `json:"amount"`
	At       time.Time `json:"at"`
}

// Settlement is one of our invoices as the provider is to send it.
type Settlement struct {
	Invoice, No, Customer, Subscription, Currency string
	From, To                                      time.Time
	Net, Tax                                      int64 // minor units
	TaxText                                       string
	DueDays                                       int
}

// What a webhook tells of.
const (
	ToldCheckout = "checkout" // a way to pay was left
	ToldPaid     = "paid"     // an invoice was paid
	ToldFailed   = "failed"   // a payment did not go through
	ToldAction   = "action"   // the payer has to confirm
	ToldEnded    = "ended"    // a subscription ended there
	ToldGone     = "gone"     // a customer was deleted there
	ToldDraft    = "draft"    // the provider has made a draft of its own
	ToldVoid     = "void"     // an invoice will not be collected
	ToldOther    = "other"    // nothing that we act on
)

// Told is one webhook in our words.
type Told struct {
	ID, Kind, About                string
	At                             time.Time
	Customer, Subscription, Tenant string
	Invoice, Ref, URL              string // our invoice's id, the provider's id of it, where it is paid
}
