package record

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Piece returns the part of a table that begins at a row and has about so many rows: a record stays with its lines. Next is the row behind it. The first
// row has to be one at which a record begins.
func (t Table) Piece(def *entity.Def, first, rows int) (piece Table, next int, err error) {
	cols, err := columnsOf(def, t.Header, t.Mapping)
	if err != nil {
		return piece, 0, err
	}
	last := ""
	for next = first; next < len(t.Rows); next++ {
		own, line, mark := heads(cols, t.Rows[next])
		begins := (own || line) && (!line || next == first || mark != last && own)
		if begins {
			last = mark
		}
		if begins && next >= first+rows {
			break
		}
	}
	piece = t
	piece.Rows, piece.first = t.Rows[first:next], t.first+first
	return piece, next, nil
}

// heads tells whether a row has something of a record and of a line, and by what rows of the same record are known.
func heads(cols []tableColumn, row []string) (own, line bool, mark string) {
	for i, c := range cols {
		if i >= len(row) || c.field == nil {
			continue
		}
		cell := strings.TrimSpace(row[i])
		if c.lines == nil {
			mark += cell + "\x1f"
		}
		own, line = own || cell != "" && c.lines == nil, line || cell != "" && c.lines != nil
	}
	if no := numberOf(cols, row); no != "" {
		return true, line, no
	}
	return own, line, mark
}

// KeepProgress writes down how far a task is, in the same transaction as what it has done so far.
func KeepProgress(ctx context.Context, tx *tenancy.Tx, key id.ID, progress any) error {
	raw, err := json.Marshal(progress)
	if err != nil {
		return err
	}
	_, err = tx.Tx.Tx.ExecContext(ctx, "UPDATE task SET progress = $2::text::jsonb WHERE id = $1::text::uuid", key.String(), string(raw))
	return databaseFault(err, nil)
}
