package front

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/tenancy"
)

// signUp sends a new company to the open cell with the fewest, or to the one in which its founder is logged in, with a workspace address that no other
// cell gives away meanwhile.
func (f *Front) signUp(w http.ResponseWriter, r *http.Request) {
	in := map[string]any{}
	err := peek(r, &in)
	var to *cell
	if err == nil {
		to, err = f.home(r)
	}
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	company, _ := in["company"].(string)
	address, _ := in["address"].(string)
	chosen := strings.ToLower(strings.TrimSpace(address))
	if chosen == "" {
		if chosen, err = f.suggest(r.Context(), company); err == nil && len(in) > 0 {
			in["address"] = chosen
			var raw []byte
			if raw, err = json.Marshal(in); err == nil {
				again(r, raw)
			}
		}
	} else {
		err = f.reserve(r.Context(), chosen)
	}
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	f.settle(w, r, to, chosen)
}

// readdress lets a company take another address unless a company in any cell has it.
func (f *Front) readdress(w http.ResponseWriter, r *http.Request) {
	var in struct{ Address *string }
	err := peek(r, &in)
	var cells []*cell
	if err == nil {
		cells, err = f.cellsOf(r, "sign_in")
	}
	wanted := ""
	if err == nil && in.Address != nil {
		wanted = strings.ToLower(strings.TrimSpace(*in.Address))
	}
	if wanted != "" {
		err = f.reserve(r.Context(), wanted)
		if owner, lost := f.chart.byAddress(r.Context(), wanted); lost == nil && owner == cells[0].Name {
			wanted, err = "", nil // its own, or a neighbour's in the same cell, which knows that
		}
	}
	switch {
	case err != nil:
		f.refuse(w, r, err)
	case wanted == "":
		f.send(w, r, cells)
	default:
		f.settle(w, r, cells[0], wanted)
		f.read(context.WithoutCancel(r.Context()))
	}
}

// settle sends a request for which an address is reserved, and notes whose it is then.
func (f *Front) settle(w http.ResponseWriter, r *http.Request, to *cell, address string) {
	ctx := context.WithoutCancel(r.Context())
	var made struct{ Tenant struct{ ID, Address string } }
	res, err := f.try(r, to)
	if err == nil && res.StatusCode == http.StatusCreated {
		var raw []byte
		if raw, err = io.ReadAll(res.Body); err == nil {
			_ = json.Unmarshal(raw, &made) // the next reading finds it
			res.Body = io.NopCloser(bytes.NewReader(raw))
		}
	}
	if lost := f.chart.release(ctx, address, made.Tenant.ID, to.Name); lost != nil {
		f.cfg.Log.WarnContext(ctx, "an address stays reserved for a minute", "address", address, "error", lost)
	}
	if err != nil {
		f.cfg.Log.WarnContext(ctx, "a cell does not answer", "cell", to.Name, "error", err)
		f.refuse(w, r, away(to))
		return
	}
	marked(res.Header, to)
	copyTo(w, res)
}

// home is where a new company goes.
func (f *Front) home(r *http.Request) (*cell, error) {
	if s := secretOf(r); s != "" { // a second company of who is logged in
		if c, err := f.holder(r.Context(), s, nil); err != nil || c != nil {
			return c, err
		}
	}
	var names []string
	for _, c := range f.cells {
		if !c.Closed {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return nil, fault.New(fault.Unavailable, "front.closed", "暂不接受新企业注册", "No new companies are taken at the moment")
	}
	name, err := f.chart.emptiest(r.Context(), names)
	return f.named(name), err
}

// reserve keeps an address, or says that it is taken.
func (f *Front) reserve(ctx context.Context, address string) error {
	mine, err := f.chart.reserve(ctx, address)
	if err == nil && !mine {
		err = fault.New(fault.Conflict, "address.taken", "此工作区地址已被使用", "This workspace address is taken").At("address", "address.taken", "已被使用", "is taken")
	}
	return err
}

// suggest reserves an address for a company that has chosen none.
func (f *Front) suggest(ctx context.Context, company string) (string, error) {
	for _, name := range append(tenancy.AddressNames(company), tenancy.ChanceAddress()) {
		if mine, err := f.chart.reserve(ctx, name); err != nil || mine {
			return name, err
		}
	}
	return "", nil // by chance none: the cell finds one
}
