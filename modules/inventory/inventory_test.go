package inventory

import (
	"io/fs"
	"testing"

	"github.com/tenon-hq/tenon/entity"
)

func TestEntitiesAreDescribed(t *testing.T) {
	m := Module(Plugs{})
	for _, rec := range m.Entities {
		if _, err := entity.Compile(rec); err != nil {
			t.Error(err)
		}
	}
	for _, f := range []fs.FS{m.Migrations, m.Policy} {
		if found, err := fs.Glob(f, "*"); err != nil || len(found) == 0 {
			t.Errorf("files %v: %v", found, err)
		}
	}
}
