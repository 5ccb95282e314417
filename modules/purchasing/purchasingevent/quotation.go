package purchasingevent

import (
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
)

// QuotationRequested says that vendors are asked for their offers, or reminded of that. Text is what is asked for, line by line.
type QuotationRequested struct {
	RequestID id.ID
	No        string
	Title     string
	Reminder  bool
	Vendors   []id.ID
	Text      i18n.Text
}

// Event names it.
func (e QuotationRequested) Event() (name, entity string, record id.ID) {
	return "purchasing.quotation_request.sent", "purchasing.quotation_request", e.RequestID
}

// Vendor is where to write to a vendor.
type Vendor struct {
	ID    id.ID
	Name  string
	Email string
}
