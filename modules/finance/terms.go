package finance

import (
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/modules/core/coreevent"
)

// lastDue is the day by which everything is to be paid.
func lastDue(parts []coreevent.Instalment) clock.Date {
	var last clock.Date
	for _, p := range parts {
		last = clock.Latest(last, p.Due)
	}
	return last
}

// installments are the rows of an invoice that is due on several days; one that is due on one day needs none.
func installments(parts []coreevent.Instalment) []*Installment {
	if len(parts) < 2 {
		return nil
	}
	rows := make([]*Installment, len(parts))
	for i, p := range parts {
		rows[i] = &Installment{DueDate: p.Due, Amount: p.Amount}
	}
	return rows
}
