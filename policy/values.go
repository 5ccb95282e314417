package policy

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/shopspring/decimal"
	"gopkg.in/yaml.v3"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/clock"
	"github.com/tenon-hq/tenon/internal/money"
)

// Values is what a condition compares with: one value, or several for in and nin. They are kept as they were written, so that no number ever
// becomes a float.
type Values []string

var errValue = errors.New("a condition's value is a text, a number, true, false, or a list of these")

// UnmarshalYAML reads a scalar or a list of scalars.
func (v *Values) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.ScalarNode:
		*v = Values{n.Value}
		return nil
	case yaml.SequenceNode:
		out := make(Values, 0, len(n.Content))
		for _, c := range n.Content {
			if c.Kind != yaml.ScalarNode {
				return errValue
			}
			out = append(out, c.Value)
		}
		*v = out
		return nil
	}
	return errValue
}

// MarshalJSON writes a single value as a string, several as a list.
func (v Values) MarshalJSON() ([]byte, error) {
	if len(v) == 1 {
		return json.Marshal(v[0])
	}
	return json.Marshal([]string(v))
}

// UnmarshalJSON reads a scalar or a list of scalars.
func (v *Values) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var x any
	if err := dec.Decode(&x); err != nil {
		return err
	}
	list, many := x.([]any)
	if !many {
		list = []any{x}
	}
	out := make(Values, 0, len(list))
	for _, e := range list {
		switch e := e.(type) {
		case string:
			out = append(out, e)
		case json.Number:
			out = append(out, e.String())
		case bool:
			out = append(out, strconv.FormatBool(e))
		default:
			return errValue
		}
	}
	*v = out
	return nil
}

// numeric tells that values of a kind are compared as exact numbers; all others compare as text, which is right for dates in ISO form too.
func numeric(k entity.Kind) bool { return k.Decimal() || k == entity.KindInt }

// termOf makes the value that Rego compares. OPA compares numbers exactly, by their decimal digits.
func termOf(kind entity.Kind, text string) (*ast.Term, error) {
	switch {
	case numeric(kind):
		d, err := money.Parse(text)
		if err != nil {
			return nil, err
		}
		return ast.NumberTerm(json.Number(d.String())), nil
	case kind == entity.KindTime:
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return nil, err
		}
		return ast.StringTerm(t.UTC().Format(moment)), nil
	case kind == entity.KindDate:
		d, err := clock.ParseDate(text)
		if err != nil {
			return nil, err
		}
		return ast.StringTerm(d.String()), nil
	}
	return ast.StringTerm(text), nil
}

// moment writes times so that their texts sort as the times do.
const moment = "2006-01-02T15:04:05.000000000Z"

// textOf writes a record's value; ok is false for none.
func textOf(v any) (text string, ok bool, err error) {
	switch x := v.(type) {
	case nil:
		return "", false, nil
	case string:
		return x, x != "", nil
	case bool:
		return strconv.FormatBool(x), true, nil
	case int:
		return strconv.Itoa(x), true, nil
	case int32:
		return strconv.FormatInt(int64(x), 10), true, nil
	case int64:
		return strconv.FormatInt(x, 10), true, nil
	case json.Number:
		return x.String(), true, nil
	case decimal.Decimal:
		return x.String(), true, nil
	case *decimal.Decimal:
		if x == nil {
			return "", false, nil
		}
		return x.String(), true, nil
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano), !x.IsZero(), nil
	case encoding.TextMarshaler: // ids and dates: empty means none
		b, err := x.MarshalText()
		return string(b), len(b) > 0, err
	}
	return "", false, fmt.Errorf("a value of type %T can't be compared", v)
}
