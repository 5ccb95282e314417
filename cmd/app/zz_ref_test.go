package app_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules/all"
)

func TestZZRef(t *testing.T) {
	list := all.Modules(all.Config{})
	e, err := record.New(list)
	if err != nil { t.Fatal(err) }
	var b strings.Builder
	var dump func(d *entity.Def, ind string)
	dump = func(d *entity.Def, ind string) {
		for _, f := range d.Fields {
			if f.System || f.Computed { continue }
			fmt.Fprintf(&b, "%s%s:%s", ind, f.Name, f.Kind)
			if f.Required { b.WriteString(" REQ") }
			if f.Immutable { b.WriteString(" imm") }
			if f.Anytime { b.WriteString(" any") }
			if f.Ref != "" { b.WriteString(" →"+f.Ref+" "+f.RefBy) }
			if f.Default != "" { b.WriteString(" ="+f.Default) }
			for _, o := range f.Options { b.WriteString(" |"+o.Value) }
			b.WriteString("\n")
		}
		for _, l := range d.Lines {
			fmt.Fprintf(&b, "%s[%s]\n", ind, l.Name)
			dump(l.Of, ind+"    ")
		}
	}
	for _, d := range e.Catalog().All() {
		if d.Parent != nil { continue }
		fmt.Fprintf(&b, "\n## %s %s ro=%v\n", d.Name, d.Collection, d.ReadOnly)
		dump(d, "  ")
		comp := []string{}
		for _, f := range d.Fields { if f.Computed && !f.System { comp = append(comp, f.Name) } }
		fmt.Fprintf(&b, "  computed: %s\n", strings.Join(comp, " "))
		for _, a := range e.Actions(d.Name) {
			in := ""
			if a.Input != nil { for _, x := range record.InputFields(a.Input()) { in += fmt.Sprintf(" %s:%s opt=%v %v", x.Name, x.Kind, x.Optional, len(x.Items)) } }
			fmt.Fprintf(&b, "  ! %s from %v in%s\n", a.Name, a.From, in)
		}
	}
	os.WriteFile("/tmp/demoref/ref.txt", []byte(b.String()), 0644)
}
