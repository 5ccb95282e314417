package core

import (
	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/money"
)

// Currency is a currency in which the company trades, by its ISO 4217 code.
type Currency struct {
	bun.BaseModel `bun:"table:currency,alias:cur"`
	entity.Base

	Code   string `bun:"code,notnull"`
	Name   string `bun:"name,notnull"`
	NameEN string `bun:"name_en,notnull"`
	Symbol string `bun:"symbol,notnull"`
	Active bool   `bun:"active,notnull"`
}

// Describe says what a currency's columns mean.
func (c *Currency) Describe(d *entity.Desc) {
	d.Is("finance.currency", "currencies", entity.T("币种", "Currency"), &c.Code)
	d.Field(&c.Code, entity.Field{Label: entity.T("代码", "Code"), Required: true, Immutable: true, Unique: true, List: true, Search: true})
	d.Field(&c.Name, entity.Field{Label: entity.T("名称", "Name"), Required: true, List: true, Search: true})
	d.Field(&c.NameEN, entity.Field{Label: entity.T("英文名称", "English name"), List: true, Search: true})
	d.Field(&c.Symbol, entity.Field{Label: entity.T("符号", "Symbol"), List: true})
	d.Field(&c.Active, entity.Field{Label: entity.T("启用", "Active"), Default: "true", Filter: true})
	d.Key(&c.Code)
}

// ExchangeRate says what one unit of a currency is worth in company currency from a day on, until the next rate.
type ExchangeRate struct {
	bun.BaseModel `bun:"table:exchange_rate,alias:er"`
	entity.Base

	Currency string      `bun:"currency,notnull"`
	Date     clock.Date  `bun:"date,type:date,notnull"`
	Rate     money.Price `bun:"rate,type:numeric(20,6),notnull"`
}

// Describe says what an exchange rate's columns mean.
func (r *ExchangeRate) Describe(d *entity.Desc) {
	d.Is("finance.exchange_rate", "exchange_rates", entity.T("汇率", "Exchange rate"), nil)
	d.Field(&r.Currency, entity.Field{Label: entity.T("币种", "Currency"), Ref: "finance.currency", RefBy: "code", Required: true, List: true, Filter: true})
	d.Field(&r.Date, entity.Field{Label: entity.T("生效日期", "From"), Required: true, List: true, Filter: true})
	d.Field(&r.Rate, entity.Field{
		Label: entity.T("汇率", "Rate"), Required: true, Positive: true, List: true,
		Help: entity.T("1 单位外币折合的本位币金额", "Company currency for one unit of the currency"),
	})
	d.Key(&r.Currency, &r.Date)
}
