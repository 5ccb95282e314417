package finance

import (
	"context"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// AsOf is the input of reports on a day, which may be the end of a period; without one, today.
type AsOf struct {
	Date   *clock.Date `in:"date" label:"截止日期|Date"`
	Period *string     `in:"period" label:"会计期间|Period"`
}

func (a *AsOf) on(ctx context.Context, tx *tenancy.Tx) (clock.Date, error) {
	switch {
	case a != nil && a.Date != nil && !a.Date.IsZero():
		return *a.Date, nil
	case a != nil && a.Period != nil:
		_, to, err := Between{Period: a.Period}.days(ctx, tx)
		return to, err
	}
	return tx.Today(), nil
}

// Between is the input of reports over a time: two days, or the name of a period. Without any, this year until today.
type Between struct {
	From   *clock.Date `in:"from" label:"开始日期|From"`
	To     *clock.Date `in:"to" label:"结束日期|To"`
	Period *string     `in:"period" label:"会计期间|Period"`
}

// daysAsked are the days of a report whose input is a Between.
func daysAsked(ctx context.Context, tx *tenancy.Tx, input any) (from, to clock.Date, err error) {
	in, _ := input.(*Between)
	if in == nil {
		in = new(Between)
	}
	return in.days(ctx, tx)
}

// days are the first and the last day of the time.
func (b Between) days(ctx context.Context, tx *tenancy.Tx) (from, to clock.Date, err error) {
	from, to = clock.NewDate(tx.Today().Year(), 1, 1), tx.Today()
	if b.Period != nil {
		var rows []struct {
			From clock.Date `bun:"start_date"`
			To   clock.Date `bun:"end_date"`
		}
		err := tx.NewRaw("SELECT start_date, end_date FROM finance_period WHERE name = ?", *b.Period).Scan(ctx, &rows)
		if err == nil && len(rows) == 0 {
			err = fault.New(fault.Invalid, "fields.invalid", "没有会计期间 %s", "There is no period %s", *b.Period).
				At("period", "reference.unknown", "没有会计期间 %s", "There is no period %s", *b.Period)
		}
		if err != nil {
			return from, to, err
		}
		from, to = rows[0].From, rows[0].To
	}
	if b.From != nil {
		from = *b.From
	}
	if b.To != nil {
		to = *b.To
	}
	if to.Before(from) {
		err = fault.New(fault.Invalid, "fields.invalid", "结束日期早于开始日期", "The time ends before it begins").
			At("to", "date.range", "早于开始日期", "is before it begins")
	}
	return from, to, err
}

func (o office) reports() []modules.Report {
	day := func() any { return new(AsOf) }
	time := func() any { return new(Between) }
	return []modules.Report{
		{
			Name: "trial_balance", Label: entity.T("科目余额表", "Trial balance"), Of: "finance.entry",
			Input: day, Columns: append(accountColumns(), balanceColumns()...), Run: trialBalance,
		},
		o.varianceReport(),
		{
			Name: "ledger", Label: entity.T("明细账", "Account ledger"), Of: "finance.entry",
			Input: func() any { return new(LedgerOf) }, Columns: ledgerColumns(), Pages: accountLedger,
		},
		{
			Name: "general_ledger", Label: entity.T("总账", "General ledger"), Of: "finance.entry",
			Input: func() any { return new(GeneralLedgerOf) }, Columns: generalLedgerColumns(), Pages: generalLedger,
		},
		{
			Name: "balance_sheet", Label: entity.T("资产负债表", "Balance sheet"), Of: "finance.entry",
			Input: day, Columns: statementColumns(), Run: balanceSheet,
		},
		{
			Name: "profit_and_loss", Label: entity.T("利润表", "Profit and loss"), Of: "finance.entry",
			Input: time, Columns: statementColumns(), Run: profitAndLoss,
		},
		{
			Name: "cash_flow", Label: entity.T("现金流量表", "Cash flow"), Of: "finance.entry",
			Input: time, Columns: statementColumns(), Run: cashFlow,
		},
		{
			Name: "vat_summary", Label: entity.T("增值税汇总", "VAT summary"), Of: "finance.entry",
			Input: time, Columns: vatColumns(), Run: vatSummary,
		},
		{
			Name: "stock_accounts", Label: entity.T("存货科目余额", "Stock accounts"), Of: "finance.entry",
			Input: day, Columns: stockColumns(), Run: stockAccounts,
		},
		{
			Name: "receivables_ageing", Label: entity.T("应收账龄", "Receivables ageing"), Of: "finance.invoice",
			Input: day, Columns: ageingColumns(receivables()), Pages: receivables().ageing,
		},
		{
			Name: "payables_ageing", Label: entity.T("应付账龄", "Payables ageing"), Of: "finance.bill",
			Input: day, Columns: ageingColumns(payables()), Pages: payables().ageing,
		},
		{
			Name: "open_receivables", Label: entity.T("应收未清项", "Open receivables"), Of: "finance.invoice",
			Input: func() any { return new(OpenReceivables) }, Columns: itemColumns(receivables()), Pages: receivables().items,
		},
		{
			Name: "open_payables", Label: entity.T("应付未清项", "Open payables"), Of: "finance.bill",
			Input: func() any { return new(OpenPayables) }, Columns: itemColumns(payables()), Pages: payables().items,
		},
		{
			Name: "cash_forecast", Label: entity.T("现金预测", "Cash forecast"), Of: "finance.payment",
			Input: func() any { return new(ForecastOf) }, Columns: forecastColumns(), Run: o.cashForecast,
		},
		{
			Name: "cash_forecast_items", Label: entity.T("现金预测明细", "Cash forecast, by document"), Of: "finance.payment",
			Input: func() any { return new(ForecastOf) }, Columns: forecastItemColumns(), Pages: o.cashForecastItems,
		},
		{
			Name: "budget_actual", Label: entity.T("预算执行", "Budget and actual"), Of: "finance.budget",
			Input: func() any { return new(BudgetOf) }, Columns: budgetColumns(), Run: budgetActual,
		},
	}
}

func accountColumns() []entity.Field {
	return []entity.Field{
		idColumn("account_id", "科目", "Account", "finance.account"),
		textColumn("code", "科目编码", "Code"),
		textColumn("name", "科目名称", "Name"),
	}
}

func balanceColumns() []entity.Field {
	return []entity.Field{amount("debit", "借方", "Debit", classLedger), amount("credit", "贷方", "Credit", classLedger), amount("balance", "余额",
		"Balance", classLedger)}
}

func amount(name, zh, en, class string) entity.Field {
	return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindAmount, Class: class, Signed: true, Total: true}
}

func textColumn(name, zh, en string) entity.Field {
	return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindText, Class: entity.Basic}
}

// chosen is a column of few values, with what each is called.
func chosen(name, zh, en string, options ...string) entity.Field {
	return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindText, Class: entity.Basic, Options: entity.Options(options...)}
}

func dateColumn(name, zh, en string) entity.Field {
	return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindDate, Class: entity.Basic}
}

func idColumn(name, zh, en, ref string) entity.Field {
	return entity.Field{Name: name, Label: entity.T(zh, en), Kind: entity.KindID, Ref: ref, Class: entity.Basic}
}

// english tells that names are wanted in English.
func english(tx *tenancy.Tx) bool { return tx.Actor.Locale == i18n.EN }

// say is a wording in the reader's language.
func say(tx *tenancy.Tx, zh, en string) string {
	if english(tx) {
		return en
	}
	return zh
}
