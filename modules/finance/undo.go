package finance

import (
	"strings"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/tenancy"
)

// undo says how what documents of a kind have booked is taken back: by the document, so that open items, stock and books stay together.
type undo struct{ kind, zh, en string }

// undoing lists the kinds of documents whose entries are not reversed by hand. What a kind that it does not name has booked is taken back by that document
// all the same. Entries that people wrote, reversals of entries, and charges taken off a bank statement belong to no document: those may be reversed.
func undoing() []undo {
	return []undo{
		{"finance.invoice", "请红冲该发票（credit）", "credit the invoice (credit)"},
		{"finance.credit_note", "请重新开具发票；抵扣可以取消（unmatch）", "write a new invoice; an offset can be taken back (unmatch)"},
		{"finance.bill", "请登记供应商红字发票（vendor_credits）", "record a vendor credit (vendor_credits)"},
		{"finance.vendor_credit", "请重新登记采购发票；抵扣可以取消（unmatch）", "record a new bill; an offset can be taken back (unmatch)"},
		{"finance.payment", "请取消核销（unmatch）或冲销该笔收付款（reverse）", "take its matches back (unmatch), or reverse the payment (reverse)"},
		{"finance.revaluation", "请冲回该次调汇（reverse）", "reverse the revaluation (reverse)"},
		{"finance.fiscal_year", "请反结账（reopen）", "reopen the year (reopen)"},
		{"finance.opening", "请收付或红冲其未清项，其余用手工凭证更正", "settle or credit its open items, and correct other balances by an entry of your own"},
		{"inventory.delivery", "请登记客户退货（returns）", "record a return of the customer (returns)"},
		{"inventory.receipt", "请登记采购退货（vendor_returns）", "record a return to the vendor (vendor_returns)"},
		{"inventory.stock_count", "请重新盘点（stock_counts）", "count the goods again (stock_counts)"},
		{"inventory.landed_cost", "请登记相反的到岸费用（landed_costs）", "record the opposite landed cost (landed_costs)"},
		{"production.production_order", "请在生产工单上更正领料与完工", "correct what was issued and completed on the production order"},
		{"projects.project", "请在项目上重新确认收入", "recognise the project's revenue again"},
	}
}

// byDocument refuses to reverse by hand what a document of a kind has booked: the document would stay as it is, and the books would say otherwise.
func (e *Entry) byDocument(kind i18n.Text) error {
	switch e.SourceEntity {
	case "", "finance.entry", "finance.bank_statement":
		return nil
	}
	how := i18n.T("请在该单据上更正", "correct it on that document")
	for _, u := range undoing() {
		if u.kind == e.SourceEntity {
			how = i18n.T(u.zh, u.en)
		}
	}
	by := i18n.T(strings.TrimSpace(kind.ZH+" "+e.Source), strings.TrimSpace(kind.EN+" "+e.Source))
	f := fault.New(fault.Rule, "entry.of_document", "凭证 %[1]s 由%[2]s生成，不能手工冲销：%[4]s", "Entry %[1]s was made by %[3]s and can't be reversed by hand: %[5]s",
		e.No, by.ZH, by.EN, how.ZH, how.EN).At("source", "entry.of_document", "由%[1]s生成", "was made by %[2]s", by.ZH, by.EN)
	return f.With("source_entity", e.SourceEntity).With("source_id", e.SourceID.String()).With("source", e.Source)
}

// written is a text that the books keep: in the language of the company, whoever works in it.
func written(tx *tenancy.Tx, zh, en string) string { return i18n.T(zh, en).In(tx.Tenant.Locale) }
