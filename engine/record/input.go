package record

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
)

// DecodeInput fills an action's input struct (fields tagged in:"name") from a decoded JSON object. Unknown members and wrong types are refused, all
// at once. Input is nil when the action takes none.
func DecodeInput(body map[string]any, input any) error {
	var bad fault.Fields
	if input == nil {
		for name := range body {
			bad.Add(name, "field.unknown", "没有字段 %s", "There is no field %s", name)
		}
		return bad.Err()
	}
	decodeStruct(body, reflect.ValueOf(input).Elem(), "", &bad)
	return bad.Err()
}

func decodeStruct(body map[string]any, v reflect.Value, path string, bad *fault.Fields) {
	t := v.Type()
	known := map[string]int{}
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("in"); name != "" {
			known[name] = i
		}
	}
	names := make([]string, 0, len(body))
	for name := range body {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		i, ok := known[name]
		if !ok {
			bad.Add(path+name, "field.unknown", "没有字段 %s", "There is no field %s", name)
			continue
		}
		if body[name] != nil {
			decodeValue(body[name], v.Field(i), path+name, bad)
		}
	}
}

func decodeValue(raw any, v reflect.Value, path string, bad *fault.Fields) {
	wrong := func() {
		bad.Add(path, "value.type", "%v 的类型不对", "%v has the wrong type", shorten(raw))
	}
	if v.Kind() == reflect.Pointer {
		p := reflect.New(v.Type().Elem())
		decodeValue(raw, p.Elem(), path, bad)
		v.Set(p)
		return
	}
	if kind := inputKind(v.Type()); kind != "" {
		x, ok := jsonValue(kind, raw)
		if !ok || !storable(x) {
			wrong()
			return
		}
		v.Set(reflect.ValueOf(x).Convert(v.Type()))
		return
	}
	switch v.Kind() {
	case reflect.Slice:
		list, ok := raw.([]any)
		if !ok {
			wrong()
			return
		}
		out := reflect.MakeSlice(v.Type(), len(list), len(list))
		for i, item := range list {
			decodeValue(item, out.Index(i), fmt.Sprintf("%s[%d]", path, i), bad)
		}
		v.Set(out)
	case reflect.Struct:
		m, ok := raw.(map[string]any)
		if !ok {
			wrong()
			return
		}
		decodeStruct(m, v, path+".", bad)
	default:
		wrong()
	}
}

// inputKind is the kind of value that a Go type of an input field takes.
func inputKind(t reflect.Type) entity.Kind {
	switch t {
	case reflect.TypeFor[id.ID]():
		return entity.KindID
	case reflect.TypeFor[clock.Date]():
		return entity.KindDate
	case reflect.TypeFor[decimal.Decimal]():
		return entity.KindPrice
	case reflect.TypeFor[[]string]():
		return entity.KindTexts
	}
	switch t.Kind() {
	case reflect.String:
		return entity.KindText
	case reflect.Bool:
		return entity.KindBool
	case reflect.Int, reflect.Int64, reflect.Int32:
		return entity.KindInt
	}
	return ""
}

// InputField is one member of an action's input, for OpenAPI and for forms.
type InputField struct {
	Name     string
	Label    entity.Text
	Kind     entity.Kind  // empty for nested
	Class    string       // of fields that this stands for; only who may write that class of the record may give it
	Optional bool         // a pointer
	Items    []InputField // of a slice of structs
	Nested   []InputField // of a struct
}

// InputFields describes an action's input.
func InputFields(input any) []InputField {
	if input == nil {
		return nil
	}
	return inputFields(reflect.TypeOf(input).Elem())
}

func inputFields(t reflect.Type) []InputField {
	var out []InputField
	for f := range t.Fields() {
		f := f
		name := f.Tag.Get("in")
		if name == "" {
			continue
		}
		in := InputField{Name: name, Label: labelTag(f.Tag.Get("label"), name), Class: f.Tag.Get("class")}
		ft := f.Type
		if ft.Kind() == reflect.Pointer {
			in.Optional, ft = true, ft.Elem()
		}
		in.Kind = inputKind(ft)
		if in.Kind == "" && ft.Kind() == reflect.Slice {
			el := ft.Elem()
			if el.Kind() == reflect.Pointer {
				el = el.Elem()
			}
			if el.Kind() == reflect.Struct && inputKind(el) == "" {
				in.Items = inputFields(el)
			} else {
				in.Items = []InputField{{Kind: inputKind(el)}}
			}
		}
		if in.Kind == "" && ft.Kind() == reflect.Struct {
			in.Nested = inputFields(ft)
		}
		out = append(out, in)
	}
	return out
}

func labelTag(tag, name string) entity.Text {
	for i := range len(tag) {
		if tag[i] == '|' {
			return entity.T(tag[:i], tag[i+1:])
		}
	}
	return entity.T(name, name)
}

// EncodeInput writes an action's input as the JSON object that DecodeInput reads it from: what a module asked for has to be kept while it awaits
// approval. Zero values are left out.
func EncodeInput(input any) map[string]any {
	v := reflect.ValueOf(input)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	out := map[string]any{}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("in"); name != "" && !v.Field(i).IsZero() {
			out[name] = encodeValue(v.Field(i))
		}
	}
	return out
}

func encodeValue(v reflect.Value) any {
	if v.Kind() == reflect.Pointer {
		return encodeValue(v.Elem())
	}
	switch x := v.Interface().(type) {
	case id.ID:
		return x.String()
	case clock.Date:
		return x.String()
	case decimal.Decimal:
		return x.String()
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int64, reflect.Int32:
		return jsonNumber(v.Int())
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = encodeValue(v.Index(i))
		}
		return list
	case reflect.Struct:
		return EncodeInput(v.Interface())
	}
	return nil
}
