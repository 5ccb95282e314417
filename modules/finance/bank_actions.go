package finance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// prepareBanks gives a new bank account company currency unless it names another.
func prepareBanks(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*BankAccount]) error {
	for _, c := range changes {
		if c.New.Currency == "" {
			c.New.Currency = tx.Tenant.Currency
		}
	}
	return nil
}

// prepareStatements gives a new statement its date.
func prepareStatements(_ context.Context, tx *tenancy.Tx, changes []modules.Change[*BankStatement]) error {
	for _, c := range changes {
		c.New.Date = firstDate(c.New.Date, tx.Today())
	}
	return nil
}

// LoadFile is the input of loading a bank's file: its text in one of the formats csv, camt053 and mt940.
// A file that is not encoded in UTF-8 comes as its bytes, in base64.
type LoadFile struct {
	Format  string `in:"format" label:"格式|Format"`
	Content string `in:"content" label:"文件内容|Content of the file" class:"payment"`
	Base64  string `in:"content_base64" label:"文件内容（Base64）|Content of the file, in base64" class:"payment"`
}

// load reads a bank's file into the statement and suggests what each movement settles. The same file is not taken twice.
func (o office) load(ctx context.Context, tx *tenancy.Tx, s *BankStatement, in LoadFile) error {
	if err := in.decode(); err != nil {
		return err
	}
	f, err := readBankFile(in.Format, in.Content)
	if err != nil {
		return err
	}
	bank, err := record.Get[BankAccount](ctx, tx, s.BankAccountID)
	if err != nil {
		return err
	}
	if bank.Currency == "" {
		bank.Currency = tx.Tenant.Currency
	}
	if f.currency != "" && f.currency != bank.Currency {
		return fault.New(fault.Rule, "statement.currency", "对账单币种 %[1]s 与银行账户币种 %[2]s 不同", "The statement is in %[1]s, the bank account in %[2]s", f.currency, bank.Currency).
			At("content", "statement.currency", "币种不同", "is in another currency")
	}
	digest := sha256.Sum256([]byte(s.BankAccountID.String() + in.Content))
	s.Digest, s.Format, s.Currency, s.Status = hex.EncodeToString(digest[:]), in.Format, bank.Currency, loaded
	s.Date = firstDate(f.date, s.Date)
	if s.Reference == "" {
		s.Reference = f.reference
	}
	if s.OpeningBalance, s.ClosingBalance, err = f.balances(ctx, tx, s); err != nil {
		return err
	}
	for i, m := range f.moves {
		l := &BankLine{
			StatementID: s.ID, Date: m.date, Amount: m.amount, Counterparty: m.party, CounterAccount: m.account, Reference: m.reference, Text: m.remark,
			Status: open, Suggested: []string{},
		}
		l.ID, l.Position = tx.NewID(), i
		s.Lines = append(s.Lines, l)
	}
	s.LineCount = len(s.Lines)
	if err := o.guess(ctx, tx, s); err != nil {
		return err
	}
	if err := record.Update(ctx, tx, s); err != nil {
		return err
	}
	return record.Create(ctx, tx, s.Lines...)
}

// decode turns the bytes of a file into its text: UTF-8 when they are that, else the Chinese standard, of which GBK and GB 2312 are parts.
func (in *LoadFile) decode() error {
	if in.Base64 == "" {
		return nil
	}
	var bad fault.Fields
	if in.Content != "" {
		bad.Add("content_base64", "value.twice", "文件内容只能填写一次", "Give the content once")
		return bad.Err()
	}
	raw, err := base64.StdEncoding.DecodeString(in.Base64)
	if err != nil {
		bad.Add("content_base64", "value.base64", "不是有效的 Base64", "It is not base64")
		return bad.Err()
	}
	if !utf8.Valid(raw) {
		text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
		if err == nil && !bytes.ContainsRune(text, utf8.RuneError) {
			raw = text
		}
	}
	in.Content = string(raw)
	return nil
}

// suggest looks again for what the open lines of a statement settle.
func (o office) suggest(ctx context.Context, tx *tenancy.Tx, s *BankStatement, _ modules.None) error {
	if err := o.guess(ctx, tx, s); err != nil {
		return err
	}
	return record.Update(ctx, tx, s.Lines...)
}

// MatchBank is the input of matching a statement. Without lines all suggestions that are sure enough are taken.
type MatchBank struct {
	Lines    []MatchBankLine `in:"lines" label:"明细|Lines"`
	MinScore *int            `in:"min_score" label:"最低把握|Least confidence"`
}

// MatchBankLine says what one line of a statement is: money for (or from) a customer or vendor that settles documents or stays on account, a payment
// that is on record already, or something for an account of the books.
type MatchBankLine struct {
	LineID     id.ID       `in:"line_id" label:"对账单行|Line"`
	CustomerID *id.ID      `in:"customer_id" label:"客户|Customer"`
	VendorID   *id.ID      `in:"vendor_id" label:"供应商|Vendor"`
	Matches    []MatchLine `in:"matches" label:"核销|Matches"`
	PaymentID  *id.ID      `in:"payment_id" label:"已登记的收付款|Payment on record"`
	AccountID  *id.ID      `in:"account_id" label:"科目|Account"`
}

// sure is the confidence from which a suggestion is taken without a look.
const sure = 70

// matchBank makes a draft payment for each line that is matched, so that people can look at it (and change it) before it is posted.
func (o office) matchBank(ctx context.Context, tx *tenancy.Tx, s *BankStatement, in MatchBank) error {
	least := sure
	if in.MinScore != nil {
		least = *in.MinScore
	}
	wanted := in.Lines
	if len(wanted) == 0 {
		var err error
		if wanted, err = s.suggestions(ctx, tx, least); err != nil {
			return err
		}
	}
	b, err := openBooks(ctx, tx)
	if err != nil {
		return err
	}
	m := &matching{statement: s, books: b, byID: map[id.ID]*BankLine{}}
	for _, l := range s.Lines {
		m.byID[l.ID] = l
	}
	if err := m.parties(ctx, tx, wanted); err != nil {
		return err
	}
	if err := m.known(ctx, tx, wanted); err != nil {
		return err
	}
	for i, w := range wanted {
		m.one(tx, i, w)
	}
	if err := m.bad.Err(); err != nil {
		return err
	}
	if err := record.Create(ctx, tx, m.payments...); err != nil {
		return err
	}
	return record.Update(ctx, tx, m.lines...)
}

// matching is a statement that is being matched.
type matching struct {
	statement *BankStatement
	books     *books
	byID      map[id.ID]*BankLine
	customer  map[id.ID]id.ID // of documents
	vendor    map[id.ID]id.ID
	existing  map[id.ID]*Payment
	payments  []*Payment
	lines     []*BankLine
	bad       fault.Fields
}

// parties reads whose documents they are, so that a match need not name its customer or vendor.
func (m *matching) parties(ctx context.Context, tx *tenancy.Tx, wanted []MatchBankLine) error {
	var all []*Match
	for _, w := range wanted {
		for i, x := range w.Matches {
			all = append(all, x.match(id.ID{}, i, m.statement.Date))
		}
	}
	s, err := lockTargets(ctx, tx, all)
	if err != nil {
		return err
	}
	m.customer, m.vendor = map[id.ID]id.ID{}, map[id.ID]id.ID{}
	for k, d := range s.invoices {
		m.customer[k] = d.CustomerID
	}
	for k, d := range s.notes {
		m.customer[k] = d.CustomerID
	}
	for k, d := range s.bills {
		m.vendor[k] = d.VendorID
	}
	for k, d := range s.credits {
		m.vendor[k] = d.VendorID
	}
	for k, d := range s.advances {
		m.customer[k], m.vendor[k] = d.CustomerID, d.VendorID
	}
	return nil
}

// known reads the payments on record that lines belong to.
func (m *matching) known(ctx context.Context, tx *tenancy.Tx, wanted []MatchBankLine) error {
	var keys []id.ID
	for _, w := range wanted {
		if w.PaymentID != nil {
			keys = append(keys, *w.PaymentID)
		}
	}
	m.existing = map[id.ID]*Payment{}
	return lockInto(ctx, tx, m.existing, keys)
}

// one matches one line, or notes why it can't be.
func (m *matching) one(tx *tenancy.Tx, i int, w MatchBankLine) {
	path := fmt.Sprintf("lines[%d].", i)
	l := m.byID[w.LineID]
	switch {
	case l == nil:
		m.bad.Add(path+"line_id", "line.unknown", "对账单没有该行", "The statement has no such line")
		return
	case l.Status != open:
		m.bad.Add(path+"line_id", "line.matched", "该行已匹配", "The line is matched already")
		return
	}
	switch {
	case w.AccountID != nil:
		l.AccountID = *w.AccountID
	case w.PaymentID != nil:
		p := m.existing[*w.PaymentID]
		if p == nil || p.Status != posted || p.Currency != m.statement.Currency || !p.Amount.Mul(p.sign()).Equal(l.Amount) {
			m.bad.Add(path+"payment_id", "payment.other", "没有金额与币种相同的已过账收付款", "There is no such posted payment over the same amount and currency")
			return
		}
		l.PaymentID = p.ID
	default:
		p := m.payment(tx, path, l, w)
		if p == nil {
			return
		}
		l.PaymentID, l.CustomerID, l.VendorID = p.ID, p.CustomerID, p.VendorID
		m.payments = append(m.payments, p)
	}
	l.Status = matched
	m.lines = append(m.lines, l)
}

// payment is the draft of what a line says.
func (m *matching) payment(tx *tenancy.Tx, path string, l *BankLine, w MatchBankLine) *Payment {
	p := &Payment{
		Direction: moneyIn, Status: draft, Date: l.Date, Amount: l.Amount.Abs(), Currency: m.statement.Currency, Rate: money.Int(1), Method: "transfer",
		JournalID: m.books.journals[journalBank].id, BankAccountID: m.statement.BankAccountID, Reference: l.Reference, Memo: l.Text,
	}
	if !l.came() {
		p.Direction = moneyOut
	}
	p.ID = tx.NewID()
	if w.CustomerID != nil {
		p.CustomerID = *w.CustomerID
	}
	if w.VendorID != nil {
		p.VendorID = *w.VendorID
	}
	for i, x := range w.Matches {
		n := x.match(p.ID, i, l.Date)
		if n.targets() != 1 {
			m.bad.Add(fmt.Sprintf("%smatches[%d].invoice_id", path, i), "match.target", "每行核销应指定一张单据", "Each match names one document")
			continue
		}
		if c := m.customer[n.target()]; p.CustomerID.IsZero() && p.VendorID.IsZero() && !c.IsZero() {
			p.CustomerID = c
		}
		if v := m.vendor[n.target()]; p.CustomerID.IsZero() && p.VendorID.IsZero() && !v.IsZero() {
			p.VendorID = v
		}
		p.Matches = append(p.Matches, n)
	}
	if p.CustomerID.IsZero() == p.VendorID.IsZero() {
		m.bad.Add(path+"customer_id", "payment.party", "请填写客户或供应商之一", "Name either a customer or a vendor")
		return nil
	}
	if p.UnmatchedAmount = p.Amount.Sub(p.matched()); p.UnmatchedAmount.Sign() < 0 {
		m.bad.Add(path+"matches", "match.over_payment", "核销金额合计 %[1]s 超过该行金额 %[2]s", "The matches add up to %[1]s, the line is %[2]s",
			p.matched().StringFixed(2), p.Amount.StringFixed(2))
		return nil
	}
	return p
}
