package finance

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// postPayment books the money: on the bank's account, against what the matched documents owed, the rest on account of the customer or vendor.
func (o office) postPayment(ctx context.Context, tx *tenancy.Tx, p *Payment, _ modules.None) error {
	return o.postPayments(ctx, tx, []*Payment{p})
}

// postPayments books payments, each with its own number and entry; documents that several of them settle are read and saved once.
func (o office) postPayments(ctx context.Context, tx *tenancy.Tx, list []*Payment) error {
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	if err := o.price(ctx, tx, b, list); err != nil {
		return err
	}
	accounts, err := bankAccounts(ctx, tx, b, list)
	if err != nil {
		return err
	}
	var all []*Match
	for _, p := range list {
		for _, m := range p.Matches {
			m.Date = p.Date
			all = append(all, m)
		}
	}
	whole, err := lockTargets(ctx, tx, all)
	if err != nil {
		return err
	}
	parts := make([]*settlement, len(list))
	for i, p := range list {
		parts[i] = whole.of(p.Matches)
		if err := o.use(ctx, tx, p, parts[i]); err != nil {
			return err
		}
		whole.paid = append(whole.paid, parts[i].paid...)
		p.Status = posted
	}
	orders, err := whole.save(ctx, tx)
	if err != nil {
		return err
	}
	if err := record.Update(ctx, tx, all...); err != nil {
		return err
	}
	if err := numberPayments(ctx, tx, list); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, list...); err != nil {
		return err
	}
	for i, p := range list {
		if err := b.post(tx, b.paymentEntry(p, parts[i], accounts[i], tx.Tenant.Currency)); err != nil {
			return err
		}
	}
	return tellMatched(ctx, tx, list[0], orders)
}

// price gives payments the rates of their days and refuses locked periods.
func (o office) price(ctx context.Context, tx *tenancy.Tx, b *books, list []*Payment) error {
	type day struct {
		currency string
		on       clock.Date
	}
	rates := map[day]money.Price{}
	for _, p := range list {
		if err := b.check(p.Date, false); err != nil {
			return err
		}
		k := day{p.Currency, p.Date}
		if _, known := rates[k]; !known {
			rate, err := o.rate(ctx, tx, p.Currency, p.Date)
			if err != nil {
				return err
			}
			rates[k] = rate
		}
		p.Rate = rates[k]
		p.UnmatchedAmount, p.OpenValue = p.Amount, p.Amount.Mul(p.Rate).Round(money.MinorUnit(tx.Tenant.Currency))
	}
	return nil
}

// numberPayments draws the numbers of payments, year by year.
func numberPayments(ctx context.Context, tx *tenancy.Tx, list []*Payment) error {
	byYear := map[int][]*Payment{}
	for _, p := range list {
		byYear[p.Date.Year()] = append(byYear[p.Date.Year()], p)
	}
	for _, year := range sortedKeys(byYear) {
		numbers, err := record.Gapless(ctx, tx, fmt.Sprintf("%s-%d", seriesPayment, year), len(byYear[year]))
		if err != nil {
			return err
		}
		for i, p := range byYear[year] {
			p.No = number(seriesPayment, p.Date, numbers[i], p.ID)
		}
	}
	return nil
}

// bankAccounts are the accounts of the books on which the money of payments is.
func bankAccounts(ctx context.Context, tx *tenancy.Tx, b *books, list []*Payment) ([]id.ID, error) {
	keys := make([]id.ID, len(list))
	for i, p := range list {
		keys[i] = p.BankAccountID
	}
	banks := map[id.ID]*BankAccount{}
	if keys = distinct(keys); len(keys) > 0 {
		rows, err := record.GetMany[BankAccount](ctx, tx, keys)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			banks[r.ID] = r
		}
	}
	out := make([]id.ID, len(list))
	for i, p := range list {
		j := b.journals[b.codes[p.JournalID]]
		switch bank := banks[p.BankAccountID]; {
		case bank != nil && !bank.AccountID.IsZero():
			out[i] = bank.AccountID
		case !j.account.IsZero():
			out[i] = j.account
		case p.Method == "cash":
			out[i] = b.account(forCash, "")
		default:
			out[i] = b.account(forBank, "")
		}
	}
	return out, nil
}
