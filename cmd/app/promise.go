package app

import "time"

// longCheck is how long one check of a large tenant may take.
const longCheck = 10 * time.Minute

// promise is something that always holds in a tenant's data. Its SQL finds what breaks it: the record's id and a sentence.
type promise struct{ name, table, sql string }

func promises() []promise {
	return []promise{
		{"ledger balances", "finance_entry", `SELECT e.id, format('entry %s: debit %s, credit %s, total %s, %s of %s lines', e.no,
				coalesce(s.debit, 0), coalesce(s.credit, 0), e.total_amount, coalesce(s.lines, 0), e.line_count)
			FROM finance_entry e LEFT JOIN (SELECT entry_id, sum(debit) AS debit, sum(credit) AS credit, count(*) AS lines FROM finance_entry_line GROUP BY entry_id) s
				ON s.entry_id = e.id
			WHERE e.status = 'posted' AND (s.debit IS DISTINCT FROM s.credit OR s.debit IS DISTINCT FROM e.total_amount OR s.lines IS DISTINCT FROM e.line_count)`},
		{"stock on hand is the sum of moves", "stock_move", `SELECT coalesce(b.id, m.product_id), format('product %s at location %s: %s on hand, moves give %s',
				coalesce(b.product_id, m.product_id), coalesce(b.location_id, m.location_id), coalesce(b.on_hand, 0), coalesce(m.quantity, 0))
			FROM stock_balance b FULL JOIN (SELECT v.product_id, v.location_id, v.lot_id, sum(v.quantity) AS quantity FROM (
				SELECT product_id, to_location_id AS location_id, lot_id, quantity FROM stock_move
				UNION ALL SELECT product_id, from_location_id, lot_id, -quantity FROM stock_move) v
				JOIN location l ON l.id = v.location_id AND l.type IN ('internal', 'transit') GROUP BY 1, 2, 3) m
				ON (m.product_id, m.location_id, coalesce(m.lot_id, '00000000-0000-0000-0000-000000000000')) =
					(b.product_id, b.location_id, coalesce(b.lot_id, '00000000-0000-0000-0000-000000000000'))
			WHERE coalesce(b.on_hand, 0) <> coalesce(m.quantity, 0)`},
		{"valued quantity is the stock on hand", "product_value", `SELECT v.id, format('product %s: %s valued, %s on hand', v.product_id, v.quantity, coalesce(b.on_hand, 0))
			FROM product_value v LEFT JOIN (SELECT product_id, sum(on_hand) AS on_hand FROM stock_balance GROUP BY product_id) b ON b.product_id = v.product_id
			WHERE v.quantity <> coalesce(b.on_hand, 0)`},
		{"stock value is the sum of moves and late costs", "value_adjustment", `SELECT v.id, format('product %s: %s in stock, moves give %s and late costs %s',
				v.product_id, v.value, coalesce(m.value, 0), coalesce(a.value, 0))
			FROM product_value v LEFT JOIN (SELECT product_id, sum(value + residual_value) AS value FROM stock_move GROUP BY 1) m ON m.product_id = v.product_id
			LEFT JOIN (SELECT product_id, sum(stock_amount) AS value FROM value_adjustment GROUP BY 1) a ON a.product_id = v.product_id
			WHERE v.value <> coalesce(m.value, 0) + coalesce(a.value, 0)`},
		{"a serial number is in one place", "stock_balance", `SELECT min(id::text)::uuid, format('lot %s: %s pieces at %s places', lot_id, sum(on_hand), count(*))
			FROM stock_balance WHERE serial AND on_hand <> 0 GROUP BY lot_id HAVING count(*) > 1 OR sum(on_hand) <> 1`},
		{"reserved stock is on hand", "stock_balance", `SELECT id, format('product %s at location %s: %s reserved, %s on hand', product_id, location_id, reserved, on_hand)
			FROM stock_balance WHERE reserved < 0 OR reserved > on_hand AND NOT allow_negative`},
		{"reserved stock is the sum of reservations", "reservation", `SELECT coalesce(b.id, r.product_id), format('product %s at location %s: %s reserved, reservations are %s',
				coalesce(b.product_id, r.product_id), coalesce(b.location_id, r.location_id), coalesce(b.reserved, 0), coalesce(r.quantity, 0))
			FROM stock_balance b FULL JOIN (SELECT product_id, location_id, lot_id, sum(quantity) AS quantity FROM reservation
				WHERE status = 'open' AND source = 'stock' GROUP BY 1, 2, 3) r
				ON (r.product_id, r.location_id, coalesce(r.lot_id, '00000000-0000-0000-0000-000000000000')) =
					(b.product_id, b.location_id, coalesce(b.lot_id, '00000000-0000-0000-0000-000000000000'))
			WHERE coalesce(b.reserved, 0) <> coalesce(r.quantity, 0)`},
		{"invoices are open by what is not paid or credited", "finance_invoice", `SELECT i.id,
				format('invoice %s: total %s, open %s, paid %s (matches %s), credited %s (notes %s)', i.no, i.total_amount, i.residual_amount,
				i.paid_amount, coalesce(p.amount, 0), i.credited_amount, coalesce(c.amount, 0))
			FROM finance_invoice i
			LEFT JOIN (SELECT m.invoice_id, sum(m.amount) AS amount FROM finance_payment_match m JOIN finance_payment y ON y.id = m.payment_id
				WHERE y.status = 'posted' GROUP BY 1) p ON p.invoice_id = i.id
			LEFT JOIN (SELECT invoice_id, sum(total_amount) AS amount FROM finance_credit_note GROUP BY 1) c ON c.invoice_id = i.id
			WHERE i.status <> 'draft' AND (i.residual_amount <> greatest(i.total_amount - i.paid_amount - i.credited_amount, 0)
				OR i.paid_amount <> coalesce(p.amount, 0) OR i.credited_amount <> coalesce(c.amount, 0))`},
		{"bills are open by what is not paid", "finance_bill", `SELECT b.id, format('bill %s: total %s, open %s, paid %s (matches %s)', b.no, b.total_amount, b.residual_amount,
				b.paid_amount, coalesce(p.amount, 0))
			FROM finance_bill b
			LEFT JOIN (SELECT m.bill_id, sum(m.amount) AS amount FROM finance_payment_match m JOIN finance_payment y ON y.id = m.payment_id
				WHERE y.status = 'posted' GROUP BY 1) p ON p.bill_id = b.id
			WHERE b.status NOT IN ('draft', 'cancelled') AND (b.residual_amount <> b.total_amount - b.paid_amount OR b.paid_amount <> coalesce(p.amount, 0))`},
		{"payments are matched by no more than they are", "finance_payment", `SELECT y.id,
				format('payment %s: amount %s, unmatched %s, matches %s', y.no, y.amount, y.unmatched_amount, coalesce(m.amount, 0))
			FROM finance_payment y LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM finance_payment_match GROUP BY 1) m ON m.payment_id = y.id
			WHERE y.status = 'posted' AND y.unmatched_amount <> y.amount - coalesce(m.amount, 0)`},
	}
}
