package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tenon-hq/tenon/internal/fault"
)

const (
	maxBody  = 8 << 20   // of a JSON request
	maxFile  = 200 << 20 // of an import
	maxDepth = 32        // of nested JSON
)

// body reads a JSON object with limits on size and depth; an empty body is an empty object.
func body(w http.ResponseWriter, r *http.Request) (map[string]any, []byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, nil, err
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return map[string]any{}, raw, nil
	}
	if err := sane(raw); err != nil {
		return nil, nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out map[string]any
	if err := d.Decode(&out); err != nil {
		return nil, nil, badJSON(err)
	}
	if !ended(d) || out == nil {
		return nil, nil, badJSON(nil)
	}
	return out, raw, nil
}

// into reads a JSON object into a platform request's struct; unknown members are refused.
func into(w http.ResponseWriter, r *http.Request, v any) error {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return err
	}
	if err := sane(raw); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badJSON(err)
	}
	if !ended(d) {
		return badJSON(nil)
	}
	return nil
}

// ended tells that nothing follows what was decoded.
func ended(d *json.Decoder) bool {
	_, err := d.Token()
	return errors.Is(err, io.EOF)
}

// badJSON says what is wrong with a body: it is no JSON object, or which member of it is unknown or of the wrong type.
func badJSON(err error) error {
	checked := fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed")
	if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && typ.Field != "" {
		return checked.At(typ.Field, "value.type", "类型不对", "has the wrong type").Because(err)
	}
	if err != nil {
		// encoding/json has no type for it; its text is quoted Go: json: unknown field "name".
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			if plain, bad := strconv.Unquote(name); bad == nil && sound(plain) {
				return checked.At(plain, "field.unknown", "没有字段 %s", "There is no field %s", plain).Because(err)
			}
		}
	}
	f := fault.New(fault.Invalid, "json.broken", "请求体不是有效的 JSON 对象", "The body is no valid JSON object")
	if err != nil {
		return f.Because(err)
	}
	return f
}

// sound tells that a text can be stored: valid, of a sane length, and without the one character that no text holds.
func sound(s string) bool {
	return len(s) <= 1000 && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// sane refuses JSON that can't be meant before it is decoded: no text, nested deeper than anything here, or with a member that comes twice, of which one
// program would read the first and another the last.
func sane(raw []byte) error {
	if !utf8.Valid(raw) {
		return fault.New(fault.Invalid, "json.encoding", "请求体不是有效的 UTF-8 文本", "The body is no valid UTF-8 text")
	}
	if err := shallow(raw); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var open []map[string]bool // of each object or array that is open: its members; nil for an array
	member := false            // the next text is a member's name
	for {
		t, err := d.Token()
		if err != nil {
			return nil //nolint:nilerr // whoever decodes it says what is broken
		}
		name, text := t.(string)
		switch {
		case t == json.Delim('{'):
			open, member = append(open, map[string]bool{}), true
			continue
		case t == json.Delim('['):
			open, member = append(open, nil), false
			continue
		case t == json.Delim('}') || t == json.Delim(']'):
			open = open[:len(open)-1]
		case member && text:
			if open[len(open)-1][name] {
				return fault.New(fault.Invalid, "json.duplicate", "JSON 中重复出现成员 %s", "The JSON names %s twice", shortText(name)).
					At(shortText(name), "json.duplicate", "重复", "comes twice")
			}
			open[len(open)-1][name] = true
			member = false
			continue
		}
		member = len(open) > 0 && open[len(open)-1] != nil
	}
}

func shortText(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// shallow refuses JSON that is nested deeper than anything here.
func shallow(raw []byte) error {
	depth, text := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fault.New(fault.Invalid, "json.depth", "JSON 嵌套超过 %d 层", "The JSON is nested deeper than %d levels", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}
