// Package mailevent is what mail tells.
package mailevent

import "github.com/tenon-hq/tenon/internal/id"

// DocumentSent says that somebody wants a document to go out by mail. Addresses and words stay in its row.
type DocumentSent struct {
	ID id.ID
}

// Event names it.
func (e DocumentSent) Event() (name, entity string, record id.ID) {
	return "mail.document.sent", "mail.document", e.ID
}
