package tenancy

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// rows gives a result to database/sql. Values come in text form: numbers, truth, times and bytes are read, all else stays text.
type rows struct {
	c       *conn
	r       *pgconn.ResultReader
	all     *pgconn.MultiResultReader // closed after r, when something was sent ahead
	columns []string
	types   []uint32
	first   bool // a row was read already
}

// newRows reads the first row, so that most errors of a query are told by the query.
func newRows(c *conn, r *pgconn.ResultReader, all *pgconn.MultiResultReader) (*rows, error) {
	out := &rows{c: c, r: r, all: all}
	fields := r.FieldDescriptions()
	out.columns, out.types = make([]string, len(fields)), make([]uint32, len(fields))
	for i := range fields {
		out.columns[i], out.types[i] = fields[i].Name, fields[i].DataTypeOID
	}
	if out.first = r.NextRow(); out.first {
		return out, nil
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	return out, nil
}

func (r *rows) Columns() []string { return r.columns }

// ColumnTypeDatabaseTypeName names a column's type as database/sql wants it: NUMERIC.
func (r *rows) ColumnTypeDatabaseTypeName(i int) string {
	if t, ok := r.c.pg.Conn().TypeMap().TypeForOID(r.types[i]); ok {
		return t.Name
	}
	return strconv.FormatUint(uint64(r.types[i]), 10)
}

// Close reads what is left and returns the statement's error.
func (r *rows) Close() error {
	if r.r == nil {
		return nil
	}
	_, err := r.r.Close()
	r.r = nil
	if r.all != nil {
		if after := r.all.Close(); err == nil {
			err = after
		}
	}
	return err
}

func (r *rows) Next(dest []driver.Value) error {
	switch {
	case r.r == nil:
		return io.EOF
	case r.first:
		r.first = false
	case !r.r.NextRow():
		if err := r.Close(); err != nil {
			return err
		}
		return io.EOF
	}
	var err error
	for i, text := range r.r.Values() {
		if dest[i] = nil; text == nil {
			continue
		}
		if dest[i], err = r.value(r.types[i], text); err != nil {
			return fmt.Errorf("tenancy: column %s: %w", r.columns[i], err)
		}
	}
	return nil
}

var errTruth = errors.New("neither t nor f")

func (r *rows) value(kind uint32, text []byte) (driver.Value, error) {
	switch kind {
	case pgtype.BoolOID:
		if len(text) != 1 || text[0] != 't' && text[0] != 'f' {
			return nil, errTruth
		}
		return text[0] == 't', nil
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID, pgtype.XIDOID, pgtype.CIDOID:
		return strconv.ParseInt(string(text), 10, 64)
	case pgtype.Float4OID:
		return strconv.ParseFloat(string(text), 32)
	case pgtype.Float8OID:
		return strconv.ParseFloat(string(text), 64)
	case pgtype.JSONOID, pgtype.JSONBOID, pgtype.XMLOID:
		return append([]byte(nil), text...), nil
	case pgtype.ByteaOID:
		var b []byte
		err := r.scan(kind, text, &b)
		return b, err
	case pgtype.DateOID:
		var d pgtype.Date
		return dateValue(r.scan(kind, text, &d), d.Value)
	case pgtype.TimestampOID:
		var t pgtype.Timestamp
		return dateValue(r.scan(kind, text, &t), t.Value)
	case pgtype.TimestamptzOID:
		var t pgtype.Timestamptz
		return dateValue(r.scan(kind, text, &t), t.Value)
	}
	return string(text), nil
}

func (r *rows) scan(kind uint32, text []byte, into any) error {
	return r.c.pg.Conn().TypeMap().Scan(kind, pgtype.TextFormatCode, text, into)
}

func dateValue(err error, value func() (driver.Value, error)) (driver.Value, error) {
	if err != nil {
		return nil, err
	}
	return value()
}
