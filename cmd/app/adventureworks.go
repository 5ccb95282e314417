package app

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tenon-hq/tenon/engine/record"
	"github.com/tenon-hq/tenon/internal/fault"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// Progress is told of each part of an import when it is done, and of what had to be decided on the way.
type Progress struct {
	Entity  string        // what was made; empty for a notice
	Rows    int           // in the file, without its header
	Records int           // documents, their lines not counted
	Took    time.Duration // the part's own time
	Notice  i18n.Text     // what the operator should know
}

// load is one part of the import: a table for the general importer, made from the sample's files.
type load struct {
	file   string // of which the rows are counted
	entity string
	table  func(s *sample) record.Table
	then   func(ctx context.Context, tx *tenancy.Tx, i *intake, made []id.ID) error
}

// loads are the parts in the order in which they need one another.
func loads() []load {
	return []load{
		{file: "", entity: "inventory.unit_of_measure", table: unitTable},
		{file: "", entity: "inventory.product_category", table: categoryTable},
		{file: "products.csv", entity: "inventory.product", table: productTable},
		{file: "bom_lines.csv", entity: "production.bill_of_materials", table: bomTable},
		{file: "locations.csv", entity: "inventory.location", table: locationTable},
		{file: "", entity: "production.work_center", table: workCenterTable},
		{file: "stock.csv", entity: "inventory.stock_count", table: stockTable, then: postAll},
		{file: "vendors.csv", entity: "purchasing.vendor", table: vendorTable},
		{file: "vendor_prices.csv", entity: "purchasing.vendor_price", table: priceTable},
		{file: "customers.csv", entity: "crm.customer", table: customerTable},
		{file: "", entity: "finance.tax", table: taxTable},
		{file: "purchase_order_lines.csv", entity: "purchasing.order", table: historyTable, then: retireVendors},
	}
}

// intake is an import that is going on.
type intake struct {
	*App
	sample *sample
	made   map[string][]id.ID // by entity, in the order of the table
	tell   func(Progress)
}

// ImportAdventureWorks loads Microsoft's AdventureWorks sample (the CSV files in dir) into a tenant. It only rewrites the files as tables for the general
// importer, so that everything takes the ordinary way of writing: checked, numbered, audited, with its reactions. All of it is one unit of work: a file
// that can't be loaded leaves nothing behind. Amounts are taken for company currency.
func (a *App) ImportAdventureWorks(ctx context.Context, t *tenancy.Tenant, dir string, tell func(Progress)) error {
	s, err := readSample(dir)
	if err != nil {
		return err
	}
	for _, l := range loads() {
		if owner := a.Engine.Owner(l.entity); owner != "" && !t.On(owner) {
			return fault.New(fault.NotEnabled, "module.off", "模块 %[1]s 未启用，导入需要它", "The module %[1]s is switched off; the import needs it", owner).
				With("module", owner)
		}
	}
	i := &intake{App: a, sample: s, made: map[string][]id.ID{}, tell: tell}
	actor := tenancy.Actor{Name: "Tenon", System: true, Locale: t.Locale}
	if err := a.Engine.Do(ctx, t, actor, i.run, tenancy.Within(5*time.Minute)); err != nil {
		return err
	}
	for _, n := range s.notices() {
		tell(Progress{Notice: n})
	}
	return nil
}

func (i *intake) run(ctx context.Context, tx *tenancy.Tx) error {
	for _, l := range loads() {
		if err := i.load(ctx, tx, l); err != nil {
			return within(cmp.Or(l.file, l.entity), err)
		}
	}
	return nil
}

// within names the file that is wrong.
func within(file string, err error) error {
	f := fault.As(err)
	if f == nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	named := *f
	named.Text = i18n.T(file+"："+f.Text.ZH, file+": "+f.Text.EN)
	return &named
}

func (i *intake) load(ctx context.Context, tx *tenancy.Tx, l load) error {
	began := time.Now()
	table := l.table(i.sample)
	made, err := record.Import(ctx, tx, record.Catalog(tx).Entity(l.entity), table)
	if err != nil {
		return err
	}
	i.made[l.entity] = made
	if l.then != nil {
		if err := l.then(ctx, tx, i, made); err != nil {
			return err
		}
	}
	rows := len(table.Rows)
	if l.file != "" {
		rows = len(i.sample.files[l.file].rows)
	}
	i.tell(Progress{Entity: l.entity, Rows: rows, Records: len(made), Took: time.Since(began)})
	return nil
}

// postAll posts the stock counts: their quantities become the opening stock.
func postAll(ctx context.Context, tx *tenancy.Tx, _ *intake, made []id.ID) error {
	def := record.Catalog(tx).Entity("inventory.stock_count")
	for _, key := range made {
		if err := record.Run(ctx, tx, def, key, "post", nil); err != nil {
			return err
		}
	}
	return nil
}

// retireVendors ends the vendors that the sample calls inactive. They had to be active before: orders of theirs are part of the history.
func retireVendors(ctx context.Context, tx *tenancy.Tx, i *intake, _ []id.ID) error {
	def := record.Catalog(tx).Entity("purchasing.vendor")
	for n, r := range i.sample.rows("vendors.csv") {
		if r("active") == "1" {
			continue
		}
		if err := record.Change(ctx, tx, def, i.made["purchasing.vendor"][n], 1, map[string]any{"active": false}); err != nil {
			return err
		}
	}
	return nil
}

// readSample reads the files and checks that each has the columns that are used.
func readSample(dir string) (*sample, error) {
	s := &sample{files: map[string]sheet{}}
	for _, name := range sampleFiles() {
		f, err := os.Open(filepath.Join(dir, name)) //nolint:gosec // the operator names the folder
		if err != nil {
			return nil, err
		}
		t, err := record.ReadCSV(f)
		_ = f.Close() // it was only read
		if err != nil {
			return nil, within(name, err)
		}
		x, err := newSheet(t, sampleColumns(name))
		if err != nil {
			return nil, within(name, err)
		}
		s.files[name] = x
	}
	return s, nil
}

// newSheet finds the columns of a file by their names.
func newSheet(t record.Table, wanted []string) (sheet, error) {
	x := sheet{rows: t.Rows, at: map[string]int{}}
	for i, name := range t.Header {
		x.at[name] = i
	}
	var bad fault.Fields
	for _, name := range wanted {
		if !slices.Contains(t.Header, name) {
			bad.Add(name, "column.missing", "缺少列 %[1]s", "The column %[1]s is missing", name)
		}
	}
	for n, row := range t.Rows {
		if len(row) < len(t.Header) {
			bad.Add(fmt.Sprintf("row %d", n+2), "row.short", "该行缺少单元格", "The row lacks cells")
		}
	}
	return x, bad.Err()
}
