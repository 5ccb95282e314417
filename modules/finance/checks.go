package finance

import (
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

// checks are what holds in the books at every moment.
func checks() []modules.Check {
	return append(totalChecks(), []modules.Check{
		{Name: "entries_balance", Label: entity.T("已过账凭证借贷平衡", "Posted entries balance"), SQL: `
			SELECT e.id, format('entry %s: debit %s, credit %s, total %s, %s of %s lines', e.no,
				coalesce(s.debit, 0), coalesce(s.credit, 0), e.total_amount, coalesce(s.lines, 0), e.line_count)
			FROM finance_entry e LEFT JOIN (SELECT entry_id, sum(debit) AS debit, sum(credit) AS credit, count(*) AS lines FROM finance_entry_line GROUP BY entry_id) s
				ON s.entry_id = e.id
			WHERE e.status = 'posted' AND (s.debit IS DISTINCT FROM s.credit OR s.debit IS DISTINCT FROM e.total_amount OR s.lines IS DISTINCT FROM e.line_count)`},
		{Name: "documents_posted_once", Label: entity.T("每张单据恰好过账一次", "Each document is posted exactly once"), SQL: `
			SELECT d.id, format('%s %s: %s entries', d.kind, d.no, count(e.id)) FROM (
				SELECT id, no, 'finance.invoice' AS kind, total_amount FROM finance_invoice WHERE status NOT IN ('draft', 'cancelled') AND kind <> 'opening'
				UNION ALL SELECT id, no, 'finance.credit_note', total_amount FROM finance_credit_note
				UNION ALL SELECT id, no, 'finance.bill', total_amount FROM finance_bill WHERE status NOT IN ('draft', 'cancelled') AND kind <> 'opening'
				UNION ALL SELECT id, no, 'finance.vendor_credit', total_amount FROM finance_vendor_credit WHERE status <> 'draft') d
			LEFT JOIN finance_entry e ON e.source_id = d.id AND e.source_entity = d.kind AND e.status = 'posted'
				AND e.journal_id IN (SELECT j.id FROM finance_journal j WHERE j.code IN ('SAL', 'PUR'))
			WHERE d.total_amount <> 0 GROUP BY d.id, d.no, d.kind HAVING count(e.id) <> 1`},
		{Name: "documents_stand", Label: entity.T("单据生成的凭证没有被手工冲销", "What documents have booked is not reversed by hand"), SQL: `
			SELECT e.source_id, format('%s %s: its entry %s is reversed by hand by %s', e.source_entity, e.source, e.no, r.no)
			FROM finance_entry r JOIN finance_entry e ON e.id = r.reversal_of
			WHERE r.status = 'posted' AND r.source_entity = 'finance.entry' AND e.source_entity NOT IN ('', 'finance.entry', 'finance.bank_statement')
				AND NOT EXISTS (SELECT FROM finance_entry a WHERE a.reversal_of = r.id AND a.status = 'posted')`},
		{Name: "payments_posted", Label: entity.T("每笔收付款都已入账", "Each payment is in the books"), SQL: `
			SELECT y.id, format('payment %s has no entry', y.no) FROM finance_payment y
			WHERE y.status = 'posted' AND NOT EXISTS (SELECT FROM finance_entry e WHERE e.source_id = y.id AND e.status = 'posted')
				AND NOT EXISTS (SELECT FROM finance_opening_line l WHERE l.item_id = y.id)`},
		{Name: "invoices_open", Label: entity.T("应收余额 = 发票 − 收款与抵扣 − 红冲", "Invoices are open by what is not paid, offset or credited"), SQL: `
			SELECT i.id, format('invoice %s: total %s, open %s, paid %s (matches %s), credited %s (notes %s)', i.no, i.total_amount, i.residual_amount,
				i.paid_amount, coalesce(p.amount, 0), i.credited_amount, coalesce(c.amount, 0))
			FROM finance_invoice i
			LEFT JOIN (SELECT s.invoice_id, sum(s.amount) AS amount FROM (SELECT m.invoice_id, m.amount FROM finance_payment_match m
				JOIN finance_payment y ON y.id = m.payment_id WHERE y.status = 'posted'
				UNION ALL SELECT k.invoice_id, k.amount FROM finance_credit_match k) s GROUP BY 1) p ON p.invoice_id = i.id
			LEFT JOIN (SELECT invoice_id, sum(total_amount) AS amount FROM finance_credit_note GROUP BY 1) c ON c.invoice_id = i.id
			WHERE i.status <> 'draft' AND (i.residual_amount <> greatest(i.total_amount - i.paid_amount - i.credited_amount, 0)
				OR i.paid_amount <> coalesce(p.amount, 0) OR i.credited_amount <> coalesce(c.amount, 0))`},
		{Name: "bills_open", Label: entity.T("应付余额 = 账单 − 付款 − 红字抵扣", "Bills are open by what is not paid or offset"), SQL: `
			SELECT b.id, format('bill %s: total %s, open %s, paid %s (matches %s)', b.no, b.total_amount, b.residual_amount, b.paid_amount, coalesce(p.amount, 0))
			FROM finance_bill b
			LEFT JOIN (SELECT s.bill_id, sum(s.amount) AS amount FROM (SELECT m.bill_id, m.amount FROM finance_payment_match m
				JOIN finance_payment y ON y.id = m.payment_id WHERE y.status = 'posted'
				UNION ALL SELECT k.bill_id, k.amount FROM finance_vendor_credit_match k) s GROUP BY 1) p ON p.bill_id = b.id
			WHERE b.status NOT IN ('draft', 'cancelled') AND (b.residual_amount <> b.total_amount - b.paid_amount OR b.paid_amount <> coalesce(p.amount, 0))`},
		{Name: "vendor_credits_open", Label: entity.T("供应商红字发票余额 = 金额 − 退款 − 抵扣", "Vendors' credits are open by what is neither paid back nor offset"), SQL: `
			SELECT c.id, format('vendor credit %s: total %s, open %s, settled by %s', c.no, c.total_amount, c.residual_amount, coalesce(p.amount, 0))
			FROM finance_vendor_credit c
			LEFT JOIN (SELECT s.id, sum(s.amount) AS amount FROM (SELECT m.vendor_credit_id AS id, m.amount FROM finance_payment_match m
				JOIN finance_payment y ON y.id = m.payment_id WHERE y.status = 'posted'
				UNION ALL SELECT k.vendor_credit_id, k.amount FROM finance_vendor_credit_match k) s GROUP BY 1) p ON p.id = c.id
			WHERE c.status <> 'draft' AND c.residual_amount <> c.total_amount - coalesce(p.amount, 0)`},
		// What is paid and credited beyond an invoice's total is open on its notes, refunded, or offset.
		{Name: "credit_notes_open", Label: entity.T("红字发票余额 = 多收金额 − 退款 − 抵扣", "Credit notes are open by what was paid beyond and is neither refunded nor offset"), SQL: `
			SELECT i.id, format('invoice %s: %s beyond its total, its notes: %s open, %s refunded or offset', i.no,
				greatest(i.paid_amount + i.credited_amount - i.total_amount, 0), n.open, n.used)
			FROM finance_invoice i JOIN (SELECT c.invoice_id, sum(c.residual_amount) AS open, sum(coalesce(p.amount, 0)) AS used
				FROM finance_credit_note c LEFT JOIN (SELECT s.id, sum(s.amount) AS amount FROM (SELECT m.credit_note_id AS id, m.amount FROM finance_payment_match m
					JOIN finance_payment y ON y.id = m.payment_id WHERE y.status = 'posted'
					UNION ALL SELECT k.credit_note_id, k.amount FROM finance_credit_match k) s GROUP BY 1) p ON p.id = c.id GROUP BY 1) n ON n.invoice_id = i.id
			WHERE i.status <> 'draft' AND greatest(i.paid_amount + i.credited_amount - i.total_amount, 0) <> n.open + n.used`},
		{Name: "payments_matched", Label: entity.T("收付款的核销不超过其金额", "Payments are matched by no more than they are"), SQL: `
			SELECT y.id, format('payment %s: amount %s, unmatched %s, matches %s', y.no, y.amount, y.unmatched_amount, coalesce(m.amount, 0))
			FROM finance_payment y LEFT JOIN (SELECT x.id, sum(x.amount) AS amount FROM (SELECT payment_id AS id, amount - write_off AS amount FROM finance_payment_match
				UNION ALL SELECT k.advance_id, k.amount FROM finance_payment_match k JOIN finance_payment b ON b.id = k.payment_id
					WHERE k.advance_id IS NOT NULL AND b.status = 'posted') x GROUP BY 1) m ON m.id = y.id
			WHERE y.status = 'posted' AND y.unmatched_amount <> y.amount - coalesce(m.amount, 0)`},
		// Items from before entries named them are left out: no entry of their own source names them.
		{Name: "items_at_value", Label: entity.T("未清项的账面价值与凭证一致", "Open items stand in the books at their value"), SQL: `
			SELECT i.id, format('document %s: open at %s, the entries say %s', i.no, i.value, l.value)
			FROM (SELECT id, no, open_value AS value FROM finance_invoice UNION ALL SELECT id, no, -open_value FROM finance_credit_note
				UNION ALL SELECT id, no, -open_value FROM finance_bill UNION ALL SELECT id, no, open_value FROM finance_vendor_credit
				UNION ALL SELECT id, no, CASE direction WHEN 'in' THEN -open_value ELSE open_value END FROM finance_payment) i
			JOIN (SELECT l.item_id, sum(l.debit - l.credit) AS value, bool_or(e.source_id = l.item_id OR e.source_entity = 'finance.opening') AS whole
				FROM finance_entry_line l JOIN finance_entry e ON e.id = l.entry_id WHERE e.status = 'posted' GROUP BY 1) l ON l.item_id = i.id
			WHERE l.whole AND i.value <> l.value`},
		{Name: "numbers_without_gaps", Label: entity.T("凭证与单据编号连续", "Numbers of ledger documents have no gaps"), SQL: `
			SELECT NULL::uuid, format('series %s: %s documents, the last number is %s', series, count(*), max(n)) FROM (
				SELECT left(no, -7) AS series, right(no, 6)::int AS n FROM (
					SELECT no FROM finance_entry UNION ALL SELECT no FROM finance_invoice WHERE kind <> 'opening' UNION ALL SELECT no FROM finance_credit_note
					UNION ALL SELECT no FROM finance_bill UNION ALL SELECT no FROM finance_vendor_credit UNION ALL SELECT no FROM finance_payment) d WHERE no ~ '^[A-Z0-9]+-\d{4}-\d{6}$') s
			GROUP BY series HAVING count(*) <> max(n)`},
	}...)
}

// tallies are what the books know that other modules know too. What stock is worth is told since the accounts for it were chosen last.
func tallies() []modules.Tally {
	return []modules.Tally{
		{Name: "order_collected", Label: entity.T("应收款的已收金额", "what is paid of the order's receivable"), SQL: "SELECT order_id, paid_amount, created_at FROM finance_receivable"},
		{Name: "stock_postings", Label: entity.T("单据在存货科目的入账金额", "what the document booked on the accounts of stock"), SQL: `
			SELECT e.source_id, coalesce(sum(l.debit - l.credit), 0),
				CASE WHEN min(e.created_at) > (SELECT max(updated_at) FROM finance_setting WHERE purpose = 'inventory') THEN min(e.created_at) ELSE '-infinity' END
			FROM finance_entry e LEFT JOIN finance_entry_line l ON l.entry_id = e.id AND l.account_id IN (SELECT a.id FROM finance_account a
				JOIN finance_setting s ON s.account_code = a.code WHERE s.purpose = 'inventory')
			WHERE e.status = 'posted' AND e.source_id IS NOT NULL AND e.source_entity NOT LIKE 'finance.%' GROUP BY 1`},
	}
}

// totalChecks are what the database keeps beside the entries: it says nothing that they don't.
func totalChecks() []modules.Check {
	return []modules.Check{
		{Name: "totals", Label: entity.T("科目每日发生额 = 凭证行合计", "What moved on an account in a day is what its lines say"), SQL: `
			SELECT a.id, format('account %s on %s: the totals say %s and %s, the lines %s and %s', a.code, coalesce(t.date, l.date),
				coalesce(t.debit, 0), coalesce(t.credit, 0), coalesce(l.debit, 0), coalesce(l.credit, 0))
			FROM (SELECT account_id, date, closing, accounts, sum(debit) AS debit, sum(credit) AS credit FROM finance_total GROUP BY 1, 2, 3, 4) t
			FULL JOIN (SELECT l.account_id, e.date, e.source_entity = 'finance.fiscal_year' AS closing, s.accounts, sum(l.debit) AS debit, sum(l.credit) AS credit
				FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id
				JOIN (SELECT entry_id, array_agg(DISTINCT account_id ORDER BY account_id) AS accounts FROM finance_entry_line GROUP BY 1) s ON s.entry_id = e.id
				WHERE e.status = 'posted' GROUP BY 1, 2, 3, 4) l
				ON l.account_id = t.account_id AND l.date = t.date AND l.closing = t.closing AND l.accounts = t.accounts
			JOIN finance_account a ON a.id = coalesce(t.account_id, l.account_id)
			WHERE (t.debit, t.credit) IS DISTINCT FROM (l.debit, l.credit)`},
		{Name: "tax_totals", Label: entity.T("每日计税发生额 = 凭证行合计", "What was posted with a tax in a day is what its lines say"), SQL: `
			SELECT coalesce(t.tax_id, l.tax_id), format('tax on account %s on %s: the totals say %s, the lines %s', coalesce(t.account_id, l.account_id), coalesce(t.date, l.date), t.amount, l.amount)
			FROM (SELECT account_id, date, tax_id, purchase, sum(amount) AS amount FROM finance_tax_total GROUP BY 1, 2, 3, 4) t
			FULL JOIN (SELECT l.account_id, e.date, l.tax_id, l.vendor_id IS NOT NULL AS purchase, sum(l.credit - l.debit) AS amount
				FROM finance_entry e JOIN finance_entry_line l ON l.entry_id = e.id WHERE e.status = 'posted' AND l.tax_id IS NOT NULL GROUP BY 1, 2, 3, 4) l
				ON l.account_id = t.account_id AND l.date = t.date AND l.tax_id = t.tax_id AND l.purchase = t.purchase
			WHERE t.amount IS DISTINCT FROM l.amount`},
	}
}
