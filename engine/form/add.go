package form

import (
	"context"
	"regexp"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// mostOwn is how many own fields one entity may have.
const mostOwn = 100

var (
	ownName   = regexp.MustCompile(`^x_[a-z0-9_]{1,50}$`)
	className = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
)

// columnType is the SQL type of an own field's column; empty for kinds that a tenant can't add.
func columnType(k entity.Kind) string {
	switch k { //nolint:exhaustive // the others are no kinds of own fields
	case entity.KindText:
		return "text"
	case entity.KindBool:
		return "boolean"
	case entity.KindInt:
		return "bigint"
	case entity.KindAmount:
		return "numeric(20,4)"
	case entity.KindQuantity, entity.KindPrice:
		return "numeric(20,6)"
	case entity.KindPercent:
		return "numeric(9,4)"
	case entity.KindDate:
		return "date"
	case entity.KindTime:
		return "timestamptz"
	}
	return ""
}

// Add gives a tenant a field of its own on an entity: Name (x_…), Kind, Label, and where wanted Options, Required and Class of f count. The column is
// made first, so that no request ever sees a field without one; what fails later leaves an empty column that nothing shows, and Add can be repeated.
func Add(ctx context.Context, db *tenancy.DB, e *record.Engine, t *tenancy.Tenant, a tenancy.Actor, entityName string, f entity.Field) error {
	def := e.Catalog().Entity(entityName)
	if f.Class == "" {
		f.Class = "custom"
	}
	if err := check(def, f); err != nil {
		return err
	}
	if owner := e.Owner(def.Name); owner != "" && !t.On(owner) {
		return fault.New(fault.NotEnabled, "module.off", "模块 %s 未启用", "The module %s is switched off", owner).With("module", owner)
	}
	allowed := func(ctx context.Context, tx *tenancy.Tx) error { return admit(ctx, tx, def, f) }
	if err := e.Do(ctx, t, a, allowed, tenancy.ReadOnly()); err != nil {
		return err
	}
	if err := db.AddColumn(ctx, t, def.Table, f.Name, columnType(f.Kind)); err != nil {
		return err
	}
	err := e.Do(ctx, t, a, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := admit(ctx, tx, def, f); err != nil {
			return err
		}
		if err := sameType(ctx, tx, def, f); err != nil {
			return err
		}
		r, err := row(def.Name, f)
		if err != nil {
			return err
		}
		return record.Create(ctx, tx, r)
	})
	if err != nil {
		return err
	}
	return db.Bump(ctx, t.ID)
}

// check refuses what can't be a tenant's own field, with all mistakes at once.
func check(def *entity.Def, f entity.Field) error {
	var bad fault.Fields
	if def == nil || def.ReadOnly || def.Derived || def.Name == "own_field" {
		bad.Add("entity", "own_field.entity", "该对象不能添加自定义字段", "Own fields can't be added to this kind of record")
	}
	if !ownName.MatchString(f.Name) {
		bad.Add("name", "own_field.name", "字段名应以 x_ 开头，由小写字母、数字和下划线组成", "The name is x_ and up to 50 small letters, digits and _")
	}
	if !labelled(f.Label) {
		bad.Add("label", "own_field.label", "请填写中文和英文名称（各不超过 100 字）", "The label must be in Chinese and English, up to 100 characters each")
	}
	if columnType(f.Kind) == "" {
		bad.Add("kind", "own_field.kind", "不支持的字段类型 %q", "There is no field of kind %q", string(f.Kind))
	}
	if !className.MatchString(f.Class) {
		bad.Add("class", "own_field.class", "字段类别无效", "The class is not valid")
	}
	if f.Ref != "" || f.Sealed || f.Unique || f.Expr != "" || f.Default != "" {
		bad.Add("name", "own_field.unsupported", "自定义字段不支持引用、加密、唯一、公式和默认值", "An own field has no reference, seal, uniqueness, formula or default")
	}
	options(f, &bad)
	return bad.Err()
}

func labelled(t entity.Text) bool {
	return t.ZH != "" && t.EN != "" && len([]rune(t.ZH)) <= 100 && len([]rune(t.EN)) <= 100
}

func options(f entity.Field, bad *fault.Fields) {
	if len(f.Options) > 0 && f.Kind != entity.KindText || len(f.Options) > 500 {
		bad.Add("options", "own_field.options", "只有文本字段可以有可选值，最多 500 个", "Only text fields have options, up to 500")
	}
	seen := map[string]bool{}
	for _, o := range f.Options {
		if o.Value == "" || len(o.Value) > 200 || seen[o.Value] || !labelled(o.Label) {
			bad.Add("options", "own_field.option", "可选值 %q 重复、过长或缺少名称", "The option %q is there twice, too long or without a label", o.Value)
		}
		seen[o.Value] = true
	}
}

// admit refuses who may not add fields, and a field that is there already.
func admit(ctx context.Context, tx *tenancy.Tx, def *entity.Def, f entity.Field) error {
	own := record.Catalog(tx).Entity("own_field")
	mask, err := record.MaskOf(ctx, tx, own)
	if err != nil {
		return err
	}
	if !mask.Create {
		rule, label := mask.Why("create")
		return fault.New(fault.Forbidden, "action.denied", "您无权添加自定义字段（规则 %s）", "You may not add own fields (rule %s)", rule).
			With("rule", rule).With("rule_label", label)
	}
	rows, err := record.Find[OwnField](ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("entity = ?", def.Name) })
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Name == f.Name {
			return fault.New(fault.Conflict, "own_field.exists", "已有字段 %s", "There is a field %s already", f.Name).
				At("name", "duplicate", "已被使用", "is in use already")
		}
	}
	if len(rows) >= mostOwn {
		return fault.New(fault.OverLimit, "own_field.too_many", "每个对象最多 %d 个自定义字段", "A kind of record has up to %d own fields", mostOwn)
	}
	return nil
}

// sameType refuses a column that an earlier attempt has made with another type.
func sameType(ctx context.Context, tx *tenancy.Tx, def *entity.Def, f entity.Field) error {
	var is string
	err := tx.NewRaw(`SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
		JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND c.relname = ? AND a.attname = ? AND NOT a.attisdropped`, def.Table, f.Name).Scan(ctx, &is)
	if err != nil {
		return err
	}
	want := columnType(f.Kind)
	if want == "timestamptz" {
		want = "timestamp with time zone"
	}
	if is != want {
		return fault.New(fault.Conflict, "own_field.column", "字段名 %s 已用于其他类型的列，请换一个名称",
			"The name %s is taken by a column of another type; choose another", f.Name)
	}
	return nil
}
