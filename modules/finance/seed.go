package finance

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// seed makes what a company needs to keep books at once: the chart of accounts, journals, default accounts, and this calendar year with its periods.
func seed(ctx context.Context, tx *tenancy.Tx) error {
	list := accounts(tx.Tenant.Currency)
	byCode := make(map[string]id.ID, len(list))
	for _, a := range list {
		a.ID = tx.NewID()
		byCode[a.Code] = a.ID
	}
	parents(list)
	if err := record.Create(ctx, tx, list...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, journals(byCode)...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, settings()...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, dunningLevels()...); err != nil {
		return err
	}
	year := calendarYear(tx.Today().Year())
	if err := record.Create(ctx, tx, year); err != nil {
		return err
	}
	return record.Create(ctx, tx, year.periods()...)
}

// journals are the books of the cascade.
func journals(account map[string]id.ID) []*Journal {
	return []*Journal{
		{Code: journalSales, Name: "销售", NameEN: "Sales", Type: "sale", Active: true},
		{Code: journalPurchase, Name: "采购", NameEN: "Purchases", Type: "purchase", Active: true},
		{Code: journalBank, Name: "银行", NameEN: "Bank", Type: "bank", AccountID: account["1002"], Active: true},
		{Code: journalCash, Name: "现金", NameEN: "Cash", Type: "cash", AccountID: account["1001"], Active: true},
		{Code: journalStock, Name: "存货", NameEN: "Stock", Type: "stock", Active: true},
		{Code: journalGeneral, Name: "总账", NameEN: "General", Type: "general", Active: true},
	}
}

func settings() []*Setting {
	var list []*Setting
	for _, p := range purposes() {
		list = append(list, &Setting{Purpose: p.name, AccountCode: p.account})
	}
	return list
}
