package record

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// MaxReport is how many rows one page of a report may have, and has when nobody says how many.
const MaxReport = 5000

// ReportPart is one page of a report.
type ReportPart struct {
	Rows   []map[string]any
	Next   string         // the cursor of the next page; "": this is the last
	Totals map[string]any // what columns come to over all rows, with the first page of a report that has pages of its own
}

// RunReport answers all rows of a module's report for the caller.
func RunReport(ctx context.Context, tx *tenancy.Tx, rep *modules.Report, params map[string]any) ([]map[string]any, error) {
	part, err := reportPart(ctx, tx, rep, params, "", math.MaxInt32)
	return part.Rows, err
}

// ReportPage answers one page of a module's report for the caller: the right to see the entity that it is about, and only columns whose class may be
// seen. Limit is at most MaxReport. A cursor that another question gave is invalid.
func ReportPage(ctx context.Context, tx *tenancy.Tx, rep *modules.Report, params map[string]any, cursor string, limit int) (ReportPart, error) {
	return reportPart(ctx, tx, rep, params, cursor, min(limit, MaxReport))
}

func reportPart(ctx context.Context, tx *tenancy.Tx, rep *modules.Report, params map[string]any, cursor string, limit int) (ReportPart, error) {
	s := current(tx)
	def := s.catalog.Entity(rep.Of)
	p, err := s.plan(ctx, tx, def, []string{"id"}, nil)
	if err != nil {
		return ReportPart{}, err
	}
	if !p.mask.Rows().All() {
		return ReportPart{}, fault.New(fault.Forbidden, "report.denied", "您只能看到部分数据，不能查看汇总报表", "You may see only part of the data, so not a report over all of it")
	}
	var input any
	if rep.Input != nil {
		input = rep.Input()
	}
	if err := DecodeInput(typed(params, input), input); err != nil {
		return ReportPart{}, err
	}
	question := questionOf(rep, params)
	page := modules.Page{Limit: limit}
	if cursor != "" {
		if page.After, err = afterOf(cursor, question); err != nil {
			return ReportPart{}, err
		}
	}
	answer := rep.Pages
	if answer == nil {
		answer = whole(rep.Run)
	}
	part, err := answer(ctx, tx, input, page)
	if madeUp(cursor, err) {
		return ReportPart{}, badCursor()
	}
	if err != nil {
		return ReportPart{}, databaseFault(err, def)
	}
	return p.answer(rep, part, question), nil
}

// answer shows a page as the API does: without what the caller may not see.
func (p *plan) answer(rep *modules.Report, part modules.Part, question string) ReportPart {
	var hidden []string
	columns := make([]*entity.Field, 0, len(rep.Columns))
	for j := range rep.Columns {
		c := rep.Columns[j]
		if c.Class == "" {
			c.Class = entity.Basic
		}
		if !classVisible(p, &c) {
			hidden = append(hidden, c.Name)
			continue
		}
		columns = append(columns, &c)
	}
	out := ReportPart{Rows: make([]map[string]any, len(part.Rows))}
	for i, row := range part.Rows {
		m := make(map[string]any, len(row))
		for _, c := range columns {
			m[c.Name] = cell(c.Kind, row[c.Name])
		}
		if hidden != nil {
			m["_denied"] = hidden
		}
		out.Rows[i] = m
	}
	if part.Totals != nil {
		out.Totals = map[string]any{}
		for _, c := range columns {
			if v, ok := part.Totals[c.Name]; ok {
				out.Totals[c.Name] = cell(c.Kind, v)
			}
		}
	}
	if part.Next != nil {
		out.Next = encoded(append(slices.Clone(part.Next), question))
	}
	return out
}

// whole makes pages of an answer that is worked out as a whole.
func whole(run func(ctx context.Context, tx *tenancy.Tx, input any) ([]map[string]any, error)) func(context.Context, *tenancy.Tx, any, modules.Page) (modules.Part, error) {
	return func(ctx context.Context, tx *tenancy.Tx, input any, page modules.Page) (modules.Part, error) {
		from := 0
		if page.After != nil {
			var err error
			if from, err = strconv.Atoi(page.After[0]); err != nil || from < 0 {
				return modules.Part{}, badCursor()
			}
		}
		rows, err := run(ctx, tx, input)
		if err != nil {
			return modules.Part{}, err
		}
		rows = rows[min(from, len(rows)):]
		return page.Cut(rows, func(int) []string { return []string{strconv.Itoa(from + page.Limit)} }), nil
	}
}

// questionOf tells one question from another: its cursors are of no use elsewhere.
func questionOf(rep *modules.Report, params map[string]any) string {
	raw, err := json.Marshal(params) // its members are in order
	if err != nil {
		return rep.Name
	}
	sum := sha256.Sum256(append([]byte(rep.Of+" "+rep.Name+" "), raw...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// afterOf reads the key that a cursor of a question holds.
func afterOf(cursor, question string) ([]string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	var at []string
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	if err != nil || len(at) < 2 || at[len(at)-1] != question {
		return nil, badCursor()
	}
	return at[:len(at)-1], nil
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
