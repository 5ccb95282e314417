// Package stripepay collects what companies owe through Stripe: customers, one metered price for each currency whose unit is the smallest coin, Checkout
// and the Customer Portal, invoices that follow our ledger to the cent, and webhooks.
package stripepay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"
	"github.com/stripe/stripe-go/v76/webhook"

	"github.com/tenon-hq/tenon/billing"
)

// Config is how Stripe is reached.
type Config struct {
	Key           string       // sk_live_… or rk_live_…
	WebhookSecret string       // whsec_…, of an endpoint with API version 2023-10-16
	URL           string       // empty: Stripe's own; tests name another
	Client        *http.Client // nil: 20 s for each call
}

// Stripe is the provider. Its catalogue is made at the first need and found again by its names.
type Stripe struct {
	cfg Config
	api *client.API

	mu     sync.Mutex
	meter  string
	prices map[string]string
}

var _ billing.Provider = (*Stripe)(nil)

// New makes the provider. Nothing is called yet.
func New(cfg Config) *Stripe {
	c := cfg.Client
	if c == nil {
		c = &http.Client{Timeout: 20 * time.Second}
	}
	b := &stripe.BackendConfig{
		HTTPClient: c, EnableTelemetry: stripe.Bool(false), MaxNetworkRetries: stripe.Int64(0), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	}
	if cfg.URL != "" {
		b.URL = stripe.String(strings.TrimSuffix(cfg.URL, "/"))
	}
	backend := stripe.GetBackendWithConfig(stripe.APIBackend, b)
	return &Stripe{cfg: cfg, api: client.New(cfg.Key, &stripe.Backends{API: backend, Connect: backend, Uploads: backend}), prices: map[string]string{}}
}

// Name is the provider's part of the webhook's address.
func (*Stripe) Name() string { return "stripe" }

// params are what every call carries.
func params(ctx context.Context, key string) stripe.Params {
	p := stripe.Params{Context: ctx}
	if key != "" {
		p.IdempotencyKey = stripe.String(key)
	}
	return p
}

func list(ctx context.Context, limit int64) stripe.ListParams {
	return stripe.ListParams{Context: ctx, Single: true, Limit: stripe.Int64(limit)}
}

// known turns Stripe's errors into those that the outbox tells apart: what will never work, what is gone, and what is worth another try.
func known(err error) error {
	s, ok := errors.AsType[*stripe.Error](err)
	switch {
	case err == nil || !ok:
		return err
	case s.HTTPStatusCode == http.StatusNotFound || s.Code == stripe.ErrorCodeResourceMissing:
		return fmt.Errorf("%w: %w: %s", billing.ErrRefused, billing.ErrGone, s.Msg)
	case s.HTTPStatusCode == http.StatusBadRequest || s.HTTPStatusCode == http.StatusPaymentRequired:
		return fmt.Errorf("%w: %s", billing.ErrRefused, s.Msg)
	}
	return err
}

// Verify checks the signature and that it is at most five minutes old.
func (s *Stripe) Verify(body []byte, signature string) error {
	return webhook.ValidatePayload(body, signature, s.cfg.WebhookSecret)
}

const (
	eventName = "tenon_usage"
	payloadID = "stripe_customer_id"
	payloadN  = "value"
)

func lookup(currency string) string { return "tenon_usage_" + strings.ToLower(currency) }

// catalogue finds or makes the meter, the product and the price of a currency. The unit is the smallest coin: what is reported is what is charged.
func (s *Stripe) catalogue(ctx context.Context, currency string) (meter, price string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.findMeter(ctx); err != nil {
		return "", "", known(err)
	}
	if s.prices[currency] == "" {
		if s.prices[currency], err = s.findPrice(ctx, currency); err != nil {
			return "", "", known(err)
		}
	}
	return s.meter, s.prices[currency], nil
}

func (s *Stripe) findMeter(ctx context.Context) error {
	if s.meter != "" {
		return nil
	}
	it := s.api.BillingMeters.List(&stripe.BillingMeterListParams{ListParams: list(ctx, 100), Status: stripe.String("active")})
	for it.Next() {
		if m := it.BillingMeter(); m.EventName == eventName {
			s.meter = m.ID
			return nil
		}
	}
	if it.Err() != nil {
		return it.Err()
	}
	m, err := s.api.BillingMeters.New(&stripe.BillingMeterParams{
		Params: params(ctx, "tenon:meter:"+eventName), DisplayName: stripe.String("Tenon usage"), EventName: stripe.String(eventName),
		DefaultAggregation: &stripe.BillingMeterDefaultAggregationParams{Formula: stripe.String("sum")},
		CustomerMapping:    &stripe.BillingMeterCustomerMappingParams{EventPayloadKey: stripe.String(payloadID), Type: stripe.String("by_id")},
		ValueSettings:      &stripe.BillingMeterValueSettingsParams{EventPayloadKey: stripe.String(payloadN)},
	})
	if err == nil {
		s.meter = m.ID
	}
	return err
}

func (s *Stripe) findPrice(ctx context.Context, currency string) (string, error) {
	it := s.api.Prices.List(&stripe.PriceListParams{ListParams: list(ctx, 10), LookupKeys: stripe.StringSlice([]string{lookup(currency)}), Active: stripe.Bool(true)})
	for it.Next() {
		if p := it.Price(); p.LookupKey == lookup(currency) {
			return p.ID, nil
		}
	}
	if it.Err() != nil {
		return "", it.Err()
	}
	product, err := s.api.Products.New(&stripe.ProductParams{Params: params(ctx, "tenon:product"), Name: stripe.String("Tenon")})
	if err != nil {
		return "", err
	}
	p, err := s.api.Prices.New(&stripe.PriceParams{
		Params: params(ctx, "tenon:price:"+currency), Currency: stripe.String(strings.ToLower(currency)), Product: stripe.String(product.ID), UnitAmount: stripe.Int64(1),
		LookupKey: stripe.String(lookup(currency)), Nickname: stripe.String("Tenon usage, " + currency), TaxBehavior: stripe.String("exclusive"),
		Recurring: &stripe.PriceRecurringParams{Interval: stripe.String("month"), UsageType: stripe.String("metered"), Meter: stripe.String(s.meter)},
	})
	if err != nil {
		return "", err
	}
	return p.ID, nil
}
