package record

import (
	"slices"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
)

// arrange refuses to add, remove or move lines unless the caller may write what a line is in the first place: a removed line takes all its fields
// with it. Who may change certain fields only (a tax, a payment) sends the lines that are there.
func (r *reader) arrange(l *entity.Lines, before, after []entity.Record) error {
	if slices.EqualFunc(before, after, func(a, b entity.Record) bool { return a.Meta().ID == b.Meta().ID }) {
		return nil
	}
	mask, err := r.mask(l.Of)
	if err != nil {
		return err
	}
	for _, f := range l.Of.Fields {
		if f.Class == entity.Basic && f != l.Of.Parent && f.Stored() && !f.System && !f.Computed && mask.Edit(f) {
			return nil
		}
	}
	rule, label := mask.Why("edit:" + entity.Basic)
	return fault.New(fault.Forbidden, "field.denied", "您无权增加、删除或移动%[1]s（规则 %[3]s）", "You may not add, remove or move %[2]s (rule %[3]s)", l.Label.ZH, l.Label.EN, rule).
		At(l.Name, "field.denied", "规则 %s", "rule %s", rule).With("rule", rule).With("rule_label", label)
}
