package record

import (
	"strings"
	"unicode/utf8"
)

// maxText is the longest text that one field takes, in bytes.
const maxText = 1 << 20

// storable tells that PostgreSQL can hold all text in a value: none is too long, and none holds the character that no text may.
func storable(v any) bool {
	switch x := v.(type) {
	case string:
		return len(x) <= maxText && utf8.ValidString(x) && !strings.ContainsRune(x, 0)
	case []string:
		for _, s := range x {
			if !storable(s) {
				return false
			}
		}
	case []any:
		for _, e := range x {
			if !storable(e) {
				return false
			}
		}
	case map[string]any:
		for k, e := range x {
			if !storable(k) || !storable(e) {
				return false
			}
		}
	}
	return true
}
