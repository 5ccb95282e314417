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
	Reversal  string        `xml:"RvslInd"`
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

// camtAccount is whose statement it is.
type camtAccount struct {
	IBAN  string `xml:"Id>IBAN"`
	Other string `xml:"Id>Othr>Id"`
}

// readCAMT reads CAMT.053, entry by entry. XML's own entities are refused by the reader, so that no file can blow up.
func (f *bankFile) readCAMT(content string) {
	d := xml.NewDecoder(strings.NewReader(content))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 already, whatever it says
	seen := 0
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
			seen++
		case "Bal", "Ntry", "ElctrncSeqNb", "Acct":
			if seen > 0 && !f.camtPart(d, start, line, seen == 1) {
				return
			}
		}
	}
	if seen == 0 {
		f.wrong(1, "statement.empty", "文件中没有对账单（Stmt）", "There is no statement (Stmt) in the file")
	}
}

// camtPart reads one element of a statement, of which a file may hold several of one account that follow each other. It reports false when reading can't go on.
func (f *bankFile) camtPart(d *xml.Decoder, start xml.StartElement, line int, first bool) bool {
	var err error
	more := true
	switch start.Name.Local {
	case "Bal":
		var b camtBalance
		if err = d.DecodeElement(&b, &start); err == nil {
			f.camtBalance(line, b, first)
		}
	case "Ntry":
		var e camtEntry
		if err = d.DecodeElement(&e, &start); err == nil {
			more = f.camtEntry(line, e)
		}
	case "ElctrncSeqNb":
		var number string
		if err = d.DecodeElement(&number, &start); f.reference == "" {
			f.reference = plainText(number)
		}
	case "Acct":
		var a camtAccount
		if err = d.DecodeElement(&a, &start); err == nil {
			more = f.of(line, a.IBAN+a.Other)
		}
	}
	if err != nil {
		at, _ := d.InputPos()
		f.wrong(at, "xml.broken", "XML 格式错误", "The XML is broken")
		return false
	}
	return more
}

func (f *bankFile) camtBalance(line int, b camtBalance, first bool) {
	if b.Code != "OPBD" && b.Code != "PRCD" && b.Code != "CLBD" {
		return
	}
	a, ok := camtMoney(b.Amount.Value, b.Indicator)
	if !ok {
		f.wrong(line, "statement.balance", "余额 %[1]q 无法识别", "%[1]q is no balance", plainText(b.Amount.Value))
		return
	}
	f.currency = strings.TrimSpace(b.Amount.Currency)
	switch {
	case b.Code == "CLBD":
		f.closing = &a
	case first && (b.Code == "OPBD" || f.opening == nil):
		f.opening = &a
	}
}

// camtMoney is an amount without a sign; DBIT is money out.
func camtMoney(text, indicator string) (money.Amount, bool) {
	a, ok := bankAmount(text, '.')
	if strings.TrimSpace(indicator) == "DBIT" {
		a = a.Neg()
	}
	return a, ok
}
