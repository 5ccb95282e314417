package main

import (
	"context"
	"time"

	"github.com/tenon-hq/tenon/billing"
)

// played is a payment service that says yes to everything; its pages are at an address that does not exist.
type played struct{}

const pages = "https://pay.test/"

// Name is told in accounts.
func (played) Name() string { return "played" }

// Customer knows everybody.
func (played) Customer(context.Context, string, billing.Customer) (string, error) {
	return "customer", nil
}

// Checkout is a page for leaving a card.
func (played) Checkout(context.Context, string, billing.CheckoutCall) (string, error) {
	return pages + "checkout", nil
}

// Subscribe begins at once.
func (played) Subscribe(context.Context, string, billing.CheckoutCall) (string, error) {
	return "subscription", nil
}

// PayPage is a page for one invoice.
func (played) PayPage(context.Context, string, billing.PayCall) (string, error) {
	return pages + "invoice", nil
}

// PaidElsewhere is noted nowhere.
func (played) PaidElsewhere(context.Context, string, string) error { return nil }

// Coupon knows none.
func (played) Coupon(context.Context, string) (billing.Coupon, error) {
	return billing.Coupon{}, billing.ErrGone
}

// Portal is a page with cards and receipts.
func (played) Portal(context.Context, string, string) (string, error) { return pages + "portal", nil }

// Report takes what it is told.
func (played) Report(context.Context, string, billing.ReportCall) error { return nil }

// Reported says nothing of it again.
func (played) Reported(context.Context, string, time.Time, time.Time) (int64, error) { return 0, nil }

// Settle makes the same invoice.
func (played) Settle(context.Context, string, billing.Settlement) (string, string, error) {
	return "invoice", pages + "invoice", nil
}

// State says that all are open.
func (played) State(context.Context, string) (string, error) { return "open", nil }

// Credit gives it.
func (played) Credit(context.Context, string, string, int64, string) error { return nil }

// Cancel does so.
func (played) Cancel(context.Context, string, string) error { return nil }

// Hold does so.
func (played) Hold(context.Context, string, string) error { return nil }

// Verify trusts nobody: it sends no webhooks.
func (played) Verify([]byte, string) error { return billing.ErrRefused }

// Read has nothing to read.
func (played) Read([]byte) (billing.Told, error) { return billing.Told{}, billing.ErrRefused }
