package record

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// draft is what a caller wants to write to one record, checked against the description and the caller's rights.
type draft struct {
	path   string // where the record stands in the request: "" or "lines[2]."
	def    *entity.Def
	values map[*entity.Field]any
	lines  map[*entity.Lines][]*draft
	key    id.ID // of an existing line
}

// reader turns bodies into drafts; it gathers all mistakes.
type reader struct {
	ctx   context.Context //nolint:containedctx // lives for one call
	s     *session
	tx    *tenancy.Tx
	bad   fault.Fields
	masks map[*entity.Def]*policy.Mask
	fresh bool // the record is being made
	refs  refs
}

func (s *session) reader(ctx context.Context, tx *tenancy.Tx) *reader {
	return &reader{ctx: ctx, s: s, tx: tx, masks: map[*entity.Def]*policy.Mask{}}
}

func (r *reader) mask(def *entity.Def) (*policy.Mask, error) {
	if m := r.masks[def]; m != nil {
		return m, nil
	}
	m, err := r.s.e.Policy.For(r.ctx, r.tx, def)
	r.masks[def] = m
	return m, err
}

// read checks one body (a decoded JSON object).
func (r *reader) read(def *entity.Def, body map[string]any, path string) (*draft, error) {
	mask, err := r.mask(def)
	if err != nil {
		return nil, err
	}
	d := &draft{path: path, def: def, values: map[*entity.Field]any{}, lines: map[*entity.Lines][]*draft{}}
	for name, raw := range body {
		if l := lineNamed(def, name); l != nil {
			if err := r.readLines(d, l, raw); err != nil {
				return nil, err
			}
			continue
		}
		f := def.Field(name)
		if def.Parent != nil && name == "id" {
			d.key = r.lineID(raw, path)
			continue
		}
		if f == nil || f == def.Parent && def.Parent != nil {
			r.bad.Add(path+name, "field.unknown", "没有字段 %s", "There is no field %s", name)
			continue
		}
		if r.echo(f, name) {
			continue
		}
		if err := r.field(d, mask, f, raw); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// echo tells that a member only repeats what the system keeps; clients may send back what they read.
func (r *reader) echo(f *entity.Field, name string) bool {
	return f.System && !r.fresh && (name == "id" || name == "version" || strings.HasPrefix(name, "created_") || strings.HasPrefix(name, "updated_"))
}

func lineNamed(def *entity.Def, name string) *entity.Lines {
	for _, l := range def.Lines {
		if l.Name == name {
			return l
		}
	}
	return nil
}

func (r *reader) lineID(raw any, path string) id.ID {
	s, _ := raw.(string)
	k, err := id.Parse(s)
	if err != nil {
		r.bad.Add(path+"id", "value.type", "行 id 无效", "The line's id is not valid")
	}
	return k
}

func (r *reader) readLines(d *draft, l *entity.Lines, raw any) error {
	if l.Of.ReadOnly && !r.tx.Actor.System {
		r.bad.Add(d.path+l.Name, "field.computed", "%s 由系统维护，不能写入", "%s are kept by the system and cannot be written", l.Name)
		return nil
	}
	list, ok := raw.([]any)
	if !ok {
		r.bad.Add(d.path+l.Name, "value.type", "%s 应为数组", "%s must be an array", l.Name)
		return nil
	}
	d.lines[l] = []*draft{}
	for i, item := range list {
		path := fmt.Sprintf("%s%s[%d]", d.path, l.Name, i)
		body, ok := item.(map[string]any)
		if !ok {
			r.bad.Add(path, "value.type", "应为对象", "must be an object")
			continue
		}
		child, err := r.read(l.Of, body, path+".")
		if err != nil {
			return err
		}
		d.lines[l] = append(d.lines[l], child)
	}
	return nil
}

// field checks one value: rights first, then the description.
func (r *reader) field(d *draft, mask *policy.Mask, f *entity.Field, raw any) error {
	path := d.path + f.Name
	if !mask.Edit(f) && (!f.Computed || !mask.View(f)) {
		rule, label := mask.Why("edit:" + f.Class)
		return fault.New(fault.Forbidden, "field.denied", "您无权修改字段 %[1]s（规则 %[2]s）", "You may not change the field %[1]s (rule %[2]s)", f.Name, rule).
			At(path, "field.denied", "规则 %s", "rule %s", rule).With("rule", rule).With("rule_label", label)
	}
	switch {
	case f.System || !f.Stored() || f.Computed && !r.tx.Actor.System: // Tenon itself may bring in history that was computed elsewhere
		r.bad.Add(path, "field.computed", "字段 %s 由系统维护，不能写入", "The field %s is kept by the system and cannot be written", f.Name)
		return nil
	case f.Immutable && !r.fresh && d.path == "":
		r.bad.Add(path, "field.immutable", "字段 %s 创建后不能修改", "The field %s cannot be changed once the record exists", f.Name)
		return nil
	}
	if raw == nil {
		if f.Required {
			r.bad.Add(path, "required", "必填", "is required")
			return nil
		}
		d.values[f] = nil
		return nil
	}
	v, ok := jsonValue(f.Kind, raw)
	if name, isText := raw.(string); !ok && isText && f.Ref != "" {
		r.bad.Add(path, "reference.unknown", "%[1]s 不存在：%[2]s", "%[3]s does not exist: %[2]s", f.Label.ZH, shorten(name), f.Label.EN)
		return nil
	}
	if !ok {
		called := f.Kind.Called()
		r.bad.Add(path, "value.type", "%[1]v 不是有效的%[2]s", "%[1]v is no valid %[3]s", shorten(raw), called.ZH, called.EN)
		return nil
	}
	if r.check(f, path, v) {
		d.values[f] = v
	}
	return nil
}

func shorten(raw any) string {
	s := fmt.Sprint(raw)
	if len([]rune(s)) > 60 {
		s = string([]rune(s)[:60]) + "…"
	}
	return s
}

// check applies the description's limits to a value.
func (r *reader) check(f *entity.Field, path string, v any) bool {
	before := r.bad.Len()
	switch x := v.(type) {
	case decimal.Decimal:
		r.checkDecimal(f, path, x)
	case string:
		switch {
		case f.Required && strings.TrimSpace(x) == "":
			r.bad.Add(path, "required", "必填", "is required")
		case len(f.Options) > 0 && x != "" && !slices.ContainsFunc(f.Options, func(o entity.Option) bool { return o.Value == x }):
			r.bad.Add(path, "value.option", "%[1]q 不在允许的取值之中：%[2]s", "%[1]q is not one of %[2]s", shorten(x), optionList(f))
		case !storable(x) || (f.Sealed || f.Personal) && strings.HasPrefix(x, sealedMark):
			r.bad.Add(path, "value.length", "文本过长或包含无效字符", "The text is too long or holds an invalid character")
		}
	case int64:
		if f.NotNeg && x < 0 || f.Positive && x <= 0 {
			r.bad.Add(path, "value.range", "%d 超出允许范围", "%d is out of range", x)
		}
	default:
		if !storable(v) {
			r.bad.Add(path, "value.length", "文本过长或包含无效字符", "The text is too long or holds an invalid character")
		}
	}
	return r.bad.Len() == before
}

func optionList(f *entity.Field) string {
	out := make([]string, len(f.Options))
	for i, o := range f.Options {
		out[i] = o.Value
	}
	return strings.Join(out, ", ")
}

func (r *reader) checkDecimal(f *entity.Field, path string, x decimal.Decimal) {
	limit := money.Int(1_000_000_000_000)
	switch {
	case f.Positive && x.Sign() <= 0:
		r.bad.Add(path, "value.positive", "%s 应大于零", "%s must be more than zero", x.String())
	case x.Sign() < 0 && !f.Signed:
		r.bad.Add(path, "value.negative", "%s 不能为负", "%s must not be negative", x.String())
	case f.Kind == entity.KindPercent && x.GreaterThan(money.Hundred()):
		r.bad.Add(path, "value.percent", "%s 应在 0 到 100 之间", "%s must be between 0 and 100", x.String())
	case x.Abs().GreaterThanOrEqual(limit):
		r.bad.Add(path, "value.too_large", "%s 过大", "%s is too large", shorten(x.String()))
	case !x.Equal(x.Round(f.Kind.Scale())):
		r.bad.Add(path, "value.scale", "%[1]s 的小数位超过 %[2]d 位", "%[1]s has more than %[2]d decimals", shorten(x.String()), f.Kind.Scale())
	}
}

// err returns all mistakes at once.
func (r *reader) err() error { return r.bad.Err() }

// apply writes a draft's values into a record; lines are matched by id.
func (d *draft) apply(rec entity.Record) {
	for f, v := range d.values {
		f.Set(rec, v)
	}
}

// defaults fills what a caller left out of a new record.
func (r *reader) defaults(d *draft, rec entity.Record) {
	for _, f := range d.def.Fields {
		if _, given := d.values[f]; given && d.values[f] != nil || f.System || !f.Stored() || f.Custom && f.Default == "" {
			continue
		}
		if f.Default != "" {
			if v, ok := parseValue(f.Kind, f.Default); ok {
				f.Set(rec, v)
			}
		}
	}
	if o := d.def.OwnerField; o != nil && o.Empty(o.Get(rec)) && !o.Computed {
		o.Set(rec, r.tx.Actor.ID)
	}
}

// required notes what is missing after defaults and the module's own completion; what is wrong already is not called missing too.
func (r *reader) required(d *draft, rec entity.Record) {
	for _, f := range d.def.Fields {
		if !f.Required || f.Computed || f == d.def.Parent || r.bad.Has(d.path+f.Name) {
			continue
		}
		v := f.Get(rec)
		x, number := v.(decimal.Decimal)
		if f.Empty(v) || number && f.Positive && x.Sign() <= 0 {
			r.bad.Add(d.path+f.Name, "required", "%[2]s（%[1]s）必填", "%[1]s is required", f.Name, f.Label.ZH)
		}
	}
	for _, l := range d.def.Lines {
		rows := l.Rows(rec)
		for i, child := range d.lines[l] {
			if i < len(rows) {
				r.required(child, rows[i])
			}
		}
	}
}
