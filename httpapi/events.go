package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	heartbeat   = 15 * time.Second
	streamPause = 250 * time.Millisecond // between two looks of one stream
	streamWrite = 10 * time.Second       // for a client to take what is sent
	resumeBack  = 10 * time.Second       // units of work that began before the last event may have ended after it
	resumeMost  = time.Hour
)

// events answers GET /events: a stream of server-sent events about what the caller may see. It carries that something changed, never values; the
// caller's rights are looked up anew for each look, so a stream follows a change of roles and ends with its session.
func (a *API) events(w http.ResponseWriter, r *http.Request) error {
	who, err := a.caller(r)
	if err != nil {
		return err
	}
	since, err := lastEvent(r)
	if err != nil {
		return err
	}
	once, err := flag(r, "once", false) // for clients whose way lets no stream through: they ask now and then
	if err != nil {
		return err
	}
	watch, err := a.live.Watch(who.tenant.ID, who.UserID)
	if err != nil {
		return err
	}
	defer watch.Close()
	s := &stream{a: a, w: w, r: r, control: http.NewResponseController(w), generation: who.tenant.Generation, last: a.db.Now()}
	if err := s.open(since); err != nil {
		a.log.DebugContext(r.Context(), "an event stream ended", "error", err)
		return nil //nolint:nilerr // the answer has begun: the client comes again
	}
	if once {
		return nil
	}
	if err := s.run(watch); err != nil {
		a.log.DebugContext(r.Context(), "an event stream ended", "error", err)
	}
	return nil
}

// lastEvent reads the moment that a client saw last: the id of an event is the time of its unit of work in microseconds.
func lastEvent(r *http.Request) (time.Time, error) {
	v := r.Header.Get("Last-Event-ID")
	if v == "" {
		v = r.URL.Query().Get("last_event_id")
	}
	if v == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 || n > 1<<53 {
		return time.Time{}, fault.New(fault.Invalid, "fields.invalid", "请检查所列字段", "Please check the fields listed").
			At("Last-Event-ID", "value.type", "不是事件 id", "is no id of an event")
	}
	return time.UnixMicro(n).UTC(), nil
}

// stream is one open connection.
type stream struct {
	a          *API
	w          http.ResponseWriter
	r          *http.Request
	control    *http.ResponseController
	generation int64
	last       time.Time // the moment up to which the client knows
}

func (s *stream) open(since time.Time) error {
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // proxies must not hold it back
	s.w.WriteHeader(http.StatusOK)
	if _, err := s.w.Write([]byte("retry: 2000\n")); err != nil {
		return err
	}
	if err := s.send("hello", m{"generation": s.generation}); err != nil {
		return err
	}
	switch {
	case since.IsZero():
		return nil
	case s.last.Sub(since) > resumeMost:
		return s.send("reset", m{})
	}
	return s.look(func(ctx context.Context, tx *tenancy.Tx) ([]record.Changed, bool, error) {
		return record.ChangesSince(ctx, tx, since.Add(-resumeBack))
	})
}

type m = map[string]any

func (s *stream) run(watch *relay.Watch) error {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-s.r.Context().Done():
			return nil
		case <-watch.Done:
			return nil
		case <-beat.C:
			if err := s.follow(); err != nil {
				return err
			}
			if err := s.write(": still here\n\n"); err != nil {
				return err
			}
		case <-watch.C:
			if err := s.follow(); err != nil {
				return err
			}
			if err := s.changed(watch); err != nil {
				return err
			}
			time.Sleep(streamPause)
		}
	}
}

// follow makes sure that the caller is still who they were, and tells when what they may see or do has changed.
func (s *stream) follow() error {
	who, err := s.a.caller(s.r)
	if err != nil {
		return err
	}
	if who.tenant.Generation == s.generation {
		return nil
	}
	s.generation = who.tenant.Generation
	return s.send("policy", m{"generation": s.generation})
}

func (s *stream) changed(watch *relay.Watch) error {
	moments, jobs, behind := watch.Take()
	if err := s.moved(jobs); err != nil {
		return err
	}
	if behind {
		s.last = s.a.db.Now()
		return s.send("reset", m{})
	}
	if len(moments) == 0 {
		return nil
	}
	for _, x := range moments {
		if x.After(s.last) {
			s.last = x
		}
	}
	return s.look(func(ctx context.Context, tx *tenancy.Tx) ([]record.Changed, bool, error) {
		return record.ChangesAt(ctx, tx, moments)
	})
}

// moved sends how far the caller's tasks are.
func (s *stream) moved(jobs []int64) error {
	if len(jobs) == 0 {
		return nil
	}
	who, err := s.a.caller(s.r)
	if err != nil {
		return err
	}
	for _, n := range jobs {
		j, err := s.a.jobs.Get(s.r.Context(), who.tenant.ID, n)
		if fault.Is(err, fault.NotFound) || err == nil && j.Actor != who.UserID {
			continue
		}
		if err != nil {
			return err
		}
		out, err := s.a.taskJob(s.r.Context(), who, j)
		if err != nil {
			return err
		}
		if err := s.send("job", out); err != nil {
			return err
		}
	}
	return nil
}

// look asks what changed with the caller's rights and sends it.
func (s *stream) look(ask func(ctx context.Context, tx *tenancy.Tx) ([]record.Changed, bool, error)) error {
	var list []record.Changed
	var whole bool
	var notices [][]byte
	err := s.a.read(s.r, func(ctx context.Context, tx *tenancy.Tx) error {
		var err error
		if list, whole, err = ask(ctx, tx); err != nil {
			return err
		}
		notices, err = notified(ctx, tx, list, languageOf(s.r))
		return err
	})
	if err != nil {
		return err
	}
	if whole {
		return s.send("reset", m{})
	}
	for _, c := range list {
		if err := s.send("change", c); err != nil {
			return err
		}
	}
	for _, n := range notices {
		if err := s.send("notification", json.RawMessage(n)); err != nil {
			return err
		}
	}
	return nil
}

// notified reads the caller's new notifications in full: they are shown as they come.
func notified(ctx context.Context, tx *tenancy.Tx, list []record.Changed, lang i18n.Lang) ([][]byte, error) {
	var out [][]byte
	def := record.Catalog(tx).Entity("notification")
	keys := ""
	for _, c := range list {
		if c.Entity == def.Name && c.Action == "create" && c.Record != "" {
			keys += "," + c.Record
		}
	}
	if keys == "" {
		return nil, nil
	}
	own := []record.Filter{{Field: "id", Op: "in", Value: keys[1:]}, {Field: "user_id", Op: "eq", Value: tx.Actor.ID.String()}} // who may see everybody's hears only of theirs
	page, err := record.List(ctx, tx, def, record.Query{Filters: own, Limit: record.MaxLimit})
	if err != nil {
		return nil, err
	}
	for i := len(page.Data) - 1; i >= 0; i-- { // newest last
		var n m
		if err := json.Unmarshal(page.Data[i], &n); err != nil {
			return nil, err
		}
		n["text"] = n["text_zh"]
		if lang == i18n.EN {
			n["text"] = n["text_en"]
		}
		raw, err := json.Marshal(n)
		if err != nil {
			return nil, err
		}
		out = append(out, raw)
	}
	return out, nil
}

func (s *stream) send(event string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", s.last.UnixMicro(), event, raw))
}

func (s *stream) write(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}
