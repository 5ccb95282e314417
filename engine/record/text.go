package record

import (
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
)

// sqlType is what a field's text form is cast to in SQL.
func sqlType(f *entity.Field) string {
	switch f.Kind {
	case entity.KindID:
		return "uuid"
	case entity.KindBool:
		return "boolean"
	case entity.KindInt:
		return "bigint"
	case entity.KindAmount, entity.KindQuantity, entity.KindPrice, entity.KindPercent:
		return "numeric"
	case entity.KindDate:
		return "date"
	case entity.KindTime:
		return "timestamptz"
	case entity.KindJSON:
		return "jsonb"
	case entity.KindTexts:
		return "text[]"
	case entity.KindBytes:
		return "bytea"
	}
	return "text"
}

// text writes a value in PostgreSQL's text form; nil is NULL.
func text(f *entity.Field, value any) *string {
	if f.Empty(value) && (f.Null || f.Custom) {
		return nil
	}
	var s string
	switch v := value.(type) {
	case nil:
		s = zero(f)
	case string:
		s = v
	case id.ID:
		if v.IsZero() {
			return nil
		}
		s = v.String()
	case bool:
		s = strconv.FormatBool(v)
	case int64:
		s = strconv.FormatInt(v, 10)
	case decimal.Decimal:
		s = v.String()
	case clock.Date:
		if v.IsZero() {
			return nil
		}
		s = v.String()
	case time.Time:
		if v.IsZero() {
			return nil
		}
		s = v.UTC().Format(time.RFC3339Nano)
	case []string:
		s = array(v)
	case []byte:
		if v == nil {
			return nil
		}
		s = `\x` + hex.EncodeToString(v)
	default:
		b, err := json.Marshal(v)
		if err != nil {
			panic(err) // a value that came from JSON goes back to it
		}
		s = string(b)
	}
	return &s
}

// textIn is text of a field's value in a record, and whether that means none. It looks at the value in its place: a copy of each would be made for nothing.
func textIn(f *entity.Field, r entity.Record) (s *string, empty bool) {
	v := f.In(r)
	switch v.Kind() {
	case reflect.Invalid:
		x := f.Get(r)
		return text(f, x), f.Empty(x)
	case reflect.String:
		t := v.String()
		if t == "" && f.Null {
			return nil, true
		}
		return &t, t == ""
	}
	switch x := v.Addr().Interface().(type) {
	case *id.ID:
		return idText(*x), x.IsZero()
	case *decimal.Decimal:
		t := x.String()
		return &t, !f.Kind.Decimal() && x.IsZero()
	case *clock.Date:
		if x.IsZero() {
			return nil, true
		}
		t := x.String()
		return &t, false
	case *time.Time:
		if x.IsZero() {
			return nil, true
		}
		return stamp(*x), false
	}
	x := f.Get(r)
	return text(f, x), f.Empty(x)
}

func zero(f *entity.Field) string {
	switch f.Kind {
	case entity.KindBool:
		return "false"
	case entity.KindInt, entity.KindAmount, entity.KindQuantity, entity.KindPrice, entity.KindPercent:
		return "0"
	case entity.KindTexts:
		return "{}"
	case entity.KindJSON:
		return "null"
	}
	return ""
}

// array writes a PostgreSQL array literal.
func array(list []string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, s := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		for at := strings.IndexAny(s, `"\`); at >= 0; at = strings.IndexAny(s, `"\`) {
			b.WriteString(s[:at])
			b.WriteByte('\\')
			b.WriteByte(s[at])
			s = s[at+1:]
		}
		b.WriteString(s)
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}

// quote makes an identifier safe; names come from descriptions, never from a request.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// idTexts writes ids for = ANY($n::uuid[]).
func idTexts(keys []id.ID) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.String()
	}
	return out
}
