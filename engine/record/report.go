package record

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// RunReport answers a module's report for the caller: the right to see the entity that it is about, and only columns whose class may be seen.
func RunReport(ctx context.Context, tx *tenancy.Tx, rep *modules.Report, params map[string]any) ([]map[string]any, error) {
	s := current(tx)
	def := s.catalog.Entity(rep.Of)
	p, err := s.plan(ctx, tx, def, []string{"id"}, nil)
	if err != nil {
		return nil, err
	}
	if !p.mask.Rows().All() {
		return nil, fault.New(fault.Forbidden, "report.denied", "您只能看到部分数据，不能查看汇总报表", "You may see only part of the data, so not a report over all of it")
	}
	var input any
	if rep.Input != nil {
		input = rep.Input()
	}
	if err := DecodeInput(typed(params, input), input); err != nil {
		return nil, err
	}
	rows, err := rep.Run(ctx, tx, input)
	if err != nil {
		return nil, databaseFault(err, def)
	}
	out := make([]map[string]any, len(rows))
	for i, row := range rows {
		m := make(map[string]any, len(row))
		var hidden []string
		for j := range rep.Columns {
			c := rep.Columns[j]
			if c.Class == "" {
				c.Class = entity.Basic
			}
			if !classVisible(p, &c) {
				hidden = append(hidden, c.Name)
				continue
			}
			m[c.Name] = cell(c.Kind, row[c.Name])
		}
		if hidden != nil {
			m["_denied"] = hidden
		}
		out[i] = m
	}
	return out, nil
}

// typed reads numbers and truth values from the text of a query, in which everything is text.
func typed(params map[string]any, input any) map[string]any {
	kinds := map[string]entity.Kind{}
	for _, f := range InputFields(input) {
		kinds[f.Name] = f.Kind
	}
	out := make(map[string]any, len(params))
	for name, v := range params {
		out[name] = v
		if s, ok := v.(string); ok && (kinds[name] == entity.KindInt || kinds[name] == entity.KindBool) {
			if x, ok := parseValue(kinds[name], s); ok {
				out[name] = x
				if n, ok := x.(int64); ok {
					out[name] = jsonNumber(n)
				}
			}
		}
	}
	return out
}

// classVisible tells whether a report's column may be seen: some field of the entity with that class may.
func classVisible(p *plan, c *entity.Field) bool {
	if c.Class == entity.Basic {
		return true
	}
	if f := p.def.Field(c.Name); f != nil {
		return p.mask.View(f)
	}
	for _, d := range append([]*entity.Def{p.def}, childDefs(p.def)...) {
		for _, f := range d.Fields {
			if f.Class == c.Class {
				return p.mask.View(f)
			}
		}
	}
	return false
}

func childDefs(d *entity.Def) []*entity.Def {
	var out []*entity.Def
	for _, l := range d.Lines {
		out = append(out, l.Of)
	}
	return out
}

func cell(kind entity.Kind, v any) any {
	switch x := v.(type) {
	case decimal.Decimal:
		if kind == entity.KindQuantity || kind == entity.KindPercent {
			return trim(x.String(), 0)
		}
		return trim(x.String(), 2)
	case id.ID:
		if x.IsZero() {
			return nil
		}
		return x.String()
	case clock.Date:
		if x.IsZero() {
			return nil
		}
		return x.String()
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano)
	case []map[string]any: // a row's own list; its decimals are quantities
		out := make([]map[string]any, len(x))
		for i, row := range x {
			out[i] = make(map[string]any, len(row))
			for name, v := range row {
				out[i][name] = cell(entity.KindQuantity, v)
			}
		}
		return out
	}
	return v
}
