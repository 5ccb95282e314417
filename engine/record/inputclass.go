package record

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/policy"
)

// mayGive refuses members of an action's input that carry a class of fields (tagged class:"cost") which the caller may not write on the record:
// what can't be written by a change can't be written by an act either. Members that are left out or null are not given.
func mayGive(mask *policy.Mask, def *entity.Def, body map[string]any, input any) error {
	class, path := givenClass(body, reflect.TypeOf(input).Elem(), "", mask)
	if class == "" {
		return nil
	}
	rule, label := mask.Why("edit:" + class)
	return fault.New(fault.Forbidden, "field.denied", "您无权填写%[2]s的 %[1]s（规则 %[4]s）", "You may not give %[1]s of %[3]s (rule %[4]s)",
		path, def.Label.ZH, def.Label.EN, rule).At(path, "field.denied", "规则 %s", "rule %s", rule).With("rule", rule).With("rule_label", label)
}

// givenClass finds the first member of a class that the mask does not let the caller write.
func givenClass(body map[string]any, t reflect.Type, path string, mask *policy.Mask) (class, at string) {
	for f := range t.Fields() {
		name := f.Tag.Get("in")
		raw := body[name]
		if name == "" || raw == nil {
			continue
		}
		if c := f.Tag.Get("class"); c != "" && !mask.EditClass(c) {
			return c, path + name
		}
		switch x := raw.(type) {
		case map[string]any:
			if ft := bare(f.Type); ft.Kind() == reflect.Struct && inputKind(ft) == "" {
				if class, at = givenClass(x, ft, path+name+".", mask); class != "" {
					return class, at
				}
			}
		case []any:
			if class, at = givenItems(x, bare(f.Type), path+name, mask); class != "" {
				return class, at
			}
		}
	}
	return "", ""
}

func givenItems(list []any, t reflect.Type, path string, mask *policy.Mask) (class, at string) {
	if t.Kind() != reflect.Slice || bare(t.Elem()).Kind() != reflect.Struct || inputKind(bare(t.Elem())) != "" {
		return "", ""
	}
	for i, item := range list {
		if m, ok := item.(map[string]any); ok {
			if class, at = givenClass(m, bare(t.Elem()), fmt.Sprintf("%s[%d].", path, i), mask); class != "" {
				return class, at
			}
		}
	}
	return "", ""
}

// bare is a type without its pointer.
func bare(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// InputFor describes what of an action's input the bearer of a mask may give.
func InputFor(mask *policy.Mask, input any) []InputField {
	return allowedInput(mask, InputFields(input))
}

func allowedInput(mask *policy.Mask, list []InputField) []InputField {
	out := slices.DeleteFunc(slices.Clone(list), func(f InputField) bool { return f.Class != "" && !mask.EditClass(f.Class) })
	for i := range out {
		out[i].Items, out[i].Nested = allowedInput(mask, out[i].Items), allowedInput(mask, out[i].Nested)
	}
	return out
}
