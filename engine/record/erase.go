package record

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Subject is a record that is about a person.
type Subject struct {
	Entity string
	Record id.ID
}

// Erasable returns the description of an entity whose records are about people; anything else is refused.
func Erasable(tx *tenancy.Tx, name string) (*entity.Def, error) {
	def := Catalog(tx).Entity(name)
	if def != nil && def.Person {
		return def, nil
	}
	var names []string
	for _, d := range Catalog(tx).All() {
		if d.Person {
			names = append(names, d.Name)
		}
	}
	var bad fault.Fields
	bad.Add("entity", "person.entity", "%[1]q 不是关于个人的对象；可用：%[2]s", "%[1]q is not about people; these are: %[2]s", name, strings.Join(names, ", "))
	return nil, bad.Err()
}

// Erase shreds the person that a record is about: the record stays for what refers to it, but nothing in it says any more who it was, and the key is
// destroyed that opens what the audit and backups say. It returns false when that had been done before. There is no way back.
func Erase(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID) (bool, error) {
	s := current(tx)
	var rests bool
	err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT "+rest(def, tx)+" FROM "+quote(def.Table)+" AS t WHERE t.id = $1::text::uuid FOR UPDATE", key.String()).Scan(&rests)
	if err != nil {
		if noRows(err) == nil {
			return false, missing(def, key)
		}
		return false, databaseFault(err, def)
	}
	var gone int
	err = tx.Tx.Tx.QueryRowContext(ctx, `WITH d AS (UPDATE person_key SET wrapped = NULL, gone_at = $3::text::timestamptz
		WHERE entity = $1::text AND record_id = $2::text::uuid AND gone_at IS NULL RETURNING 1) SELECT count(*) FROM d`, def.Name, key.String(), *stamp(tx.Now)).Scan(&gone)
	if err != nil || gone == 0 && !rests {
		return false, databaseFault(err, def)
	}
	delete(s.people.byRecord, who{def.Name, key})
	if rests {
		_, err = tx.Tx.Tx.ExecContext(ctx, "UPDATE "+quote(def.Table)+" SET "+overwritten(def, tx)+", version = version + 1, updated_at = $2::text::timestamptz WHERE id = $1::text::uuid",
			key.String(), *stamp(tx.Now))
		if err != nil {
			return false, databaseFault(err, def)
		}
	}
	if err := s.forget(ctx, tx, key); err != nil {
		return false, err
	}
	e := entryOf(tx, def, "erase", key)
	e.module = "keys"
	s.audit = append(s.audit, e)
	return true, nil
}

// personal are the fields that say who a person is.
func personal(def *entity.Def) (out []*entity.Field) {
	for _, f := range def.Fields {
		if f.Personal && f.Stored() {
			out = append(out, f)
		}
	}
	return out
}

// blank is what a field holds of a person who was shredded, in SQL.
func blank(f *entity.Field, tx *tenancy.Tx) string {
	switch {
	case f.Unique:
		return "'erased-' || id::text || '@erased.invalid'"
	case f.Title && tx.Tenant.Locale == i18n.EN:
		return "'(erased)'"
	case f.Title:
		return "'（已删除）'"
	case f.Null || f.Custom:
		return "NULL"
	case f.Kind == entity.KindText:
		return "''"
	case f.Kind == entity.KindTexts:
		return "'{}'"
	case f.Kind == entity.KindBool:
		return "false"
	case f.Kind == entity.KindJSON:
		return "'null'"
	}
	return "0"
}

// rest is the condition that a record still says who the person was.
func rest(def *entity.Def, tx *tenancy.Tx) string {
	var parts []string
	for _, f := range personal(def) {
		if hides(f) && f.Cipher == "" {
			parts = append(parts, "length("+quote(f.Name)+") > 0")
			continue
		}
		parts = append(parts, quote(f.Name)+" IS DISTINCT FROM "+blank(f, tx))
		if f.Cipher != "" {
			parts = append(parts, quote(f.Cipher)+" IS NOT NULL")
		}
	}
	return strings.Join(parts, " OR ")
}

func overwritten(def *entity.Def, tx *tenancy.Tx) string {
	var sets []string
	for _, f := range personal(def) {
		value := blank(f, tx)
		if hides(f) && f.Cipher == "" {
			value = "''::bytea"
		}
		sets = append(sets, quote(f.Name)+" = "+value)
		if f.Cipher != "" {
			sets = append(sets, quote(f.Cipher)+" = NULL")
		}
	}
	return strings.Join(sets, ", ")
}

// forget removes what is kept of a record elsewhere: its blind indexes, and kept answers that tell of it or can't be looked into.
func (s *session) forget(ctx context.Context, tx *tenancy.Tx, key id.ID) error {
	if _, err := tx.Tx.Tx.ExecContext(ctx, "DELETE FROM blind_index WHERE record_id = $1::text::uuid", key.String()); err != nil {
		return databaseFault(err, nil)
	}
	_, err := tx.Tx.Tx.ExecContext(ctx, `UPDATE idempotency_key SET answer = '{"_erased":true}' WHERE answer LIKE '%' || $1::text || '%' OR answer LIKE $2::text || '%'`,
		key.String(), sealedMark)
	return databaseFault(err, nil)
}

// Deletion is a request that a person be shredded, and what became of it.
type Deletion struct {
	ID      id.ID      `json:"id"`
	Entity  string     `json:"entity"`
	Record  id.ID      `json:"record_id"`
	Reason  string     `json:"reason"`
	State   string     `json:"state"` // requested, done, withdrawn
	AskedBy id.ID      `json:"asked_by"`
	AskedAt time.Time  `json:"asked_at"`
	EndedBy *id.ID     `json:"ended_by"`
	EndedAt *time.Time `json:"ended_at"`
}

// The states of a deletion.
const (
	DeletionAsked     = "requested"
	DeletionDone      = "done"
	DeletionWithdrawn = "withdrawn"
)

// AskDeletion writes a request down. One person has one open request.
func AskDeletion(ctx context.Context, tx *tenancy.Tx, def *entity.Def, record id.ID, reason string) (id.ID, error) {
	if strings.TrimSpace(reason) == "" || !storable(reason) {
		var bad fault.Fields
		bad.Add("reason", "required", "请说明删除的理由", "say why the person is to be deleted")
		return id.ID{}, bad.Err()
	}
	var there, human bool
	err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT count(*) > 0, coalesce(bool_or("+ofPeople(def)+"), false) FROM "+quote(def.Table)+" AS t WHERE t.id = $1::text::uuid",
		record.String()).Scan(&there, &human)
	if err != nil || !there {
		return id.ID{}, cmpErr(databaseFault(err, def), missing(def, record))
	}
	if !human {
		return id.ID{}, fault.New(fault.Rule, "person.none", "此记录未标记为个人：“%[1]s”", "This record is not marked as a person: %[2]q", def.PersonIf.Label.ZH, def.PersonIf.Label.EN)
	}
	key := tx.NewID()
	res, err := tx.Tx.Tx.ExecContext(ctx, `INSERT INTO person_deletion (id, entity, record_id, reason, asked_by, asked_at)
		VALUES ($1::text::uuid, $2::text, $3::text::uuid, $4::text, $5::text::uuid, $6::text::timestamptz) ON CONFLICT DO NOTHING`,
		key.String(), def.Name, record.String(), reason, tx.Actor.ID.String(), *stamp(tx.Now))
	if err != nil {
		return id.ID{}, databaseFault(err, nil)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return id.ID{}, cmpErr(err, fault.New(fault.Conflict, "person.asked", "已有针对此人的删除申请", "There is an open request for this person already"))
	}
	return key, nil
}

func cmpErr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// Deletions lists requests, newest first; only the one with a key when one is given.
func Deletions(ctx context.Context, tx *tenancy.Tx, key id.ID, limit int) ([]Deletion, error) {
	where, args := "", []any{}
	if !key.IsZero() {
		where, args = " WHERE id = $1::text::uuid", []any{key.String()}
	}
	res, err := tx.Tx.Tx.QueryContext(ctx, `SELECT id::text, entity, record_id::text, reason, state, asked_by::text, asked_at, coalesce(ended_by::text, ''), ended_at
		FROM person_deletion`+where+" ORDER BY asked_at DESC, id DESC LIMIT "+strconv.Itoa(limit), args...)
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	out := []Deletion{}
	for res.Next() {
		var d Deletion
		var own, record, asked, ended string
		if err := res.Scan(&own, &d.Entity, &record, &d.Reason, &d.State, &asked, &d.AskedAt, &ended, &d.EndedAt); err != nil {
			return nil, databaseFault(err, nil)
		}
		for text, into := range map[*string]*id.ID{&own: &d.ID, &record: &d.Record, &asked: &d.AskedBy} {
			if err := into.UnmarshalText([]byte(*text)); err != nil {
				return nil, err
			}
		}
		if ended != "" {
			d.EndedBy = &id.ID{}
			if err := d.EndedBy.UnmarshalText([]byte(ended)); err != nil {
				return nil, err
			}
		}
		out = append(out, d)
	}
	return out, databaseFault(res.Err(), nil)
}

// DeletionOf returns one request.
func DeletionOf(ctx context.Context, tx *tenancy.Tx, key id.ID) (*Deletion, error) {
	list, err := Deletions(ctx, tx, key, 1)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "deletion.not_found", "没有此删除申请", "There is no such request")
	}
	return &list[0], nil
}

// EndDeletion closes an open request as done or withdrawn.
func EndDeletion(ctx context.Context, tx *tenancy.Tx, key id.ID, state string) error {
	res, err := tx.Tx.Tx.ExecContext(ctx, `UPDATE person_deletion SET state = $2::text, ended_by = $3::text::uuid, ended_at = $4::text::timestamptz
		WHERE id = $1::text::uuid AND state = 'requested'`, key.String(), state, tx.Actor.ID.String(), *stamp(tx.Now))
	if err != nil {
		return databaseFault(err, nil)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return cmpErr(err, fault.New(fault.Conflict, "deletion.ended", "此申请已处理", "This request has ended already"))
	}
	return nil
}

// Traces says where a person is found: the fields of the record that say who they are, and how many entries of the audit do.
type Traces struct {
	Fields  []*entity.Field
	Entries int64
	Plain   int64 // of those: written before the record was known to be about a person; what they say stays until they are cut
	Sealed  bool  // the person has a key, which is destroyed
}

// TracesOf says what a deletion would make unreadable.
func TracesOf(ctx context.Context, tx *tenancy.Tx, def *entity.Def, record id.ID) (*Traces, error) {
	out := &Traces{}
	for _, f := range personal(def) {
		var there bool
		says := "coalesce((" + inMemory(f, "t.") + ")::text, '') NOT IN ('', 'false', '0', '{}')"
		err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT "+says+" FROM "+quote(def.Table)+" AS t WHERE t.id = $1::text::uuid", record.String()).Scan(&there)
		if err != nil {
			return nil, databaseFault(err, def)
		}
		if there {
			out.Fields = append(out.Fields, f)
		}
	}
	names := make([]string, 0, len(def.Fields))
	for _, f := range personal(def) {
		names = append(names, f.Name)
	}
	err := tx.Tx.Tx.QueryRowContext(ctx, `WITH told AS (
			SELECT EXISTS (SELECT FROM (SELECT key, value FROM jsonb_each_text(before) UNION ALL SELECT key, value FROM jsonb_each_text(after)) x
				WHERE x.key = ANY($3::text[]) AND x.value <> '' AND x.value NOT LIKE $4::text || '%') AS plain
			FROM audit_entry WHERE entity = $1::text AND record_id = $2::text::uuid AND (before ?| $3::text[] OR after ?| $3::text[]))
		SELECT (SELECT count(*) FROM told), (SELECT count(*) FROM told WHERE plain),
			EXISTS (SELECT FROM person_key WHERE entity = $1::text AND record_id = $2::text::uuid AND gone_at IS NULL)`,
		def.Name, record.String(), names, sealedMark).Scan(&out.Entries, &out.Plain, &out.Sealed)
	return out, databaseFault(err, nil)
}
