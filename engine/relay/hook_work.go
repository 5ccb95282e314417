package relay

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/riverqueue/river"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	hookAttempts = 12
	hookFirst    = 5 * time.Second // before the second attempt; each next waits twice as long
	hookLongest  = 6 * time.Hour
)

// HookArgs is the job that sends one event to one webhook. It holds no values: what is sent is read with the rights of the webhook's maker.
type HookArgs struct {
	Tenant string    `json:"tenant"`
	What   string    `json:"what"` // "webhook"
	Hook   string    `json:"hook"`
	Event  string    `json:"event"`
	Name   string    `json:"name"`
	Entity string    `json:"entity"`
	Record string    `json:"record"`
	At     time.Time `json:"at"`
}

// Kind names the job for River.
func (HookArgs) Kind() string { return "tenon.hook" }

// listener is a webhook as far as it decides what is sent.
type listener struct {
	ID     id.ID    `bun:"id"`
	Events []string `bun:"events,array"`
}

type listeners struct {
	generation int64
	list       []listener
}

// hooksOf returns a tenant's webhooks, read once for each state of the tenant: their change makes a new one.
func (r *Relay) hooksOf(ctx context.Context, tx *tenancy.Tx) ([]listener, error) {
	r.hooks.Lock()
	known, ok := r.known[tx.Tenant.ID]
	r.hooks.Unlock()
	if ok && known.generation == tx.Tenant.Generation {
		return known.list, nil
	}
	var list []listener
	if err := record.Select(ctx, tx, &list, "SELECT id, events FROM webhook WHERE active ORDER BY id"); err != nil {
		return nil, err
	}
	r.hooks.Lock()
	defer r.hooks.Unlock()
	if len(r.known) > 10_000 {
		clear(r.known)
	}
	r.known[tx.Tenant.ID] = listeners{tx.Tenant.Generation, list}
	return list, nil
}

// hookJobs are the jobs that told events ask for at the tenant's webhooks.
func (r *Relay) hookJobs(ctx context.Context, tx *tenancy.Tx, told []record.Told) ([]river.InsertManyParams, error) {
	list, err := r.hooksOf(ctx, tx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var jobs []river.InsertManyParams
	for _, t := range told {
		name, about, key := t.Event.Event()
		for _, h := range list {
			if wants(h.Events, name) {
				jobs = append(jobs, hookJob(tx, h.ID, HookArgs{Event: t.ID.String(), Name: name, Entity: about, Record: textOf(key), At: tx.Now}))
			}
		}
	}
	return jobs, nil
}

func hookJob(tx *tenancy.Tx, hook id.ID, args HookArgs) river.InsertManyParams {
	args.Tenant, args.What, args.Hook = tx.Tenant.ID.String(), "webhook", hook.String()
	return river.InsertManyParams{Args: args, InsertOpts: &river.InsertOpts{Queue: QueueOf(tx.Tenant), MaxAttempts: hookAttempts}}
}

// replay sends a delivery's event again.
func (r *Relay) replay(ctx context.Context, tx *tenancy.Tx, d *Delivery, _ modules.None) error {
	if r.jobs == nil {
		return fault.New(fault.Unavailable, "jobs.none", "任务不可用", "Jobs are not available")
	}
	args := HookArgs{Event: d.EventID.String(), Name: d.Event, Entity: d.Entity, Record: textOf(d.RecordID), At: d.HappenedAt}
	if tx.DryRun {
		return nil
	}
	return r.jobs.Insert(ctx, tx, []river.InsertManyParams{hookJob(tx, d.WebhookID, args)})
}

// hooker sends events to webhooks in the same slots as calls.
type hooker struct {
	river.WorkerDefaults[HookArgs]
	worker *worker
	client *http.Client
}

// NextRetry waits 5, 10, 20 … seconds, at most six hours.
func (h *hooker) NextRetry(job *river.Job[HookArgs]) time.Time {
	return job.AttemptedAt.Add(min(hookFirst<<min(job.Attempt-1, 14), hookLongest))
}

// Work sends one event. What the webhook's maker may no longer see is not sent.
func (h *hooker) Work(ctx context.Context, job *river.Job[HookArgs]) error {
	_, leave, err := h.worker.enter(ctx, job.Args.Tenant)
	if err != nil {
		return err
	}
	defer leave()
	x := &sending{h: h, args: job.Args, attempt: job.Attempt}
	ready, err := x.prepare(ctx)
	if fault.Is(err, fault.NotFound) {
		return river.JobCancel(err)
	}
	if err != nil || !ready {
		return err
	}
	began := time.Now()
	status, failed := x.send(ctx)
	if err := x.note(ctx, status, failed, time.Since(began)); err != nil {
		return err
	}
	if status == http.StatusGone || errors.Is(failed, ErrPrivate) {
		return river.JobCancel(failed)
	}
	return failed
}

// sending is one attempt.
type sending struct {
	h       *hooker
	args    HookArgs
	attempt int
	tenant  *tenancy.Tenant
	hook    *Webhook
	secret  string
	body    []byte
}

// prepare reads the webhook and what it is to be told; false when there is nothing to send.
func (x *sending) prepare(ctx context.Context) (bool, error) {
	keys := make([]id.ID, 2)
	for i, text := range []string{x.args.Tenant, x.args.Hook} {
		var err error
		if keys[i], err = id.Parse(text); err != nil {
			return false, fault.New(fault.NotFound, "job.tenant", "任务没有租户", "A job without a tenant").Because(err)
		}
	}
	e := x.h.worker.engine
	var err error
	if x.tenant, err = e.DB().Tenant(ctx, keys[0]); err != nil {
		return false, err
	}
	if x.tenant.State != tenancy.Active {
		return false, river.JobSnooze(time.Hour)
	}
	var who tenancy.Actor
	err = e.Do(ctx, x.tenant, tenancy.Actor{System: true, Name: "tenon"}, func(ctx context.Context, tx *tenancy.Tx) error {
		if x.hook, err = record.Get[Webhook](ctx, tx, keys[1]); err != nil {
			return err
		}
		if x.secret, err = record.Unsealed(ctx, tx, x.hook, "secret"); err != nil {
			return err
		}
		who, err = x.h.worker.relay.who(ctx, tx, x.hook.CreatedBy)
		return err
	}, tenancy.ReadOnly())
	if err != nil || !x.hook.Active {
		return false, err
	}
	err = e.Do(ctx, x.tenant, who, x.read, tenancy.ReadOnly())
	return x.body != nil, err
}

// read writes the message.
func (x *sending) read(ctx context.Context, tx *tenancy.Tx) (err error) {
	x.body, err = Message(ctx, tx, x.args)
	return err
}

// Message is what a webhook is sent: the event, and its record as the webhook's maker, who acts here, may see it now; nil when they may not.
func Message(ctx context.Context, tx *tenancy.Tx, args HookArgs) ([]byte, error) {
	var data json.RawMessage
	path := ""
	if def := record.Catalog(tx).Entity(args.Entity); def != nil && args.Record != "" {
		key, err := id.Parse(args.Record)
		if err != nil {
			return nil, err
		}
		raw, _, err := record.Read(ctx, tx, def, key, record.Query{})
		if fault.Is(err, fault.Forbidden) {
			return nil, nil
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		data, path = raw, def.Path()
	}
	return json.Marshal(map[string]any{
		"id": args.Event, "type": args.Name, "entity": args.Entity, "path": path, "record_id": args.Record, "at": args.At.UTC().Format(time.RFC3339Nano), "data": data,
	})
}

// send posts the message, signed with its time: who knows the secret can tell that it is ours and that it is fresh.
func (x *sending) send(ctx context.Context) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, x.hook.URL, bytes.NewReader(x.body))
	if err != nil {
		return 0, err
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Tenon-Webhooks/1")
	req.Header.Set("Tenon-Delivery", x.args.Event+"/"+x.args.Hook)
	req.Header.Set("Tenon-Event", x.args.Name)
	req.Header.Set("Tenon-Signature", "t="+at+",v1="+Sign(x.secret, at, x.body))
	res, err := x.h.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()                                       //nolint:errcheck // it was only read
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return res.StatusCode, fmt.Errorf("the webhook answered %d", res.StatusCode)
	}
	return res.StatusCode, nil
}

// Sign is the signature of a message: the HMAC-SHA256 of its time, a dot and its body.
func Sign(secret, at string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(at + "."))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}

// note writes down what became of an attempt.
func (x *sending) note(ctx context.Context, status int, failed error, took time.Duration) error {
	event, err := id.Parse(x.args.Event)
	if err != nil {
		return err
	}
	d := &Delivery{
		WebhookID: x.hook.ID, EventID: event, Event: x.args.Name, Entity: x.args.Entity, HappenedAt: x.args.At, Attempt: x.attempt, OK: failed == nil, Status: status,
		TookMS: int(took.Milliseconds()),
	}
	if x.args.Record != "" {
		if d.RecordID, err = id.Parse(x.args.Record); err != nil {
			return err
		}
	}
	if failed != nil {
		d.Error = shortError(failed)
	}
	return x.h.worker.engine.Do(ctx, x.tenant, tenancy.Actor{System: true, Name: "tenon", Module: "relay"}, func(ctx context.Context, tx *tenancy.Tx) error {
		return record.Create(ctx, tx, d)
	})
}

// shortError tells what failed, without what an internal service may have said.
func shortError(err error) string {
	if errors.Is(err, ErrPrivate) {
		return ErrPrivate.Error()
	}
	if text := err.Error(); len(text) <= 300 {
		return text
	}
	return err.Error()[:300]
}
