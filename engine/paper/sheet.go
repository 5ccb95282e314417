package paper

import (
	"time"

	"github.com/tenon-hq/tenon/internal/i18n"
)

// sheet is all that is printed, as text in one language.
type sheet struct {
	lang    i18n.Lang
	company company
	title   string
	no      string
	party   []pair // the first is the name
	facts   []pair
	columns []column
	rows    [][]cell
	sums    []pair // the last one is the total
	words   pair
	notes   []pair
	signs   []string
	at      time.Time // of the record's last change
}

type pair struct{ label, value string }

type column struct {
	label string
	end   bool    // numbers stand at the end
	width float64 // mm; 0: what is left
}

type cell struct{ text, small string }

// company is who prints.
type company struct {
	name, address, phone, email, tax, bank string
	logo                                   []byte // PNG
}

func words(lang i18n.Lang, zh, en string) string { return i18n.T(zh, en).In(lang) }
