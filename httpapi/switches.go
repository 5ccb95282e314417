package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tenon-hq/tenon/internal/fault"
)

// switchModules switches modules on and off: {"on": […], "off": […]}, or {"modules": …} with what should be.
func (a *API) switchModules(w http.ResponseWriter, r *http.Request) error {
	c, err := a.caller(r)
	if err != nil {
		return err
	}
	var in struct {
		On      []string `json:"on"`
		Off     []string `json:"off"`
		Modules wishes   `json:"modules"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	if !slices.Contains(c.actor.Roles, "owner") && !slices.Contains(c.actor.Roles, "admin") {
		return fault.New(fault.Forbidden, "modules.denied", "只有所有者和管理员可以开关模块（规则 platform.modules）", "Only owners and admins switch modules (rule platform.modules)").With("rule", "platform.modules")
	}
	in.On, in.Off = append(in.On, in.Modules.on...), append(in.Off, in.Modules.off...)
	for i, name := range in.Off {
		if slices.Contains(in.On, name) {
			return fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
				At(fmt.Sprintf("off[%d]", i), "module.both", "%[1]s 不能同时开启和关闭", "%[1]s can't be switched on and off at once", name)
		}
	}
	if in.Modules.whole {
		states, err := a.db.Modules(r.Context(), c.tenant.ID)
		if err != nil {
			return err
		}
		for _, s := range states {
			if s.On && !s.Always && !slices.Contains(in.On, s.Name) {
				in.Off = append(in.Off, s.Name)
			}
		}
	}
	if dry, err := wantsDryRun(r); err != nil {
		return err
	} else if dry {
		return a.previewSwitch(w, r, c, in.On, in.Off)
	}
	if list := a.billing.Unlicensed(in.On); len(list) > 0 {
		return fault.New(fault.NotEnabled, "licence.module", "许可不包含模块 %s", "The licence does not name the module %s", strings.Join(list, ", "))
	}
	states, err := a.db.Switch(r.Context(), c.tenant.ID, in.On, in.Off, c.actor)
	if err != nil {
		return err
	}
	return a.replyModules(w, r, c.tenant, states)
}

// wishes are the modules that somebody wants on or off: {"sales": true}, [{"name": "sales", "state": "on"}] as they are read, or, as at sign-up, the
// names of all that should be on.
type wishes struct {
	on, off []string
	whole   bool
}

// UnmarshalJSON reads any of the three forms.
func (x *wishes) UnmarshalJSON(raw []byte) error {
	var names []*string
	if json.Unmarshal(raw, &names) == nil {
		if names != nil && len(names) == 0 {
			return errors.New("no modules: what is to be switched off is named in off")
		}
		for _, n := range names {
			if n == nil {
				return errors.New("a module without a name")
			}
			x.add(*n, true)
		}
		x.whole = names != nil
		return nil
	}
	var list []struct {
		Name  string `json:"name"`
		State string `json:"state"`
	}
	if json.Unmarshal(raw, &list) == nil {
		seen := map[string]bool{}
		for _, m := range list {
			if seen[m.Name] {
				return fmt.Errorf("module %q comes twice", m.Name)
			}
			seen[m.Name] = true
			if m.State != "on" && m.State != "off" {
				return fmt.Errorf("state %q of module %q", m.State, m.Name)
			}
			x.add(m.Name, m.State == "on")
		}
		return nil
	}
	var by map[string]*bool
	if err := json.Unmarshal(raw, &by); err != nil {
		return err
	}
	for name, on := range by {
		if on == nil { // nothing is no wish: it must not switch anything off
			return fmt.Errorf("no state of module %q", name)
		}
		x.add(name, *on)
	}
	return nil
}

func (x *wishes) add(name string, on bool) {
	if on {
		x.on = append(x.on, name)
	} else {
		x.off = append(x.off, name)
	}
}
