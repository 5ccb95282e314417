package purchasingevent

import "github.com/tenon-hq/tenon/internal/id"

// RequisitionsRescheduled says that what requests ask for can be here on other days than before: another vendor, another lead time.
type RequisitionsRescheduled struct{ Items []Requisition }

// Event names it.
func (e RequisitionsRescheduled) Event() (name, entity string, record id.ID) {
	if len(e.Items) == 0 {
		return "purchasing.requisitions.rescheduled", "", id.ID{}
	}
	return "purchasing.requisitions.rescheduled", requisition, e.Items[0].ID
}
