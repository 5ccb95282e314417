package record

import (
	"context"
	"io"
	"slices"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/tenancy"
)

// jsonLines writes records as JSON, one in a line, as a read of each answers it. As a sheet it has no cells.
type jsonLines struct{ out io.Writer }

// NewJSONLines writes one JSON object a line, for programs.
func NewJSONLines(out io.Writer) Sheet { return &jsonLines{out} }

// Row writes nothing: records are written as they are read.
func (j *jsonLines) Row([]Cell) error { return nil }

// Close makes sure that an export of nothing is a file all the same.
func (j *jsonLines) Close() error {
	_, err := j.out.Write(nil)
	return err
}

// jsonLines streams what an export selects; nested, each record holds its lines.
func (s *session) jsonLines(ctx context.Context, tx *tenancy.Tx, p *plan, w *where, keys []key, nested bool, j *jsonLines) error {
	if !nested {
		p.lines = nil
	}
	for _, l := range p.lines {
		l.asked = true
		l.fields = slices.DeleteFunc(l.fields, func(f *entity.Field) bool { return f.Class == credential })
	}
	for cursor := ""; ; {
		rows, ends, err := p.page(ctx, tx, w, keys, cursor, MaxLimit)
		if err != nil {
			return err
		}
		list, err := s.render(ctx, tx, p, rows)
		if err != nil {
			return err
		}
		for _, raw := range list {
			if _, err := j.out.Write(append(raw, '\n')); err != nil {
				return err
			}
		}
		if len(rows) < MaxLimit {
			return j.Close()
		}
		cursor = cursorOf(keys, ends[len(ends)-1])
	}
}
