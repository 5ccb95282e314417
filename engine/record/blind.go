package record

import (
	"context"
	"encoding/hex"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// index gathers what the blind indexes of rows that are written hold: a keyed hash of each sealed value that can be found by equality.
type index struct {
	cols [][]*string // entity, field, record, digest
}

func (x *index) add(at origin, digest []byte) {
	if x.cols == nil {
		x.cols = make([][]*string, 4)
	}
	row, d := at.row.String(), hex.EncodeToString(digest)
	put(x.cols, &at.entity, &at.field, &row, &d)
}

// save writes the gathered digests, in place of those that stood for these values.
func (x *index) save(ctx context.Context, tx *tenancy.Tx) error {
	if x.cols == nil {
		return nil
	}
	_, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO blind_index AS b (entity, field, record_id, digest)
		SELECT a, f, r::uuid, decode(d, 'hex') FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS u(a, f, r, d)
		ON CONFLICT (entity, field, record_id) DO UPDATE SET digest = excluded.digest`, anys(x.cols)...)
	return databaseFault(err, nil)
}

// emptied removes the digests of values that rows no longer have.
func emptied(ctx context.Context, tx *tenancy.Tx, def *entity.Def, fields []*entity.Field, rows []entity.Record) error {
	for _, f := range fields {
		if !f.Lookup {
			continue
		}
		var gone []string
		for _, r := range rows {
			if f.Empty(f.Get(r)) {
				gone = append(gone, r.Meta().ID.String())
			}
		}
		if len(gone) == 0 {
			continue
		}
		//nolint:unqueryvet // one field after the other
		_, err := tx.Tx.Tx.ExecContext(ctx, `DELETE FROM blind_index WHERE entity = $1::text AND field = $2::text AND record_id = ANY($3::text[]::uuid[])`,
			def.Name, f.Name, gone)
		if err != nil {
			return databaseFault(err, nil)
		}
	}
	return nil
}

// dropIndex removes the digests of rows that are deleted.
func dropIndex(ctx context.Context, tx *tenancy.Tx, def *entity.Def, keys []id.ID) error {
	for _, f := range def.Fields {
		if f.Lookup {
			//nolint:unqueryvet // a record and its lines
			_, err := tx.Tx.Tx.ExecContext(ctx, "DELETE FROM blind_index WHERE entity = $1::text AND record_id = ANY($2::text[]::uuid[])", def.Name, idTexts(keys))
			return databaseFault(err, nil)
		}
	}
	return nil
}

// lookup adds a condition on a sealed field: whether it is there, or that its whole value is one of some. Nothing else can be asked of what the
// database can't read.
func (p *plan) lookup(ctx context.Context, tx *tenancy.Tx, w *where, f *entity.Field, c Filter, bad *fault.Fields) error {
	has := "nullif(" + inMemory(f, "t.") + ", '')"
	var wanted []string
	switch c.Op {
	case "null":
		if c.Value != "true" && c.Value != "false" {
			bad.Add(c.at(), "value.type", "null 的值应为 true 或 false", "null takes true or false")
			return nil
		}
		w.add(has + " IS " + not(c.Value == "false") + "NULL")
		return nil
	case "eq", "ne":
		wanted = []string{c.Value}
	case "in", "nin":
		wanted = split(c.Value)
	default:
		sealedOnly(f, c.at(), bad)
		return nil
	}
	if !f.Lookup {
		sealedOnly(f, c.at(), bad)
		return nil
	}
	s := current(tx)
	if s.e.Sealer == nil {
		return shut(nil)
	}
	digests := make([]string, len(wanted))
	for i, v := range wanted {
		d, err := s.e.Sealer.Index(ctx, tx.Tenant.ID, p.def.Name, f.Name, []byte(v))
		if err != nil {
			return err
		}
		digests[i] = hex.EncodeToString(d)
	}
	found := "t.id IN (SELECT b.record_id FROM blind_index b WHERE b.entity = " + w.arg(p.def.Name) + "::text AND b.field = " + w.arg(f.Name) +
		"::text AND b.digest IN (SELECT decode(d, 'hex') FROM unnest(" + w.arg(digests) + "::text[]) AS d))"
	if f.Cipher != "" { // rows that are not encrypted yet, or no longer
		found = "(" + found + " OR t." + quote(f.Name) + " = ANY(" + w.arg(wanted) + "::text[]))"
	}
	w.add(not(c.Op == "ne" || c.Op == "nin") + found)
	return nil
}

// sealedOnly says what can't be asked of a sealed field, and why.
func sealedOnly(f *entity.Field, path string, bad *fault.Fields) {
	if f.Lookup {
		bad.Add(path, "field.sealed", "字段 %s 已加密，数据库无法比较其内容：只能按完整值查找（eq、ne、in、nin、null），不能排序、比较大小或按部分内容查找",
			"The field %s is encrypted, so the database can't compare it: it is found by its whole value (eq, ne, in, nin, null), not by order, range or part", f.Name)
		return
	}
	bad.Add(path, "field.sealed", "字段 %s 已加密且没有查找索引：只能问是否为空（null），不能筛选或排序",
		"The field %s is encrypted and has no lookup: it can be asked whether it is empty (null), not be filtered or sorted by", f.Name)
}
