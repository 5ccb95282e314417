package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
	"github.com/tenon-hq/tenon/policy"
)

// subject is one entity with the caller's rights on it.
type subject struct {
	*entity.Def
	mask *policy.Mask
	area string // heading
}

// entity writes the paths of one collection.
func (s *spec) entity(d *entity.Def) error {
	if d.Parent != nil || d.Collection == "" {
		return nil
	}
	m, may, err := s.visible(d)
	if err != nil || !may {
		return err
	}
	if err := s.answer(d); err != nil {
		return err
	}
	x := subject{d, m, d.Module()}
	if x.area == "" {
		x.area = "platform"
	}
	s.reading(x)
	if err := s.writing(x); err != nil {
		return err
	}
	for _, a := range s.engine.Actions(d.Name) {
		if m.Action(a.Name) {
			s.action(x, a)
		}
	}
	return nil
}

// operation starts one operation on a collection or on one of its records.
func (s *spec) operation(x subject, verb, zh, en string) *openapi3.Operation {
	id := x.Collection + "." + verb
	if m := x.Module(); m != "" {
		id = m + "." + id
	}
	return &openapi3.Operation{OperationID: id, Tags: []string{x.area}, Summary: x.Label.In(s.lang) + s.text("：", ": ") + s.text(zh, en), Responses: openapi3.NewResponses()}
}

func (s *spec) reading(x subject) {
	path := "/" + x.Path()
	list := s.operation(x, "list", "列表", "list")
	list.Parameters = append(s.page(x), s.filters(x)...)
	s.ok(list, http.StatusOK, s.pageOf(ref(x.Name)))
	s.add(http.MethodGet, path, list)
	s.asking(x, path)

	read := s.operation(x, "read", "读取", "read")
	read.Parameters = append(openapi3.Parameters{shared("id"), query("as_of", plain())}, s.narrowing(x)...)
	s.ok(read, http.StatusOK, ref(x.Name)).Headers = openapi3.Headers{"ETag": header(s.text("版本号，修改时作为 If-Match", "The version, for If-Match"))}
	s.add(http.MethodGet, path+"/{id}", read)

	tree := s.operation(x, "tree", "来龙去脉", "why it exists and what it caused")
	tree.Parameters = openapi3.Parameters{shared("id")}
	s.ok(tree, http.StatusOK, ref("Tree"))
	s.add(http.MethodGet, path+"/{id}/tree", tree)

	s.around(x, path+"/{id}")
	if !x.mask.Export {
		return
	}
	export := s.operation(x, "export", "导出", "export")
	export.Description = s.text("筛选条件与列表相同", "Filters are those of the list")
	export.Parameters = openapi3.Parameters{query("format", enum(formatCSV, formatXLSX, formatJSONL)), query("nested", yes()), shared("q"), shared("filter"), s.sorting(x), s.fields(x), s.anyFilter()}
	files := tables()
	files["application/x-ndjson"] = &openapi3.MediaType{Schema: inline(typed("string"))}
	export.AddResponse(http.StatusOK, openapi3.NewResponse().WithDescription("CSV, XLSX, JSON lines").WithContent(files))
	s.add(http.MethodGet, path+"/export", export)
}

// around writes what is asked about a record beside its values.
func (s *spec) around(x subject, path string) {
	history := s.operation(x, "history", "历史", "history")
	history.Parameters = openapi3.Parameters{shared("id"), shared("limit"), shared("cursor")}
	s.ok(history, http.StatusOK, s.pageOf(ref("Moment")))
	s.add(http.MethodGet, path+"/history", history)

	related := s.operation(x, "related", "关联单据", "records that point to it")
	related.Parameters = openapi3.Parameters{shared("id")}
	s.ok(related, http.StatusOK, inline(listOf(ref("Relation"))))
	s.add(http.MethodGet, path+"/related", related)
	if s.prints(x.Name) {
		onPaper := s.operation(x, "pdf", "打印（PDF）", "print as PDF")
		onPaper.Parameters = openapi3.Parameters{shared("id"), query("lang", enum("zh", "en")), query("inline", yes())}
		onPaper.AddResponse(http.StatusOK, openapi3.NewResponse().WithDescription("PDF").
			WithContent(openapi3.NewContentWithSchema(&openapi3.Schema{}, []string{"application/pdf"})))
		s.add(http.MethodGet, path+"/pdf", onPaper)
	}
	if x.File == nil {
		return
	}
	content := s.operation(x, "content", "下载", "download")
	content.Parameters = openapi3.Parameters{shared("id"), query("inline", yes())}
	content.AddResponse(http.StatusOK, openapi3.NewResponse().WithDescription(s.text("文件内容", "The file's content")).
		WithContent(openapi3.NewContentWithSchema(&openapi3.Schema{}, []string{"*/*"})))
	s.add(http.MethodGet, path+"/content", content)
}

// uploading adds that a record comes with its file, as a form.
func (s *spec) uploading(x subject, op *openapi3.Operation) {
	members := typed("object")
	members.Properties = openapi3.Schemas{"file": inline(&openapi3.Schema{ContentMediaType: "application/octet-stream"})}
	for name, v := range s.doc.Components.Schemas[x.Name+".create"].Value.Properties {
		members.Properties[name] = v
	}
	members.Required = []string{"file"}
	op.RequestBody.Value.Content["multipart/form-data"] = &openapi3.MediaType{Schema: inline(members)}
}

func (s *spec) writing(x subject) error {
	if x.ReadOnly {
		return nil
	}
	path := "/" + x.Path()
	if x.mask.Create {
		if err := s.creating(x, path); err != nil {
			return err
		}
	}
	if s.changeable(x) {
		if err := s.body(x.Def, x.Name+".change", false); err != nil {
			return err
		}
		change := s.operation(x, "change", "修改", "change")
		change.Parameters = openapi3.Parameters{shared("id"), shared("if_match"), shared("dry_run")}
		change.RequestBody = jsonBody(ref(x.Name+".change"), true)
		s.ok(change, http.StatusOK, inline(&openapi3.Schema{AnyOf: openapi3.SchemaRefs{ref(x.Name), ref("Tree")}}))
		s.add(http.MethodPatch, path+"/{id}", change)
		s.many(x, path)
	}
	if x.mask.Delete && !x.NoDelete {
		remove := s.operation(x, "delete", "删除", "delete")
		remove.Parameters = openapi3.Parameters{shared("id"), {Value: &openapi3.Parameter{Name: "If-Match", In: "header", Schema: inline(typed("string"))}}, shared("dry_run")}
		s.ok(remove, http.StatusOK, ref("Tree")).Description = new(s.text("试运行的结果", "What a dry run would make happen"))
		remove.AddResponse(http.StatusNoContent, openapi3.NewResponse().WithDescription(s.text("已删除", "Deleted")))
		s.add(http.MethodDelete, path+"/{id}", remove)
	}
	return nil
}

// many writes the bulk edit of all that a list's filters select.
func (s *spec) many(x subject, path string) {
	op := s.operation(x, "change_many", "批量修改", "change all that match")
	op.Description = s.text("筛选条件与列表相同，至少一个；全部修改或全部不改", "Filters are those of the list, at least one; all are changed or none")
	op.Parameters = openapi3.Parameters{shared("q"), shared("filter"), s.anyFilter(), shared("dry_run")}
	versions := open()
	versions.AdditionalProperties = openapi3.AdditionalProperties{Schema: inline(whole())}
	op.RequestBody = jsonBody(inline(object(member{"set", ref(x.Name + ".change"), true}, may("count", whole()), may("versions", versions))), true)
	s.ok(op, http.StatusOK, inline(object(must("matched", whole()), must("dry_run", yes()), must("errors", list(inline(open()))))))
	s.add(http.MethodPatch, path, op)
}

// changeable tells whether there is any field that the caller may change.
func (s *spec) changeable(x subject) bool {
	return slices.ContainsFunc(x.Fields, func(f *entity.Field) bool { return written(x.Def, f) && !f.Immutable && x.mask.Edit(f) })
}

func (s *spec) creating(x subject, path string) error {
	if err := s.body(x.Def, x.Name+".create", true); err != nil {
		return err
	}
	if x.Name == "user" { // a member is a record and a login
		s.doc.Components.Schemas["user.create"].Value.Properties["password"] = inline(typed("string"))
	}
	create := s.operation(x, "create", "新建", "create")
	create.Parameters = openapi3.Parameters{shared("dry_run"), shared("idempotency_key")}
	create.RequestBody = jsonBody(ref(x.Name+".create"), true)
	if x.File != nil {
		s.uploading(x, create)
	}
	s.ok(create, http.StatusOK, ref("Tree")).Description = new(s.text("试运行的结果", "What a dry run would make happen"))
	s.ok(create, http.StatusCreated, ref(x.Name)).Headers = openapi3.Headers{"Location": header(s.text("新记录的地址", "The new record's address"))}
	s.add(http.MethodPost, path, create)

	imp := s.operation(x, "import", "导入", "import")
	imp.Description = s.text("首行为字段名（接口名或任一语言的名称，明细为 lines.字段）；全部导入或全部不导入",
		"The first row names fields (the API's names or a label in either language; lines.field for lines); all rows are saved or none")
	imp.Parameters = openapi3.Parameters{shared("dry_run"), query("async", yes()), query("batches", yes()), query("mapping", plain()), shared("idempotency_key")}
	file := typed("string")
	form := typed("object")
	form.Properties = openapi3.Schemas{
		"file": inline(&openapi3.Schema{ContentMediaType: "application/octet-stream"}),
		"mapping": inline(&openapi3.Schema{Type: typed("string").Type, Description: s.text("JSON 对象：列标题 → 字段；空字段表示忽略该列",
			"A JSON object: title → field; an empty field leaves the column out")}),
	}
	imp.RequestBody = &openapi3.RequestBodyRef{Value: &openapi3.RequestBody{Required: true, Content: openapi3.Content{
		"text/csv":            {Schema: inline(file)},
		xlsxMedia:             {Schema: inline(&openapi3.Schema{})},
		"multipart/form-data": {Schema: inline(form)},
	}}}
	s.ok(imp, http.StatusOK, ref("Imported"))
	s.ok(imp, http.StatusAccepted, ref("Begun"))
	s.add(http.MethodPost, path+"/import", imp)

	empty := s.operation(x, "import_template", "导入模板", "template of an import")
	empty.Parameters = openapi3.Parameters{query("format", enum(formatCSV, formatXLSX))}
	empty.AddResponse(http.StatusOK, openapi3.NewResponse().WithDescription("CSV, XLSX").WithContent(tables()))
	s.add(http.MethodGet, path+"/import_template", empty)
	return nil
}

const xlsxMedia = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// tables are answers that are files.
func tables() openapi3.Content {
	return openapi3.Content{"text/csv": {Schema: inline(typed("string"))}, xlsxMedia: {Schema: inline(&openapi3.Schema{})}}
}

// action writes POST …/{id}/{action} with its input, its outcome, and what a dry run answers.
func (s *spec) action(x subject, a *modules.Action) {
	op := s.operation(x, "do."+a.Name, a.Label.ZH, a.Label.EN) // an action may be named as the verbs above
	if len(a.From) > 0 {
		op.Description = s.text("允许的状态：", "Allowed in: ") + strings.Join(a.From, ", ")
	}
	op.Parameters = openapi3.Parameters{shared("id"), shared("dry_run"), shared("preview_hash"), shared("idempotency_key")}
	if fields := inputOf(x.mask, a); len(fields) > 0 {
		name := x.Name + "." + a.Name
		s.doc.Components.Schemas[name] = inline(s.input(fields))
		op.RequestBody = jsonBody(ref(name), false)
	}
	s.ok(op, http.StatusOK, inline(&openapi3.Schema{AnyOf: openapi3.SchemaRefs{ref(x.Name), ref("Tree")}}))
	if s.mayApprove() {
		waits := typed("object")
		waits.Required, waits.Properties = []string{"approval"}, openapi3.Schemas{"approval": ref("approval")}
		s.ok(op, http.StatusAccepted, inline(&openapi3.Schema{
			Description: s.text("已提交审批", "Waits for an approval"), AllOf: openapi3.SchemaRefs{ref(x.Name), inline(waits)},
		}))
	}
	s.add(http.MethodPost, "/"+x.Path()+"/{id}/"+a.Name, op)
}

func (s *spec) mayApprove() bool {
	_, may, err := s.visible(s.catalog.Entity("approval"))
	return err == nil && may
}

// reports writes the modules' questions whose entity the caller may see.
func (s *spec) reports() error {
	for path, rep := range s.engine.Reports() {
		m, may, err := s.visible(s.catalog.Entity(rep.Of))
		if err != nil {
			return err
		}
		if may && m.Rows().All() {
			s.report(path, rep, m)
		}
	}
	return nil
}

func (s *spec) report(path string, rep *modules.Report, m *policy.Mask) {
	row := typed("object")
	row.Properties = openapi3.Schemas{"_denied": inline(list(inline(typed("string"))))}
	for i := range rep.Columns {
		c := &rep.Columns[i]
		if f := s.catalog.Entity(rep.Of).Field(c.Name); c.Class != "" && c.Class != entity.Basic && !m.ViewClass(c.Class) && (f == nil || !m.View(f)) {
			continue
		}
		row.Properties[c.Name] = inline(s.value(c, true))
	}
	area, _, _ := strings.Cut(path, "/")
	limit := typed("integer")
	limit.Min, limit.Max, limit.Default = new(1.0), openapi3.Ptr(float64(record.MaxReport)), record.MaxReport
	op := &openapi3.Operation{OperationID: area + ".reports." + rep.Name, Tags: []string{area}, Summary: rep.Label.In(s.lang), Responses: openapi3.NewResponses()}
	if rep.Input != nil {
		for _, f := range record.InputFields(rep.Input()) {
			op.Parameters = append(op.Parameters, query(f.Name, s.member(f)))
		}
	}
	op.Parameters = append(op.Parameters, query("limit", limit), shared("cursor"))
	answer := s.pageOf(inline(row))
	delete(answer.Value.Properties, "total")
	if rep.Pages != nil {
		totals := typed("object")
		totals.Description = s.text("各列的合计，含其他页；仅随第一页返回", "What columns come to over all pages; with the first page only")
		answer.Value.Properties["totals"] = inline(totals)
	}
	s.ok(op, http.StatusOK, answer)
	s.add(http.MethodGet, "/"+path, op)
	if rep.Input != nil { // the same question in a body
		post := *op
		post.OperationID, post.Parameters = op.OperationID+".ask", nil
		asked := s.input(record.InputFields(rep.Input()))
		asked.Properties["limit"], asked.Properties["cursor"] = inline(limit), inline(typed("string"))
		post.RequestBody = jsonBody(inline(asked), false)
		s.add(http.MethodPost, "/"+path, &post)
	}
}
