package proof

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/policy"
	"github.com/tenon-hq/tenon/tenancy"
)

// RolesAt returns the roles that a person's record gave them at a moment, from the audit; known is false when the audit does not go back that far.
func RolesAt(ctx context.Context, tx *tenancy.Tx, user id.ID, at time.Time) (roles []string, known bool, err error) {
	var text sql.NullString
	err = tx.Tx.Tx.QueryRowContext(ctx, `SELECT after ->> 'roles' FROM audit_entry WHERE entity = 'user' AND record_id = $1::text::uuid AND at <= $2::text::timestamptz
		AND after ? 'roles' ORDER BY seq DESC LIMIT 1`, user.String(), at.UTC().Format(time.RFC3339Nano)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !text.Valid {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if json.Unmarshal([]byte(text.String), &roles) == nil {
		return roles, true, nil
	}
	for _, r := range strings.FieldsFunc(strings.Trim(text.String, "{}[]"), func(c rune) bool { return c == ',' || c == ' ' }) {
		roles = append(roles, strings.Trim(r, `"`))
	}
	return roles, true, nil
}

// Sees tells whether a mask's row filter lets a record through, as it is now; there is false when there is no such record.
func Sees(ctx context.Context, tx *tenancy.Tx, def *entity.Def, m *policy.Mask, key id.ID) (sees, there bool, err error) {
	all, err := idsWhere(ctx, tx, def, "id = $1::text::uuid", []any{key.String()}, 1)
	if err != nil || len(all) == 0 {
		return false, false, err
	}
	sql, args := m.Rows().SQL("")
	where, bound := bindAll("("+sql+")", args)
	bound = append(bound, key.String())
	found, err := idsWhere(ctx, tx, def, where+" AND id = $"+placeOf(len(bound))+"::text::uuid", bound, 1)
	return len(found) > 0 && m.Any(), true, err
}
