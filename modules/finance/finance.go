// Package finance keeps the books: what customers owe and what is owed to vendors, what came in and went out, and what all of it, and every move of
// goods, means in double entry. Posted entries balance and never change; the database itself sees to that.
package finance

import (
	"embed"
	"io/fs"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Module is the table of contents.
func Module(plugs Plugs) modules.Module {
	o := office{ask: plugs}
	return modules.Module{
		Name:  "finance",
		Label: entity.T("财务", "Finance"),
		About: entity.T("凭证、发票、收付款、应收与成本随业务自动入账，借贷永远平衡，已过账永不改写。",
			"Entries, invoices, payments, receivables and costs follow the business by themselves; the books always balance and posted entries never change."),
		Price:     "69.00",
		Documents: []string{"finance.invoice.posted", "finance.bill.posted", "finance.payment.matched"},
		Entities: []entity.Record{
			new(Account), new(Journal), new(Setting), new(FiscalYear), new(Period), new(Dimension), new(Budget),
			new(Entry), new(Invoice), new(CreditNote), new(Bill), new(VendorCredit), new(Accrual), new(Payment), new(Receivable), new(BankAccount),
			new(Tolerance), new(Revaluation), new(Opening), new(DunningLevel), new(DunningRun), new(BankStatement),
		},
		Actions: o.actions(),
		Prepares: []modules.Prepare{
			modules.Before(prepareAccounts), modules.Before(prepareEntries), modules.Before(prepareYears), modules.Before(preparePeriods),
			modules.Before(prepareBudgets), modules.Before(prepareRevaluations),
			modules.Before(prepareOpenings), modules.Before(prepareRuns),
			modules.Before(prepareStatements), modules.Before(prepareBanks),
			modules.Before(o.prepareInvoices), modules.Before(o.prepareBills), modules.Before(o.prepareVendorCredits), modules.Before(o.preparePayments),
		},
		Reactions: []modules.Reaction{
			modules.On(o.orderConfirmed), modules.On(o.orderAmended), modules.On(o.orderCancelled), modules.On(o.orderDelivered), modules.On(o.goodsReturned),
			modules.On(o.stockMoved), modules.On(o.stockRevalued), modules.On(o.goodsReceived), modules.On(o.productionCompleted), modules.On(o.variancesFound),
			modules.On(o.projectBilled), modules.On(o.revenueRecognised),
		},
		Reports:    o.reports(),
		Daily:      []modules.Daily{{Name: "totals", Run: gatherTotals}},
		Papers:     papers(),
		Checks:     checks(),
		Figures:    figures(),
		Tallies:    tallies(),
		Migrations: folder("migrations"),
		Policy:     folder("policy"),
		Seed:       seed,
	}
}

func (o office) actions() []modules.Action {
	unpaid := []string{posted, partial, paid}
	return []modules.Action{
		modules.Act("post", entity.T("过账", "Post"), []string{draft}, o.postEntry),
		modules.Act("reverse", entity.T("冲销", "Reverse"), []string{posted}, o.reverseEntry),
		modules.Act("post", entity.T("过账", "Post"), []string{draft}, o.postInvoice),
		modules.Act("credit", entity.T("红冲", "Credit"), unpaid, o.credit),
		modules.Act("post", entity.T("过账", "Post"), []string{draft}, o.postBill),
		modules.Act("release", entity.T("解冻付款", "Release for payment"), unpaid, releaseBill),
		modules.Act("match", entity.T("抵扣发票", "Offset"), []string{posted}, o.offsetNote),
		modules.Act("unmatch", entity.T("取消抵扣", "Take the offset back"), []string{posted, refunded}, o.unoffsetNote),
		modules.Act("post", entity.T("过账", "Post"), []string{draft}, o.postVendorCredit),
		modules.Act("match", entity.T("抵扣发票", "Offset"), []string{posted, partial}, o.offsetCredit),
		modules.Act("unmatch", entity.T("取消抵扣", "Take the offset back"), []string{posted, partial, settled}, o.unoffsetCredit),
		modules.Act("post", entity.T("过账", "Post"), []string{draft}, o.postPayment),
		modules.Act("match", entity.T("核销", "Match"), []string{posted}, o.match),
		modules.Act("unmatch", entity.T("取消核销", "Unmatch"), []string{posted}, o.unmatch),
		modules.Act("reverse", entity.T("冲销", "Reverse"), []string{posted}, o.reversePayment),
		modules.Act("open", entity.T("启用", "Open"), []string{draft}, openYear),
		modules.Act("close", entity.T("年终结账", "Close the year"), []string{open}, o.closeYear),
		modules.Act("soft_lock", entity.T("软锁定", "Soft lock"), []string{open}, softLock),
		modules.Act("hard_lock", entity.T("硬锁定", "Hard lock"), []string{open, soft, closed}, hardLock),
		modules.Act("reopen", entity.T("重新开放", "Reopen"), []string{soft}, reopen),
		modules.Act("reopen", entity.T("反结账", "Reopen the year"), []string{closed}, o.reopenYear),
		modules.Act("post", entity.T("过账", "Post"), []string{draft}, o.revalue),
		modules.Act("reverse", entity.T("冲回", "Reverse"), []string{posted}, o.unvalue),
		modules.Act("post", entity.T("过账", "Post"), []string{draft}, o.postOpening),
		modules.Act("run", entity.T("催款", "Run"), []string{draft}, o.remind),
		modules.Act("deposit", entity.T("预收款", "Ask for a deposit"), nil, o.askDeposit),
		modules.Act("load", entity.T("导入", "Load a bank's file"), []string{draft}, o.load),
		modules.Act("suggest", entity.T("建议匹配", "Suggest matches"), []string{loaded}, o.suggest),
		modules.Act("match", entity.T("匹配", "Match"), []string{loaded}, o.matchBank),
		modules.Act("unmatch", entity.T("取消匹配", "Unmatch"), []string{loaded}, o.unmatchBank),
		modules.Act("post", entity.T("过账", "Post"), []string{loaded}, o.postBank),
		modules.Act("approve", entity.T("批准", "Approve"), []string{draft}, approveBudget),
		modules.Act("close", entity.T("关闭", "Close"), []string{approved}, closeBudget),
	}
}

// folder is one of the folders that are part of the program.
func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // only a malformed name fails
	}
	return sub
}
