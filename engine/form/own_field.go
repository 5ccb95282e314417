package form

import (
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/tenon-hq/tenon/entity"
)

// OwnField is a field that a tenant added to an entity.
type OwnField struct {
	bun.BaseModel `bun:"table:own_field,alias:own"`
	entity.Base

	Entity   string          `bun:"entity,notnull"`
	Name     string          `bun:"name,notnull"`
	LabelZH  string          `bun:"label_zh,notnull"`
	LabelEN  string          `bun:"label_en,notnull"`
	Kind     string          `bun:"kind,notnull"`
	Options  json.RawMessage `bun:"options,type:jsonb,notnull"`
	Required bool            `bun:"required,notnull"`
	Class    string          `bun:"class,notnull"`
}

// Describe says what the columns mean. Callers make such rows by Add only, which makes the column too.
func (o *OwnField) Describe(d *entity.Desc) {
	d.Is("own_field", "own_fields", entity.T("自定义字段", "Own field"), &o.Name)
	shown := func(p any, zh, en string) {
		d.Field(p, entity.Field{Label: entity.T(zh, en), Computed: true, List: true, Filter: true})
	}
	shown(&o.Entity, "对象", "Kind of record")
	shown(&o.Name, "字段名", "Name")
	shown(&o.LabelZH, "中文名称", "Label in Chinese")
	shown(&o.LabelEN, "英文名称", "Label in English")
	shown(&o.Kind, "类型", "Kind")
	d.Field(&o.Options, entity.Field{Label: entity.T("可选值", "Options"), Computed: true})
	shown(&o.Required, "必填", "Required")
	shown(&o.Class, "字段类别", "Class")
	d.ReadOnly()
	d.NoDelete()
}

// option is one allowed value as it is stored.
type option struct {
	Value string `json:"value"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
}

// row makes what is stored of a field.
func row(entityName string, f entity.Field) (*OwnField, error) {
	list := make([]option, len(f.Options))
	for i, o := range f.Options {
		list[i] = option{o.Value, o.Label.ZH, o.Label.EN}
	}
	raw, err := json.Marshal(list)
	return &OwnField{
		Entity: entityName, Name: f.Name, LabelZH: f.Label.ZH, LabelEN: f.Label.EN, Kind: string(f.Kind), Options: raw,
		Required: f.Required, Class: f.Class,
	}, err
}

// field makes the description that the engines work with.
func (o *OwnField) field() (*entity.Field, error) {
	var list []option
	if err := json.Unmarshal(o.Options, &list); err != nil {
		return nil, err
	}
	f := &entity.Field{
		Name: o.Name, Label: entity.T(o.LabelZH, o.LabelEN), Kind: entity.Kind(o.Kind), Class: o.Class, Required: o.Required,
		Custom: true, Null: true, List: true, Filter: true, Signed: entity.Kind(o.Kind).Decimal() && o.Kind != string(entity.KindPercent),
	}
	for _, x := range list {
		f.Options = append(f.Options, entity.Option{Value: x.Value, Label: entity.T(x.ZH, x.EN)})
	}
	return f, nil
}
