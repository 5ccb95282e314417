package record

import (
	"context"
	"encoding/hex"
	"strconv"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// A rotation also seals anew, with the newest data key, what is sealed outside of fields: the keys of people, the keys of files on the shelf, and the
// content of files in the database.

// rewrapping is one such table, worked on in short steps. What is left to do is told by the values themselves: killed or stopped, it goes on where it was.
type rewrapping struct {
	count, next string // SQL: $1 is the newest key, $2 the last row that was worked on
	after       string
	change      string // SQL: $1 the rows' keys, $2 what stands there, $3 what is to stand there; what was written meanwhile wins
	anew        func(ctx context.Context, tx *tenancy.Tx, row wrappedRow) ([]byte, error)
}

// wrappedRow is a row that something was sealed for. at finds it again.
type wrappedRow struct {
	at     string
	record id.ID
	n      int
	sealed []byte
}

const (
	oldKey      = ") <> decode($1::text, 'hex')" // of a sealed value's bytes 2 to 9
	piecesAgain = 4                              // of a megabyte each, in one unit of work
	filesOf     = " IN (SELECT id FROM "
)

// outside are the tables of a tenant with what is sealed outside of fields.
func (e *Engine) outside(ctx context.Context, tx *tenancy.Tx) []*rewrapping {
	many := strconv.Itoa(recryptRows)
	out := []*rewrapping{{
		count: "SELECT count(*) FROM person_key WHERE gone_at IS NULL AND substr(wrapped, 2, 8" + oldKey,
		next: "SELECT id, record_id::text, 0, encode(wrapped, 'hex') FROM person_key WHERE gone_at IS NULL AND substr(wrapped, 2, 8" + oldKey +
			" AND id > $2::text ORDER BY id LIMIT " + many,
		change: `UPDATE person_key p SET wrapped = decode(u.is_now, 'hex') FROM unnest($1::text[], $2::text[], $3::text[]) AS u(at, was, is_now)
			WHERE p.id = u.at AND p.gone_at IS NULL AND p.wrapped = decode(u.was, 'hex')`,
		anew: func(ctx context.Context, tx *tenancy.Tx, row wrappedRow) ([]byte, error) {
			secret, err := e.Sealer.PersonSecret(ctx, tx.Tenant.ID, row.record, row.sealed)
			if err != nil {
				return nil, err
			}
			defer clear(secret)
			_, wrapped, err := e.Sealer.KeepPerson(ctx, tx.Tenant.ID, row.record, secret)
			return wrapped, err
		},
	}}
	for _, def := range Catalog(tx).All() {
		if def.File == nil || !there(ctx, tx, def) {
			continue
		}
		out = append(out, e.objectKeys(def, many), e.filePieces(def))
	}
	return out
}

func (e *Engine) objectKeys(def *entity.Def, many string) *rewrapping {
	where := " FROM file_object WHERE record_id" + filesOf + quote(def.Table) + ") AND substr(cipher, 2, 8" + oldKey
	return &rewrapping{
		count: "SELECT count(*)" + where,
		next:  "SELECT record_id::text, record_id::text, 0, encode(cipher, 'hex')" + where + " AND record_id > $2::text::uuid ORDER BY record_id LIMIT " + many,
		after: firstID,
		change: `UPDATE file_object o SET cipher = decode(u.is_now, 'hex') FROM unnest($1::text[], $2::text[], $3::text[]) AS u(at, was, is_now)
			WHERE o.record_id = u.at::uuid AND o.cipher = decode(u.was, 'hex')`,
		anew: func(ctx context.Context, tx *tenancy.Tx, row wrappedRow) ([]byte, error) {
			return e.sealedAgain(ctx, tx, def.Name, objectKey, row)
		},
	}
}

func (e *Engine) filePieces(def *entity.Def) *rewrapping {
	where := " FROM file_piece WHERE record_id" + filesOf + quote(def.Table) + ") AND substr(content, 2, 8" + oldKey
	return &rewrapping{
		count: "SELECT count(*)" + where,
		next: "SELECT record_id::text || ' ' || position, record_id::text, position, encode(content, 'hex')" + where +
			" AND (record_id, position) > (split_part($2::text, ' ', 1)::uuid, split_part($2::text, ' ', 2)::int) ORDER BY record_id, position LIMIT " +
			strconv.Itoa(piecesAgain),
		after: firstID + " -1",
		change: `UPDATE file_piece p SET content = decode(u.is_now, 'hex') FROM unnest($1::text[], $2::text[], $3::text[]) AS u(at, was, is_now)
			WHERE p.record_id = split_part(u.at, ' ', 1)::uuid AND p.position = split_part(u.at, ' ', 2)::int AND p.content = decode(u.was, 'hex')`,
		anew: func(ctx context.Context, tx *tenancy.Tx, row wrappedRow) ([]byte, error) {
			return e.sealedAgain(ctx, tx, def.Name, piece(row.n), row)
		},
	}
}

func (e *Engine) sealedAgain(ctx context.Context, tx *tenancy.Tx, name, field string, row wrappedRow) ([]byte, error) {
	plain, err := e.Sealer.Open(ctx, tx.Tenant.ID, name, field, row.record, row.sealed)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return e.Sealer.Seal(ctx, tx.Tenant.ID, name, field, row.record, plain)
}

func (x *rewrapping) at() *string { return &x.after }

// step works on the next rows; more tells that there may be others.
func (x *rewrapping) step(ctx context.Context, tx *tenancy.Tx, newest string) (n int, more bool, err error) {
	rows, err := x.rows(ctx, tx, newest)
	if err != nil || len(rows) == 0 {
		return 0, false, err
	}
	cols := make([][]*string, 3)
	for i := range rows {
		is, err := x.anew(ctx, tx, rows[i])
		if err != nil {
			return 0, false, err
		}
		was, now := hex.EncodeToString(rows[i].sealed), hex.EncodeToString(is)
		put(cols, &rows[i].at, &was, &now)
	}
	res, err := tx.Tx.Tx.ExecContext(ctx, x.change, anys(cols)...)
	if err != nil {
		return 0, false, databaseFault(err, nil)
	}
	changed, err := res.RowsAffected()
	x.after = rows[len(rows)-1].at
	return int(changed), true, err
}

func (x *rewrapping) rows(ctx context.Context, tx *tenancy.Tx, newest string) (out []wrappedRow, err error) {
	res, err := tx.Tx.Tx.QueryContext(ctx, x.next, newest, x.after)
	if err != nil {
		return nil, databaseFault(err, nil)
	}
	defer res.Close() //nolint:errcheck // Err tells
	for res.Next() {
		var r wrappedRow
		var record, sealed string
		if err := res.Scan(&r.at, &record, &r.n, &sealed); err != nil {
			return nil, databaseFault(err, nil)
		}
		if r.record, err = id.Parse(record); err != nil {
			return nil, err
		}
		if r.sealed, err = hex.DecodeString(sealed); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, databaseFault(res.Err(), nil)
}
