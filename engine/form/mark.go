package form

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// SealMark is a field that the tenant itself keeps encrypted.
type SealMark struct {
	Entity, Field string
	State         string // sealing, sealed, unsealing
}

// The states of a mark.
const (
	sealing   = "sealing"
	sealed    = "sealed"
	unsealing = "unsealing"
)

// Marks lists the tenant's own marks.
func Marks(ctx context.Context, tx *tenancy.Tx) ([]SealMark, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT entity, field, state FROM sealed_field ORDER BY entity, field")
	if err != nil {
		return nil, fmt.Errorf("sealed fields: %w", err)
	}
	defer res.Close() //nolint:errcheck // Err tells
	var out []SealMark
	for res.Next() {
		var m SealMark
		if err := res.Scan(&m.Entity, &m.Field, &m.State); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, res.Err()
}

// cipherColumn is the column that holds a marked field's ciphertext.
func cipherColumn(field string) string { return "x_seal_" + field }

// apply returns base with the tenant's marks on its fields.
func apply(base *entity.Catalog, marks []SealMark) *entity.Catalog {
	by := map[string]map[string]*entity.Field{}
	for _, m := range marks {
		def := base.Entity(m.Entity)
		if def == nil || def.Field(m.Field) == nil {
			continue
		}
		f := *def.Field(m.Field)
		f.Cipher, f.Sealed, f.Lookup = cipherColumn(f.Name), m.State != unsealing, true
		if by[m.Entity] == nil {
			by[m.Entity] = map[string]*entity.Field{}
		}
		by[m.Entity][f.Name] = &f
	}
	defs := make([]*entity.Def, 0, len(by))
	for name, fields := range by {
		defs = append(defs, base.Entity(name).Replacing(fields))
	}
	if len(defs) == 0 {
		return base
	}
	return base.With(defs...)
}

// sealable refuses fields that can't be kept encrypted, with the reason.
func sealable(def *entity.Def, name string) (*entity.Field, error) {
	var bad fault.Fields
	if def == nil {
		bad.Add("entity", "entity.unknown", "没有此对象", "There is no such entity")
		return nil, bad.Err()
	}
	f := def.Field(name)
	switch {
	case f == nil:
		bad.Add("field", "field.unknown", "没有字段 %s", "There is no field %s", name)
	case def.ReadOnly || def.Derived || def.Parent != nil:
		bad.Add("entity", "seal.entity", "该对象的字段不能单独加密", "Fields of this kind of record can't be encrypted one by one")
	case f.Sealed && f.Cipher == "":
		bad.Add("field", "seal.always", "字段 %s 始终加密", "The field %s is always encrypted", name)
	case f.Kind != entity.KindText || !f.Stored() || f.System || f.Computed:
		bad.Add("field", "seal.kind", "只有由人填写的文本字段可以加密", "Only text that people write can be encrypted")
	case len(f.Options) > 0 || f.RefBy != "" || f.Ref != "":
		bad.Add("field", "seal.options", "取值来自列表的字段不能加密", "A field with a list of values can't be encrypted")
	case f.Title || f.Unique || f == def.Number || f == def.State || inKeys(def, name):
		bad.Add("field", "seal.key", "名称、编号、唯一字段和状态不能加密，因为系统要按其内容排序、查找和比较", "Names, numbers, unique fields and states can't be encrypted, because records are ordered, found and told apart by them")
	case len(name) > 40:
		bad.Add("field", "seal.name", "字段名过长", "The field's name is too long")
	}
	return f, bad.Err()
}

func inKeys(def *entity.Def, name string) bool {
	for _, k := range def.Keys {
		for _, n := range k {
			if n == name {
				return true
			}
		}
	}
	return false
}

// Mark makes a field encrypted, or ends that. What is there already is encrypted or decrypted by a task that begin starts in the same unit of work; what
// is written from now on follows the mark at once.
func Mark(ctx context.Context, db *tenancy.DB, e *record.Engine, t *tenancy.Tenant, a tenancy.Actor, entityName, field string, seal bool,
	begin func(ctx context.Context, tx *tenancy.Tx) error,
) error {
	check := func(ctx context.Context, tx *tenancy.Tx) error {
		def := record.Catalog(tx).Entity(entityName)
		f, err := sealable(def, field)
		if err != nil {
			return err
		}
		if hidden := f.Sealed; hidden == seal {
			return fault.New(fault.Conflict, "seal.same", "字段 %[1]s 已经是这样", "The field %[1]s is so already", field)
		}
		if !seal && f.Cipher == "" {
			return fault.New(fault.Conflict, "seal.same", "字段 %[1]s 没有加密", "The field %[1]s is not encrypted", field)
		}
		return nil
	}
	if err := e.Do(ctx, t, a, check, tenancy.ReadOnly()); err != nil {
		return err
	}
	if err := db.AddColumn(ctx, t, e.Catalog().Entity(entityName).Table, cipherColumn(field), "bytea"); err != nil {
		return err
	}
	err := e.Do(ctx, t, a, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := check(ctx, tx); err != nil {
			return err
		}
		state := map[bool]string{true: sealing, false: unsealing}[seal]
		_, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO sealed_field (entity, field, state, marked_at) VALUES ($1::text, $2::text, $3::text, $4::timestamptz)
			ON CONFLICT (entity, field) DO UPDATE SET state = excluded.state, marked_at = excluded.marked_at`, entityName, field, state, tx.Now)
		if err != nil {
			return err
		}
		return begin(ctx, tx)
	})
	if err != nil {
		return err
	}
	return db.Bump(ctx, t.ID)
}

// Marked ends the change that a mark has begun: everything is encrypted, or nothing is any more.
func Marked(ctx context.Context, db *tenancy.DB, e *record.Engine, t *tenancy.Tenant, entityName, field string) error {
	err := e.Do(ctx, t, tenancy.Actor{System: true, Name: "keys"}, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.Tx.Tx.ExecContext(ctx, "UPDATE sealed_field SET state = 'sealed' WHERE entity = $1::text AND field = $2::text AND state = 'sealing'", entityName, field)
		if err != nil {
			return err
		}
		_, err = tx.Tx.Tx.ExecContext(ctx, "DELETE FROM sealed_field WHERE entity = $1::text AND field = $2::text AND state = 'unsealing'", entityName, field)
		return err
	})
	if err != nil {
		return err
	}
	return db.Bump(ctx, t.ID)
}
