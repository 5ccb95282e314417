package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/tenancy"
)

const (
	maxParts       = 30
	takeoverWithin = 5 * time.Minute // for one statement
	maxLooks       = 5               // how often a table is looked at again without what is wrong with it
)

// part is one table of a takeover: the collection that it fills and what is done with each record then.
type part struct {
	path  string
	then  string
	table record.Table
	file  *sentForm // as it was sent
}

// partAnswer says what became of a table.
type partAnswer struct {
	Path    string         `json:"path"`
	Rows    int            `json:"rows"`
	Created int            `json:"created"`
	Done    int            `json:"done,omitempty"` // how many went through the action
	Errors  []problemField `json:"errors"`
	Reason  string         `json:"reason,omitempty"`
	Detail  string         `json:"detail,omitempty"`
}

// takeover does POST /takeover: a company's data out of its former system, as one unit of work. The form holds a file for each collection, under its
// path ("crm/customers"), in the order in which they need one another; "then" names the action that each record of a collection goes through
// ({"inventory/stock_counts": "post"}), "mapping" the columns by collection, "reports" the questions that are answered before it is saved: the trial
// balance, the value of stock. ?dry_run=true shows all of it with every mistake of every table, and saves nothing.
func (a *API) takeover(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.caller(r); err != nil { // before anything is read
		return err
	}
	dry, err := wantsDryRun(r)
	if err != nil {
		return err
	}
	if !isForm(r) {
		return badForm(errors.New("no form"))
	}
	parts, reports, err := takeoverParts(w, r)
	defer dropParts(parts)
	if err != nil {
		return err
	}
	later, err := flag(r, "async", false)
	if err != nil {
		return err
	}
	if later {
		return a.takeoverLater(w, r, parts, takeoverTask{Reports: reports, Dry: dry, Lang: languageOf(r)})
	}
	x := &taking{a: a, lang: languageOf(r), parts: parts, reports: reports}
	opts := []tenancy.Option{tenancy.Within(takeoverWithin)}
	if dry {
		opts = append(opts, tenancy.DryRun())
		if err := a.write(r, x.run, opts...); err != nil {
			return err
		}
		return reply(w, http.StatusOK, x.answer(true))
	}
	mark, err := json.Marshal(x.marks())
	if err != nil {
		return err
	}
	return a.post(w, r, mark, func(ctx context.Context, tx *tenancy.Tx) (record.Answer, error) {
		if err := x.run(ctx, tx); err != nil {
			return record.Answer{}, err
		}
		if err := x.refusal(); err != nil {
			return record.Answer{}, err
		}
		raw, err := jsonBytes(x.answer(false))
		return record.Answer{Status: http.StatusOK, Body: raw}, err
	}, opts...)
}

// takeoverParts reads the form: each file is read as a table before the next one comes.
func takeoverParts(w http.ResponseWriter, r *http.Request) ([]*part, []string, error) {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil, badForm(err)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxFile)
	in := multipart.NewReader(r.Body, params["boundary"])
	var parts []*part
	members := map[string]string{}
	for {
		p, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return parts, nil, badForm(err)
		}
		if p.FileName() == "" {
			raw, err := io.ReadAll(io.LimitReader(p, maxFormField))
			if err != nil {
				return parts, nil, badForm(err)
			}
			members[p.FormName()] = string(raw)
			continue
		}
		if len(parts) == maxParts {
			return parts, nil, badForm(errors.New("too many files"))
		}
		one, err := tablePart(p, p.FormName())
		parts = append(parts, one)
		if err != nil {
			return parts, nil, err
		}
	}
	if len(parts) == 0 {
		return nil, nil, fault.New(fault.Invalid, "upload.missing", "没有上传文件", "No file was uploaded").At("file", "required", "必填", "is required")
	}
	reports, err := takeoverMembers(members, parts)
	return parts, reports, err
}

func tablePart(in io.Reader, path string) (*part, error) {
	p := &part{path: path, file: &sentForm{}}
	err := p.file.keep(in, "", maxFile)
	if err != nil {
		return p, err
	}
	p.table, err = record.ReadTable(p.file.file, p.file.Size)
	if x := fault.As(err); x != nil {
		named := *x
		named.Text = i18n.T(path+"："+x.Text.ZH, path+": "+x.Text.EN)
		return p, &named
	}
	return p, err
}

func dropParts(parts []*part) {
	for _, p := range parts {
		p.file.drop()
	}
}

func takeoverMembers(members map[string]string, parts []*part) ([]string, error) {
	var bad fault.Fields
	then, mapping := map[string]string{}, map[string]map[string]string{}
	for name, into := range map[string]any{"then": &then, "mapping": &mapping} {
		if text := members[name]; text != "" && json.Unmarshal([]byte(text), into) != nil {
			bad.Add(name, "value.type", "应为 JSON 对象", "must be a JSON object")
		}
		delete(members, name)
	}
	for _, p := range parts {
		p.then, p.table.Mapping = then[p.path], mapping[p.path]
		delete(then, p.path)
		delete(mapping, p.path)
	}
	for path := range then {
		bad.Add("then", "path.unknown", "没有文件 %s", "There is no file %s", path)
	}
	for path := range mapping {
		bad.Add("mapping", "path.unknown", "没有文件 %s", "There is no file %s", path)
	}
	var reports []string
	for _, path := range strings.Split(members["reports"], ",") {
		if path = strings.TrimSpace(path); path != "" {
			reports = append(reports, path)
		}
	}
	delete(members, "reports")
	for name := range members {
		bad.Add(name, "field.unknown", "没有字段 %s", "There is no field %s", shortName(name))
	}
	return reports, bad.Err()
}

// taking is a takeover that goes on.
type taking struct {
	a       *API
	lang    i18n.Lang
	parts   []*part
	reports []string
	answers []partAnswer
	faults  []*fault.Fault // of each part; nil where it went well
	shown   map[string]any
	tell    func(done, total int) // how many rows are done, of as many; nil: nobody asks
	before  int                   // rows of the tables that are done
}

// run brings in all tables, and answers the questions. What is wrong with one table does not keep the others from being looked at.
func (x *taking) run(ctx context.Context, tx *tenancy.Tx) error {
	x.answers, x.faults, x.shown, x.before = nil, nil, map[string]any{}, 0
	for _, p := range x.parts {
		out := partAnswer{Path: p.path, Rows: len(p.table.Rows), Errors: []problemField{}}
		err := record.Attempt(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) error { return x.bring(ctx, tx, p, &out) })
		f := fault.As(err)
		if err != nil && (f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable) {
			return err
		}
		if f != nil {
			if err := x.goOn(ctx, tx, p, f); err != nil {
				return err
			}
			out.Created, out.Done, out.Reason, out.Detail, out.Errors = 0, 0, f.Reason, f.Text.In(x.lang), problemFields(f.Fields, x.lang)
		}
		x.answers, x.faults = append(x.answers, out), append(x.faults, f)
		x.before += len(p.table.Rows)
	}
	if err := record.Settle(ctx, tx); err != nil {
		return err
	}
	return x.ask(ctx, tx)
}

// goOn brings in what of a table is not known to be wrong, so that later tables find what they name, and adds to its fault what only then is seen to be
// wrong. All of it is taken back in the end, as the table has mistakes.
func (x *taking) goOn(ctx context.Context, tx *tenancy.Tx, p *part, f *fault.Fault) error {
	def := record.Catalog(tx).Path(p.path)
	if def == nil {
		return nil
	}
	if owner := x.a.engine.Owner(def.Name); owner != "" && !tx.Tenant.On(owner) {
		return nil
	}
	table := p.table
	table.Without = map[int]bool{}
	found := f.Fields
	for range maxLooks {
		before := len(table.Without)
		for _, field := range found {
			if field.Row > 1 {
				table.Without[field.Row] = true
			}
		}
		if len(table.Without) == before { // a mistake of no row: nothing more is to be found
			return nil
		}
		err := record.Attempt(ctx, tx, func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := record.Import(ctx, tx, def, table)
			return err
		})
		more := fault.As(err)
		if err == nil || more == nil || more.Kind == fault.Internal || more.Kind == fault.Unavailable {
			return err
		}
		found = more.Fields
		f.Fields = append(f.Fields, found...)
	}
	return nil
}

func (x *taking) bring(ctx context.Context, tx *tenancy.Tx, p *part, out *partAnswer) error {
	def := record.Catalog(tx).Path(p.path)
	if def == nil {
		return fault.New(fault.Invalid, "path.unknown", "没有 %s", "There is no %s", p.path)
	}
	if err := x.a.enabled(tx, x.a.engine.Owner(def.Name)); err != nil {
		return err
	}
	table := p.table
	table.Tell = func(done, total int) { x.progress(p, done, 2*total) } // the action takes the other half
	keys, at, err := record.ImportAt(ctx, tx, def, table)
	if err != nil {
		return err
	}
	x.a.touched(tx, def)
	out.Created = len(keys)
	if p.then == "" {
		return nil
	}
	for i, key := range keys {
		if err := record.Run(ctx, tx, def, key, p.then, map[string]any{}); err != nil {
			return at(i, err)
		}
		out.Done++
		x.progress(p, len(keys)+i+1, 2*len(keys))
	}
	return nil
}

// progress tells how far the whole of it is: a table counts as many steps as it has rows.
func (x *taking) progress(p *part, done, total int) {
	if x.tell == nil {
		return
	}
	all := 0
	for _, p := range x.parts {
		all += len(p.table.Rows)
	}
	x.tell(x.before+len(p.table.Rows)*done/max(1, total), max(1, all))
}

// ask answers the questions as they would be answered after it.
func (x *taking) ask(ctx context.Context, tx *tenancy.Tx) error {
	for _, path := range x.reports {
		rep := x.a.engine.Report(path)
		if rep == nil {
			return fault.New(fault.Invalid, "report.unknown", "没有报表 %s", "There is no report %s", path).At("reports", "report.unknown", "没有此报表", "There is no such report")
		}
		def := record.Catalog(tx).Entity(rep.Of)
		if err := x.a.enabled(tx, x.a.engine.Owner(def.Name)); err != nil {
			return err
		}
		rows, err := record.RunReport(ctx, tx, rep, map[string]any{})
		if err != nil {
			return err
		}
		x.shown[path] = rows
	}
	return nil
}

// refusal joins what is wrong with all tables; each field says in which.
func (x *taking) refusal() error {
	var all *fault.Fault
	for i, f := range x.faults {
		if f == nil {
			continue
		}
		if all == nil {
			all = fault.New(fault.Invalid, "takeover.refused", "数据有误，没有保存任何内容", "There are mistakes; nothing was saved")
		}
		if len(f.Fields) == 0 {
			all.Fields = append(all.Fields, fault.Field{Path: x.parts[i].path, Reason: f.Reason, Text: f.Text})
		}
		for _, field := range f.Fields {
			field.Path = x.parts[i].path + " " + field.Path
			all.Fields = append(all.Fields, field)
		}
	}
	if all == nil {
		return nil
	}
	return all.With("parts", x.answers)
}

func (x *taking) answer(dry bool) map[string]any {
	mistakes := 0
	for i, f := range x.faults {
		if f != nil {
			mistakes += max(1, len(x.answers[i].Errors))
		}
	}
	return map[string]any{"dry_run": dry, "parts": x.answers, "reports": x.shown, "mistakes": mistakes}
}

func (x *taking) marks() []string {
	var out []string
	for _, p := range x.parts {
		out = append(out, p.path, p.then, p.file.SHA256)
	}
	return out
}
