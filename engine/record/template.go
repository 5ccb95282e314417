package record

import (
	"context"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// MayImport refuses who may not make records of an entity.
func MayImport(ctx context.Context, tx *tenancy.Tx, def *entity.Def) error {
	mask, err := current(tx).e.Policy.For(ctx, tx, def)
	if err == nil && (def.ReadOnly || !mask.Create) {
		err = denied(mask, def, "create", "新建", "create")
	}
	return err
}

// Template writes the titles of all columns that the caller may give when importing, in their language; a workbook explains them on a second sheet.
func Template(ctx context.Context, tx *tenancy.Tx, def *entity.Def, lang i18n.Lang, out Sheet) error {
	s := current(tx)
	if err := MayImport(ctx, tx, def); err != nil {
		return err
	}
	t := &template{lang: lang, def: def, notes: [][]Cell{titles(lang, "列|Column", "字段|Field", "必填|Required", "类型|Kind", "说明|Explanation")}}
	mask, err := s.e.Policy.For(ctx, tx, def)
	if err != nil {
		return err
	}
	t.columns(def, mask, nil)
	for _, l := range def.Lines {
		if l.Of.ReadOnly {
			continue
		}
		if mask, err = s.e.Policy.For(ctx, tx, l.Of); err != nil {
			return err
		}
		t.columns(l.Of, mask, l)
	}
	if x, ok := out.(*xlsxSheet); ok {
		x.notes = t.notes
	}
	if err := out.Row(t.header); err != nil {
		return err
	}
	return out.Close()
}

type template struct {
	lang   i18n.Lang
	def    *entity.Def
	header []Cell
	notes  [][]Cell
}

func (t *template) columns(def *entity.Def, mask *policy.Mask, l *entity.Lines) {
	for _, f := range def.Fields {
		if f.Computed || f.System || !f.Stored() || f == def.Parent || f.Kind == entity.KindBytes || f.Kind == entity.KindJSON || !mask.Edit(f) {
			continue
		}
		title, path := titleOf(t.def, f, l, t.lang), f.Name
		if l != nil {
			path = l.Name + "." + path
		}
		t.header = append(t.header, Cell{title, entity.KindText})
		need := ""
		if f.Required && f.Default == "" {
			need = i18n.T("是", "yes").In(t.lang)
		}
		t.notes = append(t.notes, []Cell{{title, entity.KindText}, {path, entity.KindText}, {need, entity.KindText}, {string(f.Kind), entity.KindText}, {t.explain(f), entity.KindText}})
	}
}

// explain says what may stand in a column.
func (t *template) explain(f *entity.Field) string {
	var out []string
	if h := f.Help.In(t.lang); h != "" {
		out = append(out, h)
	}
	if len(f.Options) > 0 {
		list := make([]string, len(f.Options))
		for i, o := range f.Options {
			list[i] = o.Value + " (" + o.Label.In(t.lang) + ")"
		}
		out = append(out, strings.Join(list, ", "))
	}
	if f.Ref != "" {
		by := i18n.T("编号、名称或 id", "number, name or id").In(t.lang)
		if f.RefBy != "" {
			by = f.RefBy
		}
		out = append(out, f.Ref+": "+by)
	}
	if f.Default != "" {
		out = append(out, i18n.T("默认 ", "default: ").In(t.lang)+f.Default)
	}
	if f.Kind == entity.KindDate {
		out = append(out, "2026-01-31")
	}
	return strings.Join(out, "; ")
}

// titles are cells from pairs "中文|English".
func titles(lang i18n.Lang, pairs ...string) []Cell {
	out := make([]Cell, len(pairs))
	for i, p := range pairs {
		out[i] = Cell{labelTag(p, p).In(lang), entity.KindText}
	}
	return out
}
