package paper

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/modules"
)

// pairs writes those fields of a record that have a value.
func (r *reader) pairs(def *entity.Def, doc row, list []modules.PaperField) ([]pair, error) {
	var out []pair
	for _, x := range list {
		c, err := r.value(def.Field(x.Field), doc, doc)
		if err != nil {
			return nil, err
		}
		if c.text != "" {
			out = append(out, pair{x.Label.In(r.lang), c.text})
		}
	}
	return out, nil
}

// value writes one field for people: what it points to by name, options by label, money with its currency.
func (r *reader) value(f *entity.Field, rec, doc row) (cell, error) {
	v, there := rec[f.Name]
	if !there || v == nil {
		return cell{}, nil
	}
	text, _ := v.(string)
	switch {
	case f.Ref != "":
		return r.named(f, text)
	case len(f.Options) > 0:
		for _, o := range f.Options {
			if o.Value == text {
				return cell{text: o.Label.In(r.lang)}, nil
			}
		}
	case f.Kind == entity.KindBool:
		if yes, _ := v.(bool); yes {
			return cell{text: words(r.lang, "是", "Yes")}, nil
		}
		return cell{}, nil
	case f.Kind == entity.KindAmount || f.Kind == entity.KindPrice:
		currency := rec.text(currencyField)
		if currency == "" {
			currency = doc.text(currencyField)
		}
		return cell{text: money(text, currency)}, nil
	case f.Kind.Decimal():
		return cell{text: grouped(text, 0)}, nil
	}
	if text == "" {
		text, _ = jsonText(v)
	}
	return cell{text: text}, nil
}

// named is the title of what a reference points to, in the paper's language, with its number below.
func (r *reader) named(f *entity.Field, value string) (cell, error) {
	by := "id"
	if f.RefBy != "" {
		by = f.RefBy
	}
	found, err := r.many(f.Ref, by, []string{value})
	if err != nil {
		return cell{}, err
	}
	m := found[value]
	if m == nil {
		if by == "id" {
			return cell{}, nil // an id says nothing to people
		}
		return cell{text: value}, nil
	}
	if by != "id" && f.Name == currencyField {
		return cell{text: value}, nil
	}
	c := cell{text: r.title(f.Ref, m)}
	if n := m.text("number"); n != c.text {
		c.small = n
	}
	return c, nil
}

// title is what a record is called; its name in the paper's language where there is one.
func (r *reader) title(name string, m row) string {
	def := record.Catalog(r.tx).Entity(name)
	own := "name_zh"
	if r.lang == i18n.EN {
		own = "name_en"
	}
	if said := m.text(own); said != "" {
		return said
	}
	if def.Field("name") != nil && m.text("name") != "" {
		return m.text("name")
	}
	if def.Title == nil {
		return ""
	}
	return m.text(def.Title.Name)
}

// table writes the lines: columns in which no line has a value are left out, and so are discounts of nothing.
func (r *reader) table(of *entity.Def, list []modules.PaperField, lines []row, doc row) ([]column, [][]cell, error) {
	columns := []column{{label: "#", end: true, width: 8}}
	rows := make([][]cell, len(lines))
	for i := range lines {
		rows[i] = []cell{{text: decimal.NewFromInt(int64(i + 1)).String()}}
	}
	for _, x := range list {
		f, from, err := r.column(of, x.Field, lines)
		if err != nil {
			return nil, nil, err
		}
		values, said := make([]cell, len(lines)), false
		for i, l := range lines {
			c, err := r.value(f, from[i], doc)
			if err != nil {
				return nil, nil, err
			}
			if c.text == "" && f.Ref != "" {
				c.text = l.text("description")
			}
			values[i] = c
			said = said || c.text != "" && (f.Kind != entity.KindPercent || c.text != "0")
		}
		if !said {
			continue
		}
		columns = append(columns, column{label: x.Label.In(r.lang), end: f.Kind.Decimal(), width: widthOf(f, x)})
		for i := range rows {
			rows[i] = append(rows[i], values[i])
		}
	}
	return columns, rows, nil
}

// column is what a column of lines shows, and the record of each line that has it: the line, or for product_id.unit what the line points to. What the
// column itself points to is read ahead.
func (r *reader) column(of *entity.Def, path string, lines []row) (f *entity.Field, from []row, err error) {
	name, beyond, far := strings.Cut(path, ".")
	f = of.Field(name)
	if f.Ref == "" {
		return f, lines, nil
	}
	found, err := r.ahead(f, lines)
	if err != nil || !far {
		return f, lines, err
	}
	from = make([]row, len(lines))
	for i, l := range lines {
		from[i] = found[l.text(name)]
	}
	to := record.Catalog(r.tx).Entity(f.Ref)
	if to == nil {
		return f, make([]row, len(lines)), nil
	}
	return r.column(to, beyond, from)
}

// ahead reads all that a column points to at once.
func (r *reader) ahead(f *entity.Field, lines []row) (map[string]row, error) {
	by := "id"
	if f.RefBy != "" {
		by = f.RefBy
	}
	values := make([]string, len(lines))
	for i, l := range lines {
		values[i] = l.text(f.Name)
	}
	return r.many(f.Ref, by, values)
}

// widthOf is how wide a column stands, in millimetres; the first text takes what is left.
func widthOf(f *entity.Field, x modules.PaperField) float64 {
	switch {
	case f.Kind == entity.KindAmount || f.Kind == entity.KindPrice:
		return 30
	case f.Kind == entity.KindQuantity:
		return 20
	case f.Kind == entity.KindPercent:
		return 15
	case f.Kind == entity.KindDate:
		return 22
	case f.RefBy != "":
		return 16
	case strings.HasPrefix(x.Field, "tax"):
		return 22
	}
	return 0
}

// added sums a list's amounts, for each currency apart.
func (r *reader) added(of *entity.Def, list []modules.PaperField, lines []row) []pair {
	var out []pair
	for _, x := range list {
		var order []string
		by := map[string]decimal.Decimal{}
		for _, l := range lines {
			d, err := decimal.NewFromString(l.text(of.Field(x.Field).Name))
			if err != nil {
				continue // denied
			}
			currency := l.text(currencyField)
			if _, known := by[currency]; !known {
				order = append(order, currency)
			}
			by[currency] = by[currency].Add(d)
		}
		for _, currency := range order {
			out = append(out, pair{x.Label.In(r.lang), money(by[currency].String(), currency)})
		}
	}
	return out
}

// partner is who gets the paper, as far as the reader may know.
func (r *reader) partner(label string, m row) []pair {
	if m == nil {
		return nil
	}
	out := []pair{{label, m.text("name")}}
	for _, f := range [][3]string{{"contact_name", "联系人", "Contact"}, {"address", "地址", "Address"}, {"phone", "电话", "Phone"}, {"tax_no", "税号", "Tax no."}, {"tax_number", "税号", "Tax no."}} {
		if v := m.text(f[0]); v != "" {
			out = append(out, pair{words(r.lang, f[1], f[2]), v})
		}
	}
	return out
}
