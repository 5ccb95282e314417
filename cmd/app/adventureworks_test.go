package app_test

import (
	"testing"

	"github.com/tenon-hq/tenon/cmd/app"
)

func TestX(t *testing.T) {
	w := newWorld(t)
	w.signUp(t, "Adventure")
	list, err := w.app.DB.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = w.app.ImportAdventureWorks(t.Context(), list[0], "/work/shared/data/adventureworks", func(p app.Progress) {
		t.Logf("%+v", p)
	})
	if err != nil {
		t.Fatal(err)
	}
}
