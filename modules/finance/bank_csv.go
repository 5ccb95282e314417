package finance

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/tenon-hq/tenon/internal/money"
)

// bankColumns are the columns of a bank's table, by what they mean; −1 where there is none.
type bankColumns struct {
	date, amount, in, out, balance, party, account, reference, remark int
}

// columnsOf finds the columns by their names in English or Chinese, as banks call them.
func bankColumnsOf(header []string) bankColumns {
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = strings.ToLower(strings.TrimSpace(h))
	}
	return bankColumns{
		date:      oneOf(names, "date", "booking date", "transaction date", "交易日期", "记账日期", "日期", "交易时间"),
		amount:    oneOf(names, "amount", "交易金额", "金额", "发生额"),
		in:        oneOf(names, "credit", "money in", "收入", "收入金额", "贷方金额", "贷方发生额", "贷方"),
		out:       oneOf(names, "debit", "money out", "支出", "支出金额", "借方金额", "借方发生额", "借方"),
		balance:   oneOf(names, "balance", "balance after", "running balance", "余额", "账户余额", "交易后余额", "本次余额"),
		party:     oneOf(names, "counterparty", "name", "payee", "对方户名", "对方名称", "对方单位"),
		account:   oneOf(names, "counter account", "iban", "account", "对方账号", "对方账户"),
		reference: oneOf(names, "reference", "bank reference", "id", "流水号", "交易流水号", "凭证号"),
		remark:    oneOf(names, "text", "description", "memo", "purpose", "摘要", "附言", "用途", "备注"),
	}
}

// readCSV reads a table with a header; the separator is a comma, a semicolon or a tab.
func (f *bankFile) readCSV(content string) {
	first, _, _ := strings.Cut(content, "\n")
	r := csv.NewReader(strings.NewReader(content))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	for _, c := range []rune{';', '\t'} {
		if strings.Count(first, string(c)) > strings.Count(first, string(r.Comma)) {
			r.Comma = c
		}
	}
	mark := byte('.')
	if r.Comma == ';' {
		mark = ','
	}
	header, err := r.Read()
	if err != nil {
		f.wrong(1, "csv.broken", "CSV 格式错误", "The CSV is broken")
		return
	}
	c := bankColumnsOf(header)
	if c.date < 0 || c.amount < 0 && (c.in < 0 || c.out < 0) {
		f.wrong(1, "statement.header", "表头需要日期，以及金额或收入、支出", "The header needs a date, and either an amount or columns for money in and out")
		return
	}
	line := 1
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil { // a row that breaks off at once has no field to ask for its line
			var broken *csv.ParseError
			if errors.As(err, &broken) {
				line = broken.StartLine
			}
			f.wrong(line, "csv.broken", "CSV 格式错误", "The CSV is broken")
			return // what follows can't be told apart
		}
		line, _ = r.FieldPos(0)
		if strings.TrimSpace(strings.Join(row, "")) != "" && !f.csvRow(line, row, c, mark) {
			return
		}
	}
}

// csvRow reads one row. It reports false when no more are taken.
func (f *bankFile) csvRow(line int, row []string, c bankColumns, mark byte) bool {
	cell := func(i int) string {
		if i < 0 || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	m := bankMove{line: line, party: cell(c.party), account: cell(c.account), reference: cell(c.reference), remark: cell(c.remark)}
	var ok bool
	if m.date, ok = bankDate(cell(c.date)); !ok {
		f.wrong(line, "statement.date", "日期 %[1]q 无法识别", "%[1]q is no date", plainText(cell(c.date)))
	}
	if m.amount, ok = csvAmount(cell(c.amount), cell(c.in), cell(c.out), mark); !ok {
		f.wrong(line, "statement.amount", "金额 %[1]q 无法识别或为零", "%[1]q is no amount", plainText(cell(c.amount)+cell(c.in)+cell(c.out)))
	}
	if b, ok := bankAmount(cell(c.balance), mark); ok {
		m.balance = &b
	}
	return f.add(m)
}

// csvAmount is the movement that a row tells: an amount with its sign, or money in and out in columns of their own.
func csvAmount(amount, in, out string, mark byte) (money.Amount, bool) {
	if amount != "" {
		a, ok := bankAmount(amount, mark)
		return a, ok && !a.IsZero()
	}
	sum := money.Zero()
	for _, x := range []struct {
		text string
		sign int64
	}{{in, 1}, {out, -1}} {
		if x.text == "" || x.text == "-" {
			continue
		}
		a, ok := bankAmount(x.text, mark)
		if !ok {
			return sum, false
		}
		sum = sum.Add(a.Abs().Mul(money.Int(x.sign)))
	}
	return sum, !sum.IsZero()
}
