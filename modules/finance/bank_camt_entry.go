package finance

import (
	"strings"

	"github.com/tenon-hq/tenon/internal/money"
)

// camtDetails is one of the transactions that make up a movement. Versions differ in where its amount and its parties' names stand.
type camtDetails struct {
	EndToEnd  string     `xml:"Refs>EndToEndId"`
	Reference string     `xml:"Refs>AcctSvcrRef"`
	Amount    camtAmount `xml:"Amt"`
	TxAmount  camtAmount `xml:"AmtDtls>TxAmt>Amt"`
	Indicator string     `xml:"CdtDbtInd"`
	Debtor    string     `xml:"RltdPties>Dbtr>Nm"`
	DebtorP   string     `xml:"RltdPties>Dbtr>Pty>Nm"`
	Creditor  string     `xml:"RltdPties>Cdtr>Nm"`
	CreditP   string     `xml:"RltdPties>Cdtr>Pty>Nm"`
	DebtorA   string     `xml:"RltdPties>DbtrAcct>Id>IBAN"`
	DebtorO   string     `xml:"RltdPties>DbtrAcct>Id>Othr>Id"`
	CreditA   string     `xml:"RltdPties>CdtrAcct>Id>IBAN"`
	CreditO   string     `xml:"RltdPties>CdtrAcct>Id>Othr>Id"`
	Remarks   []string   `xml:"RmtInf>Ustrd"`
	Numbers   []string   `xml:"RmtInf>Strd>RfrdDocInf>Nb"`
	Reminder  []string   `xml:"RmtInf>Strd>CdtrRefInf>Ref"`
	Info      string     `xml:"AddtlTxInf"`
}

// camtEntry takes a booked movement; what is only pending is left for the statement in which it is booked. A batch whose transactions say what each is
// worth, and add up to it, becomes so many movements.
func (f *bankFile) camtEntry(line int, e camtEntry) bool {
	if s := strings.TrimSpace(e.Status.Code + e.Status.Text); s == "PDNG" || s == "INFO" {
		return true
	}
	m := bankMove{line: line, reference: e.Reference, remark: e.Info}
	day := e.Booked.Date + e.Booked.Time
	if day == "" {
		day = e.Value.Date + e.Value.Time
	}
	var ok bool
	if m.date, ok = bankDate(day); !ok {
		f.wrong(line, "statement.date", "日期 %[1]q 无法识别", "%[1]q is no date", plainText(day))
	}
	if m.amount, ok = camtMoney(e.Amount.Value, e.Indicator); !ok || m.amount.IsZero() {
		f.wrong(line, "statement.amount", "金额 %[1]q 无法识别或为零", "%[1]q is no amount", plainText(e.Amount.Value))
	}
	if f.currency != "" && e.Amount.Currency != "" && e.Amount.Currency != f.currency {
		f.wrong(line, "statement.currency", "币种 %[1]s 与账户币种 %[2]s 不同", "The movement is in %[1]s, the account in %[2]s", plainText(e.Amount.Currency), f.currency)
	}
	if parts := e.parts(m.amount); len(parts) > 1 {
		for i, x := range e.Details {
			part := m
			part.amount = parts[i]
			if !f.add(e.detail(part, x)) {
				return false
			}
		}
		return true
	}
	if len(e.Details) > 0 {
		x := e.Details[0]
		for _, more := range e.Details[1:] {
			x.Remarks, x.Numbers, x.Reminder = append(x.Remarks, more.Remarks...), append(x.Numbers, more.Numbers...), append(x.Reminder, more.Reminder...)
		}
		m = e.detail(m, x)
	}
	return f.add(m)
}

// parts are what the transactions of a movement are worth, with their signs; nil unless all of them say so and they add up.
func (e camtEntry) parts(whole money.Amount) []money.Amount {
	var list []money.Amount
	sum := money.Zero()
	for _, x := range e.Details {
		worth, way := x.Amount, x.Indicator
		if strings.TrimSpace(worth.Value) == "" {
			worth = x.TxAmount
		}
		if way == "" {
			way = e.Indicator
		}
		a, ok := camtMoney(worth.Value, way)
		if !ok || a.IsZero() || worth.Currency != "" && worth.Currency != e.Amount.Currency {
			return nil
		}
		list, sum = append(list, a), sum.Add(a)
	}
	if !sum.Equal(whole) {
		return nil
	}
	return list
}

// detail says of a movement who it was with and what for. Who pays is the other party when money comes in, unless it is money coming back.
func (e camtEntry) detail(m bankMove, x camtDetails) bankMove {
	m.party, m.account = x.Debtor+x.DebtorP, x.DebtorA+x.DebtorO
	if back := strings.TrimSpace(e.Reversal); (m.amount.Sign() < 0) != (back == "true" || back == "1") {
		m.party, m.account = x.Creditor+x.CreditP, x.CreditA+x.CreditO
	}
	text := strings.Join(append(append(x.Remarks, x.Numbers...), x.Reminder...), " ")
	switch {
	case strings.TrimSpace(text) != "":
		m.remark = text
	case strings.TrimSpace(x.Info) != "":
		m.remark = x.Info
	}
	if r := strings.TrimSpace(x.Reference); r != "" && m.reference == "" {
		m.reference = r
	}
	if end := strings.TrimSpace(x.EndToEnd); end != "" && end != "NOTPROVIDED" {
		m.reference = strings.TrimSpace(m.reference + " " + end)
	}
	return m
}
