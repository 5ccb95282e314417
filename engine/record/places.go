package record

import "github.com/tenon-hq/tenon/entity"

// Place is where sealed values lie in a table, and what they are bound to: whoever carries rows to where other keys are used opens and seals them anew.
type Place struct {
	Table  string
	Column string
	Row    string // the column with the id of the record that a value is bound to

	Entity, Field string // what the values of the column are bound to; or
	Bytes         bool   // the column is of bytes, not of text behind SealedMark
	Lookup        bool   // the values have a blind index
	EntityIn      string // the column that names the entity
	FieldIn       string // the column that names the field; or
	PieceIn       string // the column with the number of a piece, and the entity is one of Among
	Among         []string
	Person        bool // the values say who a person is: a backup has them under that person's key
	Text          bool // of those: the column is of text, where something can stand for what is gone
}

// Places lists the places of a catalog's sealed values: fields, kept answers, and the content of files. What the audit remembers of sealed values is not
// among them: its chain is over the ciphertexts, which therefore stay as they are. What they say is carried in PastSealed.
func Places(c *entity.Catalog) []Place {
	files := []string{taskPieces}
	var out []Place
	for _, d := range c.All() {
		if d.File != nil {
			files = append(files, d.Name)
		}
		for _, f := range d.Fields {
			if hides(f) {
				column := f.Cipher
				if column == "" {
					column = f.Name
				}
				out = append(out, Place{Table: d.Table, Column: column, Row: "id", Entity: d.Name, Field: f.Name, Bytes: true, Lookup: f.Lookup})
			}
		}
	}
	return append(out,
		Place{Table: "idempotency_key", Column: "answer", Row: "actor_id", Entity: answers, FieldIn: "key"},
		Place{Table: PastSealed, Column: "cipher", Row: "record_id", Bytes: true, EntityIn: "entity", FieldIn: "field"},
		Place{Table: Pieces, Column: "content", Row: "record_id", PieceIn: "position", Among: files})
}

// PastSealed is the table with what the audit of a copied company keeps sealed by keys that are not here: digest (SHA-256 of the ciphertext), entity,
// field, record_id, cipher.
const PastSealed = "past_sealed"

// SealedMark starts a sealed value in a text column; the sealed bytes follow in hexadecimal.
const SealedMark = sealedMark

// Pieces is the table with the content of files; Objects has those whose content lies elsewhere: ObjectColumns.
const (
	Pieces  = "file_piece"
	Objects = "file_object"
)

// ObjectColumns are the columns of Objects, in this order: the record, the object's name, the size, the sealed key.
func ObjectColumns() []string { return []string{"record_id", "name", "size", "cipher"} }

// PieceField is what a piece of a file's content is bound to, as a field's name.
func PieceField(n int) string { return piece(n) }
