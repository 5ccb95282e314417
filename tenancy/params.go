package tenancy

import (
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// keptParams is how many bytes of arguments a connection keeps room for.
const keptParams = 256 << 10

// params are the arguments of a statement as they are sent. Texts, numbers, and lists of texts are written straight into one buffer that the connection
// keeps; for what else there is the driver finds out how it is written.
type params struct {
	values  [][]byte
	formats []int16

	buf   []byte
	ends  []int // where each value ends in the buffer; -1: NULL
	other pgx.ExtendedQueryBuilder
}

// build sets values and formats. They hold until the next call.
func (p *params) build(m *pgtype.Map, args []any) error {
	p.buf, p.ends, p.values, p.formats = p.buf[:0], p.ends[:0], p.values[:0], nil
	if cap(p.buf) > keptParams {
		p.buf = nil
	}
	for _, a := range args {
		var plain bool
		if p.buf, plain = appendParam(p.buf, a); !plain {
			return p.leave(m, args)
		}
		end := len(p.buf)
		if none(a) {
			end = -1
		}
		p.ends = append(p.ends, end)
	}
	start := 0
	for _, end := range p.ends {
		if end < 0 {
			p.values = append(p.values, nil)
			continue
		}
		p.values = append(p.values, p.buf[start:end:end])
		start = end
	}
	return nil
}

// leave has the driver write all of them.
func (p *params) leave(m *pgtype.Map, args []any) error {
	err := p.other.Build(m, nil, args)
	p.values, p.formats = append(p.values, p.other.ParamValues...), p.other.ParamFormats
	return err
}

func none(arg any) bool {
	switch v := arg.(type) {
	case nil:
		return true
	case []string:
		return v == nil
	case []*string:
		return v == nil
	}
	return false
}

// appendParam writes an argument in PostgreSQL's text form, if it is of a kind whose form needs no thought.
func appendParam(b []byte, arg any) (_ []byte, plain bool) {
	switch v := arg.(type) {
	case nil:
	case string:
		if v == "" && b == nil {
			b = []byte{} // not NULL
		}
		b = append(b, v...)
	case int:
		b = strconv.AppendInt(b, int64(v), 10)
	case int64:
		b = strconv.AppendInt(b, v, 10)
	case []string:
		if v != nil {
			b = appendTexts(b, len(v), func(i int) *string { return &v[i] })
		}
	case []*string:
		if v != nil {
			b = appendTexts(b, len(v), func(i int) *string { return v[i] })
		}
	default:
		return b, false
	}
	return b, true
}

// appendTexts writes n texts as one array; nil is NULL.
func appendTexts(b []byte, n int, at func(i int) *string) []byte {
	b = append(b, '{')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		s := at(i)
		if s == nil {
			b = append(b, "NULL"...)
			continue
		}
		b = append(b, '"')
		rest := *s
		for {
			at := strings.IndexAny(rest, `"\`)
			if at < 0 {
				break
			}
			b = append(append(b, rest[:at]...), '\\', rest[at])
			rest = rest[at+1:]
		}
		b = append(append(b, rest...), '"')
	}
	return append(b, '}')
}
