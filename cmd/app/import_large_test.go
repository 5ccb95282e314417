package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"
)

// Tables of 100,000 rows are normal: as one task, all or none, with every mistake of every row. TENON_TEST_ROWS says how many are tried here.
func TestLargeTablesComeInWhole(t *testing.T) {
	rows, err := strconv.Atoi(os.Getenv("TENON_TEST_ROWS"))
	if err != nil {
		rows = 21_000
	}
	p := newWorkers(t).signUp(t, "Large")
	var table bytes.Buffer
	table.WriteString("number,name,type,unit,supply,list_price,standard_cost\n")
	for i := range rows {
		fmt.Fprintf(&table, "P%06d,Product %d,stock,pcs,buy,%d.50,%d.25\n", i, i, i%1000, i%700)
	}
	run := func(query string, content []byte) (m, time.Duration) {
		begun := time.Now()
		out := p.must(http.StatusAccepted, p.sendFile("/inventory/products/import"+query, "t.csv", content))
		var job m
		eventually(t, "the import ends", func() bool {
			job = p.must(http.StatusOK, p.get(fmt.Sprintf("/jobs/%.0f?fields=state", out["job"])))
			return job["state"] == "completed" || job["state"] == "failed"
		})
		return job, time.Since(begun)
	}
	job, took := run("", table.Bytes())
	result, _ := job["result"].(m)
	if result["created"] != float64(rows) {
		t.Fatalf("%.2000v", job)
	}
	t.Logf("%d rows in %v", rows, took)
	job, took = run("?dry_run=true", bytes.ReplaceAll(table.Bytes(), []byte(".50,"), []byte("x,")))
	result, _ = job["result"].(m)
	list, _ := result["errors"].([]any)
	if len(list) != 2*rows { // each number is there already, and no price is a number
		t.Errorf("%d mistakes, %v: %.500v", len(list), job["state"], job)
	}
	t.Logf("%d mistakes in %v", len(list), took)
}
