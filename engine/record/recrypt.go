package record

import (
	"context"
	"encoding/hex"
	"strconv"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// recryptRows is how many values are worked on in one unit of work: short enough that nobody waits for it.
const recryptRows = 500

// Recrypt brings the stored values of sealed fields into the state that they should be in: sealed with the newest key, encrypted where a field was marked,
// plain where the mark was taken away. Which entity and field: empty for all, and then also what is sealed outside of fields. It works in short units of work beside everybody else; a value that is
// written meanwhile wins. It can be stopped and started again at any time, and returns how many values it changed.
func Recrypt(ctx context.Context, e *Engine, t *tenancy.Tenant, entityName, field string, tell func(done, total int)) (int64, error) {
	var todo []worked
	total := int64(0)
	err := e.recryptDo(ctx, t.ID, func(ctx context.Context, tx *tenancy.Tx, newest string) error {
		todo, total = nil, 0
		for _, def := range append(Catalog(tx).All(), linesOfAll(Catalog(tx))...) {
			for _, f := range def.Fields {
				if !hides(f) || entityName != "" && (def.Name != entityName || f.Name != field) || !there(ctx, tx, def) {
					continue
				}
				x := &recrypting{def: def.Name, field: f.Name}
				n := int64(0)
				if err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(def.Table)+" AS t WHERE "+stale(f), newest).Scan(&n); err != nil {
					return databaseFault(err, def)
				}
				total += n
				todo = append(todo, x)
			}
		}
		if entityName != "" {
			return nil
		}
		for _, x := range e.outside(ctx, tx) {
			n := int64(0)
			if err := tx.Tx.Tx.QueryRowContext(ctx, x.count, newest).Scan(&n); err != nil {
				return databaseFault(err, nil)
			}
			total += n
			todo = append(todo, x)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	done := int64(0)
	for _, x := range todo {
		for more := true; more; {
			n, was := 0, *x.at()
			err := e.recryptDo(ctx, t.ID, func(ctx context.Context, tx *tenancy.Tx, newest string) (err error) {
				*x.at() = was // the unit of work may run again
				n, more, err = x.step(ctx, tx, newest)
				return err
			})
			if err != nil {
				return done, err
			}
			if done += int64(n); tell != nil {
				tell(int(done), int(max(total, done)))
			}
		}
	}
	return done, nil
}

// firstID is before all ids.
const firstID = "00000000-0000-0000-0000-000000000000"

// worked is what is brought into its state step by step.
type worked interface {
	at() *string // how far it is
	step(ctx context.Context, tx *tenancy.Tx, newest string) (n int, more bool, err error)
}

// recrypting is one field whose values are worked on, and how far.
type recrypting struct {
	def, field string
	after      string
}

func (e *Engine) recryptDo(ctx context.Context, tenant id.ID, fn func(ctx context.Context, tx *tenancy.Tx, newest string) error) error {
	t, err := e.db.Tenant(ctx, tenant) // marks may change while it goes on
	if err != nil {
		return err
	}
	return e.Do(ctx, t, tenancy.Actor{System: true, Name: "keys"}, func(ctx context.Context, tx *tenancy.Tx) error {
		if e.Sealer == nil {
			return shut(nil)
		}
		k, err := e.Sealer.Newest(ctx, tenant)
		if err != nil {
			return err
		}
		return fn(ctx, tx, k.String())
	})
}

func linesOfAll(c *entity.Catalog) []*entity.Def {
	var out []*entity.Def
	var add func(d *entity.Def)
	add = func(d *entity.Def) {
		for _, l := range d.Lines {
			out = append(out, l.Of)
			add(l.Of)
		}
	}
	for _, d := range c.All() {
		add(d)
	}
	return out
}

// there tells that an entity's table exists: a module that was never on has none.
func there(ctx context.Context, tx *tenancy.Tx, def *entity.Def) bool {
	var yes bool
	err := tx.Tx.Tx.QueryRowContext(ctx, "SELECT to_regclass($1::text) IS NOT NULL", quote(def.Table)).Scan(&yes)
	return err == nil && yes
}

// stale is the condition on rows whose value is not as it should be; $1 is the newest key.
func stale(f *entity.Field) string {
	cipher := "t." + quote(f.Name)
	if f.Cipher != "" {
		cipher = "t." + quote(f.Cipher)
	}
	if !f.Sealed {
		return "length(" + cipher + ") > 0 AND $1::text <> ''"
	}
	old := "length(" + cipher + ") > 0 AND substr(" + cipher + ", 2, 8) <> decode($1::text, 'hex')"
	if f.Cipher == "" {
		return old
	}
	return "(" + old + " OR coalesce(length(" + cipher + "), 0) = 0 AND t." + quote(f.Name) + " <> '')"
}

func (x *recrypting) at() *string { return &x.after }

// step works on the next values of a field.
func (x *recrypting) step(ctx context.Context, tx *tenancy.Tx, newest string) (n int, more bool, err error) {
	s := current(tx)
	def := s.catalog.Entity(x.def)
	if def == nil || def.Field(x.field) == nil || !hides(def.Field(x.field)) {
		return 0, false, nil
	}
	f := def.Field(x.field)
	if x.after == "" {
		x.after = firstID
	}
	rows, err := s.staleRows(ctx, tx, def, f, x.after, newest)
	if err != nil || len(rows) == 0 {
		return 0, false, err
	}
	found := &index{}
	cols := make([][]*string, 3) // id, what stands there, what is to stand there
	for i := range rows {
		was := rows[i][1]
		is, err := s.turned(ctx, tx, def, f, rows[i][0], was, found)
		if err != nil {
			return 0, false, err
		}
		put(cols, &rows[i][0], &was, &is)
	}
	x.after = rows[len(rows)-1][0]
	res, err := tx.Tx.Tx.ExecContext(ctx, "UPDATE "+quote(def.Table)+" AS t SET "+turning(f)+" FROM unnest($1::text[], $2::text[], $3::text[]) AS u(id, was, is_now) WHERE t.id = u.id::uuid AND "+
		inMemory(f, "t.")+" = u.was", anys(cols)...)
	if err != nil {
		return 0, false, databaseFault(err, def)
	}
	changed, err := res.RowsAffected()
	if err != nil {
		return 0, false, err
	}
	if f.Sealed {
		err = found.save(ctx, tx)
	} else {
		_, err = tx.Tx.Tx.ExecContext(ctx, "DELETE FROM blind_index WHERE entity = $1::text AND field = $2::text AND record_id = ANY($3::text[]::uuid[])", def.Name, f.Name, plainTexts(cols[0]))
		err = databaseFault(err, nil)
	}
	return int(changed), len(rows) == recryptRows, err
}

func plainTexts(list []*string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = *s
	}
	return out
}

func (s *session) staleRows(ctx context.Context, tx *tenancy.Tx, def *entity.Def, f *entity.Field, after, newest string) ([][2]string, error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, "SELECT t.id::text, coalesce("+inMemory(f, "t.")+", '') FROM "+quote(def.Table)+" AS t WHERE t.id > $2::text::uuid AND "+stale(f)+
		" ORDER BY t.id LIMIT "+strconv.Itoa(recryptRows), newest, after)
	if err != nil {
		return nil, databaseFault(err, def)
	}
	defer res.Close() //nolint:errcheck // Err tells
	var out [][2]string
	for res.Next() {
		var r [2]string
		if err := res.Scan(&r[0], &r[1]); err != nil {
			return nil, databaseFault(err, def)
		}
		out = append(out, r)
	}
	return out, databaseFault(res.Err(), def)
}

// turned is what a value becomes: hexadecimal of the ciphertext, or the plain text.
func (s *session) turned(ctx context.Context, tx *tenancy.Tx, def *entity.Def, f *entity.Field, row, was string, found *index) (string, error) {
	key, err := id.Parse(row)
	if err != nil {
		return "", err
	}
	here := origin{def.Name, f.Name, key}
	plain := was
	if isSealed(was) {
		if plain, err = s.unsealed(ctx, tx, here, was); err != nil {
			return "", err
		}
	}
	if !f.Sealed {
		return plain, nil
	}
	c, err := s.e.Sealer.Seal(ctx, tx.Tenant.ID, here.entity, here.field, here.row, []byte(plain))
	if err != nil {
		return "", err
	}
	if f.Lookup && !isSealed(was) {
		digest, err := s.e.Sealer.Index(ctx, tx.Tenant.ID, here.entity, here.field, []byte(plain))
		if err != nil {
			return "", err
		}
		found.add(here, digest)
	}
	return hex.EncodeToString(c), nil
}

// turning is what an UPDATE sets.
func turning(f *entity.Field) string {
	switch {
	case f.Cipher == "":
		return quote(f.Name) + " = decode(u.is_now, 'hex')"
	case f.Sealed:
		return quote(f.Cipher) + " = decode(u.is_now, 'hex'), " + quote(f.Name) + " = ''"
	}
	return quote(f.Cipher) + " = NULL, " + quote(f.Name) + " = u.is_now"
}
