package stripepay

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"

	"github.com/tenon-hq/tenon/billing"
)

// Customer makes a customer with its tax id. A tax id that Stripe does not accept is left out: it stands on our own invoice all the same.
func (s *Stripe) Customer(ctx context.Context, key string, c billing.Customer) (string, error) {
	p := &stripe.CustomerParams{Params: params(ctx, key), Name: stripe.String(c.Name), PreferredLocales: stripe.StringSlice([]string{locale(c.English)})}
	p.AddMetadata("tenon_tenant", c.Tenant)
	if c.Email != "" {
		p.Email = stripe.String(c.Email)
	}
	made, err := s.api.Customers.New(p)
	if err != nil {
		return "", known(err)
	}
	if kind := taxKind(c.TaxID); kind != "" {
		_, err := s.api.TaxIDs.New(&stripe.TaxIDParams{
			Params: params(ctx, key+":tax"), Customer: stripe.String(made.ID), Type: stripe.String(kind), Value: stripe.String(c.TaxID),
		})
		if err = known(err); err != nil && !errors.Is(err, billing.ErrRefused) {
			return "", err
		}
	}
	return made.ID, nil
}

// taxKind tells what kind of tax id a text is by its form: a Chinese 18 characters, a VAT id of the EU two letters and digits.
func taxKind(text string) string {
	switch {
	case len(text) == 18:
		return "cn_tin"
	case len(text) > 4 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z':
		return "eu_vat"
	case len(text) == 10 && text[2] == '-':
		return "us_ein"
	}
	return ""
}

func locale(english bool) string {
	if english {
		return "en"
	}
	return "zh"
}

// Checkout opens a page on which a card is left; Stripe asks for what the bank wants (SCA). Use is charged from the first day of the next month's cycle
// on by what is reported, so there is no proration of Stripe's own: ours is by the day.
func (s *Stripe) Checkout(ctx context.Context, key string, c billing.CheckoutCall) (string, error) {
	_, price, err := s.catalogue(ctx, c.Currency)
	if err != nil {
		return "", err
	}
	p := &stripe.CheckoutSessionParams{
		Params: params(ctx, key), Mode: stripe.String("subscription"), Customer: stripe.String(c.Customer), ClientReferenceID: stripe.String(c.Tenant),
		LineItems: []*stripe.CheckoutSessionLineItemParams{{Price: stripe.String(price)}}, SuccessURL: stripe.String(c.Success), CancelURL: stripe.String(c.Cancel),
		Locale: stripe.String(locale(c.English)), BillingAddressCollection: stripe.String("auto"),
		TaxIDCollection: &stripe.CheckoutSessionTaxIDCollectionParams{Enabled: stripe.Bool(true)},
		CustomerUpdate:  &stripe.CheckoutSessionCustomerUpdateParams{Name: stripe.String("auto"), Address: stripe.String("auto")},
		SubscriptionData: &stripe.CheckoutSessionSubscriptionDataParams{
			BillingCycleAnchor: stripe.Int64(c.Anchor.Unix()), ProrationBehavior: stripe.String("none"), Metadata: map[string]string{"tenon_tenant": c.Tenant},
		},
	}
	session, err := s.api.CheckoutSessions.New(p)
	if err != nil {
		return "", known(err)
	}
	return session.URL, nil
}

// Subscribe begins a subscription whose invoices are sent by mail and paid on Stripe's page.
func (s *Stripe) Subscribe(ctx context.Context, key string, c billing.CheckoutCall) (string, error) {
	_, price, err := s.catalogue(ctx, c.Currency)
	if err != nil {
		return "", err
	}
	p := &stripe.SubscriptionParams{
		Params: params(ctx, key), Customer: stripe.String(c.Customer), Items: []*stripe.SubscriptionItemsParams{{Price: stripe.String(price)}},
		CollectionMethod: stripe.String("send_invoice"), DaysUntilDue: stripe.Int64(int64(c.DueDays)), BillingCycleAnchor: stripe.Int64(c.Anchor.Unix()),
		ProrationBehavior: stripe.String("none"), Metadata: map[string]string{"tenon_tenant": c.Tenant},
		PaymentSettings: &stripe.SubscriptionPaymentSettingsParams{PaymentMethodTypes: methods(c.Currency)},
	}
	made, err := s.api.Subscriptions.New(p)
	if err != nil {
		return "", known(err)
	}
	return made.ID, nil
}

// methods are how an invoice that is sent can be paid. Alipay and WeChat Pay take CNY everywhere and the currency of the seller's country besides.
func methods(currency string) []*string {
	list := []string{"card"}
	if currency == "CNY" {
		list = append(list, "wechat_pay")
	}
	return stripe.StringSlice(list)
}

// PayPage opens a page on which one invoice is paid. Alipay and WeChat Pay can't be kept on file for subscriptions, so they pay each invoice here.
func (s *Stripe) PayPage(ctx context.Context, key string, c billing.PayCall) (string, error) {
	about := map[string]string{invoiceMark: c.Invoice}
	session, err := s.api.CheckoutSessions.New(&stripe.CheckoutSessionParams{
		Params: params(ctx, key), Mode: stripe.String("payment"), Customer: stripe.String(c.Customer), ClientReferenceID: stripe.String(c.Tenant),
		PaymentMethodTypes:   stripe.StringSlice([]string{"card", "alipay", "wechat_pay"}),
		PaymentMethodOptions: &stripe.CheckoutSessionPaymentMethodOptionsParams{WeChatPay: &stripe.CheckoutSessionPaymentMethodOptionsWeChatPayParams{Client: stripe.String("web")}},
		LineItems: []*stripe.CheckoutSessionLineItemParams{{Quantity: stripe.Int64(1), PriceData: &stripe.CheckoutSessionLineItemPriceDataParams{
			Currency: stripe.String(strings.ToLower(c.Currency)), UnitAmount: stripe.Int64(c.Total),
			ProductData: &stripe.CheckoutSessionLineItemPriceDataProductDataParams{Name: stripe.String("Tenon " + c.No)},
		}}},
		SuccessURL: stripe.String(c.Success), CancelURL: stripe.String(c.Cancel), Locale: stripe.String(locale(c.English)), Metadata: about,
		PaymentIntentData: &stripe.CheckoutSessionPaymentIntentDataParams{Metadata: about},
	})
	if err != nil {
		return "", known(err)
	}
	return session.URL, nil
}

// PaidElsewhere closes Stripe's invoice that was paid on a page of its own.
func (s *Stripe) PaidElsewhere(ctx context.Context, key, ref string) error {
	_, err := s.api.Invoices.Pay(ref, &stripe.InvoicePayParams{Params: params(ctx, key), PaidOutOfBand: stripe.Bool(true)})
	return known(err)
}

// Coupon finds a promotion code.
func (s *Stripe) Coupon(ctx context.Context, code string) (billing.Coupon, error) {
	it := s.api.PromotionCodes.List(&stripe.PromotionCodeListParams{ListParams: list(ctx, 1), Code: stripe.String(code), Active: stripe.Bool(true)})
	for it.Next() {
		c := it.PromotionCode().Coupon
		if c == nil || c.PercentOff <= 0 || !c.Valid {
			continue
		}
		out := billing.Coupon{Percent: strconv.FormatFloat(c.PercentOff, 'f', -1, 64)}
		switch c.Duration {
		case stripe.CouponDurationOnce:
			out.Months = 1
		case stripe.CouponDurationRepeating:
			out.Months = int(c.DurationInMonths)
		case stripe.CouponDurationForever:
		}
		return out, nil
	}
	if err := it.Err(); err != nil {
		return billing.Coupon{}, known(err)
	}
	return billing.Coupon{}, billing.ErrGone
}

// Portal opens the page on which methods are changed and receipts are found.
func (s *Stripe) Portal(ctx context.Context, customer, back string) (string, error) {
	p, err := s.api.BillingPortalSessions.New(&stripe.BillingPortalSessionParams{Params: params(ctx, ""), Customer: stripe.String(customer), ReturnURL: stripe.String(back)})
	if err != nil {
		return "", known(err)
	}
	return p.URL, nil
}

// Report sends one meter event; its identifier is the key, so that Stripe counts it once.
func (s *Stripe) Report(ctx context.Context, key string, r billing.ReportCall) error {
	if _, _, err := s.catalogue(ctx, "USD"); err != nil {
		return err
	}
	_, err := s.api.BillingMeterEvents.New(&stripe.BillingMeterEventParams{
		Params: params(ctx, key), EventName: stripe.String(eventName), Identifier: stripe.String(key), Timestamp: stripe.Int64(r.At.Unix()),
		Payload: map[string]string{payloadID: r.Customer, payloadN: strconv.FormatInt(r.Amount, 10)},
	})
	return known(err)
}

// Reported sums the meter's events of a customer. Stripe takes whole minutes.
func (s *Stripe) Reported(ctx context.Context, customer string, from, to time.Time) (int64, error) {
	meter, _, err := s.catalogue(ctx, "USD")
	if err != nil {
		return 0, err
	}
	it := s.api.BillingMeterEventSummaries.List(&stripe.BillingMeterEventSummaryListParams{
		ListParams: list(ctx, 100), ID: stripe.String(meter), Customer: stripe.String(customer),
		StartTime: stripe.Int64(from.Truncate(time.Minute).Unix()), EndTime: stripe.Int64(to.Truncate(time.Minute).Unix()),
	})
	sum := int64(0)
	for it.Next() {
		sum += int64(it.BillingMeterEventSummary().AggregatedValue)
	}
	return sum, known(it.Err())
}

// Cancel ends a subscription at once. One that is gone is as good.
func (s *Stripe) Cancel(ctx context.Context, key, subscription string) error {
	_, err := s.api.Subscriptions.Cancel(subscription, &stripe.SubscriptionCancelParams{Params: params(ctx, key)})
	if err = known(err); errors.Is(err, billing.ErrGone) {
		return nil
	}
	return err
}

// Credit writes a credit note over a paid or open invoice.
func (s *Stripe) Credit(ctx context.Context, key, ref string, amount int64, reason string) error {
	v, err := s.api.Invoices.Get(ref, &stripe.InvoiceParams{Params: params(ctx, "")})
	if err != nil {
		return known(err)
	}
	p := &stripe.CreditNoteParams{Params: params(ctx, key), Invoice: stripe.String(ref), Amount: stripe.Int64(amount), Memo: stripe.String(short(reason))}
	if v.Status == stripe.InvoiceStatusPaid {
		p.RefundAmount = stripe.Int64(amount)
	}
	_, err = s.api.CreditNotes.New(p)
	return known(err)
}

func short(s string) string {
	if r := []rune(s); len(r) > 400 {
		return string(r[:400])
	}
	return strings.TrimSpace(s)
}
