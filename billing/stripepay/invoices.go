package stripepay

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"

	"github.com/tenon-hq/tenon/billing"
)

const invoiceMark = "tenon_invoice"

// Hold keeps a draft of Stripe's own from being sent before our invoice of the month is written.
func (s *Stripe) Hold(ctx context.Context, key, ref string) error {
	_, err := s.api.Invoices.Update(ref, &stripe.InvoiceParams{Params: params(ctx, key), AutoAdvance: stripe.Bool(false)})
	return known(err)
}

// State returns what Stripe knows of an invoice.
func (s *Stripe) State(ctx context.Context, ref string) (string, error) {
	v, err := s.api.Invoices.Get(ref, &stripe.InvoiceParams{Params: params(ctx, "")})
	if err != nil {
		return "", known(err)
	}
	return string(v.Status), nil
}

// Settle takes the draft that the subscription made for the period, or makes an invoice where there is none, adds what is missing to our total, and
// sends it. Interrupted anywhere, it goes on from what stands there.
func (s *Stripe) Settle(ctx context.Context, key string, c billing.Settlement) (ref, url string, err error) {
	v, err := s.draft(ctx, key, c)
	if err != nil {
		return "", "", known(err)
	}
	if v.Status != stripe.InvoiceStatusDraft {
		return v.ID, v.HostedInvoiceURL, nil
	}
	if v, err = s.even(ctx, key, v, c); err != nil {
		return "", "", known(err)
	}
	if v, err = s.api.Invoices.FinalizeInvoice(v.ID, &stripe.InvoiceFinalizeInvoiceParams{Params: params(ctx, key+":finalize"), AutoAdvance: stripe.Bool(true)}); err != nil {
		return "", "", known(err)
	}
	return v.ID, v.HostedInvoiceURL, nil
}

// draft finds the invoice that is ours already, or the draft of the period, or makes one.
func (s *Stripe) draft(ctx context.Context, key string, c billing.Settlement) (*stripe.Invoice, error) {
	it := s.api.Invoices.List(&stripe.InvoiceListParams{ListParams: list(ctx, 50), Customer: stripe.String(c.Customer)})
	var open *stripe.Invoice
	for it.Next() {
		v := it.Invoice()
		if v.Metadata[invoiceMark] == c.Invoice {
			return v, nil
		}
		end := time.Unix(v.PeriodEnd, 0)
		mine := v.Subscription != nil && v.Subscription.ID == c.Subscription && v.Metadata[invoiceMark] == ""
		if v.Status == stripe.InvoiceStatusDraft && mine && !end.Before(c.To.Add(-time.Hour)) && end.Before(c.To.AddDate(0, 0, 10)) {
			open = v
		}
	}
	if it.Err() != nil {
		return nil, it.Err()
	}
	about := map[string]string{invoiceMark: c.Invoice}
	if open != nil {
		return s.api.Invoices.Update(open.ID, &stripe.InvoiceParams{
			Params: params(ctx, key+":mark"), AutoAdvance: stripe.Bool(false), Description: stripe.String(c.No), Metadata: about,
		})
	}
	return s.api.Invoices.New(&stripe.InvoiceParams{
		Params: params(ctx, key+":invoice"), Customer: stripe.String(c.Customer), Currency: stripe.String(strings.ToLower(c.Currency)), AutoAdvance: stripe.Bool(false),
		CollectionMethod: stripe.String("send_invoice"), DaysUntilDue: stripe.Int64(int64(c.DueDays)), Description: stripe.String(c.No), Metadata: about,
		PendingInvoiceItemsBehavior: stripe.String("exclude"), PaymentSettings: &stripe.InvoicePaymentSettingsParams{PaymentMethodTypes: methods(c.Currency)},
	})
}

// even adds the tax, and what Stripe's sum lacks of ours or has too much.
func (s *Stripe) even(ctx context.Context, key string, v *stripe.Invoice, c billing.Settlement) (*stripe.Invoice, error) {
	add := func(part, text string, amount int64) error {
		if amount == 0 {
			return nil
		}
		_, err := s.api.InvoiceItems.New(&stripe.InvoiceItemParams{
			Params: params(ctx, key+":"+part), Customer: stripe.String(c.Customer), Invoice: stripe.String(v.ID), Amount: stripe.Int64(amount),
			Currency: stripe.String(strings.ToLower(c.Currency)), Description: stripe.String(text), Discountable: stripe.Bool(false),
		})
		return err
	}
	if err := add("tax", "Tax "+c.TaxText, c.Tax); err != nil {
		return nil, err
	}
	now, err := s.api.Invoices.Get(v.ID, &stripe.InvoiceParams{Params: params(ctx, "")})
	if err != nil {
		return nil, err
	}
	missing := c.Net + c.Tax - now.Total
	if err := add("even:"+strconv.FormatInt(now.Total, 10), c.No, missing); err != nil {
		return nil, err
	}
	return now, nil
}
