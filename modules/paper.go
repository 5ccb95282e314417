package modules

import "github.com/tenon-hq/tenon/entity"

// Paper says how a document looks in print. It names fields only: what stands in them, and whether a reader may see it, is the engine's to find out.
type Paper struct {
	Entity string // "sales.order"
	Title  entity.Text
	Party  PaperField   // the reference to whom it is for; the record itself where no field is named
	To     string       // the entity of the party: "crm.customer"
	Facts  []PaperField // dates, terms, numbers of others
	Lines  []PaperField // columns of the document's lines, or of List's records
	List   *PaperList
	Sums   []PaperField // the last is the most important one
	Notes  []PaperField // longer texts
	Words  string       // the amount that is written in words where the law wants it (CNY, in Chinese)
	Bank   bool         // says where the money is to be sent
	Signs  []entity.Text
}

// PaperField is one value of a document with its name on paper; of a line also one of what the line points to (product_id.unit).
type PaperField struct {
	Field string
	Label entity.Text
}

// PaperList takes the rows of a print from other records: a statement's are the open invoices of a customer.
type PaperList struct {
	Entity string
	Field  string   // the reference that points to the printed record
	Open   string   // only records in which this amount is not zero
	States []string // only records in one of these states
	Sort   string
}

// OnPaper is a field and its label in both languages.
func OnPaper(field, zh, en string) PaperField { return PaperField{field, entity.T(zh, en)} }
