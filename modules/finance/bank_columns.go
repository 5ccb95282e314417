package finance

import (
	"slices"
	"strings"
)

// bankColumns are the columns of a bank's table, by what they mean; −1 where there is none.
type bankColumns struct {
	date, amount, in, out, way, balance, currency, party, payer, payee, account, reference int

	remarks []int
}

// bankColumnsOf finds the columns by their names in English or Chinese, as banks call them; of several for the same, that whose name stands first here.
func bankColumnsOf(header []string) bankColumns {
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = columnName(h)
	}
	one := func(list ...string) int {
		for _, n := range list {
			if i := slices.Index(names, n); i >= 0 {
				return i
			}
		}
		return -1
	}
	c := bankColumns{
		date:   one("booking date", "记账日期", "入账日期", "date", "transaction date", "交易日期", "交易日", "日期", "交易时间", "posting date", "value date", "起息日"),
		amount: one("amount", "交易金额", "金额", "发生额", "transaction amount"),
		in: one("credit", "credit amount", "money in", "paid in", "deposit", "deposits", "收入", "收入金额", "贷方金额", "贷方发生额", "贷方", "存入", "存入金额",
			"转入金额"),
		out: one("debit", "debit amount", "money out", "paid out", "withdrawal", "withdrawals", "支出", "支出金额", "借方金额", "借方发生额", "借方", "支取",
			"支取金额", "转出金额"),
		way: one("debit/credit", "credit/debit", "dr/cr", "cr/dr", "d/c", "c/d", "direction", "借贷标志", "借贷方向", "借贷标识", "借贷", "借/贷", "收支", "收/支", "收支标志",
			"收支方向", "收付标志", "收付方向"),
		balance:   one("balance", "balance after", "running balance", "余额", "账户余额", "交易后余额", "本次余额", "当前余额"),
		currency:  one("currency", "ccy", "币种", "交易货币", "货币", "币别"),
		party:     one("counterparty", "name", "payee", "对方户名", "对方名称", "对方单位", "对方单位名称", "对方账户名称", "对方账号名称", "收(付)方名称", "收付方名称"),
		payer:     one("付款人名称", "付款人户名", "payer's name"),
		payee:     one("收款人名称", "收款人户名", "payee's name"),
		account:   one("counter account", "iban", "account", "对方账号", "对方账户", "收(付)方账号", "收付方账号"),
		reference: one("reference", "bank reference", "id", "交易流水号", "流水号", "核心流水号", "凭证号"),
	}
	for i, n := range names {
		switch n {
		case "text", "description", "memo", "purpose", "details", "narrative", "remarks", "摘要", "附言", "交易附言", "用途", "交易用途", "备注", "交易摘要":
			c.remarks = append(c.remarks, i)
		}
	}
	return c
}

// columnName is a title without what banks put behind it, a unit or a translation: "收入金额（元）", "交易金额[Trade Amount]".
func columnName(s string) string {
	s = strings.NewReplacer("（", "(", "）", ")", "／", "/", "*", "", "\u3000", " ").Replace(strings.ToLower(strings.TrimSpace(s)))
	for _, pair := range []string{"()", "[]"} {
		if at := strings.IndexByte(s, pair[0]); at > 0 && s[len(s)-1] == pair[1] {
			s = strings.TrimSpace(s[:at])
		}
	}
	return s
}

// sides tells that money in and money out have columns of their own.
func (c bankColumns) sides() bool { return c.in >= 0 && c.out >= 0 }

// sound tells that a row with these columns is a header.
func (c bankColumns) sound() bool { return c.date >= 0 && (c.amount >= 0 || c.sides()) }

// aside tells that a row is none of the movements: a sum at the end of a page, or a sentence over all of the table.
func (c bankColumns) aside(r csvRow) bool {
	if _, ok := bankDate(r.cell(c.date)); ok {
		return false
	}
	filled := r.texts(everyColumn(r))
	for _, word := range []string{"合计", "总计", "小计", "累计", "本页", "借方合计", "贷方合计", "总笔数", "total"} {
		if strings.HasPrefix(strings.ToLower(filled), word) {
			return true
		}
	}
	return filled == r.cells[0]
}

func everyColumn(r csvRow) []int {
	list := make([]int, len(r.cells))
	for i := range list {
		list[i] = i
	}
	return list
}

// direction is which way a word says that money went: 1 in, −1 out, 0 unknown. A bank's credit is money in.
func direction(s string) int64 {
	switch strings.ToLower(s) {
	case "c", "cr", "crdt", "credit", "in", "+", "贷", "贷方", "收", "收入", "收款", "转入", "来账":
		return 1
	case "d", "dr", "dbit", "debit", "out", "-", "借", "借方", "支", "付", "支出", "付款", "转出", "往账":
		return -1
	}
	return 0
}

// currencyCode is the code of a currency as banks write it; empty where a text is none.
func currencyCode(s string) string {
	s = strings.ToUpper(s)
	switch s {
	case "人民币", "人民币元", "RMB":
		return "CNY"
	case "美元", "美金":
		return "USD"
	case "欧元":
		return "EUR"
	case "港币", "港元":
		return "HKD"
	case "日元":
		return "JPY"
	case "英镑":
		return "GBP"
	}
	if len(s) != 3 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return s
}
