package record

import (
	"context"
	"fmt"
	"strings"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// decision is what may be chosen about a document that is under way.
type decision struct {
	def     *entity.Def
	choices []Choice
}

// Chosen is the choice that a request names for a document which its act leaves to be decided.
type Chosen struct {
	RecordID id.ID  `in:"record_id" label:"单据|Document"`
	Choice   string `in:"choice" label:"选择|Choice"`
}

// Choose notes what the caller has decided about documents that the act will leave to their owners. Once the act is done the choices are carried out, with
// the caller's rights to the actions behind them, or the whole is refused.
func Choose(tx *tenancy.Tx, choices []Chosen) {
	s := current(tx)
	s.chosen = append(s.chosen, choices...)
}

func (s *session) chosenFor(key id.ID) string {
	for _, c := range s.chosen {
		if c.RecordID == key {
			return c.Choice
		}
	}
	return ""
}

// decide carries the choices of the request out. Those for a document that is not to be decided about, or that it does not have, are refused, all at once.
func (s *session) decide(ctx context.Context, tx *tenancy.Tx) error {
	if len(s.chosen) == 0 || s.decided {
		return nil
	}
	s.decided = true // what is done about one document is no new question to the request
	list, err := s.picked()
	if err != nil {
		return err
	}
	for i, c := range list {
		if c.Act == "" {
			continue
		}
		if err := s.carryOut(ctx, tx, i, c); err != nil {
			return err
		}
	}
	return nil
}

// picked finds the choices that the request names.
func (s *session) picked() ([]Choice, error) {
	bad := fault.New(fault.Rule, "choices.invalid", "所选处理方式无效，请重新预览", "The choices don't fit what is to be decided; look at the preview again")
	seen := map[id.ID]bool{}
	list := make([]Choice, len(s.chosen))
	for i, c := range s.chosen {
		path := fmt.Sprintf("choices[%d].", i)
		d, asked := s.decisions[c.RecordID]
		switch {
		case !asked:
			bad.At(path+"record_id", "decision.none", "该单据无需决定", "There is nothing to decide about this document")
			continue
		case seen[c.RecordID]:
			bad.At(path+"record_id", "decision.twice", "该单据重复", "This document is named twice")
			continue
		}
		seen[c.RecordID] = true
		var names []string
		for _, x := range d.choices {
			if names = append(names, x.Name); x.Name == c.Choice {
				list[i] = x
			}
		}
		if list[i].Name == "" {
			bad.At(path+"choice", "decision.unknown", "没有选项 %[1]s，可选：%[2]s", "There is no choice %[1]s; choose one of %[2]s", c.Choice, strings.Join(names, ", "))
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return list, nil
}

// carryOut does one choice, as if the caller had called the action behind it.
func (s *session) carryOut(ctx context.Context, tx *tenancy.Tx, at int, c Choice) error {
	key := s.chosen[at].RecordID
	def := s.decisions[key].def
	a := s.e.action(def.Name, c.Act)
	if a == nil {
		panic("record: the choice " + c.Name + " of " + def.Name + " has no action " + c.Act)
	}
	mask, err := s.e.Policy.For(ctx, tx, def)
	if err != nil {
		return err
	}
	if !mask.Action(c.Act) {
		return denied(mask, def, "action:"+c.Act, a.Label.ZH, c.Act)
	}
	rec, err := s.hold(ctx, tx, def, key)
	if err != nil {
		return err
	}
	input := c.Input
	if input == nil && a.Input != nil {
		input = a.Input()
	}
	_, err = s.perform(ctx, tx, def, a, rec, input, EncodeInput(input), false)
	return err
}
