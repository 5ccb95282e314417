package core

import (
	"context"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/tenancy"
)

// seed makes the words that a new tenant can work with at once: units, taxes, currencies, payment terms and one product category.
func seed(ctx context.Context, tx *tenancy.Tx) error {
	if err := record.Create(ctx, tx, units()...); err != nil {
		return err
	}
	if err := seedCompany(ctx, tx); err != nil {
		return err
	}
	if err := seedHolidays(ctx, tx); err != nil {
		return err
	}
	general := entity.T("通用", "General")
	category := &ProductCategory{Called: entity.Names(general), Code: "general", Name: general.In(tx.Tenant.Locale), CostMethod: "average"}
	if err := record.Create(ctx, tx, category); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, taxes()...); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, currencies(tx.Tenant.Currency)...); err != nil {
		return err
	}
	return record.Create(ctx, tx, terms()...)
}

func units() []*Unit {
	unit := func(code, zh, en, dimension, numerator, denominator, rounding string) *Unit {
		return &Unit{
			Code: code, Name: zh, NameEN: en, Dimension: dimension,
			Numerator: money.Must(numerator), Denominator: money.Must(denominator), Rounding: money.Must(rounding),
		}
	}
	return []*Unit{
		unit("pcs", "件", "Piece", "count", "1", "1", "1"),
		unit("box", "箱", "Box", packages, "1", "1", "1"),
		unit("kg", "千克", "Kilogram", "mass", "1", "1", "0.001"),
		unit("g", "克", "Gram", "mass", "1", "1000", "0.001"),
		unit("m", "米", "Metre", "length", "1", "1", "0.001"),
		unit("l", "升", "Litre", "volume", "1", "1", "0.001"),
		unit("h", "小时", "Hour", "time", "1", "1", "0.001"),
	}
}

func taxes() []*Tax {
	tax := func(rate, zh, en string) *Tax {
		return &Tax{Code: "VAT" + rate, Name: zh, NameEN: en, Rate: money.Must(rate), Kind: "both", Rounding: "line", Active: true}
	}
	return []*Tax{
		tax("13", "增值税 13%", "VAT 13%"),
		tax("9", "增值税 9%", "VAT 9%"),
		tax("6", "增值税 6%", "VAT 6%"),
		tax("3", "增值税 3%", "VAT 3%"),
		tax("0", "零税率", "VAT 0%"),
	}
}

// currencies are three that most companies meet, and the company's own.
func currencies(own string) []*Currency {
	list := []*Currency{
		{Code: "CNY", Name: "人民币", NameEN: "Chinese yuan", Symbol: "¥", Active: true},
		{Code: "USD", Name: "美元", NameEN: "US dollar", Symbol: "$", Active: true},
		{Code: "EUR", Name: "欧元", NameEN: "Euro", Symbol: "€", Active: true},
	}
	for _, c := range list {
		if c.Code == own {
			return list
		}
	}
	if own == "" {
		return list
	}
	return append(list, &Currency{Code: own, Name: own, NameEN: own, Symbol: own, Active: true})
}

func terms() []*PaymentTerm {
	line := func(percent string, days int) *PaymentTermLine {
		return &PaymentTermLine{Percent: money.Must(percent), Days: days}
	}
	monthEnd := line("100", 30)
	monthEnd.EndOfMonth = true
	return []*PaymentTerm{
		{Code: "immediate", Name: "货到付款", NameEN: "Due at once", Active: true, Lines: []*PaymentTermLine{line("100", 0)}},
		{Code: "net30", Name: "30 天", NameEN: "30 days", Active: true, Lines: []*PaymentTermLine{line("100", 30)}},
		{Code: "net60", Name: "60 天", NameEN: "60 days", Active: true, Lines: []*PaymentTermLine{line("100", 60)}},
		{Code: "eom30", Name: "月结 30 天", NameEN: "30 days after the end of the month", Active: true, Lines: []*PaymentTermLine{monthEnd}},
		{
			Code: "thirds", Name: "30、60、90 天各三分之一", NameEN: "Thirds after 30, 60 and 90 days", Active: true,
			Lines: []*PaymentTermLine{line("33.3333", 30), line("33.3333", 60), line("33.3334", 90)},
		},
	}
}

// seedCompany gives the profile the name under which the company signed up.
func seedCompany(ctx context.Context, tx *tenancy.Tx) error {
	list, err := record.Find[Company](ctx, tx, nil)
	if err != nil {
		return err
	}
	for _, c := range list {
		c.Name = tx.Tenant.Name
	}
	return record.Update(ctx, tx, list...)
}
