package mail_test

import (
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/modules/mail"
)

// All that is wrong with a letter is said at once, and addresses are kept as they will be written to.
func TestAMailedDocumentIsChecked(t *testing.T) {
	desk := &mail.Desk{Prints: func(entity string) bool { return entity == "sales.order" }}
	bad := mail.CheckDocument(&mail.Document{
		Entity: "crm.lead", Recipients: []string{"ann@x.example", "nobody", "Bob <bob@x.example>", "a@b\r\nBcc: c@d.example"}, Subject: strings.Repeat("长", 201), Body: strings.Repeat("x", 20001),
	}, desk)
	f := fault.As(bad)
	if f == nil {
		t.Fatal("it is accepted")
	}
	var got []string
	for _, x := range f.Fields {
		got = append(got, x.Path)
	}
	if want := "entity recipients[1] recipients[2] recipients[3] subject body"; strings.Join(got, " ") != want {
		t.Errorf("fields %v, want %s", got, want)
	}
	x := &mail.Document{Entity: "sales.order", Recipients: []string{" b@x.example", "a@x.example", "b@x.example"}}
	if err := mail.CheckDocument(x, desk); err != nil || strings.Join(x.Recipients, " ") != "a@x.example b@x.example" {
		t.Error(err, x.Recipients)
	}
	if err := mail.CheckDocument(&mail.Document{Entity: "sales.order"}, desk); err == nil {
		t.Error("a letter to nobody is accepted")
	}
}
