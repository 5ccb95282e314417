package stripepay

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/stripe/stripe-go/v76"

	"github.com/tenon-hq/tenon/billing"
)

// object is what we read of what a webhook tells of.
type object struct {
	ID              string            `json:"id"`
	Customer        reference         `json:"customer"`
	Subscription    reference         `json:"subscription"`
	ClientReference string            `json:"client_reference_id"`
	Mode            string            `json:"mode"`
	Status          string            `json:"status"`
	Payment         string            `json:"payment_status"`
	Reason          string            `json:"billing_reason"`
	URL             string            `json:"hosted_invoice_url"`
	Metadata        map[string]string `json:"metadata"`
}

// reference is an id, or an object that has one.
type reference string

// UnmarshalJSON reads either.
func (r *reference) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*r = reference(text)
		return nil
	}
	var o struct {
		ID string `json:"id"`
	}
	err := json.Unmarshal(raw, &o)
	*r = reference(o.ID)
	return err
}

// Read reads a webhook.
func (*Stripe) Read(body []byte) (billing.Told, error) {
	var e stripe.Event
	if err := json.Unmarshal(body, &e); err != nil {
		return billing.Told{}, err
	}
	var o object
	if e.Data != nil && len(e.Data.Raw) > 0 {
		if err := json.Unmarshal(e.Data.Raw, &o); err != nil {
			return billing.Told{}, err
		}
	}
	t := billing.Told{
		ID: e.ID, Kind: kindOf(string(e.Type), o), About: o.ID, At: time.Unix(e.Created, 0).UTC(), Customer: string(o.Customer), Subscription: string(o.Subscription),
		Tenant: o.ClientReference, Invoice: o.Metadata[invoiceMark], Ref: o.ID, URL: o.URL,
	}
	if o.Mode != "" { // a session, and no invoice of Stripe's
		t.Ref, t.URL = "", ""
	}
	switch t.Kind {
	case billing.ToldEnded:
		t.Subscription = o.ID
	case billing.ToldGone:
		t.Customer = o.ID
	}
	if t.ID == "" {
		return t, errors.New("an event without an id")
	}
	return t, nil
}

func kindOf(name string, o object) string {
	switch name {
	case "checkout.session.completed", "checkout.session.async_payment_succeeded":
		switch {
		case o.Mode == "subscription":
			return billing.ToldCheckout
		case o.Mode == "payment" && o.Payment == "paid":
			return billing.ToldPaid
		}
	case "invoice.paid", "invoice.payment_succeeded":
		return billing.ToldPaid
	case "invoice.payment_failed":
		return billing.ToldFailed
	case "invoice.payment_action_required":
		return billing.ToldAction
	case "invoice.voided", "invoice.marked_uncollectible":
		return billing.ToldVoid
	case "invoice.created":
		if o.Status == "draft" && o.Reason == "subscription_cycle" {
			return billing.ToldDraft
		}
	case "customer.subscription.deleted":
		return billing.ToldEnded
	case "customer.deleted":
		return billing.ToldGone
	}
	return billing.ToldOther
}
