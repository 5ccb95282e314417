// Package paper writes documents as PDF: what modules put on paper, as far as the reader may see it, in the language of whoever gets it.
package paper

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed" // the font
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

// The font is a subset of Noto Sans SC under the SIL Open Font License (font/OFL.txt) and bears another name, as that asks: Latin, Greek and Cyrillic,
// the characters of GB 2312 (levels 1 and 2) and of the common part of Big5, and some that stand in names.
//
//go:embed font/TenonPrintSC.ttf.gz
var packedFont []byte

// Press prints the papers of all modules.
type Press struct {
	papers map[string]*modules.Paper
	font   func() ([]byte, error)
}

// New gathers the papers of modules. A paper of an entity or a field that does not exist is an error.
func New(mods []modules.Module, catalog *entity.Catalog) (*Press, error) {
	p := &Press{papers: map[string]*modules.Paper{}, font: sync.OnceValues(unpack)}
	for _, m := range mods {
		for i := range m.Papers {
			x := &m.Papers[i]
			if err := sound(x, catalog); err != nil {
				return nil, fmt.Errorf("module %s: the paper of %s: %w", m.Name, x.Entity, err)
			}
			p.papers[x.Entity] = x
		}
	}
	return p, nil
}

func unpack() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packedFont))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// leads tells that a path names a field: of the record, or after a dot of what it points to. Where that is of a module that this program does not hold, any
// name will do.
func leads(d *entity.Def, path string, catalog *entity.Catalog) bool {
	name, beyond, far := strings.Cut(path, ".")
	if d == nil || d.Field(name) == nil {
		return false
	}
	if !far {
		return true
	}
	to := catalog.Entity(d.Field(name).Ref)
	return d.Field(name).Ref != "" && (to == nil || leads(to, beyond, catalog))
}

// sound tells what of a paper names nothing.
func sound(x *modules.Paper, catalog *entity.Catalog) error {
	def := catalog.Entity(x.Entity)
	if def == nil {
		return nil // of a module that this program does not hold
	}
	if x.Title.ZH == "" || x.Title.EN == "" {
		return errors.New("it has no title in both languages")
	}
	lines := linesDef(x, def, catalog)
	check := func(d *entity.Def, list []modules.PaperField, far bool) error {
		for _, f := range list {
			if !leads(d, f.Field, catalog) || !far && strings.Contains(f.Field, ".") || f.Label.ZH == "" || f.Label.EN == "" {
				return fmt.Errorf("the field %q, or its label, is missing", f.Field)
			}
		}
		return nil
	}
	sums := def
	if x.List != nil {
		sums = lines
	}
	if x.Party.Field != "" {
		if err := check(def, []modules.PaperField{x.Party}, false); err != nil {
			return err
		}
	}
	if err := errors.Join(check(def, x.Facts, false), check(def, x.Notes, false), check(sums, x.Sums, false)); err != nil {
		return err
	}
	return check(lines, x.Lines, true)
}

// linesDef describes what stands in the table of a paper.
func linesDef(x *modules.Paper, def *entity.Def, catalog *entity.Catalog) *entity.Def {
	if x.List != nil {
		return catalog.Entity(x.List.Entity)
	}
	for _, l := range def.Lines {
		if l.Name == "lines" {
			return l.Of
		}
	}
	return nil
}

// Prints tells whether there is a paper for an entity.
func (p *Press) Prints(name string) bool { return p.papers[name] != nil }

// PDF prints one record as the caller may see it: what is denied is not on the paper. The same record, at the same version, prints to the same bytes.
// name is a file name without its extension.
func (p *Press) PDF(ctx context.Context, tx *tenancy.Tx, def *entity.Def, key id.ID, lang i18n.Lang) (pdf []byte, name string, err error) {
	paper := p.papers[def.Name]
	if paper == nil {
		return nil, "", fault.New(fault.NotFound, "paper.none", "%[1]s不能打印", "There is no print of %[2]s", def.Label.ZH, def.Label.EN)
	}
	sheet, err := gather(ctx, tx, paper, def, key, lang)
	if err != nil {
		return nil, "", err
	}
	font, err := p.font()
	if err != nil {
		return nil, "", err
	}
	pdf, err = typeset(sheet, font)
	return pdf, sheet.no, err
}
