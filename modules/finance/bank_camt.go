package finance

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/tenon-hq/tenon/internal/money"
)

// camtAmount is an amount with its currency.
type camtAmount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

// camtBalance is a balance before or after the movements.
type camtBalance struct {
	Code      string     `xml:"Tp>CdOrPrtry>Cd"`
	Amount    camtAmount `xml:"Amt"`
	Indicator string     `xml:"CdtDbtInd"`
}

// camtEntry is one movement of ISO 20022's bank to customer statement.
type camtEntry struct {
	Amount    camtAmount    `xml:"Amt"`
	Indicator string        `xml:"CdtDbtInd"`
	Status    camtStatus    `xml:"Sts"`
	Booked    camtDay       `xml:"BookgDt"`
	Value     camtDay       `xml:"ValDt"`
	Reference string        `xml:"AcctSvcrRef"`
	Details   []camtDetails `xml:"NtryDtls>TxDtls"`
	Info      string        `xml:"AddtlNtryInf"`
}

// camtStatus is plain text in older versions and a code in newer ones.
type camtStatus struct {
	Text string `xml:",chardata"`
	Code string `xml:"Cd"`
}

type camtDay struct {
	Date string `xml:"Dt"`
	Time string `xml:"DtTm"`
}

type camtDetails struct {
	EndToEnd string   `xml:"Refs>EndToEndId"`
	Debtor   string   `xml:"RltdPties>Dbtr>Nm"`
	DebtorP  string   `xml:"RltdPties>Dbtr>Pty>Nm"`
	Creditor string   `xml:"RltdPties>Cdtr>Nm"`
	CreditP  string   `xml:"RltdPties>Cdtr>Pty>Nm"`
	DebtorA  string   `xml:"RltdPties>DbtrAcct>Id>IBAN"`
	CreditA  string   `xml:"RltdPties>CdtrAcct>Id>IBAN"`
	Remarks  []string `xml:"RmtInf>Ustrd"`
}

// readCAMT reads CAMT.053, entry by entry. XML's own entities are refused by the reader, so that no file can blow up.
func (f *bankFile) readCAMT(content string) {
	d := xml.NewDecoder(strings.NewReader(content))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 already, whatever it says
	seen := false
	for {
		token, err := d.Token()
		line, _ := d.InputPos()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			f.wrong(line, "xml.broken", "XML 格式错误", "The XML is broken")
			return
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "Stmt":
			if seen {
				f.wrong(line, "statement.many", "一个文件只能包含一份对账单", "A file may hold one statement only")
				return
			}
			seen = true
		case "Bal", "Ntry", "ElctrncSeqNb", "IBAN":
			if seen && !f.camtPart(d, start, line) {
				return
			}
		}
	}
	if !seen {
		f.wrong(1, "statement.empty", "文件中没有对账单（Stmt）", "There is no statement (Stmt) in the file")
	}
}

// camtPart reads one element of the statement. It reports false when reading can't go on.
func (f *bankFile) camtPart(d *xml.Decoder, start xml.StartElement, line int) bool {
	var err error
	more := true
	switch start.Name.Local {
	case "Bal":
		var b camtBalance
		if err = d.DecodeElement(&b, &start); err == nil {
			f.camtBalance(line, b)
		}
	case "Ntry":
		var e camtEntry
		if err = d.DecodeElement(&e, &start); err == nil {
			more = f.camtEntry(line, e)
		}
	case "ElctrncSeqNb":
		err = d.DecodeElement(&f.reference, &start)
		f.reference = plainText(f.reference)
	case "IBAN":
		err = d.DecodeElement(&f.account, &start)
		f.account = plainText(f.account)
	}
	if err != nil {
		at, _ := d.InputPos()
		f.wrong(at, "xml.broken", "XML 格式错误", "The XML is broken")
		return false
	}
	return more
}

func (f *bankFile) camtBalance(line int, b camtBalance) {
	if b.Code != "OPBD" && b.Code != "PRCD" && b.Code != "CLBD" {
		return
	}
	a, ok := camtMoney(b.Amount.Value, b.Indicator)
	if !ok {
		f.wrong(line, "statement.balance", "余额 %[1]q 无法识别", "%[1]q is no balance", plainText(b.Amount.Value))
		return
	}
	f.currency = strings.TrimSpace(b.Amount.Currency)
	if b.Code == "CLBD" {
		f.closing = &a
	} else {
		f.opening = &a
	}
}

// camtEntry takes a booked movement; what is only pending is left for the statement in which it is booked.
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
	if len(e.Details) > 0 {
		x := e.Details[0]
		m.party, m.account = x.Debtor+x.DebtorP, x.DebtorA
		if m.amount.Sign() < 0 {
			m.party, m.account = x.Creditor+x.CreditP, x.CreditA
		}
		if text := strings.Join(x.Remarks, " "); text != "" {
			m.remark = text
		}
		if end := strings.TrimSpace(x.EndToEnd); end != "" && end != "NOTPROVIDED" {
			m.reference = strings.TrimSpace(m.reference + " " + end)
		}
	}
	return f.add(m)
}

// camtMoney is an amount without a sign; DBIT is money out.
func camtMoney(text, indicator string) (money.Amount, bool) {
	a, ok := bankAmount(text, '.')
	if strings.TrimSpace(indicator) == "DBIT" {
		a = a.Neg()
	}
	return a, ok
}
