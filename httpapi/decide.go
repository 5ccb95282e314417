package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/tenon-hq/tenon/engine/flow"
	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

const mostDecisions = 200

// decision is one of many about approvals.
type decision struct {
	ID          string `json:"id"`
	Action      string `json:"action"` // approve, reject or return
	Comment     string `json:"comment"`
	ContentHash string `json:"content_hash"`
}

// decideMany decides about many requests, each in a unit of work of its own and with all its checks: one that is refused keeps no other back.
func (a *API) decideMany(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Decisions []decision `json:"decisions"`
	}
	if err := into(w, r, &in); err != nil {
		return err
	}
	var bad fault.Fields
	if n := len(in.Decisions); n == 0 || n > mostDecisions {
		bad.Add("decisions", "limit.range", "应为 1 到 %d 项", "takes 1 to %d items", mostDecisions)
	}
	seen := map[id.ID]bool{}
	keys := make([]id.ID, len(in.Decisions))
	for i, d := range in.Decisions {
		at := fmt.Sprintf("decisions[%d].", i)
		var err error
		if keys[i], err = id.Parse(d.ID); err != nil {
			bad.Add(at+"id", "value.id", "不是审批编号", "is no id of an approval")
		} else if seen[keys[i]] {
			bad.Add(at+"id", "value.twice", "重复", "comes twice")
		}
		seen[keys[i]] = true
		if d.Action != "approve" && d.Action != "reject" && d.Action != "return" {
			bad.Add(at+"action", "value.option", "应为 approve、reject 或 return", "is approve, reject or return")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if _, err := a.caller(r); err != nil {
		return err
	}
	out := make([]map[string]any, len(in.Decisions))
	done := 0
	for i, d := range in.Decisions {
		status, body := a.decideOne(r, keys[i], d)
		out[i] = map[string]any{"id": d.ID, "status": status}
		if status == http.StatusOK {
			out[i]["approval"] = body
			done++
		} else {
			out[i]["problem"] = body
		}
	}
	return reply(w, http.StatusOK, map[string]any{"data": out, "done": done, "refused": len(out) - done, "next_cursor": nil})
}

func (a *API) decideOne(r *http.Request, key id.ID, d decision) (int, json.RawMessage) {
	body := map[string]any{"comment": d.Comment}
	if d.Action == "approve" && d.ContentHash != "" {
		body["content_hash"] = d.ContentHash
	}
	var shown []byte
	var refusal *fault.Fault
	err := a.write(r, func(ctx context.Context, tx *tenancy.Tx) error {
		def := record.Catalog(tx).Entity("approval")
		if err := record.Run(ctx, tx, def, key, d.Action, body); err != nil {
			return err
		}
		if refusal = flow.Refusal(tx); refusal != nil {
			return nil //nolint:nilerr // the refusal is told beside the others
		}
		var err error
		shown, err = a.shown(ctx, tx, def, key)
		return err
	})
	f := fault.As(err)
	switch {
	case err == nil && refusal == nil:
		return http.StatusOK, shown
	case err == nil:
		f = refusal
	case f == nil:
		a.log.ErrorContext(r.Context(), "a decision failed", "error", err, "approval", key)
		f = fault.New(fault.Internal, "internal", "服务器内部错误，请稍后重试", "Something went wrong on our side; please try again")
	}
	status := statusOf(f.Kind)
	return status, problemJSON(r, f, status)
}
