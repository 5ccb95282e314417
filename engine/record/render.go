package record

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// render writes rows as JSON with their lines and expansions: one query for each kind of line and each expanded entity.
func (s *session) render(ctx context.Context, tx *tenancy.Tx, p *plan, rows []values) ([][]byte, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	nested := make([]map[string][][]byte, len(p.lines))
	for i, l := range p.lines {
		by, err := s.linesOf(ctx, tx, l.plan, rows)
		if err != nil {
			return nil, err
		}
		nested[i] = by
	}
	refs := make([]map[string][]byte, len(p.expand))
	for i, x := range p.expand {
		by, err := s.expanded(ctx, tx, p, x, rows)
		if err != nil {
			return nil, err
		}
		refs[i] = by
	}
	lacks, err := s.unseal(ctx, tx, p, rows)
	if err != nil {
		return nil, err
	}
	hidden := deniedJSON(p.hidden)
	out := make([][]byte, len(rows))
	for i, row := range rows {
		b := make([]byte, 0, 512)
		b = append(b, '{')
		for j, f := range p.fields {
			if lacks != nil && slices.Contains(lacks[i], f) {
				continue
			}
			b = appendKey(b, f.Name)
			b = appendValue(b, f, row[j+1])
		}
		for j, x := range p.expand {
			b = appendKey(b, x.name)
			ref := row[p.at(x.field.Name)]
			if ref != nil && refs[j][*ref] != nil {
				b = append(b, refs[j][*ref]...)
			} else {
				b = append(b, "null"...)
			}
		}
		for j, l := range p.lines {
			b = appendKey(b, l.name)
			b = appendArray(b, nested[j][*row[0]])
		}
		b = append(b, hidden...)
		b = append(b, unavailableJSON(lacks[i])...)
		out[i] = append(b, '}')
	}
	return out, nil
}

func appendArray(b []byte, items [][]byte) []byte {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, item...)
	}
	return append(b, ']')
}

// linesOf reads the lines of a page of documents, keyed by document.
func (s *session) linesOf(ctx context.Context, tx *tenancy.Tx, p *plan, docs []values) (map[string][][]byte, error) {
	keys := make([]string, len(docs))
	for i, d := range docs {
		keys[i] = *d[0]
	}
	w := &where{}
	parent := quote(p.def.Parent.Name)
	w.add("t." + parent + " = ANY(" + w.arg(keys) + "::text[]::uuid[])")
	rows, ends, err := p.fetch(ctx, tx, w, []key{{expr: "t." + parent}, {expr: "t.position"}, {expr: "t.id"}}, 0)
	if err != nil {
		return nil, err
	}
	raw, err := s.render(ctx, tx, p, rows)
	if err != nil {
		return nil, err
	}
	by := map[string][][]byte{}
	for i, r := range raw {
		by[ends[i][0]] = append(by[ends[i][0]], r)
	}
	return by, nil
}

// expanded reads the records that a page points to, with the target's own rights.
func (s *session) expanded(ctx context.Context, tx *tenancy.Tx, p *plan, x *expansion, rows []values) (map[string][]byte, error) {
	at := p.at(x.field.Name)
	if at < 0 { // not among the wanted fields: add it
		return nil, nil
	}
	seen := map[string]bool{}
	var keys []id.ID
	for _, r := range rows {
		if v := r[at]; v != nil && !seen[*v] {
			seen[*v] = true
			k, err := id.Parse(*v)
			if err == nil {
				keys = append(keys, k)
			}
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	found, err := x.target.byID(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	raw, err := s.render(ctx, tx, x.target, found)
	if err != nil {
		return nil, err
	}
	by := make(map[string][]byte, len(raw))
	for i, r := range raw {
		by[*found[i][0]] = r
	}
	return by, nil
}

func deniedJSON(names []string) []byte {
	if len(names) == 0 {
		return nil
	}
	b := []byte(`,"_denied":[`)
	for i, n := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, n)
	}
	return append(b, ']')
}

func appendKey(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = appendString(b, name)
	return append(b, ':')
}

// appendValue writes a value that came from the database as text.
func appendValue(b []byte, f *entity.Field, v *string) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	switch f.Kind {
	case entity.KindBool, entity.KindInt, entity.KindJSON, entity.KindTexts:
		return append(b, *v...)
	case entity.KindAmount, entity.KindPrice:
		return appendString(b, trim(*v, 2))
	case entity.KindQuantity, entity.KindPercent:
		return appendString(b, trim(*v, 0))
	case entity.KindTime:
		return appendString(b, strings.Replace(*v, " ", "T", 1)+"Z")
	}
	return appendString(b, *v)
}

// trim cuts trailing zeros of a decimal, keeping at least n decimals.
func trim(s string, n int) string {
	whole, frac, _ := strings.Cut(s, ".")
	frac = strings.TrimRight(frac, "0")
	for len(frac) < n {
		frac += "0"
	}
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}

// appendString writes a JSON string. Plain text is copied; what needs care goes through encoding/json.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			raw, err := json.Marshal(s)
			if err != nil {
				panic(err) // strings always encode
			}
			return append(b, raw...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
