package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
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
	if err := shallow(raw); err != nil {
		return nil, nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out map[string]any
	if err := d.Decode(&out); err != nil {
		return nil, nil, badJSON(err)
	}
	if d.More() || out == nil {
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
	if err := shallow(raw); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badJSON(err)
	}
	return nil
}

func badJSON(err error) error {
	f := fault.New(fault.Invalid, "json.broken", "请求体不是有效的 JSON 对象", "The body is no valid JSON object")
	if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		f.At(typ.Field, "value.type", "类型不对", "has the wrong type")
	}
	if err != nil {
		f.Because(err)
	}
	return f
}

// sound tells that a text can be stored: valid, of a sane length, and without the one character that no text holds.
func sound(s string) bool {
	return len(s) <= 1000 && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// shallow refuses JSON that is nested deeper than anything here, before it is decoded.
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
