package paper

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// row is a record as the caller sees it.
type row map[string]any

func (r row) text(name string) string {
	s, _ := r[name].(string)
	return s
}

// reader reads through the caller's rights, each record that is pointed to once.
type reader struct {
	ctx  context.Context //nolint:containedctx // lives for one print
	tx   *tenancy.Tx
	lang i18n.Lang
	seen map[string]map[string]row // entity and field → value → record
}

// most is how many rows a list on paper holds.
const most = 2000

func gather(ctx context.Context, tx *tenancy.Tx, paper *modules.Paper, def *entity.Def, key id.ID, lang i18n.Lang) (*sheet, error) {
	r := &reader{ctx, tx, lang, map[string]map[string]row{}}
	raw, _, err := record.Read(ctx, tx, def, key, record.Query{})
	if err != nil {
		return nil, err
	}
	doc, err := decode(raw)
	if err != nil {
		return nil, err
	}
	s := &sheet{lang: lang, title: paper.Title.In(lang)}
	if s.at, err = time.Parse(time.RFC3339Nano, doc.text("updated_at")); err != nil {
		s.at = time.Unix(0, 0).UTC()
	}
	if def.Title != nil {
		s.no = doc.text(def.Title.Name)
	}
	if s.company, err = r.company(); err != nil {
		return nil, err
	}
	lines, of, err := r.lines(paper, def, doc, key)
	if err != nil {
		return nil, err
	}
	if err := r.fill(s, paper, def, doc, of, lines); err != nil {
		return nil, err
	}
	for _, sign := range paper.Signs {
		s.signs = append(s.signs, sign.In(lang))
	}
	return s, nil
}

// fill writes the values that the caller may see.
func (r *reader) fill(s *sheet, paper *modules.Paper, def *entity.Def, doc row, of *entity.Def, lines []row) error {
	party := doc
	if paper.Party.Field != "" {
		found, err := r.one(paper.To, doc.text(paper.Party.Field))
		if err != nil {
			return err
		}
		party = found
	}
	s.party = r.partner(paper.Party.Label.In(r.lang), party)
	var err error
	if s.facts, err = r.pairs(def, doc, paper.Facts); err != nil {
		return err
	}
	if s.notes, err = r.pairs(def, doc, paper.Notes); err != nil {
		return err
	}
	if s.columns, s.rows, err = r.table(of, paper.Lines, lines, doc); err != nil {
		return err
	}
	if paper.List != nil {
		s.sums = r.added(of, paper.Sums, lines)
	} else if s.sums, err = r.pairs(def, doc, paper.Sums); err != nil {
		return err
	}
	if v := doc.text(paper.Words); v != "" && r.lang == i18n.ZH && doc.text(currencyField) == "CNY" {
		s.words = pair{"金额大写", capital(v)}
	}
	if paper.Bank && s.company.bank != "" {
		s.notes = append(s.notes, pair{words(r.lang, "收款账户", "Bank account"), s.company.bank})
	}
	return nil
}

const currencyField = "currency"

// lines are the rows of the table and what describes them.
func (r *reader) lines(paper *modules.Paper, def *entity.Def, doc row, key id.ID) ([]row, *entity.Def, error) {
	of := linesDef(paper, def, record.Catalog(r.tx))
	if paper.List == nil {
		var out []row
		list, _ := doc["lines"].([]any)
		for _, x := range list {
			if m, ok := x.(map[string]any); ok {
				out = append(out, m)
			}
		}
		return out, of, nil
	}
	l := paper.List
	q := record.Query{Limit: record.MaxLimit, Sort: []record.Sort{{Field: l.Sort}}, Filters: []record.Filter{
		{Field: l.Field, Op: "eq", Value: key.String()}, {Field: l.Open, Op: "ne", Value: "0"},
	}}
	if of.State != nil && len(l.States) > 0 {
		q.Filters = append(q.Filters, record.Filter{Field: of.State.Name, Op: "in", List: l.States})
	}
	var out []row
	for {
		page, err := record.List(r.ctx, r.tx, of, q)
		if err != nil {
			return nil, nil, err
		}
		for _, raw := range page.Data {
			m, err := decode(raw)
			if err != nil {
				return nil, nil, err
			}
			out = append(out, m)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return out, of, nil
		}
		if len(out) >= most {
			return nil, nil, fault.New(fault.OverLimit, "paper.long", "超过 %d 行，无法打印", "There are more than %d rows, too many to print", most)
		}
	}
}

func decode(raw []byte) (row, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out row
	return out, d.Decode(&out)
}

// one reads a record that is pointed to; nil where there is none, or none for the caller.
func (r *reader) one(name, key string) (row, error) {
	if key == "" {
		return nil, nil
	}
	found, err := r.many(name, "id", []string{key})
	return found[key], err
}

// many reads records that are pointed to by the values of a field. What the caller may not see, or whose module is off, is not there.
func (r *reader) many(name, by string, values []string) (map[string]row, error) {
	at := name + "/" + by
	if r.seen[at] == nil {
		r.seen[at] = map[string]row{}
	}
	var missing []string
	for _, v := range values {
		if _, known := r.seen[at][v]; !known && v != "" && !slices.Contains(missing, v) {
			missing = append(missing, v)
			r.seen[at][v] = nil
		}
	}
	def := record.Catalog(r.tx).Entity(name)
	if def == nil || !record.On(r.tx, def) {
		return r.seen[at], nil
	}
	for part := range slices.Chunk(missing, record.MaxLimit) {
		q := record.Query{Limit: record.MaxLimit, Filters: []record.Filter{{Field: by, Op: "in", List: part}}}
		page, err := record.List(r.ctx, r.tx, def, q)
		if fault.Is(err, fault.Forbidden) {
			return r.seen[at], nil
		}
		if err != nil {
			return nil, err
		}
		for _, raw := range page.Data {
			m, err := decode(raw)
			if err != nil {
				return nil, err
			}
			r.seen[at][m.text(by)] = m
		}
	}
	return r.seen[at], nil
}
