package policy

import (
	"encoding/json"
	"strings"

	"github.com/tenon-hq/tenon/entity"
)

func plainJSON(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	return out, json.Unmarshal(raw, &out)
}

// Words says what a rule does, for people who read no rules.
func (r *Rule) Words(catalog *entity.Catalog, role func(string) entity.Text) entity.Text {
	w := &wording{catalog: catalog, role: role}
	if r.Deny != nil {
		return w.deny(r.Deny)
	}
	if r.Approval != nil {
		return w.approval(r.Approval)
	}
	return r.Label.Text()
}

type wording struct {
	catalog *entity.Catalog
	role    func(string) entity.Text
}

func (w *wording) roles(list []string) (zh, en string) {
	var a, b []string
	for _, name := range list {
		t := w.role(name)
		if name == anyName {
			t = entity.T("所有角色（所有者、管理员除外）", "everyone but owner and admin")
		}
		a, b = append(a, t.ZH), append(b, t.EN)
	}
	return strings.Join(a, "、"), strings.Join(b, ", ")
}

func (w *wording) entity(name string) entity.Text {
	if d := w.catalog.Entity(name); d != nil {
		return d.Label
	}
	if name == anyName {
		return entity.T("所有对象", "everything")
	}
	return entity.T(name, name)
}

func (w *wording) deny(d *Deny) entity.Text {
	whoZH, whoEN := w.roles(d.Roles)
	var onZH, onEN, zh, en []string
	for _, name := range d.entities() {
		t := w.entity(name)
		onZH, onEN = append(onZH, t.ZH), append(onEN, t.EN)
	}
	for _, x := range d.rights() {
		t := rightWords()[x]
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	for _, a := range d.Actions {
		zh, en = append(zh, "执行 "+a), append(en, "do "+a)
	}
	whatZH, whatEN := "", ""
	if t := d.tokens(); len(t) > 0 {
		list := "`" + strings.ReplaceAll(strings.Join(t, "`, `"), single, "") + "`"
		whatZH, whatEN = "的 "+list, " "+list
	}
	return entity.T(whoZH+"不得"+strings.Join(zh, "、")+"（"+strings.Join(onZH, "、")+whatZH+"）",
		whoEN+" may not "+strings.Join(en, ", ")+whatEN+" on "+strings.Join(onEN, ", "))
}

func rightWords() map[string]entity.Text {
	return map[string]entity.Text{
		"view": entity.T("查看", "see"), "edit": entity.T("编辑", "edit"), "create": entity.T("新建", "create"),
		"delete": entity.T("删除", "delete"), "export": entity.T("导出", "export"),
	}
}

func (w *wording) approval(a *ApprovalRule) entity.Text {
	what := w.entity(a.Entity)
	def := w.catalog.Entity(a.Entity)
	var whenZH, whenEN []string
	for _, c := range a.When {
		label := entity.T(c.Field, c.Field)
		if def != nil {
			if f := fieldAt(def, c.Field); f != nil && f.Label.ZH != "" {
				label = f.Label
			}
		}
		op := opWords()[c.Op]
		value := strings.Join(c.Value, ", ")
		whenZH, whenEN = append(whenZH, strings.TrimSpace(label.ZH+op.ZH+value)), append(whenEN, strings.TrimSpace(label.EN+" "+op.EN+" "+value))
	}
	condZH, condEN := "", ""
	if len(whenZH) > 0 {
		condZH, condEN = "当"+strings.Join(whenZH, "且")+"时，", " when "+strings.Join(whenEN, " and ")
	}
	var zh, en []string
	for _, s := range a.Approvers {
		t := w.step(s)
		zh, en = append(zh, t.ZH), append(en, t.EN)
	}
	lessZH, lessEN := "", ""
	if len(a.Unless) > 0 {
		x, y := w.roles(a.Unless)
		lessZH, lessEN = "（"+x+"本人操作除外）", " (unless done by "+y+")"
	}
	acts := strings.Join(a.actions(), ", ")
	return entity.T(condZH+what.ZH+"的 "+acts+" 须经"+strings.Join(zh, "，然后")+"批准"+lessZH,
		"`"+acts+"` of "+what.EN+condEN+" needs the approval of "+strings.Join(en, ", then ")+lessEN)
}

func opWords() map[string]entity.Text {
	return map[string]entity.Text{
		"eq": entity.T("等于", "is"), "ne": entity.T("不等于", "is not"), "in": entity.T("属于", "is one of"), "nin": entity.T("不属于", "is none of"),
		"gt": entity.T("超过", "is over"), "gte": entity.T("不低于", "is at least"), "lt": entity.T("低于", "is under"), "lte": entity.T("不超过", "is at most"),
		"empty": entity.T("为空", "is empty"), "given": entity.T("不为空", "is given"),
	}
}

func (w *wording) step(s Step) entity.Text {
	zh, en := w.roles(s.Roles)
	join := func(a, b string) {
		if zh != "" {
			zh, en = zh+"、", en+", "
		}
		zh, en = zh+a, en+b
	}
	if n := len(s.Users); n > 0 {
		join("指定的人", "named people")
	}
	for _, m := range s.ManagerOf {
		join("`"+m+"` 的上级", "the manager of `"+m+"`")
	}
	for _, o := range s.OwnerOf {
		join("`"+o+"` 的负责人", "the owner of `"+o+"`")
	}
	for _, f := range s.UsersIn {
		join("`"+f+"` 中的人", "the person in `"+f+"`")
	}
	switch s.Mode {
	case ModeAll:
		return entity.T("全部"+zh, "all of "+en)
	case ModeVote:
		return entity.T(zh+"投票", "a vote among "+en)
	case ModeSequence:
		return entity.T("依次"+zh, "each in turn of "+en)
	}
	return entity.T(zh, en)
}
