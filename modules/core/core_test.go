package core

import (
	"io/fs"
	"testing"

	"github.com/tenon-hq/tenon/entity"
)

func TestEntitiesAreDescribed(t *testing.T) {
	m := Module()
	var defs []*entity.Def
	for _, rec := range m.Entities {
		def, err := entity.Compile(rec)
		if err != nil {
			t.Error(err)
			continue
		}
		defs = append(defs, def)
	}
	if _, err := entity.NewCatalog(defs...); err != nil {
		t.Error(err)
	}
	for _, f := range []fs.FS{m.Migrations, m.Policy} {
		if found, err := fs.Glob(f, "*"); err != nil || len(found) == 0 {
			t.Errorf("files %v: %v", found, err)
		}
	}
}
