package finance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/money"
)

const sampleMT940 = `{1:F01BANKDEFFXXXX0000000000}{4:
:20:STARTUMS
:25:12345678/0001
:28C:00012/001
:60F:C260102EUR1000,00
:61:2601050105C250,50NTRFINV-2026-000001//BANK77
:86:166?00SEPA-UEBERWEISUNG?20Invoice INV-2026-?21000001?32ACME GMBH?33 & CO
:61:2512311231D100,NMSCNONREF
:86:Bank charges
for December
:61:260106RC50,5NTRFBACK
:62F:C260106EUR1100,00
-}
`

const sampleCAMT = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt>
<ElctrncSeqNb>7</ElctrncSeqNb><Acct><Id><IBAN>DE02</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">65.25</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">100.25</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt><AcctSvcrRef>R1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>E2E</EndToEndId></Refs><RltdPties><Dbtr><Nm>ACME</Nm></Dbtr><DbtrAcct><Id><IBAN>DE99</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>INV 1</Ustrd><Ustrd>and 2</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">25.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-01-06T10:00:00Z</DtTm></BookgDt><AddtlNtryInf>Charges</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts></Ntry>
</Stmt></BkToCstmrStmt></Document>`

func TestBankFiles(t *testing.T) {
	for _, tt := range []struct{ name, format, content, want string }{
		{
			"signed amounts", formatCSV, "\ufeffDate,Amount,Counterparty,Reference,Text\n2026-01-05,\"1,250.50\",ACME,R1,INV-1\n\n2026/01/06,-12,Bank,,Charges\n",
			"2 2026-01-05 1250.50 ACME|R1|INV-1; 4 2026-01-06 -12.00 Bank||Charges; ",
		},
		{
			"in and out, semicolons", formatCSV, "日期;收入;支出;对方户名;摘要\r\n05.01.2026;1.250,50;;甲公司;货款\r\n20260106;;12,3;银行;手续费\r\n",
			"2 2026-01-05 1250.50 甲公司||货款; 3 2026-01-06 -12.30 银行||手续费; ",
		},
		{"MT940", formatMT940, sampleMT940, "6 2026-01-05 250.50 ACME GMBH & CO|INV-2026-000001 BANK77|Invoice INV-2026-000001; 8 2025-12-31 -100.00 ||Bank chargesfor December; " +
			"11 2026-01-06 -50.50 |BACK|; "},
		{"CAMT.053", formatCAMT, sampleCAMT, "6 2026-01-05 100.25 ACME|R1 E2E|INV 1 and 2; 9 2026-01-06 -25.00 ||Charges; "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := readBankFile(tt.format, tt.content)
			if err != nil {
				t.Fatal(fault.As(err).Fields)
			}
			got := ""
			for _, m := range f.moves {
				got += fmt.Sprintf("%d %s %s %s|%s|%s; ", m.line, m.date, m.amount.StringFixed(2), m.party, m.reference, m.remark)
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// The balances around a table of movements come from its column of balances, in either order of time; rows that do not follow from each other give none.
func TestBankBalances(t *testing.T) {
	for _, tt := range []struct{ name, rows, want string }{
		{"oldest first", "2026-01-05,100,1100\n2026-01-06,-30.5,1069.50\n", "1000.00 1069.50"},
		{"newest first", "2026-01-06,-30.5,1069.50\n2026-01-05,100,1100\n", "1000.00 1069.50"},
		{"one", "2026-01-05,-5,-1\n", "4.00 -1.00"},
		{"not in order", "2026-01-05,100,1100\n2026-01-06,1,7\n", "none"},
		{"a gap", "2026-01-05,100,1100\n2026-01-06,1,\n", "none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := readBankFile(formatCSV, "日期,金额,余额\n"+tt.rows)
			if err != nil {
				t.Fatal(fault.As(err).Fields)
			}
			got := "none"
			if f.opening != nil && f.closing != nil {
				got = f.opening.StringFixed(2) + " " + f.closing.StringFixed(2)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Every mistake of a file is named with its line, all at once.
func TestBankFileMistakes(t *testing.T) {
	for _, tt := range []struct{ name, format, content, want string }{
		{"empty", formatCSV, " \n", "content line 1 statement.empty"},
		{"a header only", formatCSV, "date,amount\n", "content line 1 statement.empty"},
		{"no amount column", formatCSV, "date,text\n2026-01-01,x\n", "content line 1 statement.header"},
		{
			"bad cells", formatCSV, "date,amount\n2026-13-01,5\n2026-01-01,five\n2026-01-01,0\n2026-01-01,1.23456\n",
			"content line 2 statement.date, content line 3 statement.amount, content line 4 statement.amount, content line 5 statement.amount",
		},
		{"an open quote", formatCSV, "date,amount\n2026-01-01,5\n2026-01-01,\"5\n", "content line 3 csv.broken"},
		{"other bytes", formatCSV, "date,amount\n\xff", "content line 1 statement.encoding"},
		{"balances that do not agree", formatMT940, strings.Replace(sampleMT940, "1100,00", "1100,01", 1), "content line 1 statement.balance"},
		{
			"a movement that is none", formatMT940, ":60F:C260102EUR0,00\n:61:26X105C1,00NTRF\nrest\n:61:260230C1,00NTRFX\n:62F:Q260102EUR1,00\n",
			"content line 2 statement.line, content line 4 statement.date, content line 5 statement.balance",
		},
		{"text before a field", formatMT940, "hello\n:20:X\n", "content line 1 statement.line"},
		{"broken XML", formatCAMT, "<Stmt>\n<Ntry>\n</Stmt>", "content line 3 xml.broken"},
		{"entities", formatCAMT, "<!DOCTYPE x [<!ENTITY a \"b\">]>\n<Stmt><Ntry><Amt>&a;</Amt></Ntry></Stmt>", "content line 2 xml.broken"},
		{"no statement", formatCAMT, "<a/>", "content line 1 statement.empty"},
		{"amounts in an entry", formatCAMT, "<Stmt>\n<Ntry><Amt>x</Amt></Ntry></Stmt>", "content line 2 statement.date, content line 2 statement.amount"},
		{"another format", "pdf", "x", "format value.option"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := readBankFile(tt.format, tt.content)
			if err == nil {
				t.Fatalf("taken: %+v", f)
			}
			var got []string
			for _, x := range fault.As(err).Fields {
				got = append(got, x.Path+" "+x.Reason)
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), tt.want)
			}
		})
	}
	if _, err := readBankFile(formatCSV, "date,amount\n"+strings.Repeat("x", maxFile)); !fault.Is(err, fault.OverLimit) {
		t.Errorf("too large: %v", err)
	}
	many := "date,amount\n" + strings.Repeat("2026-01-01,1\n", maxMoves+5)
	if _, err := readBankFile(formatCSV, many); fault.As(err) == nil || fault.As(err).Fields[0].Reason != "statement.rows" {
		t.Errorf("too many: %v", err)
	}
	if _, err := readBankFile(formatCSV, "date,amount\n"+strings.Repeat("x,y\n", 1000)); len(fault.As(err).Fields) != maxBad {
		t.Errorf("%d mistakes", len(fault.As(err).Fields))
	}
}

// Whatever a file holds, reading it ends, and what is taken is sound.
func FuzzBankFile(f *testing.F) {
	f.Add(formatMT940, sampleMT940)
	f.Add(formatCAMT, sampleCAMT)
	f.Add(formatCSV, "date;amount\n2026-01-01;1,5\n")
	f.Fuzz(func(t *testing.T, format, content string) {
		got, err := readBankFile(format, content)
		if (got == nil) == (err == nil) {
			t.Fatalf("%v, %v", got, err)
		}
		if got == nil {
			return
		}
		for _, m := range got.moves {
			if m.amount.IsZero() || m.date.IsZero() || len([]rune(m.remark)) > maxText || !m.amount.Equal(m.amount.Round(4)) {
				t.Fatalf("%+v", m)
			}
		}
		if got.opening != nil && got.opening.Abs().GreaterThan(money.Int(1_000_000_000_000_000)) {
			t.Fatalf("balance %s", got.opening)
		}
	})
}
