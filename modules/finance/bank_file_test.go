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
		{
			"a Chinese bank's layout", formatCSV, "\ufeff账号：,6222 0000\n起始日期：,20260101\n\n交易时间,借方发生额（支取）,贷方发生额（收入）,余额,币种,对方户名,对方账号,记账日期,摘要,备注\n" +
				"20260105 10:20:30,\"0.00\",\"12,345.67\",\"20,000.00\",人民币,甲公司,62-1\t,20260105,货款,合同 7\n20260106 09:00:00,\"1,000.00\",0.00,\"19,000.00\",人民币,,,2026年1月6日,手续费,手续费\n" +
				"20260107 09:00:00,-50.00,,\"19,050.00\",人民币,,,20260107,冲正,\n合计,\"950.00\",\"12,345.67\",,,,,,,\n备注：仅供参考\n备注：,,,,,,,,,\n",
			"5 2026-01-05 12345.67 甲公司||货款 合同 7; 6 2026-01-06 -1000.00 ||手续费; 7 2026-01-07 50.00 ||冲正; ",
		},
		{"a sentence below the dates", formatCSV, "日期,金额\n2026-01-05,7\n以上仅供参考,\n", "2 2026-01-05 7.00 ||; "},
		{"money out below zero throughout", formatCSV, "日期,收入,支出\n2026-01-05,,-12.5\n2026-01-05,7,\n", "2 2026-01-05 -12.50 ||; 3 2026-01-05 7.00 ||; "},
		{
			"an amount and which way it went", formatCSV, "交易日期[Transaction Date],借贷标志,交易金额[Trade Amount],付款人名称[Payer's Name],收款人名称[Payee's Name],用途[Purpose]\n" +
				"20260105,贷,100.00,甲,我们,款\n20260105,借,40.00,我们,乙,租金\n20260106,借,-3.00,我们,乙,退\n",
			"2 2026-01-05 100.00 甲||款; 3 2026-01-05 -40.00 乙||租金; 4 2026-01-06 3.00 我们||退; ",
		},
		{
			"decimals by what they look like", formatCSV, "date;amount\n2026-01-05;1250.50\n2026-01-05;1,250.50\n2026-01-05;(7.00)\n2026-01-05;￥8-\n",
			"2 2026-01-05 1250.50 ||; 3 2026-01-05 1250.50 ||; 4 2026-01-05 -7.00 ||; 5 2026-01-05 -8.00 ||; ",
		},
		{"decimal commas between commas", formatCSV, "date,amount\n2026-01-05,\"250,50\"\n2026-01-05,\"1.250\"\n", "2 2026-01-05 250.50 ||; 3 2026-01-05 1250.00 ||; "},
		{
			"MT940 of two pages, in words", formatMT940, ":20:A\n:25:NL1\n:28C:7/1\n:60F:C260105EUR10,00\n:61:2601050105C5,NTRFEREF//B1\n" +
				":86:/TRTP/SEPA/IBAN/NL02/NAME/J. Jansen/REMI/USTD//Invoice 12/EREF/X\n:62M:C260105EUR15,00\n-\n:20:A\n:25:NL1\n:28C:7/2\n:60M:C260105EUR15,00\n" +
				":61:260105RD2,50NTRFNONREF\n:86:Why? Back\n:62F:C260105EUR17,50\n-\n",
			"5 2026-01-05 5.00 J. Jansen|EREF B1|Invoice 12; 13 2026-01-05 2.50 ||Why? Back; ",
		},
		{
			"CAMT.053 of two days, with a batch and money coming back", formatCAMT, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>DE02</IBAN></Id></Acct><RltdAcct><Id><IBAN>DE03</IBAN></Id></RltdAcct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt><NtryDtls>
<TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy="EUR">10.00</Amt><RltdPties><Dbtr><Pty><Nm>ACME</Nm></Pty></Dbtr></RltdPties><RmtInf><Strd><RfrdDocInf><Nb>INV 1</Nb></RfrdDocInf></Strd></RmtInf></TxDtls>
<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">20.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>Bolt</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry></Stmt>
<Stmt><Acct><Id><IBAN>DE02</IBAN></Id></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">37.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-06</Dt></BookgDt><NtryDtls>
<TxDtls><RltdPties><Dbtr><Pty><Nm>We</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Cork</Nm></Pty></Cdtr></RltdPties></TxDtls><TxDtls><RmtInf><Ustrd>no amounts</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`,
			"3 2026-01-05 10.00 ACME|E1|INV 1; 3 2026-01-05 20.00 Bolt||; 8 2026-01-06 7.00 Cork||no amounts; ",
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
		{"amounts that may mean two things", formatCSV, "date,amount\n2026-01-05,1.25\n2026-01-05,\"2,50\"\n", "content line 3 statement.amount"},
		{"which way is unknown", formatCSV, "日期,借贷标志,金额\n2026-01-05,?,1.25\n", "content line 2 statement.amount"},
		{"two currencies", formatCSV, "日期,币种,金额\n2026-01-05,人民币,1\n2026-01-05,USD,1\n", "content line 3 statement.currency"},
		{"two accounts", formatMT940, ":25:A\n:61:260105C1,00NTRF\n-\n:25:B\n", "content line 4 statement.many"},
		{"two accounts in XML", formatCAMT, "<D><Stmt><Acct><Id><IBAN>A</IBAN></Id></Acct></Stmt>\n<Stmt><Acct><Id><Othr><Id>B</Id></Othr></Id></Acct></Stmt></D>", "content line 2 statement.many"},
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
