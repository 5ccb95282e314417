package record

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/internal/money"
)

// parseValue reads a value of a kind from text.
func parseValue(kind entity.Kind, s string) (any, bool) {
	switch kind {
	case entity.KindID:
		v, err := id.Parse(s)
		return v, err == nil
	case entity.KindBool:
		switch s {
		case "true", "1", "是":
			return true, true
		case "false", "0", "否":
			return false, true
		}
		return nil, false
	case entity.KindInt:
		v, err := strconv.ParseInt(s, 10, 64)
		return v, err == nil
	case entity.KindAmount, entity.KindQuantity, entity.KindPrice, entity.KindPercent:
		v, err := money.Parse(s)
		return v, err == nil
	case entity.KindDate:
		v, err := clock.ParseDate(s)
		return v, err == nil
	case entity.KindTime:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
			if v, err := time.Parse(layout, s); err == nil {
				return v.UTC(), true
			}
		}
		return nil, false
	case entity.KindTexts:
		return split(s), true
	case entity.KindText:
		return s, true
	}
	return nil, false
}

// jsonValue reads a value of a kind from decoded JSON (numbers as json.Number). Decimals may come as strings or numbers.
func jsonValue(kind entity.Kind, v any) (any, bool) {
	switch x := v.(type) {
	case string:
		if kind == entity.KindBool || kind == entity.KindInt || kind == entity.KindTexts || kind == entity.KindJSON {
			return nil, false
		}
		return parseValue(kind, x)
	case json.Number:
		if kind == entity.KindInt || kind.Decimal() {
			return parseValue(kind, x.String())
		}
	case bool:
		if kind == entity.KindBool {
			return x, true
		}
	case []any:
		if kind == entity.KindTexts {
			out := make([]string, len(x))
			for i, e := range x {
				s, ok := e.(string)
				if !ok {
					return nil, false
				}
				out[i] = s
			}
			return out, true
		}
	}
	if kind == entity.KindJSON {
		return v, true
	}
	return nil, false
}
